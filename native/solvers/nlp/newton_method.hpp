// Newton's method on an exact augmented Lagrangian: section 1 of docs/nlp-methods.md.
#pragma once

#include <optional>
#include <string>

#include "core/status.hpp"
#include "linalg/cpu.hpp"
#include "methods/globalization/best_point.hpp"
#include "methods/globalization/line_search.hpp"
#include "methods/globalization/restarts.hpp"
#include "methods/globalization/unbounded_test.hpp"
#include "methods/globalization/watchdog.hpp"
#include "methods/kkt/kkt_system.hpp"
#include "methods/kkt/multipliers.hpp"
#include "solvers/nlp/direction.hpp"
#include "solvers/nlp/estimate.hpp"
#include "solvers/nlp/restoration.hpp"
#include "solvers/nlp/stall_reason.hpp"

namespace nonconvex {

/// minimise f(x) subject to c(x) = 0, f and c twice differentiable.
///
/// I. Hong, S. Na, M. W. Mahoney, M. Kolar, "Constrained Optimization via Exact Augmented Lagrangian and Randomized
/// Iterative Sketching", ICML 2023, Algorithm 1, with least shifts by inertia, restoration of feasibility and a test of
/// second order. Their G is our J. It ends in a local minimum to second order, not in a saddle.
class NewtonMethod {
 public:
  /// Checks the problem and evaluates it at the start. `la` must outlive this.
  NewtonMethod(const Cpu& la, const NlpProblem& problem, const NlpSettings& settings);

  /// It is solved only if second-order conditions also hold, which the residual does not tell.
  static constexpr bool decidesSolved = true;

  std::optional<Status> start();
  std::optional<Status> step();
  /// Report of the best point so far.
  NlpProgress progress() const;
  NlpSolution solution() const;
  /// Returns true if it has stalled because rounding hides what further steps bring, so that no other method would do
  /// better.
  bool endedByRounding() const { return stallReason_ == StallReason::rounding; }
  /// The reason why the method has stalled, and what f has done when it has fallen out of every range.
  std::string explain(Status status) const;

 private:
  struct Tuning;
  // One step, or what comes instead of it.
  std::optional<Status> newtonStep();
  std::optional<Status> acceptStep(const SearchDirection& direction, double alpha);
  bool modelStep();
  std::optional<Status> restorationStep();
  bool negativeCurvatureStep();
  void moveToTrial(double length);
  void resetAtPoint();

  // Decisions at a point that may be the last.
  bool suspectsUnbounded() { return unboundedTest_.suspects(point_, normInf(point_.c)); }
  bool arrived() const;
  std::optional<Status> finishOrContinue() { return arrived() ? checkSecondOrder() : std::nullopt; }
  std::optional<Status> resumeBesideSaddle();
  bool rescaleHere();
  std::optional<Status> checkSecondOrder();
  std::optional<Status> leaveSaddle();
  std::optional<Status> recoverFromFailedStep();
  std::optional<Status> acceptRelaxedTolerance();
  std::optional<Status> endHere(Status reason);
  std::optional<Status> restart(Status reason);

  const Cpu& la_;
  const NlpSettings settings_;
  bool multipliersKnown_;
  const bool reportIterates_;
  ScaledNlp model_;
  NlpPoint point_;
  NlpPoint trial_;
  bool started_ = false;  // everything is finite at the start

  KktSystem system_;
  MultiplierEstimate multipliers_;
  MeritFunction merit_;
  NewtonDirection direction_;
  LineSearch lineSearch_;
  LeastNorms least_;
  Watchdog watchdog_;
  FeasibilityRestoration restoration_;
  UnboundedTest unboundedTest_;
  Restarts restarts_;
  BestPoint best_;
  ObjectiveEstimates estimates_;

  double lastStep_ = unknown;
  int restorationSteps_ = 0;
  int saddles_ = 0;
  StallReason stallReason_ = StallReason::none;
  Status verdict_ = Status::infeasible;  // status if all starts fail
};

}  // namespace nonconvex
