// Solves as the binding sees them: problem and settings in, an answer out. Knows nothing of JavaScript, so that an
// entry is compiled without Node's headers.
#pragma once

#include <concepts>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "binding/solve_together.hpp"
#include "binding/tables.hpp"
#include "core/certificate.hpp"
#include "core/run.hpp"
#include "linalg/cpu.hpp"

namespace nonconvex {

/// The reports of a solver's history, one behind the other.
struct ReportsView {
  const std::byte* first;
  std::size_t count;
  std::size_t size;  ///< of each
};

/// How a solve ended and what it found: the members of an Outcome, and the solution.
struct AnswerView {
  Status status;
  const std::string& message;
  const Progress& progress;
  ReportsView history;
  const void* solution;
  double gap;  ///< of a solution of one answer; NaN where it is not known
};

/// A solution of one answer; others have a list of certificates, one for each of their answers.
template <class Solution>
concept HasOneCertificate = requires(const Solution& solution) {
  { solution.certificate } -> std::same_as<const Certificate&>;
};

/// A solve of an entry. What is the same for all entries is here and compiled once; the class below knows the types of
/// problem, settings and solution.
class Solve {
 public:
  virtual ~Solve() = default;
  /// The struct that the tables of the problem and of the settings describe, to be filled before it runs.
  virtual void* inputs() = 0;
  virtual void* settings() = 0;
  /// The problem, for members that no table has.
  virtual void* problem() = 0;
  /// Has it wait for its place in the order of solves that ranks run together.
  void join(std::shared_ptr<Ranks::Turn> turn) { turn_ = std::move(turn); }
  /// Refuses settings that the backend does not have.
  virtual void check() const = 0;
  /// Computes, on a worker. `unread`: the data were not copied, as the solve is aborted.
  void run(WorkerPool& pool, Monitor& monitor, bool unread);
  /// Gives back the memory that the answer does not need.
  virtual void giveBack() = 0;
  virtual AnswerView answer() const = 0;
  /// A copy of a report that `run` has made.
  virtual std::shared_ptr<const Progress> copyOf(const Progress& report) const = 0;

 protected:
  virtual const Limits& limits() const = 0;
  /// Makes the problem of the inputs where these are another struct.
  virtual void take() {}
  /// Solves; what the solver takes is given back at once unless it is to be kept for `giveBack`.
  virtual void compute(WorkerPool& pool, Monitor& monitor, bool keep) = 0;
  /// Answers without a look at the data; false if the entry cannot.
  virtual bool answerUnread(Monitor& monitor) = 0;
  /// Says what is known now that the solve has ended; the bound of the result is that of its certificate.
  virtual void settleCertificate() = 0;
  /// The functions of SolvesTogether.
  virtual std::uint64_t fingerprint() const { return 0; }
  virtual void joinRanks(const std::shared_ptr<Ranks>&) {}
  virtual std::span<const double> compared() const { return {}; }

 private:
  void runTogether(WorkerPool& pool, Monitor& monitor);

  std::shared_ptr<Ranks::Turn> turn_;  // the place among the solves of all ranks
};

/// A solver with something to run in its place where a solve is aborted while it is constructed.
template <class Solver>
concept HasUnbuilt = requires {
  typename Solver::Unbuilt;
};

/// A solver that says, by `static constexpr bool buildsUnread = true;`, that its construction for a solve that is
/// aborted already does not look at the data that src/core/arrayCopies.ts leaves then.
template <class Solver>
concept BuildsUnread = requires {
  requires Solver::buildsUnread;
};

/// What an addon computes with: runs the solver of a registered entry. One whose construction takes long has a type
/// Unbuilt, made of problem and settings without looking at large arrays, which is run in its place where the solve is
/// aborted meanwhile: what it returns is a valid answer. A function Unbuilt::pays(problem), if there is one, says
/// whether construction is interrupted at all: a small problem rather returns what it knows at its start.
struct OnCpu {
  static constexpr std::string_view device = "cpu";

  /// Refuses, before anything runs, settings that only another backend has.
  template <class Settings>
  static void check(const Settings&) {}

  /// `memory` gets what the solver takes, to be given back when there is time. Without a pool there is one thread.
  template <class Entry>
  [[gnu::cold]] static Solved<typename Entry::Solution> solve(const typename Entry::Problem& problem,
                                                              const typename Entry::Settings& settings,
                                                              WorkerPool* pool, Monitor& monitor,
                                                              std::shared_ptr<void>& memory) {
    using Solver = typename Entry::template Solver<Cpu>;
    struct Solving {
      Cpu la;
      std::optional<Solver> solver = {};
      explicit Solving(const Cpu& cpu) : la(cpu) {}
    };
    const auto solving = std::make_shared<Solving>(Cpu(pool, pool != nullptr ? settings.threads : 1, &monitor));
    memory = solving;
    if constexpr (HasUnbuilt<Solver>) {
      try {
        monitor.setInterruptible(unbuiltPays<typename Solver::Unbuilt>(problem));
        solving->solver.emplace(solving->la, problem, settings);
      } catch (const Interrupted&) {
        monitor.setInterruptible(false);
        typename Solver::Unbuilt unbuilt(problem, settings);
        return solved(unbuilt, settings, monitor);
      }
    } else {
      solving->solver.emplace(solving->la, problem, settings);
    }
    return solved(*solving->solver, settings, monitor);
  }

  /// The answer of a solve that is aborted before its data are there.
  template <class Entry>
  static Solved<typename Entry::Solution> answerUnread(
      const typename Entry::Problem& problem, const typename Entry::Settings& settings,
      Monitor& monitor) requires(HasUnbuilt<typename Entry::template Solver<Cpu>> ||
                                 BuildsUnread<typename Entry::template Solver<Cpu>>) {
    using Solver = typename Entry::template Solver<Cpu>;
    if constexpr (HasUnbuilt<Solver>) {
      typename Solver::Unbuilt unbuilt(problem, settings);
      return solved(unbuilt, settings, monitor);
    } else {
      std::shared_ptr<void> memory;
      return solve<Entry>(problem, settings, nullptr, monitor, memory);
    }
  }

 private:
  template <class Unbuilt, class Problem>
  static bool unbuiltPays(const Problem& problem) {
    if constexpr (requires { Unbuilt::pays(problem); }) {
      return Unbuilt::pays(problem);
    } else {
      return true;
    }
  }

  template <class Solver, class Settings>
  [[gnu::cold]] static auto solved(Solver& solver, const Settings& settings, Monitor& monitor) {
    using Solution = decltype(solver.solution());
    return Solved<Solution>{iterate(solver, settings, monitor), solver.solution()};
  }
};

/// Whether a backend has an answer of a solve whose data are not there.
template <class Backend, class Entry>
concept AnswersUnread = requires(const typename Entry::Problem& problem, const typename Entry::Settings& settings,
                                 Monitor& monitor) {
  Backend::template answerUnread<Entry>(problem, settings, monitor);
};

/// An entry of solves that ranks may run together. `fingerprint(problem, settings)` is of what has to be the same on
/// all ranks, `answer(solution)` is what comes out the same; `join(problem, ranks)`, if there is one, is called by all
/// of them at the same time, before the solver is made.
template <class Entry>
concept SolvesTogether = requires(const typename Entry::Problem& problem, const typename Entry::Settings& settings) {
  { Entry::fingerprint(problem, settings) } -> std::same_as<std::uint64_t>;
};

/// An entry with a struct `Inputs` that is read in place of the problem: take(inputs, problem) makes that of it.
template <class Entry>
concept HasInputs = requires {
  typename Entry::Inputs;
};
template <class Entry>
struct InputsOf {
  using Type = typename Entry::Problem;
};
template <HasInputs Entry>
struct InputsOf<Entry> {
  using Type = typename Entry::Inputs;
};

/// A value that is made where std::optional::emplace keeps it: no move of all its members.
template <class Make>
struct InPlace {
  Make make;
  operator std::invoke_result_t<Make>() { return make(); }
};

/// The solve of an entry, the only class that knows its types. What runs once a solve is cold: optimised for size.
template <class Entry, class Backend>
class SolveOf final : public Solve {
  using Problem = typename Entry::Problem;
  using Solution = typename Entry::Solution;
  using SolverProgress = ProgressOf<Solution>;

 public:
  [[gnu::cold]] ~SolveOf() override = default;

  void* inputs() override {
    if constexpr (HasInputs<Entry>) return &given_->inputs;
    return problem();
  }
  void* settings() override { return &settings_; }
  void* problem() override { return &given_->problem; }
  [[gnu::cold]] void check() const override { Backend::check(settings_); }

  [[gnu::cold]] AnswerView answer() const override {
    const auto& outcome = solved_->outcome;
    const auto& reports = outcome.history.reports();
    return {outcome.status,
            outcome.message,
            outcome.progress,
            {reinterpret_cast<const std::byte*>(reports.data()), reports.size(), sizeof(SolverProgress)},
            &solved_->solution,
            gap()};
  }

  [[gnu::cold]] std::shared_ptr<const Progress> copyOf(const Progress& report) const override {
    return std::make_shared<const SolverProgress>(static_cast<const SolverProgress&>(report));
  }

  [[gnu::cold]] void giveBack() override {
    memory_.reset();
    given_.reset();
  }

 private:
  const Limits& limits() const override { return settings_; }

  [[gnu::cold]] void take() override {
    if constexpr (HasInputs<Entry>) Entry::take(given_->inputs, given_->problem);
  }

  [[gnu::cold]] void compute(WorkerPool& pool, Monitor& monitor, bool keep) override {
    std::shared_ptr<void> atOnce;
    std::shared_ptr<void>& memory = keep ? memory_ : atOnce;
    solved_.emplace(
        InPlace{[&] { return Backend::template solve<Entry>(given_->problem, settings_, &pool, monitor, memory); }});
  }

  [[gnu::cold]] bool answerUnread([[maybe_unused]] Monitor& monitor) override {
    if constexpr (AnswersUnread<Backend, Entry>) {
      solved_.emplace(
          InPlace{[&] { return Backend::template answerUnread<Entry>(given_->problem, settings_, monitor); }});
      return true;
    }
    return false;
  }

  [[gnu::cold]] void settleCertificate() override {
    auto& [outcome, solution] = *solved_;
    settle(solution.certificate, outcome.status, settings_.tolerance);
    if constexpr (HasOneCertificate<Solution>) {
      if (isKnown(solution.certificate.lowerBound)) outcome.progress.lowerBound = solution.certificate.lowerBound;
    }
  }

  [[gnu::cold]] std::uint64_t fingerprint() const override {
    if constexpr (SolvesTogether<Entry>) return Entry::fingerprint(given_->problem, settings_);
    return 0;
  }
  [[gnu::cold]] void joinRanks([[maybe_unused]] const std::shared_ptr<Ranks>& ranks) override {
    if constexpr (requires { Entry::join(given_->problem, ranks); }) Entry::join(given_->problem, ranks);
  }
  [[gnu::cold]] std::span<const double> compared() const override {
    if constexpr (SolvesTogether<Entry>) return Entry::answer(solved_->solution);
    return {};
  }

  double gap() const {
    if constexpr (HasOneCertificate<Solution>) return solved_->solution.certificate.gap;
    return unknown;
  }

  struct None {};
  struct Given {
    std::conditional_t<HasInputs<Entry>, typename InputsOf<Entry>::Type, None> inputs;
    Problem problem;
  };
  std::optional<Given> given_{std::in_place};  // until it is given back
  typename Entry::Settings settings_;
  std::shared_ptr<void> memory_;  // the solver, which refers to problem and settings
  std::optional<Solved<Solution>> solved_;
};

}  // namespace nonconvex
