#include "solvers/sparse/penalized_quadratic.hpp"

#include <algorithm>
#include <cmath>

#include "core/index.hpp"
#include "core/numbers.hpp"

namespace nonconvex {
namespace {

constexpr int mostRounds = 500;         // of sweeps and a Newton step
constexpr int sweepsBetween = 3;        // Newton steps
constexpr double nearEdge = 0.01;       // share of l1 within which a gradient counts as at the edge
constexpr int mostShortSteps = 4;       // Newton steps in a row that end at a sign that would change

}  // namespace

double PenaltyAt::violation(int column, double b, double g) const {
  const double slope = g + l2(column) * b;
  const double low = data_.lower[at(column)], high = data_.upper[at(column)];
  if (b == 0) {
    const double l = l1(column);
    const double up = high > 0 ? -slope - l : 0, down = low < 0 ? slope - l : 0;
    return std::max({0.0, up, down});
  }
  const double s = with(column, [&](const auto& penalty) { return penalty.slope(std::abs(b)); });
  const double total = slope + std::copysign(s, b);
  if (b >= high) return std::max(0.0, total);   // it may only go down
  if (b <= low) return std::max(0.0, -total);
  return std::abs(total);
}

void PenalizedQuadratic::resize() {
  b.resize(at(metric_.size()), 0.0);
  q.resize(at(metric_.size()), 0.0);
}

double PenalizedQuadratic::largestViolation(const PenaltyAt& penalty) const {
  double most = 0;
  for (int e = 0; e < metric_.size(); ++e) {
    most = std::max(most, penalty.violation(metric_.column(e), b[at(e)], q[at(e)]));
  }
  return most;
}

bool PenalizedQuadratic::minimize(const PenaltyAt& penalty, double tolerance) {
  return penalty.visitKind([&]<class Penalty>() {
    for (int round = 0; round < mostRounds; ++round) {
      if (largestViolation(penalty) <= tolerance) return true;
      la_.checkpoint();
      collect(penalty, tolerance);
      for (int k = 0; k < sweepsBetween; ++k) sweep<Penalty>(penalty);
      for (int k = 0; k < mostShortSteps && !newtonStep<Penalty>(penalty); ++k) continue;
    }
    return false;
  });
}

/// The places that sweeps go through: those that are not 0 and those that are not to stay there.
void PenalizedQuadratic::collect(const PenaltyAt& penalty, double tolerance) {
  working_.clear();
  for (int e = 0; e < metric_.size(); ++e) {
    if (b[at(e)] != 0 || penalty.violation(metric_.column(e), 0, q[at(e)]) > tolerance) working_.push_back(e);
  }
}

template <class Penalty>
void PenalizedQuadratic::sweep(const PenaltyAt& penalty) {
  ++sweeps_;
  for (const int e : working_) {
    const int j = metric_.column(e);
    const double c = metric_.curvature(e);
    if (!(c > 0)) continue;
    const double z = c * b[at(e)] - q[at(e)];
    const double next = data_.bounded
                            ? penalties::minimizerWithin(penalty.of<Penalty>(j), c + penalty.l2(j), z,
                                                         data_.lower[at(j)], data_.upper[at(j)])
                            : penalty.of<Penalty>(j).minimizer(c + penalty.l2(j), z);
    if (next != b[at(e)]) move(e, next - b[at(e)]);
    b[at(e)] = next;
  }
}

/// q for a change of one place.
void PenalizedQuadratic::move(int place, double by) {
  blas::axpy(metric_.size(), by, metric_.gram(place), q.data());
}

/// Cholesky's factor of G plus a diagonal on some places; the last one where it is the same. False where that is not
/// positive definite.
bool PenalizedQuadratic::factor(const std::vector<int>& places, const std::vector<double>& diagonal) {
  if (places == factored_ && diagonal == factoredDiagonal_) return true;
  factored_.clear();
  const int k = static_cast<int>(places.size());
  if (factor_.rows() < k) factor_ = HostMatrix<double>(std::max(k, 2 * factor_.rows()), std::max(k, 2 * factor_.rows()));
  const Mat<double> a = factor_.view().block(0, 0, k, k);
  double most = 0;
  for (int j = 0; j < k; ++j) {
    const double* column = metric_.gram(places[at(j)]);
    for (int i = j; i < k; ++i) a(i, j) = column[places[at(i)]];
    most = std::max(most, a(j, j));
    a(j, j) += diagonal[at(j)];
  }
  if (!la_.cholesky(a)) return false;
  // A pivot that is rounding of its column says that columns depend on each other.
  for (int j = 0; j < k; ++j) {
    if (square(a(j, j)) < 1e-13 * most) return false;
  }
  factored_ = places;
  factoredDiagonal_ = diagonal;
  return true;
}

/// Goes to the minimum of the quadratic with the present branches of the penalty on the support. Whether all of the
/// step, or none, was taken: else a further one may gain more.
template <class Penalty>
bool PenalizedQuadratic::newtonStep(const PenaltyAt& penalty) {
  support_.clear();
  diagonal_.clear();
  for (int e = 0; e < metric_.size(); ++e) {
    const int j = metric_.column(e);
    const double value = b[at(e)];
    if (value == 0 || value <= data_.lower[at(j)] || value >= data_.upper[at(j)]) continue;
    support_.push_back(e);
    diagonal_.push_back(penalty.l2(j) + penalty.of<Penalty>(j).curvature(std::abs(value)));
  }
  const int k = static_cast<int>(support_.size());
  if (k == 0 || !factor(support_, diagonal_)) return true;
  step_.resize(at(k));
  for (int s = 0; s < k; ++s) {
    const int e = support_[at(s)], j = metric_.column(e);
    const double slope = penalty.of<Penalty>(j).slope(std::abs(b[at(e)]));
    step_[at(s)] = -(q[at(e)] + penalty.l2(j) * b[at(e)] + std::copysign(slope, b[at(e)]));
  }
  la_.choleskySolve(factor_.view().block(0, 0, k, k), Mat<double>{step_.data(), k, 1, k});
  return takeStep<Penalty>(penalty);
}

/// The share of a step after which the coefficient changes sign, meets a bound, or comes to another branch.
double PenalizedQuadratic::shareToBreak(int column, double value, double d, double l, double gamma) const {
  double share = 1;
  const auto meet = [&](double end) {
    const double t = (end - value) / d;
    if (t > 0 && t < share) share = t;
  };
  meet(0);
  if (std::isfinite(data_.lower[at(column)])) meet(data_.lower[at(column)]);
  if (std::isfinite(data_.upper[at(column)])) meet(data_.upper[at(column)]);
  if (gamma > 0) {
    meet(std::copysign(gamma * l, value));
    meet(std::copysign(l, value));
  }
  return share;
}

/// The whole step, coefficients that would change sign at 0, if that gains more than the part of the step up to the
/// first of them; else that part.
template <class Penalty>
bool PenalizedQuadratic::takeStep(const PenaltyAt& penalty) {
  const auto k = support_.size();
  double share = 1;
  std::size_t first = k;
  change_.assign(at(metric_.size()), 0.0);
  std::vector<double>& ends = moved_;
  ends.resize(k);
  for (std::size_t s = 0; s < k; ++s) {
    const int e = support_[s], j = metric_.column(e);
    const double value = b[at(e)], l = penalty.l1(j);
    const double t = shareToBreak(j, value, step_[s], l, Penalty::convex ? 0 : penalty.gamma());
    if (t < share) {
      share = t;
      first = s;
    }
    const double end = value + step_[s];
    ends[s] = end * value <= 0 ? 0 : std::clamp(end, data_.lower[at(j)], data_.upper[at(j)]);
  }
  // Both changes are tried in the model, whose value is exact.
  const auto apply = [&](auto&& target) {
    std::fill(change_.begin(), change_.end(), 0.0);
    double gain = 0;
    for (std::size_t s = 0; s < k; ++s) {
      const int e = support_[s];
      const double d = target(s) - b[at(e)];
      if (d == 0) continue;
      blas::axpy(metric_.size(), d, metric_.gram(e), change_.data());
      gain += q[at(e)] * d;
    }
    for (std::size_t s = 0; s < k; ++s) {
      const int e = support_[s], j = metric_.column(e);
      const double d = target(s) - b[at(e)];
      gain += change_[at(e)] * d / 2 + penalty.value(j, target(s)) - penalty.value(j, b[at(e)]);
    }
    return gain;
  };
  const auto take = [&](auto&& target) {
    for (std::size_t s = 0; s < k; ++s) b[at(support_[s])] = target(s);
    for (std::size_t e = 0; e < q.size(); ++e) q[e] += change_[e];
  };
  const auto whole = [&](std::size_t s) { return ends[s]; };
  const auto part = [&](std::size_t s) {
    const double value = b[at(support_[s])];
    if (s == first && value * (value + step_[s]) <= 0) return 0.0;
    return value + share * step_[s];
  };
  // Rounding of what cancels; below it nothing is gained or lost.
  const double gain = apply(whole);
  if (first == k || gain <= 0) {
    if (gain <= 1e-14 * (1 + std::abs(gain))) take(whole);
    return first == k || gain > 0;
  }
  if (apply(part) <= 0) take(part);
  return share <= 0;
}

bool PenalizedQuadratic::locallyConvex(const PenaltyAt& penalty) {
  if (penalty.convex()) return true;
  return penalty.visitKind([&]<class Penalty>() {
    support_.clear();
    diagonal_.clear();
    for (int e = 0; e < metric_.size(); ++e) {
      const int j = metric_.column(e);
      const double l = penalty.l1(j), size = std::abs(b[at(e)]);
      if (size == 0 && std::abs(q[at(e)]) < (1 - nearEdge) * l) continue;
      support_.push_back(e);
      // The least curvature nearby: that of the branch above 0 where a column may enter.
      const double inside = penalty.of<Penalty>(j).curvature(size > 0 ? size : l * 1e-3);
      diagonal_.push_back(penalty.l2(j) + inside);
    }
    return support_.empty() || factor(support_, diagonal_);
  });
}

double PenalizedQuadratic::degreesOfFreedom(const PenaltyAt& penalty) {
  std::vector<int> places;
  for (int e = 0; e < metric_.size(); ++e) {
    if (b[at(e)] != 0) places.push_back(e);
  }
  const int k = static_cast<int>(places.size());
  if (!penalty.hasRidge() || k == 0) return k;
  HostMatrix<double> a(k, k), hat(k, k);
  for (int j = 0; j < k; ++j) {
    for (int i = 0; i < k; ++i) hat(i, j) = a(i, j) = metric_.gram(places[at(j)])[places[at(i)]];
    a(j, j) += penalty.l2(metric_.column(places[at(j)]));
  }
  if (!la_.cholesky(a)) return k;
  la_.choleskySolve(a, hat);
  double trace = 0;
  for (int j = 0; j < k; ++j) trace += hat(j, j);
  return trace;
}

}  // namespace nonconvex
