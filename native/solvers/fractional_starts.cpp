#include "solvers/fractional_starts.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "core/random.hpp"
#include "solvers/fractional_lane.hpp"

namespace nonconvex {
namespace {

using Kind = FractionalTerm::Kind;
using Point = std::vector<double>;

/// Rows of the matrix under a norm, the longest first: for the largest entry of A x, a multiple of Q^{-1} A_j^T is the
/// global minimiser of x^T Q x / ||A x||_inf^2 for some row j.
std::vector<Point> rows(const Cpu& la, const FractionalData& data, int most) {
  const Columns& A = *data.denominator.matrix;
  HostMatrix<double> transposed(data.n, A.rows());
  for (int j = 0; j < A.cols(); ++j) A.forEntries(j, [&](int i, double a) { transposed(j, i) = a; });
  HostMatrix<double> solved(data.n, A.rows());
  std::copy(transposed.data(), transposed.data() + transposed.size(), solved.data());
  const bool single = data.smooth.size() == 1 && data.smooth[0].term.kind == Kind::quadratic;
  if (single && !data.smooth[0].matrix->sparse()) {
    HostMatrix<double> Q(data.n, data.n);
    for (int j = 0; j < data.n; ++j) {
      data.smooth[0].matrix->axpy(j, 1, Q.column(j));
      if (!data.diagonal.empty()) Q(j, j) += data.diagonal[static_cast<std::size_t>(j)];
    }
    if (la.cholesky(Q)) la.choleskySolve(Q, solved);
  }
  std::vector<std::pair<double, int>> sizes;
  for (int i = 0; i < A.rows(); ++i) {
    double size = 0;
    for (int j = 0; j < data.n; ++j) size += transposed(j, i) * solved(j, i);
    sizes.emplace_back(-size, i);
  }
  std::sort(sizes.begin(), sizes.end());
  std::vector<Point> points;
  for (const auto& [size, i] : sizes) {
    if (static_cast<int>(points.size()) == most || !(size < 0)) break;
    points.emplace_back(solved.column(i), solved.column(i) + data.n);
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
  const auto count = static_cast<std::size_t>(settings.starts);
  FractionalLane trial(data, settings, 0);
  struct Candidate {
    double objective;
    Point x;
  };
  std::vector<Candidate> candidates;
  const auto consider = [&](Point x) {
    x = data.clamped(std::move(x));
    trial.begin(x.data());
    const double objective = trial.objective();
    const auto same = [&](const Candidate& other) { return other.x == x; };
    const double g = trial.denominator();
    const bool usable = std::isfinite(objective) && std::isfinite(g) && (data.difference || g > 0) &&
                        std::none_of(candidates.begin(), candidates.end(), same);
    if (usable) candidates.push_back({objective, std::move(x)});
    return usable;
  };
  // Coordinates that stay begin at 0: elsewhere the ratio may fall for ever as they grow.
  const bool all = std::all_of(data.fixed.begin(), data.fixed.end(), [](bool fixed) { return fixed; });
  const auto propose = [&](Point x) {
    for (std::size_t i = 0; i < x.size(); ++i) {
      if (data.fixed[i] && !all) x[i] = 0;
    }
    return consider(std::move(x));
  };
  // The best unit vector, of all or of evenly spaced ones.
  const auto considerUnits = [&] {
    constexpr int most = 1000;
    Candidate best{std::numeric_limits<double>::infinity(), {}};
    const std::size_t before = candidates.size();
    for (int k = 0; k < std::min(data.n, most); ++k) {
      const auto i = static_cast<std::size_t>(static_cast<long long>(k) * data.n / std::min(data.n, most));
      for (const double sign : {1.0, -1.0}) {
        Point unit(static_cast<std::size_t>(data.n));
        unit[i] = sign;
        if (propose(std::move(unit)) && candidates.back().objective < best.objective) {
          best = std::move(candidates.back());
        }
        candidates.resize(before);
        if (data.scaleInvariant) break;  // where -e_i is allowed, it is as good
      }
    }
    if (!best.x.empty()) candidates.push_back(std::move(best));
  };
  std::vector<Point> starts;
  if (!data.start.empty()) {
    if (!consider(data.start)) {
      const double g = trial.denominator();
      require(data.difference || g > 0, "denominator at the start", g, "expected a number > 0: give another start");
      require(std::isfinite(g), "denominator at the start", g, "expected a finite number: rescale the data");
      require(false, "objective at the start", trial.objective(), "expected a finite number: rescale the data");
    }
    starts.push_back(data.start);
    candidates.clear();
  }
  if (starts.size() < count) {
    for (Point& x : plainPoints(data)) propose(std::move(x));
    if (data.denominator.term.kind == Kind::lpNorm) {
      for (Point& x : rows(la, data, settings.starts)) propose(std::move(x));
    }
    // Where the minimiser of the numerator is to replace the start, anything will do.
    const bool lasso = settings.lassoStart && data.start.empty() && !data.l1.empty();
    if (!data.difference && (candidates.empty() || !lasso || count > 1)) considerUnits();
    std::stable_sort(candidates.begin(), candidates.end(),
                     [](const Candidate& a, const Candidate& b) { return a.objective < b.objective; });
    for (Candidate& candidate : candidates) {
      if (starts.size() < count) starts.push_back(std::move(candidate.x));
    }
  }
  for (std::uint32_t draw = 0; starts.size() < count && draw < 10 * count + 100; ++draw) {
    candidates.clear();
    if (propose(randomPoint(data, Random(settings.seed, 1000 + draw)))) starts.push_back(std::move(candidates[0].x));
  }
  require(!starts.empty(), "start", "none",
          "expected a start with a positive denominator and a finite ratio: none was found");
  return starts;
}

}  // namespace nonconvex
