// One iteration of Newton's method after the other: sections 1.1 to 1.6 of docs/nlp.md.
#pragma once

#include <limits>
#include <optional>
#include <string>

#include "core/status.hpp"
#include "linalg/cpu.hpp"
#include "solvers/nlp/direction.hpp"
#include "solvers/nlp/estimate.hpp"
#include "solvers/nlp/hessian_reuse.hpp"
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
  bool surelyMinimum();
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

  bool lagrangianHessian(const NlpPoint& point, bool mayLag);
  bool load(const NlpPoint& point, bool mayLag = false);
  bool assumeInertia();
  /// Of H; none where it is taken by products.
  std::span<const double> entries() const {
    return assumedInertia_ && inner_->matrixFree() ? std::span<const double>() : std::span<const double>(H_);
  }
  void beginOnSample();
  bool modelStep();
  void noteStep(bool earlier, bool shifted, double before);
  bool tryEstimate(const EstimateMinimum& found, double share);
  void estimateMultipliers(NlpPoint& point);
  bool firstMultipliers();
  bool refreshMultipliers();
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
  Vector H_;
  Vector next_;  // H at a point that may be the solution
  double sizeH_ = 0;
  double sizeJ_ = 0;
  std::unique_ptr<KktSolver> inner_;
  InertiaCorrection shifts_;
  HessianReuse hessianReuse_;
  MeritFunction merit_;
  NewtonDirection direction_;
  SecondOrderTest curvature_;
  FeasibilityRestoration restoration_;
  Vector correction_;
  CorrectedFactor factor_;
  bool earlier_ = false;         // H_ has the Hessian of f from an earlier point
  bool ready_ = false;           // it is of the point and of H_
  bool assumedInertia_ = false;  // an iterative inner solver has the system; nothing was factored
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
