#include "solvers/nlp/restoration.hpp"

#include "methods/globalization/negative_curvature.hpp"
#include "methods/line_search/armijo.hpp"

namespace nonconvex {

struct FeasibilityRestoration::Tuning {
  static constexpr double mostShift = 1e20;   ///< safeguard: largest shift, above which a restoration is stuck
  static constexpr double firstShift = 1e-3;  ///< measured: first shift, as a share of ||J||_F^2
};

FeasibilityRestoration::FeasibilityRestoration(const ScaledNlp& model)
    : n_(static_cast<std::size_t>(model.n())), m_(static_cast<std::size_t>(model.m())), curvature_(model) {
  model.resize(gradient_, n_);
  model.resize(rhs_, n_ + m_);
  model.resize(step_, n_ + m_);
  model.resize(Wp_, n_);
  model.resize(Jp_, m_);
}

void FeasibilityRestoration::begin(const NlpPoint& point, double least) {
  constexpr double share = 0.1;  // share of ||c|| that is the target
  active_ = true;
  leavesDomain_ = false;
  target_ = share * share * point.squaredC();
  least_ = least;
  shift_ = Tuning::firstShift;
  steps_ = 0;
  milestone_ = point.squaredC();
}

bool FeasibilityRestoration::tryPoint(ScaledNlp& model, const NlpPoint& point, double alpha, std::span<const double> p,
                                      NlpPoint& trial) {
  addScaled(point.x, alpha, p, trial.x);
  std::copy(point.lambda.begin(), point.lambda.end(), trial.lambda.begin());
  const bool defined = model.evaluateValues(trial);
  leavesDomain_ |= !defined;
  return defined;
}

FeasibilityRestoration::Outcome FeasibilityRestoration::step(ScaledNlp& model, KktSolver& solver, NlpPoint& point,
                                                             NlpPoint& trial, std::span<double> W) {
  constexpr double flat = 1e-9;
  if (!model.hessian(point, 0, point.c, W)) return Outcome::stuck;
  solver.load(W, point.jacobian);
  std::fill(gradient_.begin(), gradient_.end(), 0.0);
  model.addJacobianTransposedProduct(point.jacobian, point.c, gradient_);
  if (normInf(gradient_) <= flat * normInf(point.c)) {
    return leave(model, solver, point, trial, W) ? Outcome::moved : Outcome::stationary;
  }
  const Outcome outcome = trustStep(model, solver, point, trial, W);
  if (outcome != Outcome::moved) return outcome;
  std::swap(point, trial);
  return progress(point);
}

/// Finds a step p with (W + t I + J^T J) p = -J^T c, W = sum_i c_i Hess c_i, as [W + t I, J^T; J, -I] (p, y) = (0, -c),
/// for the first shift t with which ||c||^2 falls about as its model does. The new point is then in `trial`.
FeasibilityRestoration::Outcome FeasibilityRestoration::trustStep(ScaledNlp& model, KktSolver& solver,
                                                                  const NlpPoint& point, NlpPoint& trial,
                                                                  std::span<const double> W) {
  constexpr double growth = 8;
  constexpr double accuracy = 1e-3;   // accuracy of the system's solution
  constexpr double rounding = 1e-15;  // share of ||c||^2 / 2: a smaller decrease is rounding
  const double half = 0.5 * point.squaredC();
  const double size = std::max(norm2Squared(point.jacobian), 1e-20);
  std::fill(rhs_.begin(), rhs_.end(), 0.0);
  for (std::size_t i = 0; i < m_; ++i) rhs_[n_ + i] = -point.c[i];
  for (;; shift_ *= growth) {
    if (!(shift_ <= Tuning::mostShift)) return Outcome::stuck;
    const Inertia inertia = solver.factor({.primal = shift_ * size, .dual = 1, .keptDual = 1});
    if (inertia.undefined > 0) return Outcome::stuck;
    if (inertia.positive != model.n() || inertia.negative != model.m()) continue;
    solver.solve(rhs_, accuracy * std::sqrt(2 * half), step_);
    const auto p = std::span<const double>(step_).first(n_);
    model.hessianProduct(W, p, Wp_);
    model.jacobianProduct(point.jacobian, p, Jp_);
    const double predicted = -dot(gradient_, p) - 0.5 * dot(p, Wp_) - 0.5 * norm2Squared(Jp_);
    if (!(predicted > 0)) continue;
    if (predicted <= rounding * half) return shift_ <= 1 ? Outcome::stationary : Outcome::stuck;
    if (tryStep(model, point, p, predicted, trial)) return Outcome::moved;
  }
}

/// Tries p, a half and a quarter of it: shorter, a larger shift is better. Adapts the shift to how well the model
/// predicted the decrease.
bool FeasibilityRestoration::tryStep(ScaledNlp& model, const NlpPoint& point, std::span<const double> p,
                                     double predicted, NlpPoint& trial) {
  constexpr double least = 1e-3;  // share of the decrease predicted
  constexpr double poor = 0.25, good = 0.75;
  constexpr double leastShift = 1e-12;
  const double half = 0.5 * point.squaredC();
  double ratio = 0;
  const double alpha = backtrack({.mostTrials = 3}, [&](double t) {
    if (tryPoint(model, point, t, p, trial)) ratio = (half - 0.5 * trial.squaredC()) / predicted;
    return ratio > least;
  });
  if (alpha == 0 || !model.evaluateDerivatives(trial)) return false;
  if (alpha < 1) {
    shift_ *= 2;
  } else if (ratio > good) {
    shift_ = std::max(shift_ / 8, leastShift);
  } else if (ratio < poor) {
    shift_ *= 4;
  }
  return true;
}

/// Checks if ||c|| is low enough at the new point, or falls too slowly.
FeasibilityRestoration::Outcome FeasibilityRestoration::progress(const NlpPoint& point) {
  constexpr int stretch = 25;
  constexpr double worthwhile = 0.95;  // factor of ||c||^2 over a stretch of steps
  const double squaredC = point.squaredC();
  if (squaredC <= target_ || normInf(point.c) <= least_) return Outcome::restored;
  if (++steps_ % stretch == 0) {
    if (squaredC > worthwhile * milestone_) return Outcome::stuck;
    milestone_ = squaredC;
  }
  return Outcome::moved;
}

/// Moves along the direction in which ||c||^2 / 2 curves down most; false where it curves down in none.
bool FeasibilityRestoration::leave(ScaledNlp& model, KktSolver& solver, NlpPoint& point, NlpPoint& trial,
                                   std::span<const double> W) {
  const double size = std::max(model.sizeH(), norm2Squared(point.jacobian));
  const auto convex = [&](double shift) {
    const Inertia inertia = solver.factor({.primal = shift, .dual = 1, .keptDual = 1});
    return inertia.positive == model.n() && inertia.negative == model.m();
  };
  double shift = 1e-6 * size;
  if (!(size > 0) || convex(shift)) return false;
  while (!convex(shift)) {
    if (!((shift *= 8) <= Tuning::mostShift)) return false;
  }
  const double rho = curvature_.leastEigenvector(solver, W);
  model.jacobianProduct(point.jacobian, curvature_.v(), Jp_);
  const double bend = rho + norm2Squared(Jp_);
  if (!(bend < 0)) return false;
  const double half = 0.5 * point.squaredC();
  const double length = searchNegativeCurvature(point.x, [&](double alpha) {
    return tryPoint(model, point, alpha, curvature_.v(), trial) &&
           0.5 * trial.squaredC() <= half + 0.1 * alpha * alpha * bend && model.evaluateDerivatives(trial);
  });
  if (length == 0) return false;
  std::swap(point, trial);
  shift_ = Tuning::firstShift;
  return true;
}

}  // namespace nonconvex
