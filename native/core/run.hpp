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

/// A report that says whether it has anything new beside the one before.
template <class Report>
concept SaysRepeats = requires(const Report& report) {
  { report.repeats(report) } -> std::same_as<bool>;
};

/// Reports of a solve, thinned to every second one whenever there are too many: bounded memory however long it runs.
/// Reports that repeat the one before go first, if they say so.
template <class Report = Progress>
class History {
 public:
  [[gnu::cold]] void add(const Report& report) {
    if (count_++ % stride_ != 0) return;
    if (reports_.empty()) reports_.reserve(capacity);
    if (reports_.size() == capacity && !dropRepeats()) {
      for (std::size_t i = 0; 2 * i < reports_.size(); ++i) reports_[i] = reports_[2 * i];
      reports_.resize((reports_.size() + 1) / 2);
      stride_ *= 2;
      if ((count_ - 1) % stride_ != 0) return;
    }
    reports_.push_back(report);
  }
  const std::vector<Report>& reports() const { return reports_; }

 private:
  /// Returns true if that leaves half of the room.
  bool dropRepeats() {
    if constexpr (SaysRepeats<Report>) {
      std::size_t kept = 1;
      for (std::size_t i = 1; i < reports_.size(); ++i) {
        if (!reports_[i].repeats(reports_[kept - 1])) reports_[kept++] = reports_[i];
      }
      reports_.resize(kept);
      return 2 * kept <= capacity;
    }
    return false;
  }

  static constexpr std::size_t capacity = 1024;  // reports that are kept; above it every second one goes
  std::vector<Report> reports_;
  std::size_t count_ = 0;
  std::size_t stride_ = 1;
};

extern template class History<Progress>;

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

/// A solver as the outer loop sees it, whatever its type; `iterate` says what each function is for.
class Iterated {
 public:
  virtual std::optional<Status> start() = 0;
  virtual std::optional<Status> step() = 0;
  /// The report that the solver makes now, which is kept until the next one.
  virtual Progress& look() = 0;
  /// Adds the last report to the history.
  virtual void remember() = 0;
  virtual void forgetPoint() = 0;
  virtual bool keepsBest() const = 0;
  /// The solver's addition to the message.
  virtual std::string explain(Status status) const = 0;

 protected:
  ~Iterated() = default;
};

/// The conditions under which a solve ends.
struct LoopEnds {
  const Limits& limits;
  double maxEvaluations = std::numeric_limits<double>::infinity();
  bool decidesSolved = false;
};
struct LoopResult {
  Status status;
  std::string message;
};
/// The loop of `iterate`.
LoopResult runLoop(Iterated& solver, const LoopEnds& ends, Monitor& monitor);

/// A solver of a known type in that loop, with its reports.
template <class Solver>
class IteratedOf final : public Iterated {
 public:
  using Report = std::remove_cvref_t<decltype(std::declval<Solver&>().progress())>;
  static_assert(std::derived_from<Report, Progress>);

  IteratedOf(Solver& solver, Outcome<Report>& outcome) : solver_(solver), outcome_(outcome) {}

  std::optional<Status> start() override {
    if constexpr (std::is_void_v<decltype(solver_.start())>) {
      solver_.start();
      return std::nullopt;
    } else {
      return solver_.start();
    }
  }
  std::optional<Status> step() override { return solver_.step(); }
  Progress& look() override { return outcome_.progress = solver_.progress(); }
  [[gnu::cold]] void remember() override { outcome_.history.add(outcome_.progress); }
  void forgetPoint() override {
    if constexpr (requires { outcome_.progress.forgetPoint(); }) outcome_.progress.forgetPoint();
  }
  bool keepsBest() const override { return nonconvex::keepsBest(solver_); }
  [[gnu::cold]] std::string explain([[maybe_unused]] Status status) const override {
    if constexpr (requires { solver_.explain(status); }) return solver_.explain(status);
    if constexpr (requires { solver_.explain(); }) {
      if (status == Status::stalled) return solver_.explain();
    }
    return {};
  }

 private:
  Solver& solver_;
  Outcome<Report>& outcome_;
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
[[gnu::cold]] auto iterate(Solver& solver, const Settings& settings, Monitor& monitor) {
  Outcome<typename IteratedOf<Solver>::Report> outcome;
  IteratedOf<Solver> iterated(solver, outcome);
  LoopEnds ends{.limits = settings, .decidesSolved = DecidesSolved<Solver>};
  if constexpr (std::derived_from<Settings, EvaluationLimits>) ends.maxEvaluations = settings.maxEvaluations;
  LoopResult result = runLoop(iterated, ends, monitor);
  outcome.status = result.status;
  outcome.message = std::move(result.message);
  return outcome;
}

}  // namespace nonconvex
