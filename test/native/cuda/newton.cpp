// Newton's method with its Hessian on a device: the solutions of the CPU. The device is simulated.
#include "check.hpp"
#include "cuda/solvers/nlp.hpp"
#include "problems/glm_data.hpp"
#include "simulated_device.hpp"
#include "solvers/nlp/newton_check.hpp"
#include "solvers/nlp/solver.hpp"

using namespace glm;

namespace {

using Run = Solved<NlpSolution>;

/// Solves on the CPU in the steps that a device takes.
Run solveOnCpu(const NlpProblem& problem, NlpSettings settings) {
  settings.sampleStart = false;
  settings.reuseHessian = false;
  Monitor monitor;
  const Cpu la(nullptr, 1, &monitor);
  NlpSolver solver(la, problem, settings);
  Outcome outcome = iterate(solver, settings, monitor);
  return {std::move(outcome), solver.solution()};
}

Run solveOnDevice(const NlpProblem& problem, const NlpSettings& settings, Monitor& monitor) {
  return solveOn(Cuda<double>(simulated::tables(), &monitor), problem, settings, monitor);
}

Run solveOnDevice(const NlpProblem& problem, const NlpSettings& settings) {
  Monitor monitor;
  return solveOnDevice(problem, settings, monitor);
}

enum class Constraints { none, linear, sphere };

NlpProblem problemOf(const Data& data, Form form, Constraints constraints) {
  const int n = data.rows.matrix.columns;
  std::shared_ptr<Nlp> other;
  if (constraints != Constraints::none) {
    Graph g(n);
    const int x = g.variables(0, n);
    ConstantMatrix two(2, n, {});
    for (std::uint64_t k = 0; k < 2 * at(n); ++k) two.values.push_back(Random(3).normal(k));
    g.equalZero(g.binary(Op::subtract, g.matvec(x, g.matrix(two)), g.constant(0.3)));
    if (constraints == Constraints::sphere) {
      g.equalZero(g.binary(Op::subtract, g.norm2Squared(x, n), g.constant(1)));
    }
    other = std::make_shared<Program>(g);
  }
  NlpProblem problem;
  problem.nlp = std::make_shared<ConstrainedObjective>(data.objective(form), other);
  problem.start.assign(at(n), 0.1);
  return problem;
}

double distance(const std::vector<double>& a, const std::vector<double>& b) {
  CHECK_EQ(a.size(), b.size());
  double most = 0;
  for (std::size_t i = 0; i < a.size(); ++i) most = std::max(most, std::abs(a[i] - b[i]));
  return most;
}

constexpr GlmFamily families[] = {GlmFamily::logistic, GlmFamily::squared, GlmFamily::poisson, GlmFamily::gamma};

}  // namespace

TEST(derivativesOfTheCpu) {
  for (const GlmFamily family : families) {
    for (const Form form : {Form::dense, Form::dense32}) {
      for (const int rows : {1, 65, 700}) {
        for (const int n : {1, 20}) {
          const Data data({family, form, rows, n, 1, rows > 1, n > 1, 0.1});
          const auto cpu = data.objective(form);
          const Cuda<double> la(simulated::tables());
          DeviceGlm<Cuda<double>> device(la, cpu->data(), cpu->dense());
          const auto ask = [&](Objective& f, double at) {
            const std::vector<double> x(static_cast<std::size_t>(n), at), v(x.size(), 0.7);
            std::vector<double> g(x.size()), Hv(x.size()), H(f.hessianPattern().nonzeros());
            f.moveTo(x);
            std::vector<double> all = {f.value()};
            f.hessianProduct(0.5, v, Hv);
            all.push_back(f.find<TypicalGradient>()->typicalGradient());
            f.gradient(g);
            f.hessian(0.5, H);
            for (const auto* part : {&g, &Hv, &H}) all.insert(all.end(), part->begin(), part->end());
            return all;
          };
          for (const double at : {0.2, -0.1}) {
            const std::vector<double> expected = ask(*cpu, at), found = ask(device, at);
            double size = 0;
            for (const double value : expected) size = std::max(size, std::abs(value));
            CHECK(distance(expected, found) <= 1e-13 * size);
          }
        }
      }
    }
  }
}

TEST(solutionsOfTheCpu) {
  for (const GlmFamily family : families) {
    for (const Form form : {Form::dense, Form::dense32}) {
      for (const Constraints constraints : {Constraints::none, Constraints::linear, Constraints::sphere}) {
        const Data data({family, form, 150, 9, 1, true, family != GlmFamily::squared, 0.1});
        const NlpProblem problem = problemOf(data, form, constraints);
        const Run cpu = solveOnCpu(problem, {}), device = solveOnDevice(problem, {});
        CHECK(device.outcome.status == Status::solved);
        CHECK_EQ(device.outcome.progress.iteration, cpu.outcome.progress.iteration);
        CHECK(distance(device.solution.x, cpu.solution.x) <= 1e-8);
        CHECK(distance(device.solution.multipliers, cpu.solution.multipliers) <= 1e-6);
        CHECK_EQ(device.solution.inertia.positive, cpu.solution.inertia.positive);
        CHECK_EQ(device.solution.counts.objective, cpu.solution.counts.objective);
      }
    }
  }
}

/// One text for all linear algebras.
TEST(theSamePartsOnTheCpu) {
  WorkerPool pool(2);
  for (const KktMethod inner : {KktMethod::exact, KktMethod::krylov}) {
    for (const Form form : {Form::dense, Form::dense32}) {
      const Data data({GlmFamily::poisson, form, 2500, 30, 1, true, true, 0.1});
      const NlpProblem problem = problemOf(data, form, Constraints::linear);
      NlpSettings settings;
      settings.inner = inner;
      Monitor monitor;
      const Run host = solveOn(Cpu(&pool, 0, &monitor), problem, settings, monitor);
      const Run device = solveOnDevice(problem, settings);
      CHECK(host.outcome.status == Status::solved);
      CHECK(distance(host.solution.x, device.solution.x) <= 1e-10);
      CHECK_EQ(host.solution.counts.innerSteps, device.solution.counts.innerSteps);
    }
  }
}

/// A model whose Hessian is dense: f = 1/2 ||x||^2 + sum_k c_k cos(a_k^T x), which has saddles, and ||x||^2 = 4.
NlpProblem waves(int n, bool constrained, double start) {
  Graph g(n);
  const int x = g.variables(0, n);
  ConstantMatrix a(2 * n, n, {});
  for (std::uint64_t k = 0; k < 2 * at(n) * at(n); ++k) a.values.push_back(Random(5).normal(k) / std::sqrt(n));
  const int cosines = g.sum(g.unary(Op::cos, g.matvec(x, g.matrix(a))));
  g.minimize(g.binary(Op::add, g.binary(Op::multiply, g.constant(0.5), g.norm2Squared(x, n)), cosines));
  if (constrained) g.equalZero(g.binary(Op::subtract, g.norm2Squared(x, n), g.constant(4)));
  NlpProblem problem;
  problem.nlp = std::make_shared<Program>(g);
  problem.start.assign(at(n), start);
  return problem;
}

TEST(denseModels) {
  for (const bool constrained : {false, true}) {
    for (const double start : {0.0, 0.4}) {
      if (constrained && start == 0) continue;  // the gradient of the constraint vanishes there
      for (const KktMethod inner : {KktMethod::exact, KktMethod::krylov}) {
        const NlpProblem problem = waves(15, constrained, start);
        NlpSettings settings;
        settings.inner = inner;
        const Run cpu = solveOnCpu(problem, settings), device = solveOnDevice(problem, settings);
        CHECK(cpu.outcome.status == Status::solved);
        CHECK(device.outcome.status == Status::solved);
        CHECK_EQ(device.solution.inertia.positive, 15 - (constrained ? 1 : 0));
        CHECK_EQ(device.solution.inertia.negative, 0);
        const auto at =
            check::conditionsAt(*problem.nlp.open(), problem.start, device.solution.x, device.solution.multipliers);
        CHECK(at.residual <= 1e-8);
        CHECK(at.leastCurvature >= -1e-7);
      }
    }
  }
}

/// All combinations in a long run; otherwise a third, which has each family, form and kind of constraints.
TEST(krylovWithASketch) {
  int combination = 0;
  for (const GlmFamily family : families) {
    for (const Form form : {Form::dense, Form::dense32}) {
      for (const Constraints constraints : {Constraints::none, Constraints::linear, Constraints::sphere}) {
        const int turn = combination / 3;
        if (combination++ % 3 != turn % 3 && !check::longRun()) continue;
        const Data data({family, form, 2500, 30, 1, false, true, 0.01});
        const NlpProblem problem = problemOf(data, form, constraints);
        NlpSettings settings;
        settings.inner = KktMethod::krylov;
        const Run cpu = solveOnCpu(problem, settings), device = solveOnDevice(problem, settings);
        CHECK(device.outcome.status == Status::solved);
        CHECK(distance(device.solution.x, cpu.solution.x) <= 1e-6);
        CHECK(distance(device.solution.multipliers, cpu.solution.multipliers) <= 1e-6);
        CHECK_EQ(device.solution.counts.innerSteps > 0,
                 constraints != Constraints::sphere);  // convex problems take inner steps
        CHECK(device.solution.counts.innerSteps <= 1.5 * static_cast<double>(cpu.solution.counts.innerSteps));
        CHECK(device.solution.counts.hessian <= cpu.solution.counts.hessian);
      }
    }
  }
}

TEST(earlierHessiansSaveSome) {
  for (const GlmFamily family : families) {
    const Data data({family, Form::dense, 2500, 30, 1, true, true, 0.1});
    const NlpProblem problem = problemOf(data, Form::dense, Constraints::linear);
    NlpSettings settings;
    const Run few = solveOnDevice(problem, settings);
    settings.sampleStart = false;
    settings.reuseHessian = false;
    const Run all = solveOnDevice(problem, settings);
    CHECK(few.outcome.status == Status::solved);
    CHECK(distance(few.solution.x, all.solution.x) <= 1e-7);
    CHECK(few.solution.counts.hessian < all.solution.counts.hessian);
    CHECK_EQ(few.solution.inertia.positive, all.solution.inertia.positive);
    if (family == GlmFamily::squared) CHECK_EQ(few.solution.counts.hessian, 1);
  }
}

TEST(krylovWithEarlierFactors) {
  const Data data({GlmFamily::logistic, Form::dense, 300, 12, 1, true, true, 0.1});
  const NlpProblem problem = problemOf(data, Form::dense, Constraints::linear);
  NlpSettings settings;
  settings.inner = KktMethod::krylov;
  settings.preconditioner = KktPreconditioner::lagged;
  const Run cpu = solveOnCpu(problem, settings), device = solveOnDevice(problem, settings);
  CHECK(device.outcome.status == Status::solved);
  CHECK(distance(device.solution.x, cpu.solution.x) <= 1e-8);
  CHECK_EQ(device.solution.counts.innerSteps, cpu.solution.counts.innerSteps);
  CHECK(device.solution.counts.innerSteps > 0);
}

TEST(krylovGivesUpForFactors) {
  const Data data({GlmFamily::logistic, Form::dense, 2500, 30, 1, false, true, 0.01});
  NlpSettings settings;
  settings.inner = KktMethod::krylov;
  settings.innerSteps = 1;
  const NlpProblem problem = problemOf(data, Form::dense, Constraints::linear);
  const Run cpu = solveOnCpu(problem, settings), device = solveOnDevice(problem, settings);
  CHECK(device.outcome.status == Status::solved);
  CHECK(device.solution.counts.fallback > 0);
  CHECK(distance(device.solution.x, cpu.solution.x) <= 1e-7);
}

TEST(dependentConstraintsAndWarmStarts) {
  const int n = 8;
  const Data data({GlmFamily::logistic, Form::dense, 100, n, 1, true, false, 0.1});
  Graph g(n);
  const int x = g.variables(0, n);
  for (int k = 0; k < 2; ++k) g.equalZero(g.binary(Op::subtract, g.sum(x), g.constant(1)));
  NlpProblem problem;
  problem.nlp = std::make_shared<ConstrainedObjective>(data.objective(Form::dense), std::make_shared<Program>(g));
  problem.start.assign(at(n), 0.0);
  const Run cpu = solveOnCpu(problem, {}), device = solveOnDevice(problem, {});
  CHECK(device.outcome.status == Status::solved);
  CHECK(distance(device.solution.x, cpu.solution.x) <= 1e-8);
  problem.start = device.solution.x;
  problem.multipliers = device.solution.multipliers;
  const Run again = solveOnDevice(problem, {});
  CHECK(again.outcome.status == Status::solved);
  CHECK(again.outcome.progress.iteration <= 1);
}

/// ||x||^2 = 1 and sum x = 3 sqrt(n): no point is feasible, as the restoration finds.
TEST(infeasible) {
  const int n = 6;
  const Data data({GlmFamily::squared, Form::dense, 60, n, 1, true, false, 0.1});
  Graph g(n);
  const int x = g.variables(0, n);
  g.equalZero(g.binary(Op::subtract, g.norm2Squared(x, n), g.constant(1)));
  g.equalZero(g.binary(Op::subtract, g.sum(x), g.constant(3 * std::sqrt(n))));
  NlpProblem problem;
  problem.nlp = std::make_shared<ConstrainedObjective>(data.objective(Form::dense), std::make_shared<Program>(g));
  problem.start.assign(at(n), 0.3);
  CHECK(solveOnCpu(problem, {}).outcome.status == Status::infeasible);
  CHECK(solveOnDevice(problem, {}).outcome.status == Status::infeasible);
}

TEST(sameBitsEachTime) {
  const Data data({GlmFamily::logistic, Form::dense32, 2500, 30, 1, false, true, 0.01});
  const NlpProblem problem = problemOf(data, Form::dense32, Constraints::linear);
  for (const KktMethod inner : {KktMethod::exact, KktMethod::krylov}) {
    NlpSettings settings;
    settings.inner = inner;
    CHECK(solveOnDevice(problem, settings).solution.x == solveOnDevice(problem, settings).solution.x);
  }
}

/// Vectors of n and m numbers, and the data once.
TEST(littleCrosses) {
  const int N = 4000, n = 40;
  const Data data({GlmFamily::logistic, Form::dense, N, n, 1, true, true, 0.1});
  for (const KktMethod inner : {KktMethod::exact, KktMethod::krylov}) {
    const NlpProblem problem =
        problemOf(data, Form::dense, inner == KktMethod::exact ? Constraints::sphere : Constraints::linear);
    NlpSettings settings;
    settings.inner = inner;
    const std::size_t before = simulated::counts().crossed;
    const Run run = solveOnDevice(problem, settings);
    const double crossed = static_cast<double>(simulated::counts().crossed - before);
    const bool krylov = inner == KktMethod::krylov;
    const double once = 8.0 * N * (n + 3) + (krylov ? 4.0 * 8 * N : 0);  // y, weights, offset; the sketch's entries
    const auto& counts = run.solution.counts;
    const double vectors =
        counts.objective + counts.gradient + 8 * counts.factorization + 8 * static_cast<double>(counts.innerSteps);
    CHECK(crossed >= once);
    CHECK(crossed <= once + 8 * (n + 3) * vectors);
    CHECK(vectors * (n + 3) < counts.hessian * n * n || krylov);  // or matrices might have crossed
  }
}

TEST(refusals) {
  const auto message = [](const NlpProblem& problem, const NlpSettings& settings) {
    return check::messageOf([&] { solveOnDevice(problem, settings); });
  };
  const Data data({GlmFamily::logistic, Form::dense, 100, 8, 0.2, true, false, 0.1});
  const NlpProblem dense = problemOf(data, Form::dense, Constraints::none);
  CHECK(check::contains(message(problemOf(data, Form::sparse, Constraints::none), {}), "sparse data"));
  NlpSettings settings;
  settings.inner = KktMethod::sketch;
  CHECK(check::contains(message(dense, settings), "inner 'sketch'"));
  settings = {};
  settings.preconditioner = KktPreconditioner::diagonal;
  CHECK(check::contains(message(dense, settings), "'diagonal'"));
  settings = {};
  settings.accuracy = KktAccuracy::paper;
  CHECK(check::contains(message(dense, settings), "accuracy 'paper'"));
  Graph g(100);
  g.minimize(g.norm2Squared(g.variables(0, 100), 100));
  NlpProblem sparse;
  sparse.nlp = std::make_shared<Program>(g);
  sparse.start.assign(100, 0.0);
  CHECK(check::contains(message(sparse, {}), "sparse Hessian"));
  CHECK(check::messageOf([&] { solveOnDevice({}, {}); }) == "nlp: expected functions");
}

/// Whatever call fails: an error, and nothing is left on the device.
TEST(failuresLeaveNothing) {
  const Data data({GlmFamily::logistic, Form::dense32, 300, 8, 1, true, true, 0.1});
  const NlpProblem problem = problemOf(data, Form::dense32, Constraints::sphere);
  NlpSettings settings;
  settings.inner = KktMethod::krylov;
  const long start = simulated::counts().calls;
  solveOnDevice(problem, settings);
  const long calls = simulated::counts().calls - start;
  CHECK(calls > 500);
  for (long k = 0; k < calls - 1; k += check::longRun() ? 97 : 389) {
    simulated::failAt(k);
    const std::string message = check::messageOf([&] { solveOnDevice(problem, settings); });
    CHECK(simulated::failed());
    CHECK(!message.empty());
    CHECK(simulated::counts().nothingAlive());
  }
  simulated::failAt(-1);
}

TEST(outOfMemory) {
  const Data data({GlmFamily::logistic, Form::dense, 1000, 40, 1, true, true, 0.1});
  simulated::setCapacity(1000 * 40 * 8 + 50000);
  const std::string message =
      check::messageOf([&] { solveOnDevice(problemOf(data, Form::dense, Constraints::none), {}); });
  CHECK(check::contains(message, "out of memory on the device"));
  CHECK(simulated::counts().nothingAlive());
  simulated::setCapacity(std::size_t{1} << 30);
}

TEST(abortAndReports) {
  const Data data({GlmFamily::poisson, Form::dense, 200, 10, 1, true, true, 0.1});
  NlpProblem problem = problemOf(data, Form::dense, Constraints::linear);
  problem.reportIterates = true;
  int reports = 0;
  Monitor* running = nullptr;
  Monitor monitor(INFINITY, [&](const Progress& report) {
    const auto& now = static_cast<const NlpProgress&>(report);
    CHECK(now.x != nullptr && now.x->size() == 10);
    if (++reports == 2) running->abort();
  });
  running = &monitor;
  NlpSettings settings;
  settings.checkInterval = 1;
  const Run run = solveOnDevice(problem, settings, monitor);
  CHECK(run.outcome.status == Status::aborted);
  CHECK(reports >= 2);
  CHECK(simulated::counts().nothingAlive());
}
