#include "methods/globalization/feasible_set.hpp"

#include <algorithm>
#include <cmath>

#include "core/numbers.hpp"
#include "core/random.hpp"

namespace nonconvex {

struct FeasibleSet::Tuning {
  static constexpr int draws = 4;  ///< measured: points drawn beside a point to measure rounding
  /// rounding: distance of these points, beside the entries of x.
  static constexpr double rounding = 8 * machineEpsilon;
};

FeasibleSet::FeasibleSet(ScaledNlp& model, NlpBounds box)
    : model_(model), beside_(model.makePoint()), work_(beside_.x.size(), beside_.c.size()) {
  const std::size_t n = beside_.x.size(), m = beside_.c.size();
  const NlpBounds bounds = box.empty() ? model.nlp().variableBounds() : box;
  if (!bounds.empty()) {
    lower_ = boundsOf(bounds.lower, n, -infinity);
    upper_ = boundsOf(bounds.upper, n, infinity);
  }
  const NlpBounds sides = model.nlp().constraintBounds();
  for (std::size_t i = 0; i < m; ++i) {
    rowLower_.push_back(boundAt(sides.lower, i, 0) * model.constraintScales()[i]);
    rowUpper_.push_back(boundAt(sides.upper, i, 0) * model.constraintScales()[i]);
  }
  for (Vector* const v : {&kept_, &rounding_, &missed_}) v->resize(m);
  for (Vector* const v : {&scale_, &scaled_, &change_}) v->resize(m > 0 ? n : 0);
}

bool FeasibleSet::recedes(std::span<const double> d) const {
  for (std::size_t j = 0; j < d.size(); ++j) {
    if (!recedes(j, d[j])) return false;
  }
  return true;
}

void FeasibleSet::clip(std::span<double> x) const {
  for (std::size_t j = 0; j < lower_.size(); ++j) x[j] = std::max(lower_[j], std::min(x[j], upper_[j]));
}

bool FeasibleSet::reach(NlpPoint& point) {
  constexpr int mostCorrections = 20;
  clip(point.x);
  leftRange_ = false;
  if (kept_.empty()) return true;
  std::fill(kept_.begin(), kept_.end(), unknown);
  const double size = std::max(1.0, normInf(point.x));
  for (std::size_t j = 0; j < scale_.size(); ++j) scale_[j] = std::max(1.0, std::abs(point.x[j])) / size;
  for (int k = 0; k <= mostCorrections; ++k) {
    if (leftRange_ = !model_.evaluateConstraints(point); leftRange_) return false;
    if (!misses(point)) return true;
    if (!finite(point.jacobian) || !correct(point)) return false;
  }
  return false;
}

/// Returns true if a row misses one of its sides by more than rounding. Such a row is kept on that side until it is
/// inside of it: left alone by the next correction it would be missed again after that one.
bool FeasibleSet::misses(NlpPoint& point) {
  constexpr double tolerance = 1e-8;  // relative to a side, as for solutions
  bool any = false;
  for (std::size_t i = 0; i < kept_.size() && !any; ++i) {
    const double side = sideOf(i, point.c[i]);
    any = std::abs(point.c[i] - side) > tolerance * std::max(1.0, std::abs(side));
  }
  if (!any || !findRounding(point)) return any;
  any = false;
  for (std::size_t i = 0; i < kept_.size(); ++i) {
    const double c = point.c[i], room = std::min(c - rowLower_[i], rowUpper_[i] - c);
    if (room > rounding_[i]) kept_[i] = unknown;
    if (-room <= std::max(rounding_[i], tolerance * std::max(1.0, std::abs(sideOf(i, c))))) continue;
    kept_[i] = sideOf(i, c);
    any = true;
  }
  return any;
}

/// Finds by how much rounding of x changes c, by derivatives and, where these vanish, by points beside x; false where
/// something is not finite.
bool FeasibleSet::findRounding(NlpPoint& point) {
  model_.evaluateDerivatives(point);
  if (!finite(point.jacobian)) return false;
  const SparsePattern& rows = model_.jacobianPattern();
  for (int i = 0, k = 0; i < rows.lines; ++i) {
    double sum = 0;
    for (const int j : rows.line(i))
      sum += std::abs(point.jacobian[static_cast<std::size_t>(k++)] * point.x[static_cast<std::size_t>(j)]);
    rounding_[static_cast<std::size_t>(i)] = Tuning::rounding * sum;
  }
  for (int draw = 0; draw < Tuning::draws; ++draw) {
    moveBeside(point.x, Tuning::rounding, draw);
    if (!model_.evaluateConstraints(beside_)) return false;
    for (std::size_t i = 0; i < rounding_.size(); ++i) {
      rounding_[i] = std::max(rounding_[i], std::abs(beside_.c[i] - point.c[i]));
    }
  }
  return true;
}

/// Sets `beside_.x` to x with its entries changed by such a share of them at most.
void FeasibleSet::moveBeside(std::span<const double> x, double share, int draw) {
  const Random random(0, static_cast<std::uint32_t>(draw));
  for (std::size_t j = 0; j < x.size(); ++j) beside_.x[j] = x[j] * (1 + share * (random.uniform(j) - 0.5));
  clip(beside_.x);
}

double FeasibleSet::changeOfObjective(const NlpPoint& point, double share) {
  double largest = 0;
  for (int draw = 0; draw < Tuning::draws; ++draw) {
    moveBeside(point.x, share, draw);
    const bool finite = model_.evaluateValues(beside_);
    largest = std::max(largest, finite ? std::abs(beside_.f - point.f) : infinity);
  }
  return largest;
}

/// A step of Gauss and Newton on the rows that miss their sides, the least one in the norm of x / scale. What it would
/// lead out of the box is held there from now on.
bool FeasibleSet::correct(NlpPoint& point) {
  for (std::size_t i = 0; i < kept_.size(); ++i) missed_[i] = std::isnan(kept_[i]) ? 0 : kept_[i] - point.c[i];
  leastSquares([&](std::span<const double> v, std::span<double> out) { multiply(point, v, out); },
               [&](std::span<const double> y, std::span<double> out) { multiplyTransposed(point, y, out); }, missed_,
               change_, work_);
  if (!finite(change_)) return false;
  for (std::size_t j = 0; j < change_.size(); ++j) {
    const double wanted = point.x[j] + scale_[j] * change_[j];
    point.x[j] = lower_.empty() ? wanted : std::max(lower_[j], std::min(wanted, upper_[j]));
    if (point.x[j] != wanted) scale_[j] = 0;
  }
  return true;
}

/// out = J S v, J the rows that are kept on a side, S = diag(scale).
void FeasibleSet::multiply(const NlpPoint& point, std::span<const double> v, std::span<double> out) {
  for (std::size_t j = 0; j < v.size(); ++j) scaled_[j] = scale_[j] * v[j];
  model_.jacobianProduct(point.jacobian, scaled_, out);
  for (std::size_t i = 0; i < out.size(); ++i) {
    if (std::isnan(kept_[i])) out[i] = 0;
  }
}

/// out = S J^T y for y that is 0 at other rows.
void FeasibleSet::multiplyTransposed(const NlpPoint& point, std::span<const double> y, std::span<double> out) {
  std::fill(out.begin(), out.end(), 0.0);
  model_.addJacobianTransposedProduct(point.jacobian, y, out);
  for (std::size_t j = 0; j < out.size(); ++j) out[j] *= scale_[j];
}

}  // namespace nonconvex
