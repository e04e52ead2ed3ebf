// Steps of `unlearn` ask for no memory.
#include "allocations.hpp"
#include "check.hpp"
#include "draws.hpp"
#include "solvers/contrib/unlearn/solver.hpp"

using namespace nonconvex;

TEST(unlearnStepsAskForNoMemory) {
  const std::vector<double> x = normals(200, 1);
  UnlearnProblem problem;
  problem.x = {.f64 = x.data(), .rows = 50, .columns = 4};
  for (int i = 0; i < 50; ++i) problem.y.push_back(i % 2);
  problem.coefficients = {0, 0, 0, 0};
  problem.rows = {1, 2};
  UnlearnSettings settings;
  settings.loss = UnlearnLoss::logistic;
  settings.lambda = 0.1;
  const Cpu la;
  RowUnlearning solver(la, problem, settings);
  CHECK_EQ(allocationsOf(solver, 5), 0L);
}
