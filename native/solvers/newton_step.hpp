// One iteration of Newton's method after the other: sections 1.1 to 1.6 of docs/newton.md.
#pragma once

#include <limits>
#include <optional>
#include <string>

#include "core/status.hpp"
#include "linalg/cpu.hpp"
#include "solvers/newton_direction.hpp"
#include "solvers/newton_estimate.hpp"
#include "solvers/newton_lag.hpp"
#include "solvers/newton_obstacle.hpp"
#include "solvers/newton_restoration.hpp"

namespace nonconvex {

class NewtonMethod {
 public:
  /// Checks the problem and evaluates it at the start. `la` must outlive this.
  NewtonMethod(const Cpu& la, const NewtonProblem& problem, const NewtonSettings& settings);

  void start();
  std::optional<Status> step();
  /// Of the best point so far.
  Progress progress() const;
  NewtonSolution solution() const;
  /// What stopped it, when it has stalled.
  std::string explain() const;

 private:
  std::optional<Status> newtonStep();
  std::optional<Status> restorationStep();
  std::optional<Status> arrived();
  bool surelyMinimum();
  std::optional<Status> leaveSaddle();
  bool followCurvature();
  std::optional<Status> blocked();
  std::optional<Status> roundingEnds();
  std::optional<Status> unbounded();
  bool bringsNothing() const;
  bool hardlyCloser() const;
  bool veryLow() const;
  bool nearlyFeasible() const;
  std::optional<Status> restart(Status reason);
  void beginHere();

  bool lagrangianHessian(const NewtonPoint& point, bool mayLag);
  bool load(const NewtonPoint& point, bool mayLag = false);
  bool presume();
  /// Of H; none where it is taken by products.
  std::span<const double> entries() const {
    return presumed_ && inner_->matrixFree() ? std::span<const double>() : std::span<const double>(H_);
  }
  void beginOnSample();
  bool modelStep();
  void noteStep(bool earlier, bool shifted, double before);
  bool tryEstimate(const EstimateMinimum& found, double share);
  void estimateMultipliers(NewtonPoint& point);
  bool firstMultipliers();
  bool refreshMultipliers();
  template <class Judge>
  double shorten(Judge&& judged);
  double search();
  double searchSquare();
  double fullStep();
  enum class Trial { accepted, refused, undefined };
  Trial judge(double promised, double bound, double normF, double restoring);
  void moveTrial(double alpha);
  double withinDomain(double alpha);
  bool correct(double alpha);
  void beginRecord();
  void accept(double length);
  void noteBest(bool always = false);

  const Cpu& la_;
  const NewtonSettings settings_;
  const bool economical_;
  bool multipliersKnown_;
  const bool iterates_;
  NewtonModel model_;
  const bool square_;
  NewtonPoint point_;
  NewtonPoint trial_;
  NewtonPoint first_;
  bool started_ = false;  // everything finite at the start
  Vector H_;
  Vector next_;  // H at a point that may be the solution
  double sizeH_ = 0;
  double sizeJ_ = 0;
  std::unique_ptr<InnerSolver> inner_;
  NewtonShifts shifts_;
  NewtonLag lag_;
  NewtonMerit merit_;
  NewtonDirection direction_;
  NewtonCurvature curvature_;
  NewtonRestoration restoration_;
  Vector correction_;
  NewtonFactor factor_;
  bool earlier_ = false;   // H_ has the Hessian of f from an earlier point
  bool ready_ = false;     // it is of the point and of H_
  bool presumed_ = false;  // an iterative inner solver has the system; nothing was factored
  int shortSteps_ = 0;
  int idle_ = 0;        // steps in a row that brought nothing that rounding would not
  int lingering_ = 0;   // steps in a row with a shift that brought F down slowly
  int cutSteps_ = 0;    // in a row, that M did not allow in full length
  int patience_ = 2;    // with such steps
  double longest_ = 1;  // of the steps that the last search allowed
  double leastC_ = 0;   // norms, since the last start
  double leastF_ = 0;
  int restarts_ = 0;
  int fullSteps_ = 0;  // to be taken without a search
  int saddles_ = 0;
  NewtonObstacle obstacle_ = NewtonObstacle::none;
  Status verdict_ = Status::infeasible;  // when all starts have failed

  // What is returned.
  struct Best {
    NewtonPoint point;
    double residual = unknown;
    bool refused = false;  // a stationary point that is no minimum
    NewtonSolution::Inertia inertia;
  };
  Best best_;
  double lastStep_ = unknown;
  double leastInfeasibility_;  // ||c||_inf of leastInfeasible_
  NewtonPoint leastInfeasible_;
  int restorationSteps_ = 0;
  int sampledSteps_ = 0;
  NewtonSolution::Time estimateTime_;  // in minima of estimates
  bool modelPays_ = false;
  double modelBelow_ = std::numeric_limits<double>::infinity();  // residuals at which a model may be tried
};

}  // namespace nonconvex
