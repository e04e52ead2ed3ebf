#include "methods/interior_point/filter_phase.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "core/numbers.hpp"
#include "methods/interior_point/barrier_descent.hpp"

namespace nonconvex {
namespace {

/// Values of phi that differ by less are the same.
double rounding(double phi) { return 10 * machineEpsilon * std::abs(phi); }

}  // namespace

struct FilterPhase::Tuning {
  static constexpr double thetaShare = 1e-5;   ///< published: Ipopt's gamma_theta, least fall of theta over theta
  static constexpr double phiShare = 1e-8;     ///< published: Ipopt's gamma_phi, least fall of phi over theta
  static constexpr double armijoShare = 1e-8;  ///< published: Ipopt's eta_phi, least fall of phi over that of its slope
  static constexpr double thetaPower = 1.1;  ///< published: Ipopt's s_theta, power of theta in the switching condition
  static constexpr double slopePower =
      2.3;  ///< published: Ipopt's s_phi, power of the slope in the switching condition
};

FilterPhase::FilterPhase(BarrierState& state)
    : state_(state), predictorCorrector_(state), filter_(0), leastMu_(leastBarrier(state.nlp)) {
  state.resize(gradient_);
  state.resizeRows(rows_);
  state.resize(corrected_);
  watched_ = state.nlp.makePoint();
  state.resize(watchedStep_);
}

void FilterPhase::begin(BarrierRule rule) {
  rule_ = rule;
  free_ = rule == BarrierRule::adaptive;
  leastMu_ = leastBarrier(state_.nlp);
  const double theta = std::max(1.0, state_.point.infeasibility());
  largestTheta_ = 1e4 * theta;
  smallTheta_ = 1e-4 * theta;
  errorsKnown_ = 0;
  resume();
  setBarrier(state_.mu);
  if (rule == BarrierRule::monotone) predictorCorrector_.begin();
}

void FilterPhase::resume() {
  predictorCorrector_.end();
  tinySteps_ = close_ = shortened_ = watching_ = 0;
}

void FilterPhase::setBarrier(double mu) {
  constexpr double most = 1e20;  // a safeguard against products of slacks and multipliers that overflow
  state_.mu = std::min(mu, most);
  tau_ = std::max(0.99, 1 - state_.mu);
  filter_.clear();
  filter_.setLargest(largestTheta_);
}

/// Lowers mu as often as the barrier problem is solved.
void FilterPhase::lowerBarrier() {
  while (state_.mu > leastMu_ &&
         state_.nlp.errors(state_.point, state_.mu).worst() <= BarrierState::Tuning::kappaEpsilon * state_.mu) {
    setBarrier(nextBarrier(state_.mu, leastMu_));
    watching_ = shortened_ = 0;
  }
}

/// Chooses mu by LOQO's rule as long as E(0) falls in the long run, otherwise as usual: section 6, rule 5.
void FilterPhase::chooseBarrier() {
  constexpr double enough = 0.9999, afterwards = 0.8;
  constexpr int memory = 4;
  const double error = state_.nlp.errors(state_.point, 0).worst();
  const SlackProducts products = slackProducts(state_.nlp, state_.point);
  const int known = std::min(errorsKnown_, memory);
  const double worst = known > 0 ? *std::max_element(lastErrors_, lastErrors_ + known) : error / enough;
  if (error <= enough * worst) {
    free_ = true;
    lastErrors_[errorsKnown_++ % memory] = error;
  } else if (free_) {
    free_ = false;
    setBarrier(std::max(leastMu_, afterwards * products.mean));
  }
  if (!free_) return lowerBarrier();
  if (!(products.mean > 0)) return;
  const double xi = products.least / products.mean;
  const double q = std::min(0.05 * (1 - xi) / xi, 2.0);
  setBarrier(std::clamp(0.1 * q * q * q * products.mean, leastMu_, 1e5));
}

FilterPhase::Outcome FilterPhase::step() {
  if (state_.nlp.solved(state_.point)) return Outcome::solved;
  if (noteClose() == Outcome::stalled) return Outcome::stalled;
  if (predictorCorrector_.on()) {
    const bool moved = predictorCorrector_.step(leastMu_);
    if (!predictorCorrector_.on()) setBarrier(std::max(leastMu_, slackProducts(state_.nlp, state_.point).mean));
    if (moved) return Outcome::moved;
  }
  if (rule_ == BarrierRule::adaptive) {
    chooseBarrier();
  } else {
    lowerBarrier();
  }
  if (!computeDirection()) return Outcome::restore;
  if (tiny()) return tinyStep();
  tinySteps_ = 0;
  const double longest = state_.nlp.largestStep(state_.point.v, state_.step.v, tau_);
  if (watching_ > 0 || shortened_ >= 10) {
    if (watch(longest)) return Outcome::moved;
    if (state_.length == 0) return Outcome::restore;
    return Outcome::moved;
  }
  return search(longest) ? Outcome::moved : Outcome::restore;
}

/// Counts iterations that are within a hundred times of the tolerance; after many in a row there is no more to expect.
FilterPhase::Outcome FilterPhase::noteClose() {
  constexpr double nearly = 100;
  constexpr int most = 15;
  const bool near = state_.nlp.errors(state_.point, 0).worst() <= nearly * state_.nlp.settings().tolerance;
  close_ = near ? close_ + 1 : 0;
  return close_ > most ? Outcome::stalled : Outcome::moved;
}

/// Solves the primal-dual system at the point; false where it has no usable solution.
bool FilterPhase::computeDirection() {
  BarrierState& s = state_;
  if (!s.nlp.model().hessian(s.point.at, 1, s.point.y(), s.H)) return false;
  s.nlp.sigma(s.point, s.diagonal);
  s.kkt.load(s.H, s.point.at.jacobian, s.diagonal);
  s.nlp.barrierGradient(s.point, s.mu, gradient_);
  s.nlp.barrierLagrangian(s.point, s.mu, s.a);
  double delta = 0;
  constexpr int mostTries = 3;
  for (int tries = 0; tries < mostTries; ++tries) {
    if (!(tries == 0 ? s.kkt.factor(s.mu) : s.kkt.factorWith(delta, s.mu))) return false;
    if (s.kkt.solve(s.a, s.point.r, s.step.v, s.step.y)) break;
    if (tries + 1 == mostTries) return false;
    delta = s.kkt.delta() > 0 ? 8 * s.kkt.delta() : 1e-8;
  }
  s.nlp.dualDirections(s.point, s.mu, s.step.v, s.step.zL, s.step.zU);
  reference_ = {s.point.infeasibility(), s.nlp.barrier(s.point, s.mu), dot(gradient_, s.step.v)};
  return std::isfinite(reference_.slope);
}

/// Returns true if the step changes x by rounding alone, and the multipliers hardly.
bool FilterPhase::tiny() const {
  constexpr double rounding = 10 * machineEpsilon, multipliers = 1e-2, feasible = 1e-4;
  if (!(normInf(state_.step.y) < multipliers) || reference_.theta > feasible) return false;
  for (std::size_t j = 0; j < state_.step.v.size(); ++j) {
    if (!(std::abs(state_.step.v[j]) < rounding * (1 + std::abs(state_.point.v[j])))) return false;
  }
  return true;
}

/// Takes the step unchecked; the second time in a row, lowers mu.
FilterPhase::Outcome FilterPhase::tinyStep() {
  const double alpha = state_.nlp.largestStep(state_.point.v, state_.step.v, tau_);
  if (!state_.tryStep(alpha) || !prepareTrial(alpha)) return Outcome::stalled;
  accept(alpha, false);
  if (++tinySteps_ < 2) return Outcome::moved;
  if (state_.mu <= leastMu_) return state_.nlp.solved(state_.point) ? Outcome::solved : Outcome::stalled;
  setBarrier(nextBarrier(state_.mu, leastMu_));
  return Outcome::moved;
}

/// Returns true if a length counts as one of sufficient decrease of phi.
bool FilterPhase::isDescentStep(double alpha) const {
  return reference_.slope < 0 &&
         alpha * std::pow(-reference_.slope, Tuning::slopePower) > std::pow(reference_.theta, Tuning::thetaPower);
}

/// Returns true if trial.v may be the next point.
bool FilterPhase::acceptable(double alpha) {
  const double theta = state_.trial.infeasibility();
  const double phi = state_.nlp.barrier(state_.trial, state_.mu);
  if (!std::isfinite(phi) || !filter_.accepts(theta, phi)) return false;
  const double allowed = reference_.phi + rounding(reference_.phi);
  armijo_ = false;
  if (isDescentStep(alpha) && reference_.theta <= smallTheta_) {
    armijo_ = phi <= allowed + Tuning::armijoShare * alpha * reference_.slope;
    return armijo_;
  }
  return theta <= (1 - Tuning::thetaShare) * reference_.theta || phi <= allowed - Tuning::phiShare * reference_.theta;
}

double FilterPhase::leastLength() const {
  constexpr double share = 0.05;
  double least = Tuning::thetaShare;
  const double slope = -reference_.slope;
  if (slope > 0) {
    least = std::min(least, Tuning::phiShare * reference_.theta / slope);
    if (reference_.theta <= smallTheta_) {
      least = std::min(least, std::pow(reference_.theta, Tuning::thetaPower) / std::pow(slope, Tuning::slopePower));
    }
  }
  return share * least;
}

/// Halves the length until the trial point is acceptable, and moves there; false where none is.
bool FilterPhase::search(double longest) {
  constexpr double half = 0.5, cut = 1e-2, hopeless = 1e4;
  const double least = std::max(leastLength(), 1e-14);
  bool first = true, doubted = false;
  for (double alpha = longest; first || alpha >= least; alpha *= half) {
    if (!doubted && alpha < cut * longest &&
        -alpha * reference_.slope < hopeless * machineEpsilon * std::abs(reference_.phi)) {
      doubted = true;
      if (reducesError(longest, 0.5)) return true;
    }
    const bool defined = state_.tryStep(alpha);
    if (defined && acceptable(alpha) && prepareTrial(alpha)) {
      shortened_ = first ? 0 : shortened_ + 1;
      accept(alpha, true);
      return true;
    }
    if (first && defined && state_.trial.infeasibility() >= reference_.theta && correct(longest)) {
      shortened_ = 0;
      return true;
    }
    first = false;
  }
  return reducesError(longest, 0.9999);
}

/// Corrects the step to second order, so that the constraints' curvature does not count; moves if that is acceptable.
bool FilterPhase::correct(double longest) {
  constexpr int most = 4;
  constexpr double progress = 0.99;
  if (reference_.theta == 0 && state_.nlp.m() == 0) return false;
  for (std::size_t i = 0; i < rows_.size(); ++i) rows_[i] = longest * state_.point.r[i] + state_.trial.r[i];
  std::swap(corrected_, state_.step);
  double length = longest, before = state_.trial.infeasibility();
  for (int k = 0; k < most; ++k) {
    ++corrections_;
    if (!state_.kkt.solve(state_.a, rows_, state_.step.v, state_.step.y)) break;
    length = state_.nlp.largestStep(state_.point.v, state_.step.v, tau_);
    if (!state_.tryStep(length)) break;
    if (acceptable(longest)) {
      state_.nlp.dualDirections(state_.point, state_.mu, state_.step.v, state_.step.zL, state_.step.zU);
      if (prepareTrial(length)) {
        accept(length, true);
        return true;
      }
      break;
    }
    const double theta = state_.trial.infeasibility();
    if (!(theta <= progress * before)) break;
    before = theta;
    for (std::size_t i = 0; i < rows_.size(); ++i) rows_[i] = length * rows_[i] + state_.trial.r[i];
  }
  std::swap(corrected_, state_.step);
  return false;
}

/// Takes the whole primal-dual step if E(mu) falls by the factor.
bool FilterPhase::reducesError(double alpha, double factor) {
  if (!state_.tryStep(alpha) || !std::isfinite(state_.nlp.barrier(state_.trial, state_.mu))) return false;
  if (!prepareTrial(alpha)) return false;
  const double now = state_.nlp.errors(state_.point, state_.mu).worst();
  if (!(state_.nlp.errors(state_.trial, state_.mu).worst() <= factor * now)) return false;
  accept(alpha, false);
  return true;
}

/// Completes the trial point, whose values are known, by multipliers and derivatives; false where they are not finite.
bool FilterPhase::prepareTrial(double alpha) {
  BarrierState& s = state_;
  addScaled(s.point.at.lambda, alpha, s.step.y, s.trial.at.lambda);
  const double dual = s.nlp.largestDualStep(s.point, s.step.zL, s.step.zU, tau_);
  addScaled(s.point.zL, dual, s.step.zL, s.trial.zL);
  addScaled(s.point.zU, dual, s.step.zU, s.trial.zU);
  s.dualLength = dual;
  return s.nlp.evaluateDerivatives(s.trial);
}

/// Moves to the trial point. `extend`: the filter learns of the old one, unless phi fell as it was to.
void FilterPhase::accept(double alpha, bool extend) {
  if (extend && !armijo_) guardPoint();
  std::swap(state_.point, state_.trial);
  state_.length = alpha;
  state_.nlp.cutMultipliers(state_.point, state_.mu);
  state_.nlp.makeRoom(state_.point, state_.mu);
}

void FilterPhase::guardPoint() {
  filter_.add((1 - Tuning::thetaShare) * reference_.theta, reference_.phi - Tuning::phiShare * reference_.theta);
}

/// Steps unchecked for a few iterations after many that were cut; returns to where that began if nothing is gained.
bool FilterPhase::watch(double longest) {
  constexpr int most = 3;
  const Reference now = reference_;
  if (watching_ == 0) {
    watched_ = state_.point;
    watchedStep_ = state_.step;
    watchedReference_ = reference_;
  }
  reference_ = watchedReference_;
  const bool good = state_.tryStep(longest) && acceptable(longest);
  reference_ = now;
  if (good && prepareTrial(longest)) {
    watching_ = shortened_ = 0;
    accept(longest, true);
    return true;
  }
  if (++watching_ <= most && state_.tryStep(longest) && prepareTrial(longest)) {
    accept(longest, false);
    return true;
  }
  watching_ = shortened_ = 0;
  std::swap(state_.point, watched_);
  state_.step = watchedStep_;
  reference_ = watchedReference_;
  // The Hessian, the factors and grad phi are those of another point: only the step is used.
  const double from = state_.nlp.largestStep(state_.point.v, state_.step.v, tau_);
  for (double alpha = 0.5 * from; alpha >= std::max(leastLength(), 1e-14); alpha *= 0.5) {
    if (state_.tryStep(alpha) && acceptable(alpha) && prepareTrial(alpha)) {
      accept(alpha, true);
      return true;
    }
  }
  state_.length = 0;
  return false;
}

}  // namespace nonconvex
