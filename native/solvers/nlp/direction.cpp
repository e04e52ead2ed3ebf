#include "solvers/nlp/direction.hpp"

#include "core/numbers.hpp"
#include "methods/kkt/paper_variants.hpp"

namespace nonconvex {

NewtonDirection::NewtonDirection(const ScaledNlp& model, const NlpSettings& settings)
    : model_(model),
      published_(settings.accuracy == KktAccuracy::paper),
      tolerance_(settings.tolerance),
      beta_(settings.sufficientDecrease),
      nu_(settings.penaltyFactor),
      n_(static_cast<std::size_t>(model.n())) {
  model.resize(rhs_, n_ + static_cast<std::size_t>(model.m()));
  model.resize(dz_, rhs_.size());
}

SearchDirection NewtonDirection::compute(KktSystem& system, const NlpPoint& point, MeritFunction& merit) {
  loops::negate(n_, point.g.data(), rhs_.data());
  loops::negate(point.c.size(), point.c.data(), rhs_.data() + n_);
  const bool descends = published_ ? computePublished(system, point, merit) : computeDescending(system, point, merit);
  // Where J has lost rank and c = 0, the constraints of m = n leave a choice after all.
  const bool fullRank = system.shift().dual == 0 || normInf(point.c) > tolerance_;
  return {.dx = std::span<const double>(dz_).first(n_),
          .dlambda = std::span<const double>(dz_).subspan(n_),
          .slope = slope_,
          .shift = system.shift(),
          .descends = descends,
          .determined = model_.n() == model_.m() && fullRank};
}

/// g^T (H dx + J^T dlambda) by the residual r of K dz = -(g, c), which saves products with H and J where they are
/// large: the sum is -g^T (g + r + t dx) with the shift t. None where it had better be multiplied out.
std::optional<double> NewtonDirection::curvatureAlongG(const KktSystem& system, const NlpPoint& point) const {
  constexpr std::size_t large = 4096;
  const std::span<const double> residual = system.solver().residualOfSolve();
  if (n_ < large || residual.empty()) return std::nullopt;
  const double shift = system.shift().primal;
  const double shifted = shift != 0 ? shift * dot(point.g, std::span<const double>(dz_).first(n_)) : 0;
  return -(point.squaredG() + dot(point.g, residual.first(n_)) + shifted);
}

/// Solves more accurately, and then changes the penalties, until the direction descends.
bool NewtonDirection::computeDescending(KktSystem& system, const NlpPoint& point, MeritFunction& merit) {
  constexpr double sharper = 1e-3;
  const double squaredF = point.squaredF();
  const double normF = std::sqrt(squaredF);
  double target = std::min(0.1, normF) * normF;  // this target makes the convergence quadratic
  for (int k = 0; k < 2; ++k) {
    const double residual = system.solver().solve(rhs_, target, dz_);
    if (!finite(dz_)) return false;
    slope_ = merit.slope(point, system.hessian(), dz_, curvatureAlongG(system, point));
    if (merit.descends(slope_, squaredF)) return true;
    target *= sharper;
    if (residual <= target) break;
  }
  return merit.adapt(slope_, point);
}

/// The rule of section 1.4, with Psi >= ||K^{-1}|| and Upsilon as in the published code; the floor of delta is the
/// code's own. No residual is asked for that rounding does not allow.
bool NewtonDirection::computePublished(KktSystem& system, const NlpPoint& point, MeritFunction& merit) {
  constexpr double leastDelta = 1e-6;
  const double squaredB = squaredFrobenius(model_.hessianPattern(), system.hessian(), system.shift().primal);
  const double squaredJ = norm2Squared(point.jacobian);
  const double squaredF = point.squaredF();
  const double psi =
      20 * std::max(squaredB, 1.0) / (PaperRules::Tuning::curvature * std::min(system.leastEigenvalueJJ(), 1.0));
  const double upsilon = std::max({std::sqrt(squaredJ), std::sqrt(squaredB), 1.0});
  const double theta = std::min(1.0, std::sqrt(squaredF));
  const double sizeK = std::sqrt(squaredB + 2 * squaredJ);
  const auto trial = [&] {
    return (0.5 - beta_) * merit.eta2() / ((1 + merit.eta1() + merit.eta2()) * square(upsilon) * square(psi));
  };
  delta_ = std::max(std::min(delta_, trial()), leastDelta);
  for (;;) {
    system.solver().solve(rhs_, theta * delta_ * std::sqrt(squaredF) / (sizeK * psi), dz_);
    if (!finite(dz_)) return false;
    slope_ = merit.slope(point, system.hessian(), dz_);
    if (merit.descends(slope_, squaredF)) return true;
    if (!merit.harden()) return merit.at(slope_) < 0;
    delta_ = std::max(std::min(delta_ / square(square(nu_)), trial()), leastDelta);
  }
}

}  // namespace nonconvex
