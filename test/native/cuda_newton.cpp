// Newton's method with its Hessian on a device: the solutions of the CPU. The device is simulated.
#include "check.hpp"
#include "cuda/cuda.hpp"
#include "glm_data.hpp"
#include "simulated_device.hpp"
#include "solvers/newton.hpp"
#include "solvers/newton_resident.hpp"

using namespace glm;

namespace {

struct Run {
  Outcome outcome;
  NewtonSolution solution;
};

Run solveOnCpu(const NewtonProblem& problem, const NewtonSettings& settings) {
  Monitor monitor;
  const Cpu la(nullptr, 1, &monitor);
  NewtonSolver<Cpu> solver(la, problem, settings);
  Run run;
  run.outcome = iterate(solver, settings, monitor);
  run.solution = solver.solution();
  return run;
}

Run solveOnDevice(const NewtonProblem& problem, const NewtonSettings& settings, Monitor& monitor) {
  requireOnDevice(settings);
  const Cuda<double> la(simulated::tables(), &monitor);
  const ResidentProblem<Cuda<double>> resident(la, problem);
  const Cpu host(nullptr, 1, &monitor);
  NewtonSolver<Cpu> solver(host, resident.problem(), settings);
  Run run;
  run.outcome = iterate(solver, settings, monitor);
  run.solution = solver.solution();
  return run;
}

Run solveOnDevice(const NewtonProblem& problem, const NewtonSettings& settings) {
  Monitor monitor;
  return solveOnDevice(problem, settings, monitor);
}

enum class Constraints { none, linear, sphere };

NewtonProblem problemOf(const Data& data, Form form, Constraints constraints) {
  const int n = data.rows.matrix.columns;
  std::shared_ptr<Oracle> other;
  if (constraints != Constraints::none) {
    Graph g(n);
    const int x = g.variables(0, n);
    ConstantMatrix two{.rows = 2, .columns = n, .values = {}, .offsets = {}, .indices = {}};
    for (std::uint64_t k = 0; k < 2 * at(n); ++k) two.values.push_back(Random(3).normal(k));
    g.equalZero(g.binary(Op::subtract, g.matvec(x, g.matrix(two)), g.constant(0.3)));
    if (constraints == Constraints::sphere) {
      g.equalZero(g.binary(Op::subtract, g.norm2Squared(x, n), g.constant(1)));
    }
    other = std::make_shared<Program>(g);
  }
  NewtonProblem problem;
  problem.oracle = std::make_shared<ConstrainedObjective>(data.objective(form), other);
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
          ResidentGlm<Cuda<double>> device(la, cpu->data(), cpu->dense());
          const auto ask = [&](Objective& f, double at) {
            const std::vector<double> x(static_cast<std::size_t>(n), at), v(x.size(), 0.7);
            std::vector<double> g(x.size()), Hv(x.size()), H(f.hessianPattern().nonzeros());
            f.moveTo(x);
            std::vector<double> all = {f.value()};
            f.hessianProduct(0.5, v, Hv);
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
        const NewtonProblem problem = problemOf(data, form, constraints);
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
