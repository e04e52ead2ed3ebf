#include "methods/kkt/multipliers.hpp"

#include <algorithm>

namespace nonconvex {

MultiplierEstimate::MultiplierEstimate(const ScaledNlp& model) : model_(model) {
  model.resize(solution_, static_cast<std::size_t>(model.n() + model.m()));
  model.resize(before_, static_cast<std::size_t>(model.m()));
}

void MultiplierEstimate::takeFirst(KktSystem& system, NlpPoint& point) {
  const bool independent = model_.m() > 0 && model_.linearConstraints();
  if (independent && system.canKeepFactors() && takeFromFirstStep(system, point)) return;
  takeLeastSquares(system, point);
}

/// [I J^T; J 0] (w, lambda) = (-grad f, 0).
void MultiplierEstimate::takeLeastSquares(KktSystem& system, NlpPoint& point) {
  if (point.lambda.empty()) return;
  std::fill(solution_.begin(), solution_.end(), 0.0);
  if (normInf(point.gradient()) != 0 && system.factorWithoutHessian(point.jacobian)) {
    for (std::size_t j = 0; j < point.x.size(); ++j) solution_[j] = -point.gradient()[j];
    system.solver().solve(solution_);
    if (!finite(solution_)) std::fill(solution_.begin(), solution_.end(), 0.0);
  }
  take(point);
}

bool MultiplierEstimate::improve(KktSystem& system, NlpPoint& point) {
  if (point.lambda.empty()) return false;
  const double before = point.squaredG();
  std::copy(point.lambda.begin(), point.lambda.end(), before_.begin());
  takeLeastSquares(system, point);
  constexpr double half = 0.5;
  if (point.squaredG() < half * half * before) return true;
  std::copy(before_.begin(), before_.end(), point.lambda.begin());
  model_.updateLagrangian(point);
  return false;
}

/// K (dx, lambda) = (-grad f, -c); the system keeps the factors of K for that step.
bool MultiplierEstimate::takeFromFirstStep(KktSystem& system, NlpPoint& point) {
  std::fill(point.lambda.begin(), point.lambda.end(), 0.0);
  if (!system.factorExact(point)) return false;
  const auto n = point.x.size();
  for (std::size_t j = 0; j < n; ++j) solution_[j] = -point.gradient()[j];
  for (std::size_t i = 0; i < point.c.size(); ++i) solution_[n + i] = -point.c[i];
  system.solver().solve(solution_);
  if (!finite(solution_)) return false;
  take(point);
  system.keepFactors();
  return true;
}

void MultiplierEstimate::take(NlpPoint& point) {
  const auto n = static_cast<std::ptrdiff_t>(point.x.size());
  std::copy(solution_.begin() + n, solution_.end(), point.lambda.begin());
  model_.updateLagrangian(point);
}

}  // namespace nonconvex
