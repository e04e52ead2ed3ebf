// A copy of a network whose two hidden units were exchanged.
#include "check.hpp"
#include "solvers/discrete/alignNetworks/solver.hpp"

using namespace nonconvex;

namespace {

AlignProblem exchanged() {
  AlignProblem problem;
  problem.widths = {2, 2, 1};
  problem.weightsA = {1, 2, -3, 1, 2, -1};
  problem.biasesA = {0.5, -0.5, 1};
  problem.weightsB = {-3, 1, 1, 2, -1, 2};
  problem.biasesB = {-0.5, 0.5, 1};
  return problem;
}

AlignSolution solved(const AlignProblem& problem, const AlignSettings& settings) {
  const Cpu la;
  Monitor monitor;
  AlignNetworksSolver<Cpu> solver(la, problem, settings);
  CHECK(iterate(solver, settings, monitor).status == Status::solved);
  return solver.solution();
}

}  // namespace

TEST(exchangedUnitsAreFound) {
  const AlignSolution found = solved(exchanged(), {});
  CHECK(found.order == std::vector<int>({1, 0}));
  CHECK_EQ(found.certificate.lowerBound, 0.0);
  CHECK_EQ(found.factorsA.size(), 2u);
  CHECK_EQ(found.factorsA[0], found.factorsB[1]);
}

TEST(exchangedUnitsAreFoundByActivations) {
  AlignProblem problem = exchanged();
  const std::vector<double> x = {1, 0, 0, 1, -1, 2};
  problem.x = {.f64 = x.data(), .rows = 3, .columns = 2};
  problem.loss = SegmentLoss::squared;
  problem.y = {1, 2, 3};
  AlignSettings settings;
  settings.by = AlignBy::activations;
  settings.points = 3;
  const AlignSolution found = solved(problem, settings);
  CHECK(found.order == std::vector<int>({1, 0}));
  CHECK_EQ(found.after.loss.size(), 3u);
  CHECK_NEAR(found.after.height, 0, 1e-14);
  CHECK(found.before.loss[1] != found.after.loss[1]);
}
