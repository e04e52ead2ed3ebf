// Steps of `robustMixedModel` ask for no memory.
#include "allocations.hpp"
#include "check.hpp"
#include "draws.hpp"
#include "solvers/contrib/robustMixedModel/solver.hpp"

using namespace nonconvex;

TEST(robustMixedModelStepsAskForNoMemory) {
  const std::vector<double> x = normals(200, 4);
  RobustMixedModelProblem problem;
  problem.x = {.f64 = x.data(), .rows = 100, .columns = 2};
  problem.y = normals(100, 5);
  for (int i = 0; i < 100; ++i) problem.groups.push_back(i % 9);
  const Cpu la;
  StudentMixedModel solver(la, problem, {});
  CHECK_EQ(allocationsOf(solver, 10), 0L);
}
