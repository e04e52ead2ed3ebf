// Second-order conditions, and directions of negative curvature.
#pragma once

#include "core/reduced_inertia.hpp"
#include "methods/kkt/inertia_correction.hpp"
#include "methods/kkt/kkt_solver.hpp"
#include "methods/nlp/scaled_nlp.hpp"

namespace nonconvex {

class SecondOrderTest {
 public:
  struct Tuning {
    /// rounding: size of an eigenvalue that counts as zero, as a share of max |H_ij|.
    static constexpr double share = 1e-7;
  };

  explicit SecondOrderTest(const ScaledNlp& model);

  /// Signs of the eigenvalues of the H that `solver` was given on the null space of J. With a dual shift in the system:
  /// of H + J^T J / dual.
  ReducedInertia inertia(KktSolver& solver, InertiaCorrection& shifts, double sizeH, double sizeJ);

  /// Finds, by inverse iteration with factors of a K that is shifted to be positive definite on the null space, v of
  /// norm 1, and y with H v + J^T y ~ rho v, J v = 0, rho the least eigenvalue. Returns v^T H v, NaN if no v is found.
  double leastEigenvector(KktSolver& solver, std::span<const double> H);
  std::span<const double> v() const { return std::span(mode_).first(n_); }
  std::span<const double> y() const { return std::span(mode_).subspan(n_); }

 private:
  const ScaledNlp& model_;
  std::size_t n_;
  Vector mode_;
  Vector Hv_;
};

}  // namespace nonconvex
