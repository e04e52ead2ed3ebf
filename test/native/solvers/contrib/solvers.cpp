// Steps of the solvers of the family ask for no memory.
#include "allocations.hpp"
#include "check.hpp"
#include "core/random.hpp"
#include "core/run.hpp"
#include "solvers/contrib/blindCalibration/solver.hpp"
#include "solvers/contrib/checkeredRegression/solver.hpp"
#include "solvers/contrib/oneClassSubspaces/solver.hpp"
#include "solvers/contrib/robustMixedModel/solver.hpp"
#include "solvers/contrib/sequentialMaxMargin/solver.hpp"
#include "solvers/contrib/supervisedDictionary/solver.hpp"
#include "solvers/contrib/teachKernel/solver.hpp"
#include "solvers/contrib/unlearn/solver.hpp"

using namespace nonconvex;

namespace {

std::vector<double> normals(int count, std::uint64_t seed) {
  std::vector<double> made;
  const Random random(seed);
  for (int k = 0; k < count; ++k) made.push_back(random.normal(static_cast<std::uint64_t>(k)));
  return made;
}

/// Allocations of some steps after one that may have set things up.
template <class Solver>
long allocationsOf(Solver& solver, int steps) {
  solver.start();
  solver.step();
  const long before = allocations;
  for (int k = 0; k < steps; ++k) {
    solver.step();
    solver.progress();
  }
  return allocations - before;
}

}  // namespace

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

TEST(robustMixedModelStepsAskForNoMemory) {
  const std::vector<double> x = normals(200, 4);
  RobustMixedModelProblem problem;
  problem.x = {.f64 = x.data(), .rows = 100, .columns = 2};
  problem.y = normals(100, 5);
  for (int i = 0; i < 100; ++i) problem.groups.push_back(i % 9);
  problem.groupCount = 9;
  const Cpu la;
  StudentMixedModel solver(la, problem, {});
  CHECK_EQ(allocationsOf(solver, 10), 0L);
}

TEST(blindCalibrationStepsAskForNoMemory) {
  const std::vector<double> a = normals(10 * 3 * 4, 6);
  BlindCalibrationProblem problem;
  problem.a = {.f64 = a.data(), .rows = 40, .columns = 3};
  problem.y = normals(40, 7);
  problem.sensors = 10;
  BlindCalibrationSettings settings;
  settings.rho = 0.5;
  const Cpu la;
  BlindDescent solver(la, problem, settings);
  CHECK_EQ(allocationsOf(solver, 50), 0L);
}

TEST(oneClassSubspacesStepsAskForNoMemory) {
  const std::vector<double> x = normals(200, 8);
  OneClassSubspacesProblem problem;
  problem.x = {.f64 = x.data(), .rows = 50, .columns = 4};
  const Cpu la;
  SubspacePair solver(la, problem, {});
  CHECK_EQ(allocationsOf(solver, 20), 0L);
}

TEST(supervisedDictionaryStepsAskForNoMemory) {
  const std::vector<double> x = normals(200, 9);
  SupervisedDictionaryProblem problem;
  problem.x = {.f64 = x.data(), .rows = 50, .columns = 4};
  for (int i = 0; i < 50; ++i) problem.y.push_back(x[4 * i] > 0 ? 1 : 0);
  const Cpu la;
  DictionaryDescent solver(la, problem, {});
  CHECK_EQ(allocationsOf(solver, 10), 0L);
}

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
