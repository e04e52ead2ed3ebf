// Multipliers and gaps that rounding decides about, against answers by hand.
#include "methods/quadratic/least_multipliers.hpp"

#include <cmath>
#include <vector>

#include "check.hpp"
#include "core/numbers.hpp"

using namespace nonconvex;

namespace {

/// 1/2 |x|^2 + c^T x of two variables with rows of G.
ConvexQuadratic programOf(std::vector<double> c, const std::vector<std::vector<double>>& rows) {
  ConvexQuadratic p;
  p.c = std::move(c);
  p.lower = {-infinity, -infinity};
  p.upper = {infinity, infinity};
  p.q.pattern.lines = p.q.pattern.width = p.g.pattern.width = 2;
  p.q.pattern.offsets = {0, 1, 2};
  p.q.pattern.indices = {0, 1};
  p.q.values = {1, 1};
  for (const std::vector<double>& row : rows) {
    for (int j = 0; j < 2; ++j) p.g.pattern.indices.push_back(j);
    p.g.values.insert(p.g.values.end(), row.begin(), row.end());
    p.g.pattern.offsets.push_back(static_cast<int>(p.g.values.size()));
    ++p.g.pattern.lines;
    p.atLeast.push_back(-infinity);
    p.atMost.push_back(infinity);
  }
  return p;
}

}  // namespace

TEST(an_equation_in_two_inequalities_gets_one_multiplier) {
  // x_0 + x_1 <= 1 and >= 1, at (1/2, 1/2): y_0 + y_1 = 3/2 with y_0 >= 0 and y_1 <= 0, of any size.
  ConvexQuadratic p = programOf({-2, -2}, {{1, 1}, {1, 1}});
  p.atMost[0] = p.atLeast[1] = 1;
  const Cpu la;
  const auto least = leastMultipliers(la, p, {0.5, 0.5},
                                      {ActiveSide::high, ActiveSide::low, ActiveSide::none, ActiveSide::none}, 1e-8);
  CHECK(least.has_value());
  if (!least) return;
  CHECK_NEAR(least->y[0], 1.5, 1e-14);
  CHECK(least->y[1] == 0);
  CHECK(least->z[0] == 0 && least->z[1] == 0);
}

TEST(bounds_have_what_least_multipliers_of_rows_leave) {
  // x >= 0 and x_0 + x_1 >= 0 at 0, with costs 1 and 2: all could be of the bounds.
  ConvexQuadratic p = programOf({1, 2}, {{1, 1}});
  p.atLeast[0] = 0;
  p.lower = {0, 0};
  const Cpu la;
  const auto least = leastMultipliers(la, p, {0, 0}, {ActiveSide::low, ActiveSide::low, ActiveSide::low}, 1e-8);
  CHECK(least.has_value());
  if (!least) return;
  CHECK_NEAR(least->y[0], 0, 1e-14);
  CHECK_NEAR(least->z[0], -1, 1e-14);
  CHECK_NEAR(least->z[1], -2, 1e-14);
}

TEST(sides_without_multipliers_for_a_gradient_have_none) {
  // The gradient of a point that is no solution.
  ConvexQuadratic p = programOf({1, -1}, {{1, 1}});
  p.atLeast[0] = 0;
  const Cpu la;
  CHECK(!leastMultipliers(la, p, {0, 0}, {ActiveSide::low, ActiveSide::none, ActiveSide::none}, 1e-8));
}

TEST(a_move_of_x_by_almost_nothing_closes_the_gap_of_a_large_multiplier) {
  // 1e9 x_0 is the cost, x_0 >= 1/3, x_1 free: a unit of rounding of x_0 is a gap of 1e-7.
  ConvexQuadratic p = programOf({1e9, -3}, {{1, 0}});
  p.atLeast[0] = 1.0 / 3;
  QuadraticPoint point{{1.0 / 3 + 1e-14, 3}, {-1e9 - 1.0 / 3}, {0, 0}};
  CHECK(std::abs(preciseGap(p, point)) > 1e-6);
  CHECK(std::abs(closeGap(p, point)) < 1e-7);
  CHECK_NEAR(point.x[0], 1.0 / 3, 1e-15);
  CHECK_NEAR(point.x[1], 3, 1e-13);
  CHECK(std::abs(preciseGap(p, point)) < 1e-7);
}

TEST(closing_a_gap_keeps_bounds) {
  ConvexQuadratic p = programOf({1e9, 1}, {});
  p.lower = {1, 0.5};
  QuadraticPoint point{{1, 0.5 + 1e-12}, {}, {-1e9 - 1, -1.5}};
  closeGap(p, point);
  CHECK(point.x[0] == 1 && point.x[1] >= 0.5);
  CHECK(std::abs(preciseGap(p, point)) < 1e-15);
}
