#include "methods/interior_point/barrier_augmented_lagrangian.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "methods/interior_point/infeasibility.hpp"

namespace nonconvex {

struct BarrierAugmentedLagrangian::Tuning {
  static constexpr double firstMu = 0.1;   ///< published: Ipopt's mu_init
  static constexpr double firstRho = 10;   ///< measured: rho of the first problem
  static constexpr double largest = 1e12;  ///< safeguard: largest rho and |y_i|
};

BarrierAugmentedLagrangian::BarrierAugmentedLagrangian(BarrierState& state) : state_(state), descent_(state) {
  for (Vector* const v : {&y_, &rows_, &linear_}) state.resizeRows(*v);
  state.resize(gradient_);
}

void BarrierAugmentedLagrangian::begin() {
  std::fill(y_.begin(), y_.end(), 0.0);
  rho_ = Tuning::firstRho;
  lastResidual_ = std::numeric_limits<double>::infinity();
  iterations_ = idle_ = 0;
  forced_ = false;
  damping_ = 0;
  state_.mu = Tuning::firstMu;
  state_.kkt.reset();
  setMultipliers(state_.point);
  state_.nlp.updateLagrangian(state_.point);
}

/// y + rho r
void BarrierAugmentedLagrangian::setMultipliers(BarrierPoint& point) const {
  addScaled(y_, rho_, point.r, point.at.lambda);
}

double BarrierAugmentedLagrangian::value(const BarrierPoint& point) const {
  return state_.nlp.barrier(point, state_.mu) + dot(y_, point.r) + 0.5 * rho_ * norm2Squared(point.r);
}

/// Returns true if the function of the present y, rho and mu is minimised well enough.
bool BarrierAugmentedLagrangian::converged() const {
  const double tolerance =
      std::max({BarrierState::Tuning::kappaEpsilon * state_.mu, 0.5 * state_.nlp.settings().tolerance,
                std::min(1e-2, 0.1 * normInf(state_.point.r))});
  const BarrierErrors errors = state_.nlp.errors(state_.point, state_.mu);
  return errors.dual <= tolerance * errors.dualScale &&
         errors.complementarity <= tolerance * errors.complementarityScale;
}

/// Sets y, rho and mu for the next function.
BarrierAugmentedLagrangian::Outcome BarrierAugmentedLagrangian::update() {
  constexpr double enough = 0.25, more = 10;
  constexpr int mostIdle = 5;
  BarrierPoint& point = state_.point;
  if (rho_ > Tuning::firstRho && minimizesInfeasibility(state_)) return Outcome::infeasible;
  const double residual = normInf(point.r);
  const bool slow = residual > std::max(state_.nlp.settings().tolerance, enough * lastResidual_);
  const double least = leastBarrier(state_.nlp);
  const bool last = rho_ >= Tuning::largest || !slow;
  idle_ = state_.mu <= least && last && residual >= enough * lastResidual_ ? idle_ + 1 : 0;
  if (idle_ > mostIdle) return Outcome::stuck;
  for (std::size_t i = 0; i < y_.size(); ++i) y_[i] = std::clamp(point.at.lambda[i], -Tuning::largest, Tuning::largest);
  if (slow) rho_ = std::min(Tuning::largest, more * rho_);
  lastResidual_ = residual;
  state_.mu = nextBarrier(state_.mu, least);
  if (forced_) {  // the multipliers of the step have led nowhere
    setMultipliers(point);
    state_.nlp.updateLagrangian(point);
  }
  return Outcome::moved;
}

bool BarrierAugmentedLagrangian::computeDirection() {
  BarrierState& s = state_;
  if (!s.nlp.model().hessian(s.point.at, 1, s.point.y(), s.H)) return false;
  s.nlp.sigma(s.point, s.diagonal);
  s.kkt.load(s.H, s.point.at.jacobian, s.diagonal, 1 / rho_);
  s.nlp.barrierLagrangian(s.point, s.mu, s.a);
  for (std::size_t i = 0; i < rows_.size(); ++i) rows_[i] = s.point.r[i] + (y_[i] - s.point.at.lambda[i]) / rho_;
  if (!descent_.computeStep(s.mu, rows_, damping_)) return false;
  // The function's gradient is a + rho J^T rows.
  s.nlp.linearizedRows(s.point, s.step.v, linear_);
  slope_ = dot(s.a, s.step.v) + rho_ * dot(rows_, linear_);
  return slope_ <= 0;
}

/// Moves along the direction; false where the function does not fall.
bool BarrierAugmentedLagrangian::move() {
  const auto function = [&](BarrierPoint& trial) {
    setMultipliers(trial);
    return value(trial);
  };
  // Where rounding hides the function's fall, the first-order conditions tell.
  const auto primalDual = [&](BarrierPoint& trial) {
    addScaled(state_.point.at.lambda, 1, state_.step.y, trial.at.lambda);
    return value(trial);
  };
  const auto error = [&](const BarrierPoint& point) { return state_.nlp.errors(point, state_.mu).worst(); };
  const BarrierDescent::Reference from{value(state_.point), slope_};
  if (!descent_.run(state_.mu, from, function)) return descent_.runByError(state_.mu, primalDual, error);
  chooseMultipliers();
  return true;
}

/// Takes the multipliers of the step, w + alpha dw, instead of y + rho r if the gradient of the Lagrangian is smaller
/// with them.
void BarrierAugmentedLagrangian::chooseMultipliers() {
  BarrierState& s = state_;
  s.nlp.lagrangianGradient(s.point, gradient_);
  const double before = normInf(gradient_);
  addScaled(s.trial.at.lambda, s.length, s.step.y, rows_);  // the trial point is the one before
  std::swap(rows_, s.point.at.lambda);
  s.nlp.updateLagrangian(s.point);
  s.nlp.lagrangianGradient(s.point, gradient_);
  if (normInf(gradient_) < before) return;
  std::swap(rows_, s.point.at.lambda);
  s.nlp.updateLagrangian(s.point);
}

/// Shifts the next system where steps are cut to nothing: then Newton's model is good for shorter ones only.
void BarrierAugmentedLagrangian::adaptDamping() {
  constexpr double first = 1e-4, least = 1e-8, more = 10, cut = 1e-2, whole = 0.5;
  if (descent_.share() < cut) damping_ = std::max(first, more * damping_);
  if (descent_.share() >= whole) damping_ = damping_ / more < least ? 0 : damping_ / more;
}

BarrierAugmentedLagrangian::Outcome BarrierAugmentedLagrangian::step() {
  constexpr int most = 600;
  if (state_.nlp.solved(state_.point)) return Outcome::solved;
  if (++iterations_ > most) return Outcome::stuck;
  if (forced_ || converged()) {
    const Outcome outcome = update();
    if (outcome != Outcome::moved) return outcome;
    if (state_.nlp.solved(state_.point)) return Outcome::solved;
  }
  if (!computeDirection()) return Outcome::failed;
  if (!move()) {
    // Rounding is in the way of this function; another one may lead on.
    if (std::exchange(forced_, true)) return Outcome::stuck;
    return Outcome::moved;
  }
  forced_ = false;
  adaptDamping();
  return state_.nlp.solved(state_.point) ? Outcome::solved : Outcome::moved;
}

}  // namespace nonconvex
