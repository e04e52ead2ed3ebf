#include "methods/interior_point/barrier_descent.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace nonconvex {

double leastBarrier(const BarrierNlp& nlp) {
  constexpr double complementarity = 1e-4;  // of the test in the user's units
  constexpr double products = 11;           // a product of slack and multiplier is so many mu at most
  return std::min(nlp.settings().tolerance, complementarity * nlp.model().objectiveScale()) / products;
}

double nextBarrier(double mu, double least) {
  constexpr double linear = 0.2, superlinear = 1.5;
  return std::max(least, std::min(linear * mu, std::pow(mu, superlinear)));
}

bool BarrierDescent::computeStep(double mu) {
  constexpr int mostTries = 3;
  constexpr double least = 1e-8, more = 8;
  BarrierState& s = state_;
  for (int tries = 0; tries < mostTries; ++tries) {
    const double delta = std::max(least, more * s.kkt.delta());
    if (!(tries == 0 ? s.kkt.factor(mu) : s.kkt.factorWith(delta, mu))) return false;
    if (s.kkt.solve(s.a, noRows_, s.step.v, s.step.y)) break;
  }
  const double slope = dot(s.a, s.step.v);
  return std::isfinite(slope) && slope <= 0;
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

/// Completes the trial point by bound multipliers and derivatives; false where those are not finite.
bool BarrierDescent::prepare() {
  BarrierState& s = state_;
  const double dual = s.nlp.largestDualStep(s.point, s.step.zL, s.step.zU, tau_);
  s.dualLength = dual;
  addScaled(s.point.zL, dual, s.step.zL, s.trial.zL);
  addScaled(s.point.zU, dual, s.step.zU, s.trial.zU);
  return s.nlp.evaluateDerivatives(s.trial);
}

bool BarrierDescent::accept(double alpha) {
  std::swap(state_.point, state_.trial);
  state_.length = alpha;
  state_.nlp.cutMultipliers(state_.point, mu_);
  state_.nlp.makeRoom(state_.point, mu_);
  return true;
}

}  // namespace nonconvex
