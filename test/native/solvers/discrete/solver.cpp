// The minimiser of a small quadratic, and steps that ask for no memory.
#include "solvers/discrete/solver.hpp"

#include "allocations.hpp"
#include "check.hpp"

using namespace nonconvex;

namespace {

/// Q = (2 1; 1 3), c = (-1, -2), whose minimiser is (1/5, 3/5).
DiscreteProblem example() {
  DiscreteProblem problem;
  problem.Q = HostMatrix<double>(2, 2);
  problem.Q(0, 0) = 2;
  problem.Q(0, 1) = problem.Q(1, 0) = 1;
  problem.Q(1, 1) = 3;
  problem.c = {-1, -2};
  return problem;
}

}  // namespace

TEST(discreteFindsTheMinimiser) {
  const DiscreteProblem problem = example();
  DiscreteSettings settings;
  settings.tolerance = 1e-12;
  const Cpu la;
  Monitor monitor;
  DiscreteSolver<Cpu> solver(la, problem, settings);
  const Outcome outcome = iterate(solver, settings, monitor);
  CHECK(outcome.status == Status::solved);
  CHECK(std::abs(solver.solution().x[0] - 0.2) < 1e-11);
  CHECK(std::abs(solver.solution().x[1] - 0.6) < 1e-11);
}

TEST(discreteStepsAskForNoMemory) {
  const DiscreteProblem problem = example();
  const Cpu la;
  DiscreteSolver<Cpu> solver(la, problem, {});
  solver.start();
  const long before = allocations;
  for (int k = 0; k < 10; ++k) solver.step();
  solver.progress();
  CHECK_EQ(allocations - before, 0L);
}
