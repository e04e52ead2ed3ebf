#include "methods/kkt/second_order.hpp"

#include "core/random.hpp"

namespace nonconvex {

SecondOrderTest::SecondOrderTest(const ScaledNlp& model) : model_(model), n_(static_cast<std::size_t>(model.n())) {
  model.resize(mode_, n_ + static_cast<std::size_t>(model.m()));
  model.resize(Hv_, n_);
}

ReducedInertia SecondOrderTest::inertia(KktSolver& solver, InertiaCorrection& shifts, double sizeH, double sizeJ) {
  const int n = model_.n();
  const int m = model_.m();
  const double shift = Tuning::share * (sizeH > 0 ? sizeH : 1);
  KktShift used;
  const Inertia lower = solver.exactInertia(shifts.factorAt(solver, -shift, sizeJ, used));
  if (lower.undefined > 0 || lower.givenUp) return {};
  const int notPositive = lower.negative + lower.zero - m;
  if (notPositive <= 0) return {n - m, 0, 0};
  const Inertia upper = solver.exactInertia(shifts.factorAt(solver, shift, sizeJ, used));
  if (upper.undefined > 0 || upper.givenUp) return {};
  const int negative = std::max(0, upper.negative - m);
  const int zero = std::max(0, notPositive - negative);
  return {std::max(0, n - m - negative - zero), negative, zero};
}

double SecondOrderTest::leastEigenvector(KktSolver& solver, std::span<const double> H) {
  constexpr int steps = 30;
  constexpr double close = 1e-6;
  const Random random(0, 7);
  for (std::size_t j = 0; j < n_; ++j) mode_[j] = random.uniform(j) - 0.5;
  double rho = unknown;
  for (int k = 0; k < steps; ++k) {
    const double size = std::sqrt(norm2Squared(v()));
    for (std::size_t j = 0; j < n_; ++j) mode_[j] /= size;
    std::fill(mode_.begin() + static_cast<std::ptrdiff_t>(n_), mode_.end(), 0.0);
    solver.solve(mode_);
    const double growth = std::sqrt(norm2Squared(v()));
    if (!(growth > 0) || !std::isfinite(growth)) return unknown;
    for (double& value : mode_) value /= growth;
    model_.hessianProduct(H, v(), Hv_);
    const double before = rho;
    rho = dot(v(), Hv_);
    if (std::abs(rho - before) <= close * std::abs(rho)) break;
  }
  return rho;
}

}  // namespace nonconvex
