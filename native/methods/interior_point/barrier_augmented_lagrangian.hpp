// The augmented Lagrangian with a barrier for the bounds, for problems where the main phase fails: section 5 of
// docs/nlp-inequalities.md.
#pragma once

#include <limits>

#include "methods/interior_point/barrier_descent.hpp"

namespace nonconvex {

/// Newton's method on
///
///     f + y^T r + rho/2 ||r||^2 - mu sum log(slacks) + kappa_d mu (sum of slacks with one side only)
///
/// for estimates y, penalties rho and barrier parameters mu that are updated when it is solved well enough. It needs no
/// rank of J. The multipliers w of the state's point are y + rho r, or where that is better, what Newton's method on
/// the first-order conditions makes of the last ones (Gill and Robinson 2012): the step is the same, but w has less of
/// the rows' curvature and of rho times their rounding.
class BarrierAugmentedLagrangian {
 public:
  enum class Outcome {
    moved,
    solved,
    infeasible,  ///< a local minimum of the infeasibility, which is not feasible; see `minimizesInfeasibility`
    stuck,       ///< no more progress, or none in 600 iterations
    failed,      ///< something is not finite, or the system cannot be solved
  };

  explicit BarrierAugmentedLagrangian(BarrierState& state);

  /// Begins at the state's point with y = 0, and sets the state's mu.
  void begin();
  /// Takes one Newton step, after an update of y, rho and mu where that is due.
  Outcome step();

  double penalty() const { return rho_; }
  int iterations() const { return iterations_; }

 private:
  struct Tuning;
  bool converged() const;
  Outcome update();
  void setMultipliers(BarrierPoint& point) const;
  double value(const BarrierPoint& point) const;
  bool computeDirection();
  bool move();
  void chooseMultipliers();
  void adaptDamping();

  BarrierState& state_;
  BarrierDescent descent_;
  Vector y_;
  Vector rows_;      // r + (y - w) / rho, right-hand side
  Vector linear_;    // J dx - ds
  Vector gradient_;  // gradient of the Lagrangian; workspace
  double rho_ = 0;
  double slope_ = 0;                                               // slope of the function along the step
  double lastResidual_ = std::numeric_limits<double>::infinity();  ///< ||r||_inf at the last update
  double damping_ = 0;                                             // least shift of the next system
  int iterations_ = 0;
  int idle_ = 0;         ///< updates in a row at the largest rho which did not reduce ||r||_inf
  bool forced_ = false;  ///< the last step failed, so that y, rho and mu are updated as they are
};

}  // namespace nonconvex
