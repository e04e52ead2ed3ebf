// The interior-point method for bounds and inequalities, with what follows where it fails: docs/nlp-inequalities.md.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "core/status.hpp"
#include "linalg/cpu.hpp"
#include "methods/globalization/unbounded_test.hpp"
#include "methods/interior_point/active_set_polish.hpp"
#include "methods/interior_point/barrier_augmented_lagrangian.hpp"
#include "methods/interior_point/barrier_restoration.hpp"
#include "methods/interior_point/farkas.hpp"
#include "methods/interior_point/filter_phase.hpp"
#include "solvers/nlp/multistart.hpp"
#include "solvers/nlp/problem.hpp"
#include "solvers/nlp/warm_start.hpp"

namespace nonconvex {

/// minimise f(x) subject to lower <= x <= upper and lower <= c(x) <= upper, f and c twice differentiable.
class InteriorPointMethod {
 public:
  /// Checks the problem. `la` must outlive this.
  InteriorPointMethod(const Cpu& la, const NlpProblem& problem, const NlpSettings& settings);

  /// Second-order conditions are also checked, which the residual does not tell.
  static constexpr bool decidesSolved = true;

  std::optional<Status> start();
  std::optional<Status> step();
  NlpProgress progress() const;
  NlpSolution solution() const;
  /// Says why there is no solution, when it has stalled or the problem is unbounded.
  std::string explain(Status status) const;

 private:
  struct Tuning;
  /// The best point of those that are not solved.
  struct Best {
    BarrierPoint point;
    double error = std::numeric_limits<double>::infinity();
  };
  /// A stationary point of the infeasibility.
  struct Infeasible {
    bool known = false;
    double residual = 0;  ///< ||r||_inf
    BarrierPoint point;
  };

  /// The iteration in which the error has fallen last, and how far.
  struct Milestone {
    int iteration = 0;
    double error = std::numeric_limits<double>::infinity();
  };

  /// The lowest feasible point since the last saddle.
  struct Lower {
    Vector x;      ///< empty: none is known
    double f = 0;  ///< objective as given, that of the saddle if no lower point was met
  };

  /// The first attempt: x at which it begins, and where it was ended for want of progress.
  struct First {
    Vector start;
    std::optional<BarrierPoint> end;
    double mu = 0;
  };

  std::optional<Status> startWarm();
  bool begin(const Attempt& attempt);
  bool idle();
  std::optional<Status> predictorStep();
  std::optional<Status> beginInside();
  bool warmInVain();
  std::optional<Status> mainStep();
  std::optional<Status> beginRestoration();
  std::optional<Status> restorationStep();
  std::optional<Status> augmentedLagrangianStep();
  std::optional<Status> endAttempt(Status reason);
  bool searchElsewhere();
  bool searchedLong() const;
  bool polishBest();
  Status endUnbounded();
  std::optional<Status> finish();
  std::optional<Status> judge();
  void takeOver(const UnitChange& change);
  std::optional<Status> resumeRescaled(double objectiveFactor);
  bool belowSaddle() const;
  bool leaveSaddle();
  void stayAtSaddle();
  Status endAtSaddle();
  void record();
  void recordLower();
  const BarrierPoint& bestPoint() const { return torn_ ? state_.point : best_.point; }
  void recordInfeasible();
  bool proveInfeasible(const BarrierPoint& from);
  bool diverges();
  void noteFeasible();
  std::optional<Status> endDivergence();

  const Cpu& la_;
  const NlpSettings settings_;
  const bool reportIterates_;
  BarrierNlp nlp_;
  BarrierKkt kkt_;
  BarrierState state_;
  UnboundedTest unboundedTest_;
  FilterPhase main_;
  BarrierRestoration restoration_;
  BarrierAugmentedLagrangian augmentedLagrangian_;
  Multistart multistart_;
  const WarmStart warm_;
  double warmError_ = 0;  ///< E(0) at a warm start that is still to prove itself; 0 without such a start
  First first_;
  bool started_ = false;
  int inAttempt_ = 0;
  double error_ = std::numeric_limits<double>::infinity();  // E(0) at the point
  Milestone milestone_;
  bool feasibleSeen_ = false;       ///< a feasible point was met at a distance where rounding does not matter
  bool restoredFromStart_ = false;  ///< this attempt has restored feasibility from its start
  bool untilFeasible_ = false;      ///< how long restoration goes on
  int iterations_ = 0;
  int searchEnd_ = 0;  ///< iteration at which the search for feasible points elsewhere ends, 0 before it has begun
  int unboundedSeen_ = 0;
  NlpPhase phase_ = NlpPhase::interiorPoint;
  int restorationSteps_ = 0;
  Best best_;
  bool torn_ = false;  ///< an abort has ended the copy of state_.point in best_.point
  Best attempt_;       ///< best point of the present attempt
  Infeasible leastInfeasible_;
  std::optional<Proof> proof_;                  ///< proof that the linear constraints cannot be met
  std::unique_ptr<ActiveSetPolish> predictor_;  ///< while a warm start goes on with its active set
  std::unique_ptr<ActiveSetPolish> polish_;     ///< polish of a solution
  std::unique_ptr<ActiveSetPolish> saddle_;     ///< the last one: where the solve ends if there is nothing better
  int saddles_ = 0;
  Lower lower_;            ///< start of later attempts if it is known
  BarrierPoint farthest_;  ///< end of the last attempt that found no end of f or x
};

}  // namespace nonconvex
