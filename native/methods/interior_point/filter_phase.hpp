// The main phase of the interior-point method: Newton steps on the primal-dual system, accepted by a filter. Section 3
// of docs/nlp-inequalities.md.
#pragma once

#include "methods/interior_point/barrier_state.hpp"
#include "methods/interior_point/filter.hpp"
#include "methods/interior_point/predictor_corrector.hpp"

namespace nonconvex {

/// How the barrier parameter falls.
enum class BarrierRule {
  monotone,  ///< mu falls when the barrier problem is solved well enough (Fiacco and McCormick 1968)
  adaptive,  ///< mu is chosen anew in each iteration (Vanderbei and Shanno 1999), as long as that helps
};

/// A. Waechter, L. T. Biegler, "On the implementation of an interior-point filter line-search algorithm for large-scale
/// nonlinear programming", Math. Program. 106, 2006, with what is said in docs/nlp-inequalities.md, section 3.
class FilterPhase {
 public:
  enum class Outcome {
    moved,
    solved,
    restore,  ///< no length of the step is acceptable: feasibility is to be restored
    stalled,  ///< the tolerance is out of reach of floating point, or progress ended close to it
  };

  explicit FilterPhase(BarrierState& state);

  /// Begins at the state's point, with its mu.
  void begin(BarrierRule rule = BarrierRule::monotone);
  /// Goes on after a restoration has moved the point.
  void resume();
  Outcome step();
  /// Returns true if a step or a restoration may end there.
  bool accepts(double infeasibility, double barrier) const { return filter_.accepts(infeasibility, barrier); }
  /// Keeps later points from what is worse than the present one.
  void guardPoint();

  int corrections() const { return corrections_; }

 private:
  struct Tuning;
  /// The values that the line search compares a length with.
  struct Reference {
    double theta = 0, phi = 0;
    double slope = 0;  ///< grad phi^T dv
  };

  void lowerBarrier();
  void setBarrier(double mu);
  void chooseBarrier();
  bool computeDirection();
  bool tiny() const;
  Outcome tinyStep();
  bool search(double longest);
  bool correct(double longest);
  bool acceptable(double alpha);
  double leastLength() const;
  bool reducesError(double alpha, double factor);
  bool prepareTrial(double alpha);
  void accept(double alpha, bool extend);
  bool watch(double longest);
  bool isDescentStep(double alpha) const;
  Outcome noteClose();

  BarrierState& state_;
  PredictorCorrector predictorCorrector_;
  Filter filter_;
  Reference reference_;
  BarrierRule rule_ = BarrierRule::monotone;
  bool free_ = false;  ///< mu is chosen in each iteration at present
  double leastMu_;
  double largestTheta_ = 0, smallTheta_ = 0;
  double tau_ = 0.99;
  bool armijo_ = false;  ///< the last acceptable length was one by sufficient decrease
  int tinySteps_ = 0;
  int close_ = 0;  ///< iterations in a row that are nearly solved
  int corrections_ = 0;
  double lastErrors_[4] = {};  ///< E(0) of the last iterations
  int errorsKnown_ = 0;
  Vector gradient_;  ///< grad phi
  Vector rows_;      ///< right-hand side of the rows
  BarrierStep corrected_;
  // The watchdog: a point that is returned to unless unchecked steps from it lead to better ones.
  int shortened_ = 0;
  int watching_ = 0;
  BarrierPoint watched_;
  BarrierStep watchedStep_;
  Reference watchedReference_;
};

}  // namespace nonconvex
