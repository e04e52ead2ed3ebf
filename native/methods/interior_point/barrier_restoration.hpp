// The way back to points that are nearly feasible, when a line search has failed: section 4 of
// docs/nlp-inequalities.md.
#pragma once

#include "methods/interior_point/barrier_descent.hpp"

namespace nonconvex {

/// Newton's method on
///
///     rho/2 ||r||^2 + zeta/2 ||D (v - v_R)||^2 - mu_r sum log(slacks) + kappa_d mu_r (sum of slacks with one side
///     only)
///
/// from the point v_R where the line search has failed, rho = 1, until the caller's filter takes the point. mu_r is its
/// own: the state's mu stays as it is. The multipliers of the state's point are those of v_R meanwhile.
class BarrierRestoration {
 public:
  enum class Outcome {
    moved,
    restored,    ///< the infeasibility has fallen enough, and the filter takes the point
    stationary,  ///< a local minimum of the infeasibility, which is not feasible; see `minimizesInfeasibility`
    stuck,       ///< no more progress, or none in 100 iterations
    failed,      ///< something is not finite, or the system cannot be solved
  };

  explicit BarrierRestoration(BarrierState& state);

  /// Begins at the state's point.
  void begin();
  /// Takes one step. `accepts(theta, phi)` tells whether the filter takes a point of infeasibility theta and barrier
  /// function phi, for the state's mu.
  template <class Accepts>
  Outcome step(Accepts&& accepts) {
    const Outcome outcome = iterate();
    if (outcome != Outcome::moved) return outcome;
    const BarrierPoint& point = state_.point;
    const double theta = point.infeasibility();
    if (!(theta <= Tuning::enough * start_) || !accepts(theta, state_.nlp.barrier(point, state_.mu))) return outcome;
    finish();
    return Outcome::restored;
  }

  double mu() const { return mu_; }
  int iterations() const { return iterations_; }

 private:
  struct Tuning {
    static constexpr double enough = 0.9;  ///< published: Ipopt's required_infeasibility_reduction
  };

  Outcome iterate();
  void computeGradient();
  double value(const BarrierPoint& point) const;
  double zeta() const;
  bool solved() const;
  double leastMu() const;
  bool lowerBarrier();
  void setBarrier(double mu);
  bool idle() const;
  void noteProgress();
  bool computeDirection();
  void adapt();
  void finish();

  BarrierState& state_;
  BarrierDescent descent_;
  Vector from_, fromL_, fromU_;  // v_R and its bound multipliers
  Vector weights_;               // D^2
  Vector smooth_;                // gradient without that of the barrier
  double start_ = 0;             // infeasibility at v_R
  double mu_ = 0;                // mu_r
  double best_ = 0;              // least infeasibility with this mu_r
  int idle_ = 0;                 // iterations since then
  int iterations_ = 0;
  double damping_ = 0;       // damping of Gauss-Newton steps
  int withoutHessian_ = 0;   // steps in a row
  bool indefinite_ = false;  // Newton's matrix was, or would have been
  bool shifted_ = false;     // true: an indefinite matrix is shifted; false: a Gauss-Newton step
};

}  // namespace nonconvex
