// Filters of images that have two kinds of patches, and steps that ask for no memory.
#include "allocations.hpp"
#include "check.hpp"
#include "core/index.hpp"
#include "solvers/relu/learnPatches/solver.hpp"

using namespace nonconvex;

namespace {

/// Images of 4 x 4 pixels with lines across or along: patches of size 2 have a line in one of two places.
std::vector<double> lines() {
  std::vector<double> x(2 * 16);
  for (int i = 0; i < 4; ++i) {
    for (int j = 0; j < 4; ++j) {
      x[at(4 * i + j)] = i % 2;
      x[at(16 + 4 * i + j)] = j % 2;
    }
  }
  return x;
}

LearnPatchesProblem problemOf(const std::vector<double>& x) {
  LearnPatchesProblem problem;
  problem.x = {.f64 = x.data(), .rows = 2, .columns = 16};
  problem.shape = {4, 4, 1};
  return problem;
}

LearnPatchesSettings settings() {
  LearnPatchesSettings made;
  made.count = 12;
  made.size = 2;
  made.sample = 200;
  return made;
}

}  // namespace

TEST(learnPatchesFindsAllKindsOfPatches) {
  const std::vector<double> x = lines();
  const LearnPatchesProblem problem = problemOf(x);
  const Cpu la;
  Monitor monitor;
  LearnPatchesSolver<Cpu> solver(la, problem, settings());
  const Outcome outcome = iterate(solver, settings(), monitor);
  CHECK(outcome.status == Status::solved);
  // Patches less their means are +-(1/2, 1/2, -1/2, -1/2) or turned; ||p||^2 = 1, contrast = 0.1.
  const LearnPatchesSolution found = solver.solution();
  CHECK(std::abs(found.contrast - 0.1) < 1e-12);
  CHECK(std::abs(solver.progress().objective - (1 - 1 / std::sqrt(1.1))) < 1e-12);
  for (int f = 0; f < found.filters.cols(); ++f) {
    for (int k = 0; k < 4; ++k) CHECK(std::abs(std::abs(found.filters(k, f)) - 0.5) < 1e-12);
  }
}

TEST(learnPatchesStepsAskForNoMemory) {
  const std::vector<double> x = lines();
  const LearnPatchesProblem problem = problemOf(x);
  const Cpu la;
  LearnPatchesSolver<Cpu> solver(la, problem, settings());
  CHECK_EQ(allocationsOf(solver, 10), 0L);
}
