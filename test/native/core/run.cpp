// The outer loop: every way a solve can end, and what is reported then.
// Compiled with sanitizers itself: what it tests stands in headers.
#include "core/run.hpp"

#include <chrono>
#include <thread>

#include "check.hpp"

using namespace nonconvex;

namespace {

/// A solver whose residual halves with every step, and that does as told at one of them.
struct Halving {
  std::optional<Status> ending = std::nullopt;
  int endingStep = -1;
  int interruptAt = -1;  // 0: in start
  int brokenAt = -1;     // objective NaN from here on
  std::function<void(int)> onStep = {};
  std::function<void()> onStart = {};

  int steps = 0;
  int starts = 0;
  int reports = 0;

  void start() {
    ++starts;
    if (onStart) onStart();
    if (interruptAt == 0) throw Interrupted{};
  }
  std::optional<Status> step() {
    if (interruptAt == steps + 1) throw Interrupted{};
    ++steps;
    if (onStep) onStep(steps);
    return steps == endingStep ? ending : std::nullopt;
  }
  Progress progress() {
    ++reports;
    Progress now;
    now.objective = brokenAt >= 0 && steps >= brokenAt ? unknown : 1 + std::pow(0.5, steps);
    now.residual = std::pow(0.5, steps);
    now.evaluations = 10 * steps;
    return now;
  }
};

Limits limits(int maxIterations, double tolerance, int checkInterval = 1) {
  Limits all;
  all.maxIterations = maxIterations;
  all.tolerance = tolerance;
  all.checkInterval = checkInterval;
  return all;
}

Outcome<> run(Halving& solver, const Limits& all) {
  Monitor monitor;
  return iterate(solver, all, monitor);
}

}  // namespace

TEST(solvedAtTheFirstCheckBelowTolerance) {
  Halving solver;
  const Outcome outcome = run(solver, limits(100, 0.01));
  CHECK(outcome.status == Status::solved);
  CHECK_EQ(outcome.progress.iteration, 7);  // 2^-7 < 0.01 < 2^-6
  CHECK_EQ(solver.steps, 7);
  CHECK_EQ(outcome.progress.residual, std::pow(0.5, 7));
  CHECK_EQ(static_cast<int>(outcome.history.reports().size()), 8);  // 0 to 7
  CHECK_EQ(outcome.message, "Solved after 7 iterations: residual 0.0078125, tolerance 0.01.");
}

TEST(checksComeAtTheirIntervalAndAtTheLastIteration) {
  Halving solver;
  CHECK_EQ(run(solver, limits(100, 0.01, 5)).progress.iteration, 10);
  Halving limited;
  const Outcome outcome = run(limited, limits(13, 0, 5));
  CHECK(outcome.status == Status::iterationLimit);
  CHECK_EQ(outcome.progress.iteration, 13);
  CHECK_EQ(limited.steps, 13);
  std::string seen;
  for (const Progress& each : outcome.history.reports()) seen += show(each.iteration) + " ";
  CHECK_EQ(seen, "0 5 10 13 ");
}

TEST(noIterationAllowed) {
  Halving solver;
  const Outcome outcome = run(solver, limits(0, 0));
  CHECK(outcome.status == Status::iterationLimit);
  CHECK_EQ(outcome.progress.iteration, 0);
  CHECK_EQ(solver.steps, 0);
  CHECK_EQ(outcome.progress.objective, 2.0);
  Halving solved;
  CHECK(run(solved, limits(0, 1)).status == Status::solved);
  CHECK_EQ(run(solver, limits(1, 0)).message, "Stopped at maxIterations after 1 iteration: residual 0.5, tolerance 0.");
}

TEST(whatAStepReturnsEndsTheSolve) {
  for (const Status status : {Status::stalled, Status::infeasible, Status::unbounded, Status::numericalError}) {
    Halving solver{.ending = status, .endingStep = 3};
    const Outcome outcome = run(solver, limits(100, 1e-9, 10));
    CHECK(outcome.status == status);
    CHECK_EQ(outcome.progress.iteration, 3);
    CHECK_EQ(solver.steps, 3);
    CHECK_EQ(outcome.history.reports().back().iteration, 3);
    CHECK(!outcome.message.empty());
  }
  Halving solver{.ending = Status::stalled, .endingStep = 3};
  CHECK(run(solver, limits(100, 0.2)).status == Status::solved);  // stalled where it is good enough
}

namespace {

/// Halving, whose solution is of the best point that it has reported, and whose reports can be aborted.
struct Keeping : Halving {
  const Monitor& monitor;
  int whole = 0;
  bool keepsBest() const { return true; }
  Progress progress() {
    const Progress now = Halving::progress();
    monitor.abortPoint();
    ++whole;
    return now;
  }
};

}  // namespace

TEST(anAbortEndsReportsOfASolverThatKeepsItsBest) {
  const auto aborted = [](int atStep, int interruptAt) {
    Monitor monitor;
    Keeping solver{{.interruptAt = interruptAt}, monitor};
    solver.onStart = [&, atStep] {
      if (atStep == 0) monitor.abort();
    };
    solver.onStep = [&, atStep](int step) {
      if (step == atStep) monitor.abort();
    };
    const Outcome outcome = iterate(solver, limits(100, 0), monitor);
    CHECK(outcome.status == Status::aborted);
    return std::tuple{solver.reports, solver.whole, double{outcome.progress.residual}};
  };
  // After the step there is no look that the abort does not end: the last report is that of the step before.
  CHECK((aborted(5, -1) == std::tuple{6, 5, 1.0 / 16}));
  // What was interrupted is not looked at.
  CHECK((aborted(5, 6) == std::tuple{6, 5, 1.0 / 16}));
  // Without a report there is one, whatever it takes.
  CHECK((aborted(0, 0) == std::tuple{1, 1, 1.0}));
}

namespace {

/// Halving, that says itself when it is solved: at a step, whatever its residual is.
struct Deciding : Halving {
  static constexpr bool decidesSolved = true;
  std::optional<Status> atStart = std::nullopt;
  std::optional<Status> start() {
    Halving::start();
    return atStart;
  }
};

}  // namespace

TEST(aSolverMayDecideItselfWhenItIsSolved) {
  static_assert(DecidesSolved<Deciding> && !DecidesSolved<Halving>);
  Monitor monitor;
  Deciding solver{{.ending = Status::solved, .endingStep = 13}};
  const Outcome outcome = iterate(solver, limits(100, 0.1, 10), monitor);
  CHECK(outcome.status == Status::solved);
  CHECK_EQ(outcome.progress.iteration, 13);  // between two checks, long after the residual met the tolerance
  CHECK_EQ(outcome.history.reports().back().iteration, 13);
  CHECK(check::contains(outcome.message, "Solved after 13 iterations"));

  Deciding refuses{{.ending = Status::stalled, .endingStep = 8}};
  CHECK(iterate(refuses, limits(100, 1), monitor).status == Status::stalled);
  Deciding undecided;
  CHECK(iterate(undecided, limits(20, 1), monitor).status == Status::iterationLimit);
}

namespace {

/// Halving, that explains one status, and nothing of others.
struct Explaining : Halving {
  std::string explain(Status status) const { return status == Status::infeasible ? "Two rows contradict." : ""; }
};
/// Halving, that explains why it has stalled.
struct Stalling : Halving {
  std::string explain() const { return "The rest is noise."; }
};

template <class Solver>
std::string messageOf(Status status) {
  Solver solver{{.ending = status, .endingStep = 3}};
  Monitor monitor;
  return iterate(solver, limits(100, 0), monitor).message;
}

}  // namespace

TEST(aSolverMayExplainHowItEnds) {
  const std::string figures = " after 3 iterations: residual 0.125, tolerance 0.";
  CHECK_EQ(messageOf<Explaining>(Status::infeasible),
           "The problem is infeasible; least infeasible point returned" + figures + " Two rows contradict.");
  CHECK_EQ(messageOf<Explaining>(Status::stalled), "No further progress" + figures);
  CHECK_EQ(messageOf<Stalling>(Status::stalled), "No further progress" + figures + " The rest is noise.");
  CHECK_EQ(messageOf<Stalling>(Status::infeasible),
           "The problem is infeasible; least infeasible point returned" + figures);
}

TEST(whatAStartReturnsEndsTheSolve) {
  for (const Status status : {Status::solved, Status::infeasible}) {
    Deciding solver{{}, status};
    Monitor monitor;
    const Outcome outcome = iterate(solver, limits(100, 0), monitor);
    CHECK(outcome.status == status);
    CHECK_EQ(outcome.progress.iteration, 0);
    CHECK_EQ(solver.steps, 0);
    CHECK_EQ(outcome.progress.objective, 2.0);
    CHECK_EQ(static_cast<int>(outcome.history.reports().size()), 1);
  }
}

TEST(anObjectiveThatIsNoNumber) {
  Halving solver{.brokenAt = 4};
  const Outcome outcome = run(solver, limits(100, 0));
  CHECK(outcome.status == Status::numericalError);
  CHECK_EQ(outcome.progress.iteration, 4);
  CHECK(check::contains(outcome.message, "NaN"));
}

namespace {

/// A solver that reports what it is told to: its objective and residual at each step, where they are known.
struct Reporting {
  std::vector<std::optional<double>> objectives = {};
  std::vector<std::optional<double>> residuals = {};
  std::size_t steps = 0;

  void start() {}
  std::optional<Status> step() {
    ++steps;
    return std::nullopt;
  }
  Progress progress() const {
    Progress now;
    if (steps < objectives.size() && objectives[steps]) now.objective = *objectives[steps];
    if (steps < residuals.size() && residuals[steps]) now.residual = *residuals[steps];
    return now;
  }
};

Outcome<> run(Reporting solver, const Limits& all) {
  Monitor monitor;
  return iterate(solver, all, monitor);
}

}  // namespace

TEST(anObjectiveThatIsNeverKnown) {
  const Outcome outcome = run(Reporting{.residuals = {1, 0.5, 0.25, 0.01}}, limits(100, 0.1));
  CHECK(outcome.status == Status::solved);
  CHECK_EQ(outcome.progress.iteration, 3);
  CHECK(!outcome.progress.objective.known());
  CHECK_EQ(outcome.message, "Solved after 3 iterations: residual 0.01, tolerance 0.1.");
}

TEST(anObjectiveThatIsKnownNowAndThen) {
  const Outcome outcome = run(Reporting{.objectives = {{}, {}, 5, {}, 4}, .residuals = {}}, limits(4, 0.1));
  CHECK(outcome.status == Status::iterationLimit);
  CHECK(!outcome.history.reports()[3].objective.known());
  CHECK_EQ(outcome.history.reports()[2].objective, 5.0);
  CHECK_EQ(outcome.progress.objective, 4.0);
  CHECK_EQ(outcome.message, "Stopped at maxIterations after 4 iterations.");
}

TEST(whatIsKnownAndNoNumberEndsTheSolve) {
  const Outcome residual = run(Reporting{.objectives = {}, .residuals = {1, {}, unknown}}, limits(100, 0.1));
  CHECK(residual.status == Status::numericalError);
  CHECK_EQ(residual.progress.iteration, 2);
  CHECK_EQ(residual.message, "A number left the range of floating point (residual NaN) after 2 iterations.");
  const Outcome objective = run(Reporting{.objectives = {{}, INFINITY}, .residuals = {}}, limits(100, 0.1));
  CHECK(objective.status == Status::numericalError);
  CHECK_EQ(objective.message, "A number left the range of floating point (objective Infinity) after 1 iteration.");
}

TEST(anUnknownQuantityIsNaN) {
  Quantity quantity;
  CHECK(!quantity.known() && std::isnan(quantity));
  quantity = 2;
  CHECK(quantity.known() && quantity == 2.0);
  quantity = unknown;
  CHECK(quantity.known() && std::isnan(quantity));
}

TEST(stopsAtMaxEvaluations) {
  struct Settings : Limits, EvaluationLimits {};
  Settings settings;
  settings.tolerance = 0;
  settings.maxEvaluations = 25;
  Halving solver;
  Monitor monitor;
  const Outcome outcome = iterate(solver, settings, monitor);
  CHECK(outcome.status == Status::evaluationLimit);
  CHECK_EQ(outcome.progress.evaluations, 30.0);  // evaluations of the step that has begun
  CHECK_EQ(outcome.message,
           "Stopped at maxEvaluations after 30 evaluations in 3 iterations: residual 0.125, tolerance 0.");
  settings.maxEvaluations = 0;
  Halving none;
  CHECK(iterate(none, settings, monitor).status == Status::evaluationLimit);
  CHECK_EQ(none.steps, 0);
}

TEST(aChildEndsWithItsParent) {
  Monitor parent;
  Monitor child = parent.child();
  CHECK(child.isChild() && !parent.isChild() && !child.ending());
  parent.abort();
  CHECK(child.aborted());
  CHECK(parent.child().aborted());

  Monitor late(0.0);
  CHECK(late.child().outOfTime() && !late.child().aborted());
  const Monitor endless;
  CHECK(endless.child(0).outOfTime() && !endless.outOfTime());

  Monitor grandparent;
  const Monitor middle = grandparent.child();
  const Monitor last = middle.child();
  grandparent.abort();
  CHECK(last.aborted());
}

TEST(aSolveInsideAnotherIsNeitherReportedNorKept) {
  int reports = 0;
  Monitor parent(INFINITY, [&](const Progress&) { ++reports; });
  Halving outer;
  int inner = 0;
  outer.onStep = [&](int) {
    Halving solver;
    Monitor child = parent.child();
    const Outcome outcome = iterate(solver, limits(5, 0), child);
    CHECK(outcome.status == Status::iterationLimit);
    CHECK(outcome.history.reports().empty());
    CHECK_EQ(outcome.progress.iteration, 5);
    inner += solver.steps;
  };
  const Outcome outcome = iterate(outer, limits(3, 0), parent);
  CHECK_EQ(inner, 15);
  CHECK_EQ(reports, 4);
  CHECK_EQ(static_cast<int>(outcome.history.reports().size()), 4);
}

TEST(anAbortEndsTheInnerSolveThenTheOuterOne) {
  Monitor parent;
  Halving outer;
  outer.onStep = [&](int) {
    Halving solver;
    solver.onStep = [&](int step) {
      if (step == 7) parent.abort();
    };
    Monitor child = parent.child();
    const Outcome outcome = iterate(solver, limits(1 << 30, -1, 100), child);
    CHECK(outcome.status == Status::aborted);
    CHECK_EQ(outcome.progress.iteration, 7);
  };
  const Outcome outcome = iterate(outer, limits(100, -1), parent);
  CHECK(outcome.status == Status::aborted);
  CHECK_EQ(outcome.progress.iteration, 1);
}

TEST(abortedBeforeItsStart) {
  Halving solver;
  Monitor monitor;
  monitor.abort();
  const Outcome outcome = iterate(solver, limits(100, 1e-9), monitor);
  CHECK(outcome.status == Status::aborted);
  CHECK_EQ(solver.starts, 0);
  CHECK_EQ(solver.steps, 0);
  CHECK_EQ(outcome.progress.objective, 2.0);  // the point it returns is reported
}

TEST(abortedDuringItsStart) {
  Monitor monitor;
  Halving solver;
  solver.onStart = [&] { monitor.abort(); };
  const Outcome outcome = iterate(solver, limits(100, 1e-9), monitor);
  CHECK(outcome.status == Status::aborted);
  CHECK_EQ(solver.steps, 0);

  Monitor second;
  Halving interrupted{.interruptAt = 0};
  interrupted.onStart = [&] { second.abort(); };
  const Outcome thrown = iterate(interrupted, limits(100, 1e-9), second);
  CHECK(thrown.status == Status::aborted);
  CHECK_EQ(thrown.progress.iteration, 0);
  CHECK_EQ(thrown.progress.objective, 2.0);
}

TEST(abortedInAStepBetweenChecks) {
  Monitor monitor;
  Halving solver;
  solver.onStep = [&](int step) {
    if (step == 3) monitor.abort();
  };
  const Outcome outcome = iterate(solver, limits(1000, 1e-9, 100), monitor);
  CHECK(outcome.status == Status::aborted);
  CHECK_EQ(solver.steps, 3);
  CHECK_EQ(outcome.progress.iteration, 3);
}

TEST(abortedFromAnotherThread) {
  Monitor monitor;
  Halving solver;
  solver.onStep = [](int) { std::this_thread::sleep_for(std::chrono::microseconds(100)); };
  std::thread other([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    monitor.abort();
  });
  Limits all = limits(1 << 30, -1);
  const Outcome outcome = iterate(solver, all, monitor);
  other.join();
  CHECK(outcome.status == Status::aborted);
}

TEST(abortedByTheListener) {
  Halving solver;
  Monitor* itself = nullptr;
  int calls = 0;
  Monitor monitor(std::numeric_limits<double>::infinity(), [&](const Progress& now) {
    CHECK_EQ(now.iteration, calls++);
    if (now.iteration == 2) itself->abort();
  });
  itself = &monitor;
  const Outcome outcome = iterate(solver, limits(100, 1e-9), monitor);
  CHECK(outcome.status == Status::aborted);
  CHECK_EQ(outcome.progress.iteration, 2);
  CHECK_EQ(calls, 3);
}

TEST(outOfTime) {
  Halving none;
  Monitor nothing(0);
  const Outcome atOnce = iterate(none, limits(100, 1e-9), nothing);
  CHECK(atOnce.status == Status::timeLimit);
  CHECK_EQ(none.starts, 0);
  CHECK_EQ(atOnce.progress.objective, 2.0);

  Halving solver;
  Monitor monitor;
  solver.onStep = [&](int step) {
    if (step != 4) return;
    monitor.limitTime(0.01);
    while (!monitor.outOfTime()) std::this_thread::sleep_for(std::chrono::milliseconds(2));
  };
  const Outcome outcome = iterate(solver, limits(1 << 30, -1), monitor);
  CHECK(outcome.status == Status::timeLimit);
  CHECK_EQ(outcome.progress.iteration, 4);
  CHECK(outcome.progress.seconds >= 0.01);

  Halving interrupted{.interruptAt = 3};
  Monitor unlimited;
  const Outcome thrown = iterate(interrupted, limits(100, 0), unlimited);
  CHECK(thrown.status == Status::timeLimit);  // Interrupted without an abort
  CHECK_EQ(thrown.progress.iteration, 2);
}

TEST(otherExceptionsPassThrough) {
  Halving solver;
  solver.onStart = [] { throw Error(ErrorKind::solver, "no memory", "OUT_OF_MEMORY"); };
  CHECK_EQ(check::messageOf([&] { run(solver, limits(10, 0)); }), "no memory");
}

TEST(checkpointThrowsOnlyWhenASolveShouldEnd) {
  Monitor monitor;
  monitor.checkpoint();
  monitor.abort();
  bool thrown = false;
  try {
    monitor.checkpoint();
  } catch (const Interrupted&) {
    thrown = true;
  }
  CHECK(thrown);
  Monitor late(0.0);
  CHECK(late.outOfTime());
  late.limitTime(1000);
  late.restart();
  late.checkpoint();
}

TEST(everyStatusHasANameAndASentence) {
  std::string sentences;
  for (int i = 0; i < static_cast<int>(names(Status{}).size()); ++i) {
    const std::string sentence = describe(static_cast<Status>(i), Progress{}, Limits{});
    CHECK(!nameOf(static_cast<Status>(i)).empty());
    CHECK(sentence.size() > 10 && sentence.back() == '.');
    CHECK(!check::contains(sentences, sentence));
    sentences += sentence;
  }
}

TEST(historyKeepsEveryReportWhileThereAreFew) {
  History history;
  for (int i = 0; i < 1024; ++i) history.add({.iteration = i});
  CHECK_EQ(static_cast<int>(history.reports().size()), 1024);
  for (int i = 0; i < 1024; ++i) CHECK_EQ(history.reports()[static_cast<std::size_t>(i)].iteration, i);
}

/// A report whose bound moves now and then.
struct Moving : Progress {
  bool repeats(const Moving& before) const { return lowerBound == before.lowerBound; }
};

TEST(historyDropsRepeatsFirst) {
  History<Moving> history;
  for (int i = 0; i < 100000; ++i) {
    Moving report;
    report.iteration = i;
    report.lowerBound = i / 250;
    history.add(report);
  }
  const auto& reports = history.reports();
  CHECK(reports.size() <= 1024);
  int moves = 0;
  for (std::size_t i = 0; i < reports.size(); ++i) {
    const bool moved = i == 0 || !reports[i].repeats(reports[i - 1]);
    if (moved) CHECK_EQ(reports[i].iteration, 250 * moves++);
  }
  CHECK_EQ(moves, 400);
}

TEST(historyThinsMovesWhereThereAreTooMany) {
  History<Moving> history;
  for (int i = 0; i < 5000; ++i) {
    Moving report;
    report.iteration = i;
    report.lowerBound = i;
    history.add(report);
  }
  CHECK(history.reports().size() <= 1024);
  CHECK(5000 - history.reports().back().iteration <= 16);
}

TEST(historyThinsEvenly) {
  for (const int count : {1025, 1026, 2047, 2048, 2049, 5000, 100000, 1 << 20}) {
    History history;
    for (int i = 0; i < count; ++i) history.add({.iteration = i});
    const auto& reports = history.reports();
    CHECK(reports.size() <= 1024);
    CHECK(reports.size() >= 512);
    CHECK_EQ(reports.front().iteration, 0);
    const int stride = reports[1].iteration;
    CHECK((stride & (stride - 1)) == 0);
    for (std::size_t i = 0; i < reports.size(); ++i) CHECK_EQ(reports[i].iteration, static_cast<int>(i) * stride);
    CHECK(count - reports.back().iteration <= stride);  // up to the end
  }
}
