// The simplex method on degenerate, dependent and cycling programs, proved by bounds and rays in exact arithmetic.
#include <cmath>
#include <cstdint>

#include "check.hpp"
#include "hard_linear_programs.hpp"

using namespace nonconvex;

namespace {

/// Most pivots of a program, beside rows and columns: more would be a cycle.
constexpr int patience = 20;

/// Solves a program and checks that the answer is proved. Columns without an upper bound get one that no optimal point
/// reaches, so that bounds from multipliers with rounding errors are finite.
LpStatus solveAndProve(const TestLp& lp) {
  DualSimplex simplex = lp.simplex();
  const LpStatus status = simplex.solve(nullptr, infinity, patience * (lp.columns() + simplex.rows()));
  checkAnswer(lp, simplex, status);
  if (status != LpStatus::optimal) return status;
  std::vector<double> lower = lp.lower, upper = lp.upper;
  for (double& bound : lower) bound = std::max(bound, -1e3);
  for (double& bound : upper) bound = std::min(bound, 1e3);
  const double bound = safeBound(simplex.linearRows(), simplex.multipliers(), lp.c, lower, upper);
  CHECK(simplex.objective() - bound <= 1e-9 * std::max(1.0, std::abs(bound)));
  CHECK(simplex.objective() - bound >= -1e-9 * std::max(1.0, std::abs(bound)));
  return status;
}

/// Solves programs of several sizes; returns how many had a solution.
template <class Make>
int solveAll(Make&& make, int count = 60) {
  int optimal = 0;
  for (int seed = 0; seed < check::repetitions(count); ++seed) {
    optimal += solveAndProve(make(seed % 8, static_cast<std::uint64_t>(seed))) == LpStatus::optimal;
  }
  return optimal;
}

}  // namespace

TEST(assignmentsAreProved) {
  const int optimal = solveAll([](int size, std::uint64_t seed) { return hard::assignment(3 + size, seed); });
  CHECK_EQ(optimal, check::repetitions(60));
}

TEST(transportationsAreProved) {
  const int optimal =
      solveAll([](int size, std::uint64_t seed) { return hard::transportation(3 + size, 4 + size, seed); });
  CHECK_EQ(optimal, check::repetitions(60));
}

TEST(denseRowsThatRepeatAreProved) {
  for (const bool boxed : {true, false}) {
    const int optimal =
        solveAll([&](int size, std::uint64_t seed) { return hard::repeatedRows(5 + 2 * size, 4 + size, boxed, seed); });
    CHECK(optimal > check::repetitions(60) / 2);
  }
}

TEST(conesAreProved) {
  const int optimal =
      solveAll([](int size, std::uint64_t seed) { return hard::cone(6 + 3 * size, 5 + 2 * size, seed); });
  CHECK(optimal > check::repetitions(60) / 3);
}

TEST(coversAreProved) {
  const int optimal =
      solveAll([](int size, std::uint64_t seed) { return hard::cover(10 + 8 * size, 10 + 8 * size, seed); });
  CHECK_EQ(optimal, check::repetitions(60));
}

TEST(flowsAreProved) {
  const int optimal =
      solveAll([](int size, std::uint64_t seed) { return hard::flow(3 + size / 2, 3 + size / 2, seed); });
  CHECK(optimal > check::repetitions(60) / 2);
  CHECK(check::sanitized || optimal < check::repetitions(60));  // some of 60 are infeasible, of a few maybe none
}

TEST(furtherExamplesOfCycling) {
  DualSimplex simplex = hard::kuhn().simplex();
  CHECK(simplex.solve() == LpStatus::optimal);
  CHECK_NEAR(simplex.objective(), -2, 1e-12);
  CHECK(solveAndProve(hard::kuhn()) == LpStatus::optimal);
  for (const double omega : {0.5, 1.0, 2.0, 10.0}) CHECK(solveAndProve(hard::rotations(omega)) == LpStatus::optimal);
}
