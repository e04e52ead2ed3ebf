// Every penalty of functions/selection_penalties.hpp against its definition and a grid: what stands in
// `SelectionPenalties` is tested without a word here.
// Compiled with sanitizers itself: what it tests stands in headers.
#include "functions/selection_penalties.hpp"

#include <cmath>

#include "check.hpp"
#include "core/random.hpp"

using namespace nonconvex;

namespace {

/// The least value of c / 2 u^2 - z u + P(u) on a fine grid over the interval.
template <class Penalty>
double leastOnGrid(const Penalty& penalty, double c, double z, double lower, double upper) {
  constexpr int points = 20000;
  double least = 0;
  for (int k = 0; k <= points; ++k) {
    const double u = lower + (upper - lower) * k / points;
    least = std::min(least, (c / 2 * u - z) * u + penalty.value(std::abs(u)));
  }
  return least;
}

template <class Penalty>
Penalty drawn(const Random& random, std::uint64_t at) {
  Penalty penalty;
  penalty.l = 2 * random.uniform(at);
  penalty.gamma = 2.05 + 4 * random.uniform(at + 1);  // allowed for each of them
  return penalty;
}

}  // namespace

TEST(minimisers_along_a_coordinate_are_global) {
  forEachType(SelectionPenalties{}, []<class Penalty>() {
    const Random random(3);
    for (std::uint64_t k = 0; k < (check::longRun() ? 600U : 60U); ++k) {
      const auto penalty = drawn<Penalty>(random, 10 * k);
      // Half of the curvatures are so small that the problem is not convex.
      const double c = k % 2 == 0 ? 0.02 + 0.4 * random.uniform(10 * k + 2) : 0.5 + 2 * random.uniform(10 * k + 2);
      const double z = 3 * random.normal(10 * k + 3);
      const double u = penalty.minimizer(c, z);
      const double value = (c / 2 * u - z) * u + penalty.value(std::abs(u));
      const double reach = 2 * std::abs(z) / c + 1;
      CHECK(value <= leastOnGrid(penalty, c, z, -reach, reach) + 1e-12);
    }
  });
}

TEST(minimisers_within_bounds_are_global) {
  forEachType(SelectionPenalties{}, []<class Penalty>() {
    const Random random(4);
    for (std::uint64_t k = 0; k < (check::longRun() ? 600U : 60U); ++k) {
      const auto penalty = drawn<Penalty>(random, 10 * k);
      const double c = 0.02 + 2 * random.uniform(10 * k + 2), z = 3 * random.normal(10 * k + 3);
      const double lower = -3 * random.uniform(10 * k + 4), upper = 3 * random.uniform(10 * k + 5);
      const double u = penalties::minimizerWithin(penalty, c, z, lower, upper);
      CHECK(u >= lower && u <= upper);
      const double value = (c / 2 * u - z) * u + penalty.value(std::abs(u));
      CHECK(value <= leastOnGrid(penalty, c, z, lower, upper) + 1e-12);
    }
  });
}

TEST(slopes_and_curvatures_are_derivatives) {
  forEachType(SelectionPenalties{}, []<class Penalty>() {
    const Random random(5);
    for (std::uint64_t k = 0; k < 200; ++k) {
      const auto penalty = drawn<Penalty>(random, 10 * k);
      const double s = 0.01 + 12 * random.uniform(10 * k + 2), h = 1e-6;
      // Not where a branch ends.
      if (std::abs(s - penalty.l) < 1e-4 || std::abs(s - penalty.gamma * penalty.l) < 1e-4) continue;
      CHECK_NEAR((penalty.value(s + h) - penalty.value(s - h)) / (2 * h), penalty.slope(s), 1e-7);
      CHECK_NEAR((penalty.slope(s + h) - penalty.slope(s - h)) / (2 * h), penalty.curvature(s), 1e-6);
    }
  });
}

TEST(the_least_weight_of_zero_is_where_minimisers_leave_it) {
  forEachType(SelectionPenalties{}, []<class Penalty>() {
    const Random random(6);
    for (std::uint64_t k = 0; k < 200; ++k) {
      auto penalty = drawn<Penalty>(random, 10 * k);
      const double c = 0.02 + 2 * random.uniform(10 * k + 2), a = 3 * random.uniform(10 * k + 3);
      const double least = penalty.weightOfZero(c, a);
      penalty.l = (1 + 1e-9) * least;
      CHECK(penalty.minimizer(c, a) == 0);
      penalty.l = (1 - 1e-9) * least;
      CHECK(penalty.minimizer(c, a) > 0);
    }
  });
}
