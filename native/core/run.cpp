#include "core/run.hpp"

namespace nonconvex {

template class History<Progress>;

std::string describe(Status status, const Progress& progress, const Limits& limits) {
  const std::string iterations = show(progress.iteration) + (progress.iteration == 1 ? " iteration" : " iterations") +
                                 (std::isnan(progress.residual) ? std::string()
                                                                : ": residual " + show(double{progress.residual}) +
                                                                      ", tolerance " + show(limits.tolerance)) +
                                 ".";
  const std::string where = " after " + iterations;
  switch (status) {
    case Status::solved:
      return "Solved" + where;
    case Status::iterationLimit:
      return "Stopped at maxIterations" + where;
    case Status::timeLimit:
      // A solver may have a limit of its own, which it names.
      return (std::isfinite(limits.timeLimit) ? "Stopped at timeLimit = " + show(limits.timeLimit) + " s"
                                              : std::string("Stopped by a limit of time")) +
             where;
    case Status::evaluationLimit:
      return "Stopped at maxEvaluations after " + show(double{progress.evaluations}) + " evaluations in " + iterations;
    case Status::stalled:
      return "No further progress" + where;
    case Status::infeasible:
      return "The problem is infeasible; least infeasible point returned" + where;
    case Status::unbounded:
      return "The problem is unbounded" + where;
    case Status::numericalError: {
      const bool residual = progress.residual.known() && std::isnan(progress.residual);
      const std::string which = residual                     ? " (residual NaN)"
                                : progress.objective.known() ? " (objective " + show(double{progress.objective}) + ")"
                                                             : "";
      return "A number left the range of floating point" + which + where;
    }
    case Status::aborted:
      return "Aborted" + where;
  }
  return {};
}

namespace {

/// One run of `iterate`.
class OuterLoop {
 public:
  OuterLoop(Iterated& solver, const LoopEnds& ends, Monitor& monitor)
      : solver_(solver), limits_(ends.limits), ends_(ends), monitor_(monitor) {}

  LoopResult run() {
    monitor_.setInterruptible(false);
    try {
      return end(loop());
    } catch (const Interrupted&) {
      monitor_.setInterruptible(false);
      if (!mayAbortReports()) {
        look(false);  // an expired time limit would interrupt this report as well
        solver_.forgetPoint();
      }
      return end(interruption());
    }
  }

 private:
  Status loop() {
    // Even a solve aborted before its start reports the point that it returns.
    if (monitor_.ending()) return check().value_or(interruption());
    if (const auto status = interruptible(&Iterated::start)) return lastCheck(*status);
    for (;; ++iteration_) {
      if (iteration_ % limits_.checkInterval == 0 || iteration_ >= limits_.maxIterations) {
        if (const auto status = check()) return *status;
      }
      const std::optional<Status> status = interruptible(&Iterated::step);
      if (!status && !monitor_.aborted()) continue;
      ++iteration_;
      return status ? lastCheck(*status) : check().value_or(Status::aborted);
    }
  }

  std::optional<Status> interruptible(std::optional<Status> (Iterated::*work)()) {
    monitor_.setInterruptible(true);
    const std::optional<Status> status = (solver_.*work)();
    monitor_.setInterruptible(false);
    return status;
  }

  bool reportedBest() const { return report_ != nullptr && solver_.keepsBest(); }
  /// Returns true if the last report can stand for the solution, however the next one ends.
  bool mayAbortReports() const { return monitor_.aborted() && reportedBest(); }

  void look(bool mayEnd = true) {
    monitor_.setInterruptible(mayEnd && reportedBest());
    report_ = &solver_.look();
    monitor_.setInterruptible(false);
    report_->iteration = iteration_;
    outOfTime_ = monitor_.outOfTime();  // before, so that a solve that stops for it has taken its time
    report_->seconds = monitor_.seconds();
  }

  /// Reports, and says whether the solve is to end.
  std::optional<Status> check() {
    look();
    monitor_.report(*report_);
    solver_.forgetPoint();
    if (!monitor_.isChild()) solver_.remember();
    const Progress& now = *report_;
    if (now.objective.known() && !std::isfinite(static_cast<double>(now.objective))) return Status::numericalError;
    if (now.residual.known() && std::isnan(static_cast<double>(now.residual))) return Status::numericalError;
    if (!ends_.decidesSolved && now.residual <= limits_.tolerance) return Status::solved;
    if (monitor_.aborted()) return Status::aborted;
    if (outOfTime_) return Status::timeLimit;
    if (iteration_ >= limits_.maxIterations) return Status::iterationLimit;
    if (now.evaluations >= ends_.maxEvaluations) return Status::evaluationLimit;
    return std::nullopt;
  }

  /// The status that the solver gave itself, after a last report; solved where that is within the tolerance.
  Status lastCheck(Status status) { return check() == Status::solved ? Status::solved : status; }

  Status interruption() const { return monitor_.aborted() ? Status::aborted : Status::timeLimit; }

  LoopResult end(Status status) const {
    std::string message = describe(status, *report_, limits_);
    if (const std::string added = solver_.explain(status); !added.empty()) message += " " + added;
    return {status, std::move(message)};
  }

  Iterated& solver_;
  const Limits& limits_;
  const LoopEnds& ends_;
  Monitor& monitor_;
  Progress* report_ = nullptr;  // the last report; null before the first one
  int iteration_ = 0;
  bool outOfTime_ = false;  // the time limit was exceeded at the last check
};

}  // namespace

LoopResult runLoop(Iterated& solver, const LoopEnds& ends, Monitor& monitor) {
  return OuterLoop(solver, ends, monitor).run();
}

}  // namespace nonconvex
