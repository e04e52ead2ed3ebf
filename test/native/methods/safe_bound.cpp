// Safe bounds against the vertices of small programs, in long double, and against the objectives of others.
#include "methods/dual_simplex/safe_bound.hpp"

#include <array>
#include <cmath>
#include <vector>

#include "check.hpp"
#include "linear_programs.hpp"

using namespace nonconvex;

namespace {

using Exact = long double;

/// The least c.z over the vertices of a boxed program with two columns whose numbers are small integers over powers of
/// two, so that long doubles hold every product; infinity where there is none.
Exact leastVertex(const TestLp& lp) {
  struct Line {
    std::array<Exact, 2> normal;
    Exact at;
  };
  std::vector<Line> lines;
  for (std::size_t j = 0; j < 2; ++j)
    for (const double side : {lp.lower[j], lp.upper[j]})
      lines.push_back({{j == 0 ? 1.0L : 0.0L, j == 1 ? 1.0L : 0.0L}, side});
  for (const TestRow& row : lp.rows) {
    std::array<Exact, 2> normal{};
    for (std::size_t k = 0; k < row.index.size(); ++k) normal[static_cast<std::size_t>(row.index[k])] += row.value[k];
    for (const double side : {row.lower, row.upper})
      if (std::isfinite(side)) lines.push_back({normal, side});
  }
  Exact least = infinity;
  for (std::size_t a = 0; a < lines.size(); ++a) {
    for (std::size_t b = a + 1; b < lines.size(); ++b) {
      const auto& [m, s] = lines[a];
      const auto& [n, t] = lines[b];
      const Exact det = m[0] * n[1] - m[1] * n[0];
      if (det == 0) continue;
      // The point times det, so that nothing is rounded.
      const Exact x = s * n[1] - m[1] * t, y = m[0] * t - s * n[0];
      const auto within = [&](Exact value, double low, double high) {
        const Exact sign = det > 0 ? 1 : -1;
        return (std::isinf(low) || sign * (value - low * det) >= 0) &&
               (std::isinf(high) || sign * (value - high * det) <= 0);
      };
      bool inside = within(x, lp.lower[0], lp.upper[0]) && within(y, lp.lower[1], lp.upper[1]);
      for (const TestRow& row : lp.rows) {
        Exact value = 0;
        for (std::size_t k = 0; k < row.index.size(); ++k) value += row.value[k] * (row.index[k] == 0 ? x : y);
        inside = inside && within(value, row.lower, row.upper);
      }
      if (inside) least = std::min(least, (lp.c[0] * x + lp.c[1] * y) / det);
    }
  }
  return least;
}

/// A program of two columns whose numbers are integers over powers of two.
TestLp smallProgram(std::uint64_t seed) {
  Draws draws(seed);
  const auto number = [&](int most) { return std::ldexp(draws.below(2 * most + 1) - most, -draws.below(4)); };
  TestLp lp = {{number(9), number(9)}, {}, {}, {}};
  for (int j = 0; j < 2; ++j) {
    lp.lower.push_back(number(20));
    lp.upper.push_back(lp.lower.back() + std::abs(number(20)));
  }
  for (int i = draws.below(5); i > 0; --i) {
    const double low = number(20);
    lp.rows.push_back({{0, 1},
                       {number(9), number(9)},
                       draws.chance(0.3) ? -infinity : low,
                       draws.chance(0.3) ? infinity : low + std::abs(number(20))});
  }
  return lp;
}

double boundOf(const TestLp& lp, const std::vector<double>& y, const std::vector<double>& c) {
  DualSimplex simplex = lp.simplex();
  return safeBound(simplex.linearRows(), y, c, lp.lower, lp.upper);
}

}  // namespace

TEST(boundsAreNeverAboveTheLeastVertex) {
  int tight = 0, infeasible = 0;
  for (std::uint64_t seed = 0; seed < 3000; ++seed) {
    const TestLp lp = smallProgram(seed);
    const Exact least = leastVertex(lp);
    DualSimplex simplex = lp.simplex();
    const LpStatus status = simplex.solve();
    if (status == LpStatus::infeasible) {
      CHECK(std::isinf(least));
      CHECK(provesInfeasible(simplex.linearRows(), simplex.ray(), lp.lower, lp.upper));
      ++infeasible;
      continue;
    }
    CHECK(status == LpStatus::optimal);
    CHECK(std::isfinite(least));
    std::vector<double> y(simplex.multipliers().begin(), simplex.multipliers().end());
    const double bound = boundOf(lp, y, lp.c);
    CHECK(static_cast<Exact>(bound) <= least);
    CHECK_NEAR(bound, static_cast<double>(least), 1e-12 * (100 + std::abs(bound)));
    tight += static_cast<Exact>(bound) == least ? 1 : 0;
    // Any other multipliers bound it as well.
    Draws draws(seed + 7000);
    for (double& multiplier : y) multiplier += draws.normal();
    CHECK(static_cast<Exact>(boundOf(lp, y, lp.c)) <= least);
    CHECK(!provesInfeasible(simplex.linearRows(), y, lp.lower, lp.upper));
  }
  CHECK(tight < 3000 && infeasible > 100);
}

TEST(boundsAreCloseToObjectives) {
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    const TestLp lp = randomLp({.columns = 30, .rows = 80}, seed);
    DualSimplex simplex = lp.simplex();
    CHECK(simplex.solve() == LpStatus::optimal);
    const double bound = safeBound(simplex.linearRows(), simplex.multipliers(), lp.c, lp.lower, lp.upper);
    CHECK_NEAR(bound, simplex.objective(), 1e-9 * (1 + std::abs(simplex.objective())));
  }
}

TEST(infiniteBoundsAreImpliedOrGiveNone) {
  // z_0 is free, but z_0 = z_1 + z_2 within [0, 2].
  const TestLp lp = {{1, 0, 0}, {-infinity, 0, 0}, {infinity, 1, 1}, {{{0, 1, 2}, {1, -1, -1}, 0, 0}}};
  CHECK_NEAR(boundOf(lp, {1}, lp.c), 0, 1e-12);
  CHECK_NEAR(boundOf(lp, {0}, lp.c), 0, 1e-12);
  CHECK_NEAR(boundOf(lp, {3}, lp.c), -4, 1e-12);
  const TestLp none = {{1, 1}, {-infinity, -infinity}, {infinity, infinity}, {{{0, 1}, {1, 1}, 3, infinity}}};
  CHECK_NEAR(boundOf(none, {1}, none.c), 3, 1e-12);
  CHECK_EQ(boundOf(none, {0.5}, none.c), -infinity);
  CHECK_EQ(boundOf(none, {-1}, none.c), -infinity);
  CHECK_EQ(boundOf(none, {NAN}, none.c), -infinity);
}
