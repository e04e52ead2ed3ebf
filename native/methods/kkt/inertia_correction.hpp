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

/// Finds the shift with which K has n positive and m negative eigenvalues: then H is positive definite on the null
/// space of J (Sylvester).
class InertiaCorrection {
 public:
  InertiaCorrection(int n, int m);

  /// Factors K, shifted by as little as will do, at least `least`. `sizeH` is max |H_ij|, `sizeJ` the largest row.
  CorrectedFactor factor(KktSolver& solver, double sizeH, double sizeJ, double least = 0);
  /// Factors K by the published rule: without a shift, or with this one.
  CorrectedFactor factorPublished(KktSolver& solver, double shift, double sizeJ);
  /// Factors K with this primal shift, and a dual one if J has lost rank.
  Inertia factorAt(KktSolver& solver, double primal, double sizeJ, KktShift& used);
  /// Forgets the shifts of earlier systems.
  void reset();

 private:
  bool wanted(const Inertia& inertia) const {
    return inertia.undefined == 0 && inertia.zero == 0 && inertia.negative == m_;
  }
  bool suffices(KktSolver& solver, double t, double sizeJ, CorrectedFactor& out);
  double lower(KktSolver& solver, double t, double least, double leastPositive, double sizeJ, CorrectedFactor& out);
  double leastCurvature(KktSolver& solver, double primal);
  void makeMode();

  int n_;
  int m_;
  double last_ = 0;
  double lastPositive_ = 0;
  Vector mode_;  // direction of least curvature; empty until it is asked for
  Vector image_;
};

}  // namespace nonconvex
