// Singular values, a closed form, and steps that ask for no memory.
#include "solvers/deepLinear/solver.hpp"

#include "allocations.hpp"
#include "check.hpp"
#include "core/random.hpp"
#include "core/run.hpp"

using namespace nonconvex;

namespace {

HostMatrix<double> normals(int rows, int cols, std::uint64_t seed) {
  HostMatrix<double> made(rows, cols);
  const Random random(seed);
  for (std::size_t k = 0; k < made.size(); ++k) made.data()[k] = random.normal(k);
  return made;
}

double dot(int n, const double* a, const double* b) {
  double sum = 0;
  for (int i = 0; i < n; ++i) sum += a[i] * b[i];
  return sum;
}

}  // namespace

TEST(deepLinearSingularValuesComposeTheMatrix) {
  for (const auto& [rows, cols] : {std::pair{7, 4}, std::pair{4, 7}, std::pair{5, 5}, std::pair{3, 1}}) {
    JacobiSvd svd(rows, cols);
    for (std::uint64_t seed = 1; seed < 4; ++seed) {
      const HostMatrix<double> a = normals(rows, cols, seed);
      svd.decompose(a);
      for (int j = 0; j < cols; ++j) {
        for (int i = 0; i < rows; ++i) {
          double sum = 0;
          for (int k = 0; k < svd.count(); ++k) sum += svd.value(k) * svd.left(k)[i] * svd.right(k)[j];
          CHECK(std::abs(sum - a(i, j)) < 1e-13);
        }
      }
      for (int k = 0; k < svd.count(); ++k) {
        for (int l = 0; l <= k; ++l) {
          CHECK(std::abs(dot(rows, svd.left(k), svd.left(l)) - (k == l)) < 1e-13);
          CHECK(std::abs(dot(cols, svd.right(k), svd.right(l)) - (k == l)) < 1e-13);
        }
        if (k > 0) CHECK(svd.value(k) <= svd.value(k - 1));
      }
    }
  }
}

TEST(deepLinearShrinksTheSingularValues) {
  DeepLinearProblem problem;
  const double x[] = {1, 0, 0, 1}, y[] = {3, 0, 0, 0.5};
  problem.x = {.f64 = x, .rows = 2, .columns = 2};
  problem.y = {.f64 = y, .rows = 2, .columns = 2};
  DeepLinearSettings settings;
  settings.lambda = 1;
  const Cpu la;
  Monitor monitor;
  LinearNetworkSolver solver(la, problem, settings);
  CHECK(iterate(solver, settings, monitor).status == Status::solved);
  const DeepLinearSolution found = solver.solution();
  CHECK_EQ(found.singularValues.size(), std::size_t{1});
  CHECK(std::abs(found.singularValues[0] - 2) < 1e-14);
}

TEST(deepLinearStepsAskForNoMemory) {
  DeepLinearProblem problem;
  const HostMatrix<double> x = normals(6, 30, 1), y = normals(4, 30, 2);  // stored by rows
  problem.x = {.f64 = x.data(), .rows = 30, .columns = 6};
  problem.y = {.f64 = y.data(), .rows = 30, .columns = 4};
  const Cpu la;
  LinearNetworkSolver solver(la, problem, {});
  solver.start();
  const long before = allocations;
  for (int k = 0; k < 50; ++k) {
    solver.step();
    solver.progress();
  }
  CHECK_EQ(allocations - before, 0L);
}
