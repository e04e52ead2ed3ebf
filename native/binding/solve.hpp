// From the entry of a solver to a job: problem and settings in, one plain object out.
#pragma once

#include <concepts>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "binding/job.hpp"
#include "binding/results.hpp"
#include "binding/solve_together.hpp"
#include "core/certificate.hpp"
#include "core/run.hpp"
#include "linalg/cpu.hpp"

namespace nonconvex {

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

  /// `memory` gets what the solver takes, to be given back when there is time.
  template <class Entry>
  static Solved<typename Entry::Solution> solve(const typename Entry::Problem& problem,
                                                const typename Entry::Settings& settings, WorkerPool& pool,
                                                Monitor& monitor, std::shared_ptr<void>& memory) {
    using Solver = typename Entry::template Solver<Cpu>;
    struct Solving {
      Cpu la;
      std::optional<Solver> solver = {};
      explicit Solving(const Cpu& cpu) : la(cpu) {}
    };
    const auto solving = std::make_shared<Solving>(Cpu(&pool, settings.threads, &monitor));
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
      const Cpu la(nullptr, 1, &monitor);
      Solver solver(la, problem, settings);
      return solved(solver, settings, monitor);
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
  static auto solved(Solver& solver, const Settings& settings, Monitor& monitor) {
    auto outcome = iterate(solver, settings, monitor);
    using Solution = decltype(solver.solution());
    return Solved<Solution>{std::move(outcome), solver.solution()};
  }
};

/// Whether a backend has an answer of a solve whose data are not there.
template <class Backend, class Entry>
concept AnswersUnread = requires(const typename Entry::Problem& problem, const typename Entry::Settings& settings,
                                 Monitor& monitor) {
  Backend::template answerUnread<Entry>(problem, settings, monitor);
};

/// An entry of solves that ranks may run together: its Problem has `turn`, a place in the order of these solves, or
/// null. `fingerprint(problem, settings)` is of what has to be the same on all ranks, `answer(solution)` is what comes
/// out the same; `join(problem, ranks)`, if there is one, is called by all of them at the same time, before the solver
/// is made.
template <class Entry>
concept SolvesTogether = requires(const typename Entry::Problem& problem, const typename Entry::Settings& settings) {
  { Entry::fingerprint(problem, settings) } -> std::same_as<std::uint64_t>;
};

template <class Entry, class Backend>
class SolveJob final : public Job {
 public:
  SolveJob(typename Entry::Problem problem, typename Entry::Settings settings)
      : problem_(std::move(problem)), settings_(settings) {}

  void run(WorkerPool& pool, Monitor& monitor) override {
    // Time spent in the queue does not count.
    monitor.restart();
    monitor.limitTime(settings_.timeLimit);
    monitor.setInterruptible(false);
    if constexpr (SolvesTogether<Entry>) {
      if (problem_.turn) return runTogether(pool, monitor);
    }
    if (unread()) {
      answerUnread(monitor);
    } else {
      solved_ = Backend::template solve<Entry>(problem_, settings_, pool, monitor, memory_);
    }
  }

  void giveBack() override {
    memory_.reset();
    problem_ = typename Entry::Problem();
  }

  Napi::Object result(Napi::Env env) override {
    settleCertificate();
    PackedResult out(env);
    writeOutcome(out, solved_->outcome);
    writeFields(out, solved_->solution);
    if constexpr (HasOneCertificate<typename Entry::Solution>) {
      const double gap = solved_->solution.certificate.gap;
      if (isKnown(gap)) out.number("gap", gap);
    }
    out.constant("device", Backend::device);
    return out.packed(Environment::of(env).shapes());
  }

  std::unique_ptr<Report> keep(const Progress& progress) const override {
    return std::make_unique<Kept>(static_cast<const SolverProgress&>(progress));
  }

 private:
  /// Over ranks: on a monitor of its own, which ends when they have agreed on that.
  void runTogether(WorkerPool& pool, Monitor& monitor) {
    const std::shared_ptr<Ranks::Turn> turn = std::move(problem_.turn);
    solveTogether(turn, monitor, Entry::fingerprint(problem_, settings_), [&](Monitor& agreed) {
      std::shared_ptr<void> memory;  // of what knows that monitor
      if constexpr (requires { Entry::join(problem_, turn->ranks()); }) Entry::join(problem_, turn->ranks());
      if (AnswersUnread<Backend, Entry> && agreed.ending()) {
        answerUnread(agreed);
      } else {
        solved_ = Backend::template solve<Entry>(problem_, settings_, pool, agreed, memory);
      }
      const std::span<const double> answer = Entry::answer(solved_->solution);
      return std::vector<double>(answer.begin(), answer.end());
    });
  }

  /// Says what is known now that the solve has ended; the bound of the result is that of its certificate.
  void settleCertificate() {
    auto& [outcome, solution] = *solved_;
    settle(solution.certificate, outcome.status, settings_.tolerance);
    if constexpr (HasOneCertificate<typename Entry::Solution>) {
      if (isKnown(solution.certificate.lowerBound)) outcome.progress.lowerBound = solution.certificate.lowerBound;
    }
  }

  void answerUnread(Monitor& monitor) {
    if constexpr (AnswersUnread<Backend, Entry>) {
      solved_ = Backend::template answerUnread<Entry>(problem_, settings_, monitor);
    } else {
      throw Error(ErrorKind::type, "problem: expected data that were copied");
    }
  }

  using SolverProgress = ProgressOf<typename Entry::Solution>;

  struct Kept final : Report {
    explicit Kept(const SolverProgress& progress) : report(progress) {}
    Napi::Object toJs(Napi::Env env) const override {
      Writer out(env);
      writeReport(out, report);
      return out.object();
    }
    SolverProgress report;
  };

  typename Entry::Problem problem_;
  typename Entry::Settings settings_;
  std::shared_ptr<void> memory_;  // of the solver, which refers to problem and settings
  std::optional<Solved<typename Entry::Solution>> solved_;
};

}  // namespace nonconvex
