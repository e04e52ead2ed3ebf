// The least shift of the Hessian that makes it positive definite on the null space of the Jacobian.
#pragma once

#include "linalg/vectors.hpp"
#include "methods/kkt/kkt_solver.hpp"

namespace nonconvex {

struct CorrectedFactor {
  KktShift shift;
  bool good = false;   ///< the inertia is (n, m, 0)
  double failed = -1;  ///< largest primal shift that was not enough; negative: none was tried
};

/// The largest squared norm of a row of J.
double largestRow(const SparsePattern& rows, std::span<const double> J);

/// Inertia-controlled: what is wanted of K is n positive and m negative eigenvalues (Sylvester).
class InertiaCorrection {
 public:
  InertiaCorrection(int n, int m);

  /// Factors K, shifted by as little as will do, at least `least`. `sizeH` is max |H_ij|, `sizeJ` the largest row.
  CorrectedFactor factor(KktSolver& inner, double sizeH, double sizeJ, double least = 0);
  /// The published rule: no shift, or this one.
  CorrectedFactor factorPublished(KktSolver& inner, double shift, double sizeJ);
  /// Factors K with this primal shift, and a dual one if J has lost rank.
  Inertia factorAt(KktSolver& inner, double primal, double sizeJ, KktShift& used);
  /// As if nothing had been factored yet.
  void reset();

 private:
  bool wanted(const Inertia& inertia) const {
    return inertia.undefined == 0 && inertia.zero == 0 && inertia.negative == m_;
  }
  double leastCurvature(KktSolver& inner, double primal);

  int n_;
  int m_;
  double last_ = 0;
  double lastPositive_ = 0;
  Vector mode_;  // of least curvature
  Vector image_;
};

}  // namespace nonconvex
