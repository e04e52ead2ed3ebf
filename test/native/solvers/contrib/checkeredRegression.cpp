// Steps of `checkeredRegression` ask for no memory.
#include "allocations.hpp"
#include "check.hpp"
#include "draws.hpp"
#include "solvers/contrib/checkeredRegression/solver.hpp"

using namespace nonconvex;

TEST(checkeredRegressionStepsAskForNoMemory) {
  const std::vector<double> x = normals(200, 3);
  CheckeredRegressionProblem problem;
  problem.x = {.f64 = x.data(), .rows = 100, .columns = 2};
  for (int i = 0; i < 100; ++i) problem.y.push_back(x[2 * i] * x[2 * i + 1] > 0 ? 1 : -1);
  for (const CheckeredMethod method : {CheckeredMethod::em, CheckeredMethod::gd}) {
    CheckeredRegressionSettings settings;
    settings.method = method;
    const Cpu la;
    CheckeredDescent solver(la, problem, settings);
    CHECK_EQ(allocationsOf(solver, 100), 0L);
  }
}
