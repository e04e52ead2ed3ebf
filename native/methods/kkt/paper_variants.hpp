// The values of a KKT system for the rules of I. Hong, S. Na, M. W. Mahoney, M. Kolar (ICML 2023, Algorithm 1).
#pragma once

#include <span>

#include "linalg/sparse/pattern.hpp"
#include "linalg/vectors.hpp"
#include "methods/kkt/kkt_solver.hpp"

namespace nonconvex {

/// Constants of the paper's rules.
struct PaperRules {
  struct Tuning {
    /// published: xi_B of the paper, the least curvature on the null space of J that B = H + t I is to have.
    static constexpr double curvature = 0.1;
  };
};

/// ||H + t I||_F^2, H given by its lower triangle by columns.
double squaredFrobenius(const SparsePattern& hessian, std::span<const double> H, double t);

/// The least eigenvalue of J J^T, estimated by the power method on its inverse; 1e-16 where J has lost rank. `work` has
/// n + m numbers. The solver is left with the system [I J^T; J 0].
double leastEigenvalueJJ(KktSolver& solver, std::span<const double> J, int m, std::span<double> work);

}  // namespace nonconvex
