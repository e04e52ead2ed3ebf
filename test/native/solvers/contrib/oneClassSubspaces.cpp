// Steps of `oneClassSubspaces` ask for no memory.
#include "allocations.hpp"
#include "check.hpp"
#include "draws.hpp"
#include "solvers/contrib/oneClassSubspaces/solver.hpp"

using namespace nonconvex;

TEST(oneClassSubspacesStepsAskForNoMemory) {
  const std::vector<double> x = normals(200, 8);
  OneClassSubspacesProblem problem;
  problem.x = {.f64 = x.data(), .rows = 50, .columns = 4};
  const Cpu la;
  SubspacePair solver(la, problem, {});
  CHECK_EQ(allocationsOf(solver, 20), 0L);
}
