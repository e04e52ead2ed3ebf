// The state that the phases of an interior-point method hand to one another.
#pragma once

#include "methods/interior_point/barrier_kkt.hpp"

namespace nonconvex {

/// A Newton step of the primal-dual system.
struct BarrierStep {
  Vector v, y, zL, zU;
};

/// The problem, its linear system, the point where a solve is and what belongs to it. Phases move the point; a new one
/// begins where the last one has ended, with `cutMultipliers` by its own mu.
struct BarrierState {
  struct Tuning {
    /// published: Ipopt's barrier_tol_factor, the error, as a multiple of mu, at which a barrier problem is solved.
    static constexpr double kappaEpsilon = 10;
  };

  BarrierNlp& nlp;
  BarrierKkt& kkt;
  BarrierPoint point;     ///< values and derivatives are those at its v
  BarrierPoint trial;     ///< workspace
  BarrierStep step;       ///< the last step
  Vector H;               ///< values of a Hessian; workspace
  Vector diagonal;        ///< over v; workspace
  Vector a;               ///< over v: the first part of a right-hand side
  Vector noRows;          ///< zeros, of the size of y
  double mu = 0.1;        ///< barrier parameter
  double length = 0;      ///< length of the last step, the part alpha that was taken
  double dualLength = 0;  ///< the part that the multipliers of bounds have taken

  BarrierState(BarrierNlp& problem, BarrierKkt& system) : nlp(problem), kkt(system) {
    point = problem.makePoint();
    trial = problem.makePoint();
    resize(step);
    problem.model().resize(H, problem.model().hessianValues());
    resize(diagonal);
    resize(a);
    resizeRows(noRows);
  }

  /// Make vectors over v, over y and a step, of zeros (ScaledNlp::resize).
  void resize(Vector& overV) const { nlp.model().resize(overV, nlp.size()); }
  void resizeRows(Vector& overY) const { nlp.model().resize(overY, at(nlp.m())); }
  void resize(BarrierStep& made) const {
    for (Vector* const v : {&made.v, &made.zL, &made.zU}) resize(*v);
    resizeRows(made.y);
  }

  /// Sets y by least squares, [I J^T; J -E] with E = 1 for inequalities; 0 where that fails or an entry is above 1000.
  void estimateMultipliers();
  /// trial.v = point.v + alpha v, with values there; false where they are not finite.
  bool tryStep(double alpha) {
    addScaled(point.v, alpha, step.v, trial.v);
    return nlp.evaluateValues(trial);
  }
};

}  // namespace nonconvex
