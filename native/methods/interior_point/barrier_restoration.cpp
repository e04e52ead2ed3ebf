#include "methods/interior_point/barrier_restoration.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/numbers.hpp"
#include "methods/interior_point/infeasibility.hpp"

namespace nonconvex {

BarrierRestoration::BarrierRestoration(BarrierState& state) : state_(state), descent_(state) {
  for (Vector* const v : {&from_, &fromL_, &fromU_, &weights_, &smooth_}) state.resize(*v);
}

void BarrierRestoration::begin() {
  constexpr double apart = 10;  // section 10: multipliers that belong to another mu
  BarrierPoint& point = state_.point;
  std::copy(point.v.begin(), point.v.end(), from_.begin());
  std::copy(point.zL.begin(), point.zL.end(), fromL_.begin());
  std::copy(point.zU.begin(), point.zU.end(), fromU_.begin());
  for (std::size_t j = 0; j < from_.size(); ++j) {
    const double d = std::min(1.0, 1 / std::abs(from_[j]));
    weights_[j] = d * d;
  }
  start_ = point.infeasibility();
  setBarrier(std::max(state_.mu, normInf(point.r)));
  iterations_ = withoutHessian_ = 0;
  damping_ = 0;
  shifted_ = indefinite_ = false;
  state_.nlp.cutMultipliers(point, mu_, apart);
  state_.kkt.reset();
}

/// The weight of ||D (v - v_R)||^2. It falls with mu_r, so that it neither hides a stationary point nor keeps from
/// feasible ones.
double BarrierRestoration::zeta() const { return 1e-4 * std::min(std::sqrt(state_.mu), mu_); }

double BarrierRestoration::value(const BarrierPoint& point) const {
  double apart = 0;
  for (std::size_t j = 0; j < from_.size(); ++j) {
    const double d = point.v[j] - from_[j];
    apart += weights_[j] * d * d;
  }
  return 0.5 * (norm2Squared(point.r) + zeta() * apart) + state_.nlp.barrierTerms(point.v, mu_);
}

/// J^T r and -r, and zeta D^2 (v - v_R).
void BarrierRestoration::computeGradient() {
  infeasibilityGradient(state_.nlp, state_.point, smooth_);
  for (std::size_t j = 0; j < from_.size(); ++j) {
    if (!state_.nlp.fixed(j)) smooth_[j] += zeta() * weights_[j] * (state_.point.v[j] - from_[j]);
  }
}

/// Returns true if the problem of the present mu_r is solved well enough.
bool BarrierRestoration::solved() const {
  const BarrierPoint& point = state_.point;
  const double most = BarrierState::Tuning::kappaEpsilon * mu_;
  for (std::size_t j = 0; j < smooth_.size(); ++j) {
    if (!(std::abs(smooth_[j] - point.zL[j] + point.zU[j]) <= most)) return false;
  }
  return state_.nlp.errors(point, mu_).complementarity <= most;
}

/// The smallest mu_r: `minimizesInfeasibility` asks for products of 1e-5 ||r||^2.
double BarrierRestoration::leastMu() const {
  constexpr double floor = 1e-16, most = 1e-12, share = 1e-6;
  const double size = normInf(state_.point.r);
  return std::clamp(share * size * size, floor, most);
}

/// Lowers mu_r where its problem is solved, or so nearly feasible that the way would lead along feasible points to the
/// middle of them, or so that nothing is gained; false where it was the last one and is solved.
bool BarrierRestoration::lowerBarrier() {
  constexpr double little = 1e-2;
  const double squares = 0.5 * norm2Squared(state_.point.r), least = leastMu();
  while (squares < little * mu_ || idle() || solved()) {
    if (!(mu_ > least && mu_ < infinity)) return !solved();
    setBarrier(nextBarrier(mu_, least));
    computeGradient();
  }
  return true;
}

void BarrierRestoration::setBarrier(double mu) {
  mu_ = std::min(std::numeric_limits<double>::max(), mu);  // an infinite mu could not fall
  idle_ = 0;
  best_ = state_.point.infeasibility();
}

/// Returns true if the infeasibility has not fallen for some iterations with the present mu_r.
bool BarrierRestoration::idle() const {
  constexpr int most = 4;
  return idle_ >= most;
}

/// Counts iterations that did not reduce the infeasibility.
void BarrierRestoration::noteProgress() {
  constexpr double progress = 0.9;
  const double now = state_.point.infeasibility();
  const bool less = now <= progress * best_;
  idle_ = less ? 0 : idle_ + 1;
  if (less) best_ = now;
}

/// Chooses how the next indefinite matrix is made definite, by the length of the last step.
void BarrierRestoration::adapt() {
  constexpr double first = 1e-3, least = 1e-8, more = 10, cut = 0.25, whole = 0.9;
  const bool poor = state_.length < cut;
  if (!shifted_) {  // Levenberg's rule
    if (poor) damping_ = std::max(first, more * damping_);
    if (state_.length >= whole) damping_ = damping_ / more < least ? 0 : damping_ / more;
  }
  if (poor) shifted_ = !shifted_;
}

/// Newton's step where its matrix has the inertia (n, m, 0); otherwise that of Gauss and Newton, whose matrix always
/// has. It converges as fast where the residual vanishes, and shifts that are large enough would lead nowhere.
bool BarrierRestoration::computeDirection() {
  constexpr int mostInARow = 2, retry = 4;
  BarrierState& s = state_;
  s.nlp.sigma(s.point, s.diagonal);
  axpy(zeta(), weights_, s.diagonal);
  std::copy(smooth_.begin(), smooth_.end(), s.a.begin());
  s.nlp.addBarrierGradient(s.point.v, mu_, s.a);
  indefinite_ = true;
  if (shifted_ || withoutHessian_ < mostInARow || iterations_ % retry == 0) {
    if (!s.nlp.model().hessian(s.point.at, 0, s.point.r, s.H)) return false;
    s.kkt.load(s.H, s.point.at.jacobian, s.diagonal, 1);
    if (s.kkt.factorUnshifted() == Inertia{.positive = s.nlp.n(), .negative = s.nlp.m()} &&
        s.kkt.solve(s.a, s.noRows, s.step.v, s.step.y)) {
      indefinite_ = false;
      withoutHessian_ = 0;
      return true;
    }
    if (shifted_) return descent_.computeStep(mu_, s.noRows);
  }
  ++withoutHessian_;
  axpy(damping_, weights_, s.diagonal);
  std::fill(s.H.begin(), s.H.end(), 0.0);
  s.kkt.load(s.H, s.point.at.jacobian, s.diagonal, 1);
  return descent_.computeStep(mu_, s.noRows);
}

BarrierRestoration::Outcome BarrierRestoration::iterate() {
  constexpr int most = 100;
  if (++iterations_ > most) return Outcome::stuck;
  BarrierState& s = state_;
  if (minimizesInfeasibility(s)) return Outcome::stationary;
  computeGradient();
  if (!lowerBarrier()) return Outcome::stuck;
  if (!computeDirection()) return Outcome::failed;
  const auto function = [&](BarrierPoint& trial) {
    std::copy(s.point.at.lambda.begin(), s.point.at.lambda.end(), trial.at.lambda.begin());
    return value(trial);
  };
  const BarrierDescent::Reference from{value(s.point), dot(s.a, s.step.v)};
  if (!descent_.run(mu_, from, function)) {
    if (mu_ <= leastMu()) return Outcome::stuck;
    setBarrier(nextBarrier(mu_, leastMu()));
    return Outcome::moved;
  }
  noteProgress();
  if (indefinite_) adapt();
  return Outcome::moved;
}

/// Sets the multipliers of the point that the main phase goes on from: those of v_R after the step from there to here,
/// and y by least squares.
void BarrierRestoration::finish() {
  constexpr double most = 1000, tau = 0.99;
  BarrierState& s = state_;
  BarrierPoint& point = s.point;
  addScaled(point.v, -1, from_, s.step.v);
  std::copy(from_.begin(), from_.end(), s.trial.v.begin());
  std::copy(fromL_.begin(), fromL_.end(), s.trial.zL.begin());
  std::copy(fromU_.begin(), fromU_.end(), s.trial.zU.begin());
  s.nlp.dualDirections(s.trial, s.mu, s.step.v, s.step.zL, s.step.zU);
  const double alpha = s.nlp.largestDualStep(s.trial, s.step.zL, s.step.zU, tau);
  addScaled(fromL_, alpha, s.step.zL, point.zL);
  addScaled(fromU_, alpha, s.step.zU, point.zU);
  s.nlp.cutMultipliers(point, s.mu);
  for (std::size_t j = 0; j < from_.size(); ++j) {
    if (point.zL[j] > most) point.zL[j] = 1;
    if (point.zU[j] > most) point.zU[j] = 1;
  }
  s.kkt.reset();
  s.estimateMultipliers();
}

}  // namespace nonconvex
