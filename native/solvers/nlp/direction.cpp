#include "solvers/nlp/direction.hpp"

namespace nonconvex {
namespace {

constexpr double xiB = 0.1;

double square(double x) { return x * x; }

/// ||H||_F^2 of H + t I, from its lower triangle by columns.
double squaredHessian(const SparsePattern& pattern, std::span<const double> H, double t) {
  double sum = 0;
  for (int j = 0; j < pattern.lines; ++j) {
    const auto rows = pattern.line(j);
    const double* values = H.data() + pattern.offsets[static_cast<std::size_t>(j)];
    if (rows.empty() || rows.front() != j) sum += square(t);
    for (std::size_t k = 0; k < rows.size(); ++k) sum += rows[k] == j ? square(values[k] + t) : 2 * square(values[k]);
  }
  return sum;
}

}  // namespace

NewtonDirection::NewtonDirection(const ScaledNlp& model, const NlpSettings& settings)
    : model_(model),
      published_(settings.accuracy == KktAccuracy::paper),
      beta_(settings.sufficientDecrease),
      nu_(settings.penaltyFactor),
      n_(static_cast<std::size_t>(model.n())),
      rhs_(n_ + static_cast<std::size_t>(model.m())),
      dz_(rhs_.size()) {}

bool NewtonDirection::compute(KktSolver& inner, const KktShift& shift, const NlpPoint& point, std::span<const double> H,
                              MeritFunction& merit) {
  for (std::size_t j = 0; j < n_; ++j) rhs_[j] = -point.g[j];
  for (std::size_t i = 0; i < point.c.size(); ++i) rhs_[n_ + i] = -point.c[i];
  if (published_) return computePublished(inner, shift, point, H, merit);
  const double squaredF = point.squaredF();
  const double normF = std::sqrt(squaredF);
  double target = std::min(0.1, normF) * normF;
  for (int k = 0; k < 2; ++k) {
    residual_ = inner.solve(rhs_, target, dz_);
    if (!finite(dz_)) return false;
    slope_ = merit.slope(point, H, dz_);
    if (merit.descends(slope_, squaredF)) return true;
    target *= 1e-3;
    if (residual_ <= target) break;
  }
  return merit.adapt(slope_, point);
}

void NewtonDirection::measure(KktSolver& inner, const NlpPoint& point) {
  const auto m = point.c.size();
  leastJJ_ = 1;
  if (m == 0) return;
  // [I J^T; J 0] (w, y) = (0, -b) has y = (J J^T)^{-1} b: the power method on that.
  inner.loadWithoutHessian(point.jacobian);
  const Inertia inertia = inner.factor({.primal = 1});
  if (inertia.zero > 0 || inertia.undefined > 0) {
    leastJJ_ = 1e-16;
    return;
  }
  for (std::size_t i = 0; i < m; ++i) dz_[n_ + i] = 1 + 1.0 / static_cast<double>(i + 1);
  double growth = 1;
  for (int k = 0; k < 10; ++k) {
    const double size = std::sqrt(norm2Squared(dlambda()));
    for (std::size_t i = 0; i < m; ++i) dz_[n_ + i] /= -size;
    std::fill(dz_.begin(), dz_.begin() + static_cast<std::ptrdiff_t>(n_), 0.0);
    inner.solve(dz_);
    growth = std::sqrt(norm2Squared(dlambda()));
    if (!(growth > 0)) break;
  }
  leastJJ_ = growth > 0 ? 1 / growth : 1e-16;
}

double NewtonDirection::publishedShift(std::span<const double> H) const {
  return xiB + std::sqrt(squaredHessian(model_.hessianPattern(), H, 0));
}

/// With Psi >= ||K^{-1}|| and Upsilon as in the published code; the floor of delta is its own. No residual is asked for
/// that rounding does not allow.
bool NewtonDirection::computePublished(KktSolver& inner, const KktShift& shift, const NlpPoint& point,
                                       std::span<const double> H, MeritFunction& merit) {
  constexpr double leastDelta = 1e-6;
  const double squaredB = squaredHessian(model_.hessianPattern(), H, shift.primal);
  const double squaredJ = norm2Squared(point.jacobian);
  const double squaredF = point.squaredF();
  const double psi = 20 * std::max(squaredB, 1.0) / (xiB * std::min(leastJJ_, 1.0));
  const double upsilon = std::max({std::sqrt(squaredJ), std::sqrt(squaredB), 1.0});
  const double theta = std::min(1.0, std::sqrt(squaredF));
  const double sizeK = std::sqrt(squaredB + 2 * squaredJ);
  const auto trial = [&] {
    return (0.5 - beta_) * merit.eta2() / ((1 + merit.eta1() + merit.eta2()) * square(upsilon) * square(psi));
  };
  delta_ = std::max(std::min(delta_, trial()), leastDelta);
  for (;;) {
    residual_ = inner.solve(rhs_, theta * delta_ * std::sqrt(squaredF) / (sizeK * psi), dz_);
    if (!finite(dz_)) return false;
    slope_ = merit.slope(point, H, dz_);
    if (merit.descends(slope_, squaredF)) return true;
    if (!merit.harden()) return merit.at(slope_) < 0;
    delta_ = std::max(std::min(delta_ / square(square(nu_)), trial()), leastDelta);
  }
}

}  // namespace nonconvex
