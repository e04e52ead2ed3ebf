#include "solvers/fractional/starts.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <string>
#include <utility>

#include "core/random.hpp"
#include "solvers/fractional/coordinate_descent.hpp"

namespace nonconvex {
namespace {

using Kind = FractionalTerm::Kind;
using Point = std::vector<double>;

/// Q + diagonal of a single dense quadratic in the numerator, factored; without columns if there is none.
HostMatrix<double> factoredQuadratic(const Cpu& la, const FractionalData& data) {
  if (data.smooth.size() != 1 || data.smooth[0].term.kind != Kind::quadratic) return {};
  const Columns& given = *data.smooth[0].matrix;
  if (given.sparse()) return {};
  HostMatrix<double> Q(data.n, data.n);
  for (int j = 0; j < data.n; ++j) {
    given.axpy(j, 1, Q.column(j));
    if (!data.diagonal.empty()) Q(j, j) += data.diagonal[static_cast<std::size_t>(j)];
  }
  return la.cholesky(Q) ? std::move(Q) : HostMatrix<double>();
}

/// Rows of the matrix under a norm, the longest first: for the largest entry of A x, a multiple of Q^{-1} A_j^T is the
/// global minimiser of x^T Q x / ||A x||_inf^2 for some row j.
std::vector<Point> rows(const Cpu& la, const FractionalData& data, int most) {
  const Columns& A = *data.denominator.matrix;
  const HostMatrix<double> Q = factoredQuadratic(la, data);
  HostMatrix<double> solved;  // Q^{-1} A^T
  std::vector<double> sizes(static_cast<std::size_t>(A.rows()));
  if (Q.cols() > 0) {
    solved = HostMatrix<double>(data.n, A.rows());
    for (int j = 0; j < A.cols(); ++j) A.forEntries(j, [&](int i, double a) { solved(j, i) = a; });
    la.choleskySolve(Q, solved);
  }
  for (int j = 0; j < A.cols(); ++j) {
    A.forEntries(
        j, [&](int i, double a) { sizes[static_cast<std::size_t>(i)] += a * (solved.cols() > 0 ? solved(j, i) : a); });
  }
  for (double& size : sizes) size = size > 0 ? size : 0;  // nor NaN
  std::vector<int> longest(sizes.size());
  std::iota(longest.begin(), longest.end(), 0);
  std::stable_sort(longest.begin(), longest.end(), [&](int i, int j) {
    return sizes[static_cast<std::size_t>(i)] > sizes[static_cast<std::size_t>(j)];
  });
  std::vector<Point> points;
  std::vector<int> place(sizes.size(), -1);
  for (const int i : longest) {
    const auto at = static_cast<std::size_t>(i);
    if (static_cast<int>(points.size()) == most || !(sizes[at] > 0)) break;
    place[at] = static_cast<int>(points.size());
    points.emplace_back(static_cast<std::size_t>(data.n));
    if (solved.cols() > 0) points.back().assign(solved.column(i), solved.column(i) + data.n);
  }
  if (solved.cols() > 0) return points;
  for (int j = 0; j < A.cols(); ++j) {
    A.forEntries(j, [&](int i, double a) {
      const int at = place[static_cast<std::size_t>(i)];
      if (at >= 0) points[static_cast<std::size_t>(at)][static_cast<std::size_t>(j)] = a;
    });
  }
  return points;
}

/// Zero, the middle of the bounds, ones.
std::vector<Point> plainPoints(const FractionalData& data) {
  const auto size = static_cast<std::size_t>(data.n);
  Point middle(size);
  for (std::size_t i = 0; i < size; ++i) {
    const double sum = data.lower[i] + data.upper[i];
    middle[i] = std::isfinite(sum) ? sum / 2 : 0;
  }
  return {Point(size, 0.0), middle, Point(size, 1.0)};
}

Point randomPoint(const FractionalData& data, const Random& random) {
  Point x(static_cast<std::size_t>(data.n));
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double width = data.upper[i] - data.lower[i];
    x[i] = std::isfinite(width) ? data.lower[i] + width * random.uniform(i) : random.normal(i);
  }
  return x;
}

}  // namespace

std::vector<Point> fractionalStarts(const Cpu& la, const FractionalData& data, const FractionalSettings& settings) {
  const auto count = static_cast<std::size_t>(settings.restarts);
  FractionalSettings toTry = settings;
  toTry.acceleration = false;
  struct Candidate {
    double objective;
    Point x;
  };
  // NaN where x, which is within the bounds, is of no use.
  const auto objectiveAt = [&](CoordinateDescent& descent, const Point& x) {
    descent.begin(x.data());
    const bool useful = descent.isDefined() && (data.difference || descent.hasDigits());
    return useful ? descent.objective() : std::numeric_limits<double>::quiet_NaN();
  };
  double work = 10.0 * data.n;  // for one point
  for (const Columns& matrix : data.matrices) work += static_cast<double>(matrix.entries());
  // Coordinates that stay begin at 0: elsewhere the ratio may fall for ever as they grow.
  const auto admissible = [&](Point x) {
    for (std::size_t i = 0; i < x.size(); ++i) {
      if (data.fixed[i]) x[i] = 0;
    }
    return data.clamped(std::move(x));
  };
  // Those of use, in their order.
  const auto tried = [&](std::vector<Point> points) {
    std::vector<Candidate> all(points.size());
    const auto tryOne = [&](int k) {
      CoordinateDescent descent(data, toTry, 0);
      Candidate& candidate = all[static_cast<std::size_t>(k)];
      candidate.x = admissible(std::move(points[static_cast<std::size_t>(k)]));
      candidate.objective = objectiveAt(descent, candidate.x);
    };
    la.tasks(static_cast<int>(all.size()), tryOne, work * static_cast<double>(all.size()));
    std::erase_if(all, [](const Candidate& candidate) { return std::isnan(candidate.objective); });
    return all;
  };
  std::vector<Candidate> candidates;
  const auto add = [&](Candidate& candidate) {
    const auto same = [&](const Candidate& other) { return other.x == candidate.x; };
    if (std::none_of(candidates.begin(), candidates.end(), same)) candidates.push_back(std::move(candidate));
  };
  // The best unit vector, of all or of evenly spaced ones.
  const auto considerUnits = [&] {
    constexpr int most = 1000;
    constexpr int group = 64;
    const int units = std::min(data.n, most);
    std::vector<Candidate> best(static_cast<std::size_t>((units + group - 1) / group),
                                {std::numeric_limits<double>::infinity(), {}});
    const auto tryGroup = [&](int number) {
      Candidate& found = best[static_cast<std::size_t>(number)];
      CoordinateDescent descent(data, toTry, 0);
      for (int k = number * group; k < std::min(units, (number + 1) * group); ++k) {
        la.checkpoint();
        const auto i = static_cast<std::size_t>(static_cast<long long>(k) * data.n / units);
        for (const double sign : {1.0, -1.0}) {
          Point unit(static_cast<std::size_t>(data.n));
          unit[i] = sign;
          unit = admissible(std::move(unit));
          const double objective = objectiveAt(descent, unit);
          if (objective < found.objective) found = {objective, std::move(unit)};
          if (data.scaleInvariant) break;  // where -e_i is allowed, it is as good
        }
      }
    };
    la.tasks(static_cast<int>(best.size()), tryGroup, 10.0 * units * data.n);
    const auto least = std::min_element(
        best.begin(), best.end(), [](const Candidate& a, const Candidate& b) { return a.objective < b.objective; });
    if (!least->x.empty()) add(*least);
  };
  std::vector<Point> starts;
  if (!data.start.empty()) {
    CoordinateDescent descent(data, toTry, 0);
    descent.begin(data.start.data());
    const double g = descent.denominator();
    require(data.difference || g > 0, "denominator at the start", g, "expected a number > 0: give another start");
    require(std::isfinite(g), "denominator at the start", g, "expected a finite number: rescale the data");
    require(descent.isDefined(), "objective at the start", descent.objective(),
            "expected a finite number: rescale the data");
    starts.push_back(data.start);
  }
  if (starts.size() < count) {
    std::vector<Point> points = plainPoints(data);
    if (data.denominator.term.kind == Kind::lpNorm) {
      for (Point& x : rows(la, data, settings.restarts)) points.push_back(std::move(x));
    }
    for (Candidate& candidate : tried(std::move(points))) add(candidate);
    // Where the minimiser of the numerator is to replace the start, anything will do.
    const bool lasso = settings.lassoStart && data.start.empty() && !data.l1.empty();
    if (!data.difference && (candidates.empty() || !lasso || count > 1)) considerUnits();
    std::stable_sort(candidates.begin(), candidates.end(),
                     [](const Candidate& a, const Candidate& b) { return a.objective < b.objective; });
    for (Candidate& candidate : candidates) {
      if (starts.size() < count) starts.push_back(std::move(candidate.x));
    }
  }
  const std::size_t draws = 10 * count + 100;
  for (std::size_t draw = 0; starts.size() < count && draw < draws;) {
    std::vector<Point> points;
    while (points.size() < count - starts.size() && draw < draws) {
      points.push_back(randomPoint(data, Random(settings.seed, static_cast<std::uint32_t>(1000 + draw++))));
    }
    for (Candidate& candidate : tried(std::move(points))) starts.push_back(std::move(candidate.x));
  }
  require(!starts.empty(), "start", "none",
          "expected a start with a positive denominator and a finite ratio: none was found");
  return starts;
}

}  // namespace nonconvex
