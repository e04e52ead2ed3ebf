// The one outer loop of the package.
#pragma once

#include <cmath>
#include <cstddef>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include "core/limits.hpp"
#include "core/monitor.hpp"
#include "core/status.hpp"

namespace nonconvex {

/// Reports of a solve, thinned to every second one whenever there are too many: bounded memory however long it runs.
class History {
 public:
  History() { reports_.reserve(capacity); }
  void add(const Progress& progress) {
    if (count_++ % stride_ != 0) return;
    if (reports_.size() == capacity) {
      for (std::size_t i = 0; 2 * i < capacity; ++i) reports_[i] = reports_[2 * i];
      reports_.resize(capacity / 2);
      stride_ *= 2;
      if ((count_ - 1) % stride_ != 0) return;
    }
    reports_.push_back(progress);
  }
  const std::vector<Progress>& reports() const { return reports_; }

 private:
  static constexpr std::size_t capacity = 1024;
  std::vector<Progress> reports_;
  std::size_t count_ = 0;
  std::size_t stride_ = 1;
};

struct Outcome {
  Status status = Status::numericalError;
  std::string message;
  Progress progress;
  History history;
};

/// How a solve ended and what it found.
template <class Solution>
struct Solved {
  Outcome outcome;
  Solution solution;
};

/// One sentence with the numbers, for people.
std::string describe(Status status, const Progress& progress, const Limits& limits);

/// A solver that decides itself when it is solved, by `static constexpr bool decidesSolved = true;`: its `start()` and
/// `step()` return Status::solved. Any other solver is solved at the first check where residual <= tolerance.
template <class Solver>
concept DecidesSolved = requires {
  requires Solver::decidesSolved;
};

/// Runs a solver until it is solved or a limit is met.
///
/// A solver has
///   start()     the set-up that may take long; returns nothing, or a std::optional<Status> as step() does
///   step()      one iteration of the method; returns a Status where the solve ends with it: Status::solved, or why it
///               cannot go on (`explain()`, if there is one, adds a sentence to Status::stalled)
///   progress()  what is reported at checks; it may synchronise a device, so it is not called at every step
/// Its state is a valid answer from construction on, so that a solve that ends before its first step has something to
/// return, and after an Interrupted out of `start()` or `step()`, the only two that are ever interrupted.
///
/// A status ends the solve at once, between two checks too. If the solver is not a DecidesSolved and its last residual
/// is within the tolerance, the solve counts as solved whatever the status was.
template <class Solver>
Outcome iterate(Solver& solver, const Limits& limits, Monitor& monitor) {
  Outcome outcome;
  const auto finish = [&](Status status) -> Outcome& {
    outcome.status = status;
    outcome.message = describe(status, outcome.progress, limits);
    if constexpr (requires { solver.explain(); }) {
      if (status == Status::stalled) outcome.message += " " + solver.explain();
    }
    return outcome;
  };
  const auto interrupted = [&] { return monitor.aborted() ? Status::aborted : Status::timeLimit; };
  int k = 0;
  monitor.setInterruptible(false);
  const auto interruptible = [&](auto&& work) {
    monitor.setInterruptible(true);
    auto result = work();
    monitor.setInterruptible(false);
    return result;
  };
  const auto check = [&]() -> std::optional<Status> {
    Progress now = solver.progress();
    now.iteration = k;
    now.seconds = monitor.seconds();
    monitor.report(now);
    now.iterate.reset();
    outcome.progress = now;
    outcome.history.add(now);
    if (!std::isfinite(now.objective)) return Status::numericalError;
    if (!DecidesSolved<Solver> && now.residual <= limits.tolerance) return Status::solved;
    if (monitor.aborted()) return Status::aborted;
    if (monitor.outOfTime()) return Status::timeLimit;
    if (k >= limits.maxIterations) return Status::iterationLimit;
    return std::nullopt;
  };
  // The solver's own status, after a last report.
  const auto finishWith = [&](Status status) -> Outcome& {
    const auto last = check();
    return finish(last == Status::solved ? *last : status);
  };
  try {
    // Even a solve aborted before its start reports the point that it returns.
    if (monitor.aborted() || monitor.outOfTime()) return finish(check().value_or(interrupted()));
    const std::optional<Status> atStart = interruptible([&]() -> std::optional<Status> {
      if constexpr (std::is_void_v<decltype(solver.start())>) {
        solver.start();
        return std::nullopt;
      } else {
        return solver.start();
      }
    });
    if (atStart) return finishWith(*atStart);
    for (;; ++k) {
      if (k % limits.checkInterval == 0 || k >= limits.maxIterations) {
        if (const auto status = check()) return finish(*status);
      }
      if (const std::optional<Status> status = interruptible([&] { return solver.step(); })) {
        ++k;
        return finishWith(*status);
      }
      if (monitor.aborted()) {
        ++k;
        return finish(check().value_or(Status::aborted));
      }
    }
  } catch (const Interrupted&) {
    monitor.setInterruptible(false);
    outcome.progress = solver.progress();
    outcome.progress.iterate.reset();
    outcome.progress.iteration = k;
    outcome.progress.seconds = monitor.seconds();
    return finish(interrupted());
  }
}

}  // namespace nonconvex
