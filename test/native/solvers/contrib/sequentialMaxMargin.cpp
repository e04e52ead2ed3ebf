// Steps of `sequentialMaxMargin` ask for no memory.
#include "allocations.hpp"
#include "check.hpp"
#include "solvers/contrib/sequentialMaxMargin/solver.hpp"

using namespace nonconvex;

TEST(sequentialMaxMarginStepsAskForNoMemory) {
  const std::vector<double> x = {1, 0.1, -0.2, 1, 0.5, 1};
  SequentialMaxMarginProblem problem;
  problem.x = {.f64 = x.data(), .rows = 3, .columns = 2};
  problem.y = {1, 1, 1};
  problem.tasks = {0, 1, 3};
  const Cpu la;
  SequentialProjections solver(la, problem, {});
  CHECK_EQ(allocationsOf(solver, 10), 0L);
}

TEST(sequentialMaxMarginHasNoMarginsBeforeItStarts) {
  const std::vector<double> x = {1, 0.1};
  SequentialMaxMarginProblem problem;
  problem.x = {.f64 = x.data(), .rows = 1, .columns = 2};
  problem.y = {1};
  problem.tasks = {0, 1};
  const Cpu la;
  SequentialProjections solver(la, problem, {});
  CHECK(solver.solution().margins.empty());
  solver.start();
  CHECK(solver.solution().margins == std::vector<double>{0});
}
