// A solution of an interior-point method, moved onto the bounds and sides that are active there, and what kind of point
// that is: sections 7 and 8 of docs/nlp-inequalities.md.
#pragma once

#include <span>
#include <vector>

#include "methods/interior_point/active_set.hpp"
#include "methods/interior_point/barrier_state.hpp"

namespace nonconvex {

/// Takes a few steps of Newton's method for the equations of the active set; where they lead nowhere, of the sets that
/// they suggest, as primal-dual active set methods do. The result is kept if it meets the
/// conditions of the problem as it was given (bounds and sides not relaxed) at least as well as the point did.
class ActiveSetPolish {
 public:
  explicit ActiveSetPolish(BarrierState& state);

  /// Looks at the state's point, which solves the problem; moves it if `refine`. The state is left as it is, but for
  /// its linear system.
  void run(bool refine);

  /// Begins steps one by one from the state's point, with its most probable active set.
  bool beginSteps();
  /// Takes a Newton step on the active set, and changes the set by what is wrong where it leads to; false where there
  /// is no step.
  bool takeStep();
  /// E(0) with bounds and sides as given where the last step has led to.
  double error() const { return error_; }

  /// The polished point, or that of the state with x cut to the bounds as given where that is possible. Slacks are
  /// within the sides as given.
  const BarrierPoint& point() const { return point_; }
  bool polished() const { return polished_; }
  /// E(0) at the point: with bounds and sides as given if it is polished, otherwise of the state's point.
  double residual() const { return residual_; }
  /// Brings the result of `run` to other units of f and c.
  void convert(const UnitChange& change);
  /// Returns true if the point is a solution.
  bool solved() const;

  /// Which bound an entry of v is at.
  BoundSide side(std::size_t k) const { return sides_[k]; }

  /// Eigenvalues of the Hessian of L on the null space of the gradients of what is active with a multiplier that is
  /// not about 0; not known where a number is not finite, or the Hessian is an approximation.
  const ReducedInertia& inertia() const { return inertia_; }
  /// Returns true if strict complementarity fails (`weak` in the sources: a multiplier and its slack are both that
  /// small), or the largest of the scaled multipliers is above 1e6.
  bool degenerate() const { return degenerate_; }
  /// Returns true if there is negative curvature, so that the point is no minimum unless it is degenerate.
  bool saddle() const { return inertia_.known() && inertia_.negative > 0; }
  /// Returns true if the point is a minimum as far as second derivatives tell.
  bool minimum() const { return inertia_.known() && inertia_.negative == 0; }
  /// Finds a feasible point beside a saddle, along negative curvature and the rows that hold, where f is lower; writes
  /// its x. Returns false if no such point is found.
  bool findDescent(std::span<double> x);
  /// Returns true if `findDescent` has shown that the point is no minimum: by a point where f is lower, or, at a
  /// polished point that is not degenerate, by a direction along which active constraints stay and the Hessian of L is
  /// negative.
  bool refuted() const { return refuted_; }

 private:
  struct Tuning;
  void refine();
  bool refineWithSet(int levels, double allowed);
  void improve(int levels);
  void newtonSteps(int level);
  bool begin(const BarrierPoint& from);
  bool evaluate(BarrierPoint& point);
  bool newtonStep(int level);
  bool adjustSet(const BarrierPoint& by, bool cutCounts = false);
  void clip();
  void settleFixed();
  void classify();
  double weakness() const;
  bool weak(std::size_t k, double size) const;
  double longestStep(std::span<const double> dx);
  bool moveAlong(double alpha);
  double lagrangian(const BarrierPoint& point) const;

  BarrierState& state_;
  BarrierNlp& nlp_;
  ActiveSet active_;
  BarrierPoint point_;
  BarrierPoint trial_;
  BarrierPoint best_;             // best point of the Newton steps
  BarrierPoint stepped_;          // point after the first step with an active set
  std::vector<BoundSide> sides_;  // over v, as reported
  Vector a_, dx_, correction_, dy_;
  int stepsLeft_ = 0;
  bool givenUp_ = false;  // factors of active sets take too much work
  bool polished_ = false;
  bool positive_ = false;  // the last factors of the active set are positive
  double residual_ = 0;
  double error_ = 0;  // error at point_
  ReducedInertia inertia_;
  bool degenerate_ = false;
  bool refuted_ = false;
};

}  // namespace nonconvex
