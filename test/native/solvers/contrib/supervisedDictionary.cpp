// Steps of `supervisedDictionary` ask for no memory.
#include "allocations.hpp"
#include "check.hpp"
#include "draws.hpp"
#include "solvers/contrib/supervisedDictionary/solver.hpp"

using namespace nonconvex;

TEST(supervisedDictionaryStepsAskForNoMemory) {
  const std::vector<double> x = normals(200, 9);
  SupervisedDictionaryProblem problem;
  problem.x = {.f64 = x.data(), .rows = 50, .columns = 4};
  for (int i = 0; i < 50; ++i) problem.y.push_back(x[4 * i] > 0 ? 1 : 0);
  const Cpu la;
  DictionaryDescent solver(la, problem, {});
  CHECK_EQ(allocationsOf(solver, 10), 0L);
}
