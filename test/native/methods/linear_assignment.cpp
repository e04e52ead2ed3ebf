// Assignments by shortest augmenting paths beside all permutations, their multipliers, and rows with too few columns.
#include "methods/assignment/linear_assignment.hpp"

#include <algorithm>
#include <numeric>

#include "check.hpp"
#include "core/index.hpp"
#include "core/numbers.hpp"
#include "core/random.hpp"

using namespace nonconvex;

namespace {

double leastSum(const std::vector<double>& costs, int rows, int columns) {
  std::vector<int> order(at(columns));
  std::iota(order.begin(), order.end(), 0);
  double least = infinity;
  do {
    double sum = 0;
    for (int i = 0; i < rows; ++i) sum += costs[at(i * columns + order[at(i)])];
    least = std::min(least, sum);
  } while (std::next_permutation(order.begin(), order.end()));
  return least;
}

void checkMultipliers(const LinearAssignment& assignment, const std::vector<double>& costs, int rows, int columns) {
  const AssignmentMultipliers proof = assignment.multipliers();
  for (int i = 0; i < rows; ++i) {
    for (int j = 0; j < columns; ++j) CHECK(proof.u[at(i)] + proof.v[at(j)] <= costs[at(i * columns + j)] + 1e-15);
  }
  for (int j = 0; j < columns; ++j) CHECK(rows == columns || proof.v[at(j)] <= 0);
}

void checkProof(const LinearAssignment& assignment, const std::vector<double>& costs, int columns) {
  CHECK_EQ(assignment.tooMany().size(), assignment.theirColumns().size() + 1);
  for (const int i : assignment.tooMany()) {
    for (int j = 0; j < columns; ++j) {
      const auto& theirs = assignment.theirColumns();
      const bool known = std::find(theirs.begin(), theirs.end(), j) != theirs.end();
      CHECK(known || costs[at(i * columns + j)] == infinity);
    }
  }
}

}  // namespace

TEST(assignmentsAreThoseOfEnumeration) {
  const Random random(5);
  std::uint64_t draw = 0;
  const Cpu la;
  for (int trial = 0; trial < 300; ++trial) {
    const int rows = 1 + static_cast<int>(random.below(draw++, 6));
    const int columns = rows + static_cast<int>(random.below(draw++, 2));
    std::vector<double> costs(at(rows * columns));
    const bool ties = trial % 2 == 0;
    const double forbidden = 0.2 * (trial % 4);
    for (double& c : costs) c = ties ? random.below(draw++, 4) : random.uniform(draw++) - 0.5;
    for (double& c : costs) c = random.uniform(draw++) < forbidden ? infinity : c;
    LinearAssignment assignment(la, rows, columns);
    assignment.start(costs.data());
    while (assignment.step()) {
    }
    const double least = leastSum(costs, rows, columns);
    CHECK_EQ(assignment.feasible(), least < infinity);
    if (!assignment.feasible()) {
      checkProof(assignment, costs, columns);
      continue;
    }
    double sum = 0;
    for (int i = 0; i < rows; ++i) sum += costs[at(i * columns + assignment.columnOf()[at(i)])];
    CHECK_NEAR(sum, least, 1e-13);
    CHECK_NEAR(assignment.multipliers().bound, least, 1e-13);
    checkMultipliers(assignment, costs, rows, columns);
  }
}

TEST(boundsOfIntegersAreExact) {
  const Random random(6);
  std::uint64_t draw = 0;
  const Cpu la;
  constexpr int n = 60;
  std::vector<double> costs(at(n * n));
  for (double& c : costs) c = random.below(draw++, 1000);
  LinearAssignment assignment(la, n, n);
  assignment.start(costs.data());
  while (assignment.step()) {
  }
  double sum = 0;
  for (int i = 0; i < n; ++i) sum += costs[at(i * n + assignment.columnOf()[at(i)])];
  CHECK_EQ(assignment.multipliers().bound, sum);
}
