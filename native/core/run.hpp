// The one outer loop of the package.
#pragma once

#include <cmath>
#include <concepts>
#include <cstddef>
#include <limits>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "core/limits.hpp"
#include "core/monitor.hpp"
#include "core/status.hpp"

namespace nonconvex {

/// Reports of a solve, thinned to every second one whenever there are too many: bounded memory however long it runs.
template <class Report = Progress>
class History {
 public:
  void add(const Report& report) {
    if (count_++ % stride_ != 0) return;
    if (reports_.empty()) reports_.reserve(capacity);
    if (reports_.size() == capacity) {
      for (std::size_t i = 0; 2 * i < capacity; ++i) reports_[i] = reports_[2 * i];
      reports_.resize(capacity / 2);
      stride_ *= 2;
      if ((count_ - 1) % stride_ != 0) return;
    }
    reports_.push_back(report);
  }
  const std::vector<Report>& reports() const { return reports_; }

 private:
  static constexpr std::size_t capacity = 1024;
  std::vector<Report> reports_;
  std::size_t count_ = 0;
  std::size_t stride_ = 1;
};

/// How a solve ended. `Report` is what the solver's progress() returns: Progress, or a struct derived from it.
template <class Report = Progress>
struct Outcome {
  Status status = Status::numericalError;
  std::string message;
  Report progress;
  History<Report> history;
};

/// The reports of the solver that finds a Solution: Solution::Progress where that is declared.
template <class Solution>
struct ReportsOf {
  using Type = Progress;
};
template <class Solution>
requires requires { typename Solution::Progress; }
struct ReportsOf<Solution> {
  using Type = typename Solution::Progress;
};
template <class Solution>
using ProgressOf = typename ReportsOf<Solution>::Type;

/// How a solve ended and what it found.
template <class Solution>
struct Solved {
  Outcome<ProgressOf<Solution>> outcome;
  Solution solution;
};

/// One sentence with the numbers, for people. src/core/iterate.ts says the same.
std::string describe(Status status, const Progress& progress, const Limits& limits);

/// A solver that decides itself when it is solved, by `static constexpr bool decidesSolved = true;`: its `start()` and
/// `step()` return Status::solved. Any other solver is solved at the first check where residual <= tolerance.
template <class Solver>
concept DecidesSolved = requires {
  requires Solver::decidesSolved;
};

/// A solver whose solution is, where it says so by `keepsBest()`, the best point that it has reported, whatever was
/// interrupted since. Then an abort ends also the evaluation of what is reported.
template <class Solver>
bool keepsBest(const Solver& solver) {
  if constexpr (requires { solver.keepsBest(); }) {
    return solver.keepsBest();
  } else {
    return false;
  }
}

/// One run of `iterate`.
template <class Solver>
class OuterLoop {
 public:
  using Report = std::remove_cvref_t<decltype(std::declval<Solver&>().progress())>;
  static_assert(std::derived_from<Report, Progress>);

  OuterLoop(Solver& solver, const Limits& limits, double maxEvaluations, Monitor& monitor)
      : solver_(solver), limits_(limits), maxEvaluations_(maxEvaluations), monitor_(monitor) {}

  Outcome<Report> run() {
    monitor_.setInterruptible(false);
    try {
      end(loop());
    } catch (const Interrupted&) {
      monitor_.setInterruptible(false);
      if (!mayAbortReports()) {
        look(false);  // an expired time limit would interrupt this report as well
        forgetPoint();
      }
      end(interruption());
    }
    return std::move(outcome_);
  }

 private:
  Status loop() {
    // Even a solve aborted before its start reports the point that it returns.
    if (monitor_.ending()) return check().value_or(interruption());
    if (const auto status = interruptible([&] { return start(); })) return lastCheck(*status);
    for (;; ++iteration_) {
      if (iteration_ % limits_.checkInterval == 0 || iteration_ >= limits_.maxIterations) {
        if (const auto status = check()) return *status;
      }
      const std::optional<Status> status = interruptible([&] { return solver_.step(); });
      if (!status && !monitor_.aborted()) continue;
      ++iteration_;
      return status ? lastCheck(*status) : check().value_or(Status::aborted);
    }
  }

  std::optional<Status> start() {
    if constexpr (std::is_void_v<decltype(solver_.start())>) {
      solver_.start();
      return std::nullopt;
    } else {
      return solver_.start();
    }
  }

  template <class Work>
  std::optional<Status> interruptible(Work&& work) {
    monitor_.setInterruptible(true);
    const std::optional<Status> status = work();
    monitor_.setInterruptible(false);
    return status;
  }

  /// Returns true if the last report can stand for the solution, however the next one ends.
  bool mayAbortReports() const { return reported_ && monitor_.aborted() && keepsBest(solver_); }

  void look(bool mayEnd = true) {
    monitor_.setInterruptible(mayEnd && reported_ && keepsBest(solver_));
    outcome_.progress = solver_.progress();
    monitor_.setInterruptible(false);
    reported_ = true;
    outcome_.progress.iteration = iteration_;
    outOfTime_ = monitor_.outOfTime();  // before, so that a solve that stops for it has taken its time
    outcome_.progress.seconds = monitor_.seconds();
  }

  void forgetPoint() {
    if constexpr (requires { outcome_.progress.forgetPoint(); }) outcome_.progress.forgetPoint();
  }

  /// Reports, and says whether the solve is to end.
  std::optional<Status> check() {
    look();
    Report& now = outcome_.progress;
    monitor_.report(now);
    forgetPoint();
    if (!monitor_.isChild()) outcome_.history.add(now);
    if (now.objective.known() && !std::isfinite(static_cast<double>(now.objective))) return Status::numericalError;
    if (now.residual.known() && std::isnan(static_cast<double>(now.residual))) return Status::numericalError;
    if (!DecidesSolved<Solver> && now.residual <= limits_.tolerance) return Status::solved;
    if (monitor_.aborted()) return Status::aborted;
    if (outOfTime_) return Status::timeLimit;
    if (iteration_ >= limits_.maxIterations) return Status::iterationLimit;
    if (now.evaluations >= maxEvaluations_) return Status::evaluationLimit;
    return std::nullopt;
  }

  /// The status that the solver gave itself, after a last report; solved where that is within the tolerance.
  Status lastCheck(Status status) { return check() == Status::solved ? Status::solved : status; }

  Status interruption() const { return monitor_.aborted() ? Status::aborted : Status::timeLimit; }

  void end(Status status) {
    outcome_.status = status;
    outcome_.message = describe(status, outcome_.progress, limits_);
    if (const std::string added = explanation(status); !added.empty()) outcome_.message += " " + added;
  }

  /// The solver's addition to the message.
  std::string explanation(Status status) const {
    if constexpr (requires { solver_.explain(status); }) return solver_.explain(status);
    if constexpr (requires { solver_.explain(); }) {
      if (status == Status::stalled) return solver_.explain();
    }
    return {};
  }

  Solver& solver_;
  const Limits& limits_;
  const double maxEvaluations_;
  Monitor& monitor_;
  Outcome<Report> outcome_;
  int iteration_ = 0;
  bool outOfTime_ = false;  // the time limit was exceeded at the last check
  bool reported_ = false;
};

/// Runs a solver until it is solved or a limit is met.
///
/// A solver has
///   start()     the set-up that may take long; returns nothing, or a std::optional<Status> as step() does
///   step()      one iteration of the method; returns a Status where the solve ends with it: Status::solved, or why it
///               cannot go on (`explain()`, if there is one, adds a sentence to Status::stalled; `explain(status)`,
///               which may be empty, to any status)
///   progress()  what is reported at checks, a Progress or a struct derived from it; it may synchronise a device, so it
///               is not called at every step
/// Its state is a valid answer from construction on, so that a solve that ends before its first step has something to
/// return, and after an Interrupted out of `start()` or `step()`, the only two that are ever interrupted.
///
/// A status ends the solve at once, between two checks too. If the solver is not a DecidesSolved and its last residual
/// is within the tolerance, the solve counts as solved whatever the status was. An objective that is known and not
/// finite, or a residual that is known and not a number, ends it with numericalError; what is not known ends nothing.
///
/// A solve inside another one runs on `monitor.child()`.
template <class Solver, std::derived_from<Limits> Settings>
auto iterate(Solver& solver, const Settings& settings, Monitor& monitor) {
  double maxEvaluations = std::numeric_limits<double>::infinity();
  if constexpr (std::derived_from<Settings, EvaluationLimits>) maxEvaluations = settings.maxEvaluations;
  return OuterLoop<Solver>(solver, settings, maxEvaluations, monitor).run();
}

}  // namespace nonconvex
