#include "solvers/fractional/starts.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <limits>
#include <map>
#include <string>
#include <utility>

#include "core/random.hpp"
#include "methods/one_dimensional/order.hpp"
#include "solvers/fractional/coordinate_descent.hpp"

namespace nonconvex {
namespace {

using Kind = FractionalTerm::Kind;
using Point = std::vector<double>;

/// Q + diagonal of a single dense quadratic in the numerator, factored; without columns if the numerator has no such
/// part.
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
  std::vector<Point> points;
  std::vector<int> place(sizes.size(), -1);
  for (const int i : fallingOrder(sizes)) {
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

/// A point within the bounds.
struct Candidate {
  double objective;
  Point x;
};

/// Looks for points to start from: the one that is given, the best among plain points, rows of a matrix and unit
/// vectors, and random ones. A solve that is to end makes do with those that have been found, if there is one.
class StartSearch {
 public:
  StartSearch(const Cpu& la, const FractionalData& data, const FractionalSettings& settings)
      : la_(la), data_(data), settings_(settings), count_(static_cast<std::size_t>(settings.restarts) + 1) {
    settings_.acceleration = false;
    for (const Columns& matrix : data.matrices) work_ += static_cast<double>(matrix.entries());
  }

  std::vector<Point> run() {
    takeGiven();
    if (starts_.size() < count_) {
      tryPlainPointsAndRows();
      // Where the minimiser of the numerator is to replace the start, anything will do.
      const bool lasso = settings_.lassoStart && data_.start.empty() && !data_.l1.empty();
      if (!data_.difference && (candidates_.empty() || !lasso || count_ > 1)) tryUnitVectors();
      takeBest();
    }
    drawRandom();
    require(!starts_.empty(), "start", "none",
            "expected a start with a positive denominator and a finite ratio: none was found");
    return std::move(starts_);
  }

 private:
  void takeGiven() {
    if (data_.start.empty()) return;
    CoordinateDescent descent(data_, settings_, 0);
    descent.begin(data_.start.data());
    const double g = descent.denominator();
    require(data_.difference || g > 0, "denominator at the start", g, "expected a number > 0: give another start");
    require(std::isfinite(g), "denominator at the start", g, "expected a finite number: rescale the data");
    require(descent.isDefined(), "objective at the start", descent.objective(),
            "expected a finite number: rescale the data");
    starts_.push_back(data_.start);
  }

  void tryPlainPointsAndRows() {
    std::vector<Point> points = plainPoints(data_);
    if (data_.denominator.term.kind == Kind::lpNorm) {
      for (Point& x : rows(la_, data_, settings_.restarts + 1)) points.push_back(std::move(x));
    }
    for (Candidate& candidate : useful(std::move(points))) add(std::move(candidate));
  }

  /// The best unit vector, of all or of evenly spaced ones.
  void tryUnitVectors() {
    constexpr int most = 1000;
    constexpr int group = 64;
    const int units = std::min(data_.n, most);
    std::vector<Candidate> best(static_cast<std::size_t>((units + group - 1) / group),
                                {std::numeric_limits<double>::infinity(), {}});
    const auto tryGroup = [&](int number) {
      Candidate& found = best[static_cast<std::size_t>(number)];
      CoordinateDescent descent(data_, settings_, 0);
      for (int k = number * group; k < std::min(units, (number + 1) * group); ++k) {
        la_.abortPoint();
        const auto i = static_cast<std::size_t>(static_cast<long long>(k) * data_.n / units);
        for (const double sign : {1.0, -1.0}) {
          Point unit(static_cast<std::size_t>(data_.n));
          unit[i] = sign;
          unit = admissible(std::move(unit));
          const double objective = objectiveAt(descent, unit);
          if (objective < found.objective) found = {objective, std::move(unit)};
          if (data_.scaleInvariant) break;  // e_i is as good as -e_i if that is allowed
        }
      }
    };
    la_.tasks(static_cast<int>(best.size()), tryGroup, 10.0 * units * data_.n);
    const auto least = std::min_element(best.begin(), best.end(), better);
    if (!least->x.empty()) add(std::move(*least));
  }

  void takeBest() {
    std::stable_sort(candidates_.begin(), candidates_.end(), better);
    for (Candidate& candidate : candidates_) {
      if (starts_.size() < count_) starts_.push_back(std::move(candidate.x));
    }
  }

  void drawRandom() {
    constexpr std::size_t atOnce = 256;
    const std::size_t draws = 10 * count_ + 100;
    for (std::size_t draw = 0; starts_.size() < count_ && draw < draws && !enough(!starts_.empty());) {
      const std::size_t wanted = std::min(count_ - starts_.size(), atOnce);
      std::vector<Point> points;
      while (points.size() < wanted && draw < draws) {
        points.push_back(randomPoint(data_, Random(settings_.seed, static_cast<std::uint32_t>(1000 + draw++))));
      }
      for (Candidate& candidate : useful(std::move(points))) starts_.push_back(std::move(candidate.x));
    }
  }

  bool enough(bool isOneFound) const { return isOneFound && la_.ending(); }

  static bool better(const Candidate& a, const Candidate& b) { return a.objective < b.objective; }

  /// NaN where x, which is within the bounds, is of no use.
  double objectiveAt(CoordinateDescent& descent, const Point& x) const {
    descent.begin(x.data());
    const bool isUseful = descent.isDefined() && (data_.difference || descent.hasDigits());
    return isUseful ? descent.objective() : std::numeric_limits<double>::quiet_NaN();
  }

  /// Coordinates that stay begin at 0: elsewhere the ratio may fall for ever as they grow.
  Point admissible(Point x) const {
    for (std::size_t i = 0; i < x.size(); ++i) {
      if (data_.fixed[i]) x[i] = 0;
    }
    return data_.clamped(std::move(x));
  }

  /// The points that are of use, in their order.
  std::vector<Candidate> useful(std::vector<Point> points) const {
    std::vector<Candidate> all(points.size(), {std::numeric_limits<double>::quiet_NaN(), {}});
    std::atomic<bool> isOneFound = false;
    const auto tryOne = [&](int k) {
      la_.abortPoint();
      if (enough(isOneFound)) return;
      CoordinateDescent descent(data_, settings_, 0);
      Candidate& candidate = all[static_cast<std::size_t>(k)];
      candidate.x = admissible(std::move(points[static_cast<std::size_t>(k)]));
      candidate.objective = objectiveAt(descent, candidate.x);
      if (!std::isnan(candidate.objective)) isOneFound = true;
    };
    la_.tasks(static_cast<int>(all.size()), tryOne, work_ * static_cast<double>(all.size()));
    std::erase_if(all, [](const Candidate& candidate) { return std::isnan(candidate.objective); });
    return all;
  }

  /// Adds a candidate that is not there yet.
  void add(Candidate candidate) {
    const auto [first, last] = places_.equal_range(candidate.objective);
    const auto same = [&](const auto& known) { return candidates_[known.second].x == candidate.x; };
    if (std::any_of(first, last, same)) return;
    places_.emplace(candidate.objective, candidates_.size());
    candidates_.push_back(std::move(candidate));
  }

  const Cpu& la_;
  const FractionalData& data_;
  FractionalSettings settings_;   // settings of the trials
  std::size_t count_;             // starts that are wanted
  double work_ = 10.0 * data_.n;  // work of one trial
  std::vector<Candidate> candidates_;
  std::multimap<double, std::size_t> places_;  // places of candidates by their objectives
  std::vector<Point> starts_;
};

}  // namespace

std::vector<Point> fractionalStarts(const Cpu& la, const FractionalData& data, const FractionalSettings& settings) {
  return StartSearch(la, data, settings).run();
}

}  // namespace nonconvex
