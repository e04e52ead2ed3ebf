// One iteration of Newton's method after the other: sections 1.1 to 1.6 of docs/nlp.md.
#pragma once

#include <limits>
#include <optional>
#include <string>

#include "core/status.hpp"
#include "linalg/cpu.hpp"
#include "methods/globalization/merit_function.hpp"
#include "methods/kkt/kkt_system.hpp"
#include "methods/kkt/multipliers.hpp"
#include "solvers/nlp/direction.hpp"
#include "solvers/nlp/estimate.hpp"
#include "solvers/nlp/restoration.hpp"
#include "solvers/nlp/stall_reason.hpp"

namespace nonconvex {

class NewtonMethod {
 public:
  /// Checks the problem and evaluates it at the start. `la` must outlive this.
  NewtonMethod(const Cpu& la, const NlpProblem& problem, const NlpSettings& settings);

  void start();
  std::optional<Status> step();
  /// Of the best point so far.
  Progress progress() const;
  NlpSolution solution() const;
  /// What stopped it, when it has stalled.
  std::string explain() const;

 private:
  std::optional<Status> newtonStep();
  std::optional<Status> restorationStep();
  std::optional<Status> checkSecondOrder();
  std::optional<Status> leaveSaddle();
  bool negativeCurvatureStep();
  std::optional<Status> recoverFromFailedStep();
  std::optional<Status> acceptRelaxedTolerance();
  std::optional<Status> unbounded();
  bool stepWithinNoise() const;
  bool slowProgress() const;
  bool objectiveDiverges() const;
  bool nearlyFeasible() const;
  std::optional<Status> restart(Status reason);
  void resetAtPoint();

  void beginOnSample();
  bool modelStep();
  bool tryEstimate(const EstimateMinimum& found, double share);
  template <class Judge>
  double backtrack(Judge&& judged);
  double search();
  double searchSquare();
  double fullStep();
  enum class Trial { accepted, refused, undefined };
  Trial testTrial(double promised, double bound, double normF, double restoring);
  void setTrial(double alpha);
  double withinDomain(double alpha);
  bool correct(double alpha);
  void beginRecord();
  void accept(double length);
  void recordBest(bool always = false);

  const Cpu& la_;
  const NlpSettings settings_;
  const bool sampleStart_;
  const bool reuseHessian_;
  bool multipliersKnown_;
  const bool reportIterates_;
  ScaledNlp model_;
  const bool square_;
  NlpPoint point_;
  NlpPoint trial_;
  NlpPoint first_;
  bool started_ = false;  // everything finite at the start
  KktSystem system_;
  MultiplierEstimate multipliers_;
  MeritFunction merit_;
  NewtonDirection direction_;
  FeasibilityRestoration restoration_;
  Vector correction_;
  int shortSteps_ = 0;
  int noiseSteps_ = 0;             // steps in a row that brought nothing that rounding would not
  int slowSteps_ = 0;              // steps in a row with a shift that brought F down slowly
  int backtracked_ = 0;            // in a row, that M did not allow in full length
  int backtrackLimit_ = 2;         // with such steps
  double largestDefinedStep_ = 1;  // of the steps that the last search allowed
  double leastC_ = 0;              // norms, since the last start
  double leastF_ = 0;
  int restarts_ = 0;
  int fullSteps_ = 0;  // to be taken without a search
  int saddles_ = 0;
  StallReason obstacle_ = StallReason::none;
  Status verdict_ = Status::infeasible;  // when all starts have failed

  // What is returned.
  struct Best {
    NlpPoint point;
    double residual = unknown;
    bool refused = false;  // a stationary point that is no minimum
    ReducedInertia inertia;
  };
  Best best_;
  double lastStep_ = unknown;
  double leastInfeasibility_;  // ||c||_inf of leastInfeasible_
  NlpPoint leastInfeasible_;
  int restorationSteps_ = 0;
  int sampledSteps_ = 0;
  NlpSolution::Time estimateTime_;  // in minima of estimates
  bool modelPays_ = false;
  double modelBelow_ = std::numeric_limits<double>::infinity();  // residuals at which a model may be tried
};

}  // namespace nonconvex
