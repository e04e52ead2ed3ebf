// Steps of `teachKernel` ask for no memory.
#include "allocations.hpp"
#include "check.hpp"
#include "draws.hpp"
#include "solvers/contrib/teachKernel/solver.hpp"

using namespace nonconvex;

TEST(teachKernelStepsAskForNoMemory) {
  const std::vector<double> x = normals(60, 2);
  TeachKernelProblem problem;
  problem.x = {.f64 = x.data(), .rows = 30, .columns = 2};
  problem.y = HostMatrix<double>(30, 2);
  for (std::size_t k = 0; k < problem.y.size(); ++k) problem.y.data()[k] = x[k];
  const Cpu la;
  KernelTeaching solver(la, problem, {});
  CHECK_EQ(allocationsOf(solver, 10), 0L);
}
