#include "methods/interior_point/barrier_descent.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace nonconvex {

double leastBarrier(const BarrierNlp& nlp) {
  constexpr double complementarity = 1e-4;  // tolerance of the test in the user's units
  constexpr double products = 11;           // a product of slack and multiplier is at most this times mu
  return std::min(nlp.settings().tolerance, complementarity * nlp.model().objectiveScale()) / products;
}

double nextBarrier(double mu, double least) {
  constexpr double linear = 0.2, superlinear = 1.5;
  return std::max(least, std::min(linear * mu, std::pow(mu, superlinear)));
}

bool BarrierDescent::computeStep(double mu, std::span<const double> rows, double delta) {
  constexpr int mostTries = 3;
  constexpr double least = 1e-8, more = 8;
  BarrierState& s = state_;
  for (int tries = 0; tries < mostTries; ++tries) {
    if (tries > 0) delta = std::max(least, more * s.kkt.delta());
    if (!(delta > 0 ? s.kkt.factorWith(delta, mu) : s.kkt.factor(mu))) return false;
    if (s.kkt.solve(s.a, rows, s.step.v, s.step.y)) break;
  }
  return finite(s.step.v) && finite(s.step.y);
}

void BarrierDescent::begin(double mu) {
  constexpr double least = 0.99;
  mu_ = mu;
  tau_ = std::max(least, 1 - mu);
  longest_ = state_.nlp.largestStep(state_.point.v, state_.step.v, tau_);
  state_.nlp.dualDirections(state_.point, mu, state_.step.v, state_.step.zL, state_.step.zU);
}

/// Armijo's condition, up to rounding as long as the step is not cut to nothing.
bool BarrierDescent::enough(const Reference& from, double alpha, double value) const {
  constexpr double share = 1e-4, cut = 1e-3;
  constexpr double rounding = 10 * std::numeric_limits<double>::epsilon();
  const double allowed = alpha >= cut * longest_ ? rounding * std::abs(from.value) : 0;
  return value <= from.value + share * alpha * from.slope + allowed;
}

/// Returns true if a function's digits can tell if a step of this length is good; so much is promised, or it is a long
/// one.
bool BarrierDescent::tells(const Reference& from, double alpha) const {
  constexpr double cut = 1e-2, digits = 1e4 * std::numeric_limits<double>::epsilon();
  return alpha >= cut * longest_ || -alpha * from.slope >= digits * std::abs(from.value);
}

/// Completes the trial point by bound multipliers and derivatives; false where those are not finite.
bool BarrierDescent::prepare() {
  BarrierState& s = state_;
  const double dual = s.nlp.largestDualStep(s.point, s.step.zL, s.step.zU, tau_);
  s.dualLength = dual;
  addScaled(s.point.zL, dual, s.step.zL, s.trial.zL);
  addScaled(s.point.zU, dual, s.step.zU, s.trial.zU);
  return s.nlp.evaluateDerivatives(s.trial);
}

/// Adds to the step, so that the trial point at this length is nearer to what the rows' linearisation promised; false
/// where that is no use or out of bounds. Leaves the corrected trial point, with the step scaled so that its length is
/// the same.
bool BarrierDescent::correct(double alpha, bool first) {
  constexpr double progress = 0.5, share = 0.5;
  BarrierState& s = state_;
  if (linear_.empty()) return false;
  if (first) {
    s.nlp.linearizedRows(s.point, s.step.v, linear_);
    for (std::size_t i = 0; i < linear_.size(); ++i) linear_[i] = s.point.r[i] + alpha * linear_[i];
    std::copy(s.step.v.begin(), s.step.v.end(), whole_.begin());
  }
  addScaled(s.trial.r, -1, linear_, rows_);
  const double curvature = norm1(rows_);
  if (!first && !(curvature <= progress * curvature_)) return false;
  curvature_ = curvature;
  if (!s.kkt.solve(noGradient_, rows_, dv_, dy_)) return false;
  axpy(1 / alpha, dv_, s.step.v);
  corrected_ = std::min(alpha, s.nlp.largestStep(s.point.v, s.step.v, tau_));
  if (!(corrected_ >= share * alpha)) return false;
  s.nlp.dualDirections(s.point, mu_, s.step.v, s.step.zL, s.step.zU);
  return s.tryStep(corrected_);
}

/// Returns to the step as it was.
void BarrierDescent::uncorrect() {
  if (linear_.empty()) return;
  std::copy(whole_.begin(), whole_.end(), state_.step.v.begin());
  state_.nlp.dualDirections(state_.point, mu_, state_.step.v, state_.step.zL, state_.step.zU);
}

bool BarrierDescent::accept(double alpha) {
  std::swap(state_.point, state_.trial);
  state_.length = alpha;
  state_.nlp.cutMultipliers(state_.point, mu_);
  state_.nlp.makeRoom(state_.point, mu_);
  return true;
}

}  // namespace nonconvex
