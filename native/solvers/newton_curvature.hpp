// Second-order conditions, and directions of negative curvature.
#pragma once

#include "solvers/newton_inner.hpp"
#include "solvers/newton_model.hpp"
#include "solvers/newton_shift.hpp"

namespace nonconvex {

class NewtonCurvature {
 public:
  explicit NewtonCurvature(const NewtonModel& model);

  /// Signs of the eigenvalues of the H that `inner` was given on the null space of J. With a dual shift in the system:
  /// of H + J^T J / dual.
  NewtonSolution::Inertia inertia(InnerSolver& inner, NewtonShifts& shifts, double sizeH, double sizeJ);

  /// Inverse iteration with factors of a K that is shifted to be positive definite on the null space: v, of norm 1, and
  /// y with H v + J^T y ~ rho v, J v = 0, rho the least eigenvalue. Returns v^T H v; NaN if there is none.
  double leastMode(InnerSolver& inner, std::span<const double> H);
  std::span<const double> v() const { return std::span(mode_).first(n_); }
  std::span<const double> y() const { return std::span(mode_).subspan(n_); }

 private:
  const NewtonModel& model_;
  std::size_t n_;
  Vector mode_;
  Vector Hv_;
};

}  // namespace nonconvex
