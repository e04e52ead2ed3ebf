// The median of a triangle, and steps that ask for no memory.
#include "solvers/newFamily/newFunction/solver.hpp"

#include "allocations.hpp"
#include "check.hpp"

using namespace nonconvex;

namespace {

const std::vector<double> corners = {0, 0, 1, 0, 0, 1};

NewFunctionProblem triangle() {
  NewFunctionProblem problem;
  problem.x = {.f64 = corners.data(), .rows = 3, .columns = 2};
  return problem;
}

}  // namespace

TEST(newFunctionFindsTheMedian) {
  const NewFunctionProblem problem = triangle();
  NewFunctionSettings settings;
  settings.tolerance = 1e-11;
  const Cpu la;
  Monitor monitor;
  NewFunctionSolver<Cpu> solver(la, problem, settings);
  CHECK(iterate(solver, settings, monitor).status == Status::solved);
  const double side = (3 - std::sqrt(3.0)) / 6;
  for (const double entry : solver.solution().center) CHECK(std::abs(entry - side) < 1e-9);
}

TEST(newFunctionStepsAskForNoMemory) {
  const NewFunctionProblem problem = triangle();
  const Cpu la;
  NewFunctionSolver<Cpu> solver(la, problem, {});
  CHECK_EQ(allocationsOf(solver, 10), 0L);
}
