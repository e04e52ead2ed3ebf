// Steps of `blindCalibration` ask for no memory.
#include "allocations.hpp"
#include "check.hpp"
#include "draws.hpp"
#include "solvers/contrib/blindCalibration/solver.hpp"

using namespace nonconvex;

TEST(blindCalibrationStepsAskForNoMemory) {
  const std::vector<double> a = normals(10 * 3 * 4, 6);
  BlindCalibrationProblem problem;
  problem.A = {.f64 = a.data(), .rows = 40, .columns = 3};
  problem.y = normals(40, 7);
  problem.sensors = 10;
  BlindCalibrationSettings settings;
  settings.gainRange = 0.5;
  const Cpu la;
  BlindDescent solver(la, problem, settings);
  CHECK_EQ(allocationsOf(solver, 50), 0L);
}
