// What results say of solutions under bounds and inequalities, where all of it is known.
#include <cmath>
#include <cstdint>
#include <vector>

#include "bounded_solve.hpp"
#include "check.hpp"

using namespace nonconvex;
using namespace expressions;

namespace {

using Indices = std::vector<std::int32_t>;

/// Gradients of some hundreds, so that objective and rows are scaled; x_3 is fixed, and the second row has no sides.
Minimize steep(Variables x) {
  return {1000 * (square(x(1) - 2) + square(x(2) - 1)) + 3000 * x(3) - 10 * x(4), {500 * (x(1) + x(2)), x(1) - x(2)}};
}

GivenBounds boundsOfSteep() {
  return {{-infinity, 0.25, 0.5, 0}, {infinity, 4, 0.5, 1}, {-infinity, -infinity}, {500, infinity}};
}

}  // namespace

TEST(resultHasMultipliersOfTheProblemAsGiven) {
  const Result result = solve({0, 2, 0.5, 0.5}, boundsOfSteep(), steep);
  const NlpSolution& s = result.solution;
  CHECK(result.outcome.status == Status::solved);
  CHECK_NEAR(result.outcome.progress.objective, 3615, 1e-9);
  CHECK_NEAR(s.x[0], 0.75, 1e-12);
  CHECK(s.x[1] == 0.25 && s.x[2] == 0.5 && s.x[3] == 1);
  // 2000 (x_1 - 2) + 500 y = 0, 2000 (x_2 - 1) + 500 y = z.
  CHECK_NEAR(s.multipliers[0], 5, 1e-9);
  CHECK_NEAR(s.multipliers[1], 0, 0);
  CHECK_NEAR(s.lowerMultipliers[1], 1000, 1e-6);
  CHECK_NEAR(s.lowerMultipliers[2], 3000, 1e-6);
  CHECK_NEAR(s.upperMultipliers[3], 10, 1e-8);
  CHECK(s.lowerMultipliers[0] == 0 && s.lowerMultipliers[3] == 0);
  CHECK(s.upperMultipliers[0] == 0 && s.upperMultipliers[1] == 0 && s.upperMultipliers[2] == 0);
  CHECK_NEAR(s.constraintValues[0], 500, 1e-9);
  CHECK_NEAR(s.constraintValues[1], 0.5, 1e-12);
  CHECK((s.activeLower == Indices{1, 2}) && (s.activeUpper == Indices{2, 3}) && s.activeConstraints == Indices{0});
  CHECK(s.polished && !s.degenerate && s.phase == NlpPhase::interiorPoint);
  CHECK(s.inertia.positive == 0 && s.inertia.negative == 0 && s.inertia.zero == 0);
  CHECK(s.feasibility <= 1e-12 && s.complementarity <= 1e-9 && s.residual <= 1e-10);
  CHECK(s.barrier > 0 && s.barrier < 1e-7 && s.counts.phases == 1);
}

TEST(resultOfALowerSideHasANegativeMultiplier) {
  const Result result = solve({3, 0.1}, {{0, 0}, {infinity, infinity}, {1}, {infinity}}, [](Variables x) {
    return Minimize{x(1) + x(2), {x(1) * x(2)}};
  });
  const NlpSolution& s = result.solution;
  CHECK(result.outcome.status == Status::solved);
  CHECK_NEAR(s.x[0], 1, 1e-10);
  CHECK_NEAR(s.x[1], 1, 1e-10);
  CHECK_NEAR(s.multipliers[0], -1, 1e-10);
  CHECK(s.activeConstraints == Indices{0} && s.activeLower.empty() && s.activeUpper.empty());
  // The Hessian of L is [0 -1; -1 0], which is positive along (1, -1).
  CHECK(s.inertia.positive == 1 && s.inertia.negative == 0 && s.inertia.zero == 0);
}

TEST(resultSaysWhereABoundHoldsWeakly) {
  const Result result = solve({0.7, 0.3}, {{0, 0}, {infinity, infinity}, {}, {}}, [](Variables x) {
    return Minimize{square(x(1)) + square(x(2) - 1), {}};
  });
  CHECK(result.outcome.status == Status::solved);
  CHECK(result.solution.degenerate);
  CHECK(result.solution.inertia.positive == 2);
  CHECK(result.solution.x[0] >= 0 && result.solution.x[0] <= 1e-6);
}

TEST(polishMayBeLeftOut) {
  NlpSettings settings;
  settings.polish = false;
  const Result result = solve({0, 2, 0.5, 0.5}, boundsOfSteep(), steep, settings);
  const NlpSolution& s = result.solution;
  CHECK(result.outcome.status == Status::solved && !s.polished);
  CHECK(s.residual <= 1e-8 && s.residual > 0);
  CHECK_NEAR(s.x[0], 0.75, 1e-7);
  // Cut to the bounds, this point would not be a solution to the tolerance: it keeps those that a solve relaxes.
  constexpr double relaxed = 1e-8;
  CHECK(s.x[1] >= 0.25 - relaxed && s.x[2] == 0.5 && s.x[3] <= 1 + relaxed);
  CHECK(s.feasibility <= 1e-5);
  CHECK_NEAR(s.multipliers[0], 5, 1e-4);
}

TEST(resultOfEquationsHasTheSameMembers) {
  const Result result = solve({2, 0.5}, {}, [](Variables x) {
    return Minimize{x(1) + x(2), {square(x(1)) + square(x(2)) - 2}};
  });
  const NlpSolution& s = result.solution;
  CHECK(result.outcome.status == Status::solved);
  CHECK((s.lowerMultipliers == std::vector<double>{0, 0}) && (s.upperMultipliers == std::vector<double>{0, 0}));
  CHECK(s.constraintValues.size() == 1 && std::abs(s.constraintValues[0]) <= 1e-8);
  CHECK(s.activeLower.empty() && s.activeUpper.empty() && s.activeConstraints.empty());
  CHECK(s.phase == NlpPhase::newton && !s.polished && !s.degenerate && s.complementarity == 0);
  CHECK(!result.outcome.progress.phase.has_value() && !isKnown(result.outcome.progress.barrier));
}

// With two gradients that are the same, and small beside another one.
TEST(dependentGradientsAreNoSaddles) {
  const Result result = solve({1, 1, 1}, {{-infinity, -infinity, -5}, {}, {}, {}}, [](Variables x) {
    return Minimize{square(x(3)) - square(x(2)), {100 * x(1), 1e-3 * x(2), 1e-3 * x(2)}};
  });
  CHECK(result.outcome.status == Status::solved);
  CHECK_NEAR(result.solution.x[1], 0, 1e-8);
  CHECK_EQ(result.solution.inertia.positive, 1);
  CHECK_EQ(result.solution.inertia.negative, 0);
}

// A bound holds weakly at the start, a saddle, where rows are curved; f is lower inside.
TEST(degenerateSaddlesAreLeftAlongCurvedRows) {
  const Result result = solve({0, 0, 0}, {{0, -1, -2}, {1, 1, 2}, {}, {}}, [](Variables x) {
    return Minimize{x(3) - square(x(1)) - square(x(2)), {x(3) - 0.5 * square(x(2))}};
  });
  CHECK(result.outcome.status == Status::solved);
  CHECK_NEAR(result.outcome.progress.objective, -1.5, 1e-8);
}

// The start is a stationary point between two minima at the ends of a box.
TEST(saddlesWithinBoundsAreLeft) {
  const Result result = solve({0.3, 0}, {{-2, -1}, {2, 1}, {-infinity}, {5}}, [](Variables x) {
    return Minimize{square(x(1) - 0.5) - square(x(2)) + 0.25 * pow(x(2), 4), {x(1) + x(2)}};
  });
  CHECK(result.outcome.status == Status::solved);
  CHECK_NEAR(result.outcome.progress.objective, -0.75, 1e-10);
  CHECK_NEAR(std::abs(result.solution.x[1]), 1, 1e-12);
  CHECK(result.solution.inertia.negative == 0);
}
