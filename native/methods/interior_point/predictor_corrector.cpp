#include "methods/interior_point/predictor_corrector.hpp"

#include <algorithm>
#include <cmath>

#include "core/numbers.hpp"
#include "core/random.hpp"

namespace nonconvex {
namespace {

/// Calls f(k, slack, upper) for each finite bound of the entries of v.
template <class F>
void eachSlack(const BarrierNlp& nlp, const BarrierPoint& point, F&& f) {
  for (std::size_t k = 0; k < nlp.size(); ++k) {
    if (nlp.lower()[k] > -infinity) f(k, point.v[k] - nlp.lower()[k], false);
    if (nlp.upper()[k] < infinity) f(k, nlp.upper()[k] - point.v[k], true);
  }
}

}  // namespace

SlackProducts slackProducts(const BarrierNlp& nlp, const BarrierPoint& point) {
  SlackProducts found;
  int count = 0;
  eachSlack(nlp, point, [&](std::size_t k, double slack, bool upper) {
    const double product = slack * (upper ? point.zU : point.zL)[k];
    found.mean += product;
    found.least = std::min(found.least, product);
    ++count;
  });
  if (count > 0) found.mean /= count;
  return found;
}

void PredictorCorrector::begin() {
  const ScaledNlp& model = state_.nlp.model();
  on_ = model.linearConstraints() && !model.approximateHessian() && state_.nlp.finiteSides() > 0;
  if (on_ && !quadratic_) quadratic_ = quadratic();
  on_ = on_ && *quadratic_;
  idle_ = 0;
}

/// Returns true if the Hessian of f is the same at another point inside the bounds.
bool PredictorCorrector::quadratic() {
  constexpr double half = 0.5, rounding = 1e-12;
  BarrierState& s = state_;
  const Random random(0, 7);
  for (std::size_t k = 0; k < s.step.v.size(); ++k) {
    s.step.v[k] = s.nlp.fixed(k) ? 0 : (random.uniform(k) - half) * std::max(1.0, std::abs(s.point.v[k]));
  }
  if (!s.tryStep(s.nlp.largestStep(s.point.v, s.step.v, half))) return false;
  if (!s.nlp.model().hessian(s.trial.at, 1, s.point.y(), s.H)) return false;
  const Vector other = s.H;
  if (!s.nlp.model().hessian(s.point.at, 1, s.point.y(), s.H)) return false;
  const double size = normInf(s.H);
  for (std::size_t k = 0; k < other.size(); ++k) {
    if (!(std::abs(s.H[k] - other[k]) <= rounding * size)) return false;
  }
  return true;
}

bool PredictorCorrector::step(double least) {
  const double before = state_.nlp.errors(state_.point, 0).worst();
  const double mean = slackProducts(state_.nlp, state_.point).mean;
  const bool moved = mean > 0 && computeStep(least, mean) && move(before);
  on_ = on_ && moved;
  return moved;
}

/// Computes the corrected step and its mu, by one factorisation; false where that needs a shift.
bool PredictorCorrector::computeStep(double least, double mean) {
  constexpr double floor = 0.1;
  BarrierState& s = state_;
  const BarrierNlp& nlp = s.nlp;
  if (!s.nlp.model().hessian(s.point.at, 1, s.point.y(), s.H)) return false;
  nlp.sigma(s.point, s.diagonal);
  s.kkt.load(s.H, s.point.at.jacobian, s.diagonal);
  nlp.barrierLagrangian(s.point, 0, s.a);
  if (!s.kkt.factor(mean) || s.kkt.delta() > 0) return false;
  if (!s.kkt.solve(s.a, s.point.r, predicted_.v, predicted_.y)) return false;
  nlp.dualDirections(s.point, 0, predicted_.v, predicted_.zL, predicted_.zU);
  const double primal = nlp.largestStep(s.point.v, predicted_.v, 1);
  const double dual = nlp.largestDualStep(s.point, predicted_.zL, predicted_.zU, 1);
  double sum = 0;
  int count = 0;
  eachSlack(nlp, s.point, [&](std::size_t k, double slack, bool upper) {
    const double z = (upper ? s.point.zU : s.point.zL)[k], dz = (upper ? predicted_.zU : predicted_.zL)[k];
    sum += (slack + (upper ? -primal : primal) * predicted_.v[k]) * (z + dual * dz);
    ++count;
  });
  const double left = sum / count / mean;
  s.mu = std::max(floor * least, std::min(1.0, left * left * left) * mean);
  correctGradient();
  if (!s.kkt.solve(s.a, s.point.r, s.step.v, s.step.y)) return false;
  correctMultipliers();
  return true;
}

/// Adds mu and the second-order terms of the predicted step to the right-hand side.
void PredictorCorrector::correctGradient() {
  BarrierState& s = state_;
  eachSlack(s.nlp, s.point, [&](std::size_t k, double slack, bool upper) {
    s.a[k] += upper ? (s.mu + predicted_.v[k] * predicted_.zU[k]) / slack
                    : -(s.mu - predicted_.v[k] * predicted_.zL[k]) / slack;
  });
}

/// Sets the steps of the bounds' multipliers to that of v.
void PredictorCorrector::correctMultipliers() {
  BarrierState& s = state_;
  std::fill(s.step.zL.begin(), s.step.zL.end(), 0.0);
  std::fill(s.step.zU.begin(), s.step.zU.end(), 0.0);
  eachSlack(s.nlp, s.point, [&](std::size_t k, double slack, bool upper) {
    const double sign = upper ? -1 : 1, z = (upper ? s.point.zU : s.point.zL)[k];
    const double second = sign * predicted_.v[k] * (upper ? predicted_.zU : predicted_.zL)[k];
    (upper ? s.step.zU : s.step.zL)[k] = (s.mu - second - z * sign * s.step.v[k]) / slack - z;
  });
}

/// Moves as far as bounds allow; a linear program's x and multipliers each on their own.
bool PredictorCorrector::move(double before) {
  constexpr double tau = 0.99, progress = 0.9, cut = 0.1;
  constexpr int patience = 3;
  BarrierState& s = state_;
  const double most = std::max(tau, 1 - s.mu);
  double primal = s.nlp.largestStep(s.point.v, s.step.v, most);
  double dual = s.nlp.largestDualStep(s.point, s.step.zL, s.step.zU, most);
  if (normInf(s.H) > 0) primal = dual = std::min(primal, dual);
  if (!s.tryStep(primal)) return false;
  addScaled(s.point.at.lambda, dual, s.step.y, s.trial.at.lambda);
  addScaled(s.point.zL, dual, s.step.zL, s.trial.zL);
  addScaled(s.point.zU, dual, s.step.zU, s.trial.zU);
  if (!s.nlp.evaluateDerivatives(s.trial) || !std::isfinite(slackProducts(s.nlp, s.trial).mean)) return false;
  std::swap(s.point, s.trial);
  s.length = primal;
  s.dualLength = dual;
  s.nlp.makeRoom(s.point, s.mu);
  idle_ = s.nlp.errors(s.point, 0).worst() < progress * before ? 0 : idle_ + 1;
  on_ = idle_ < patience && std::min(primal, dual) >= cut;
  return true;
}

}  // namespace nonconvex
