// Small quadratic programs against their conditions of optimality.
#include "methods/quadratic/active_set.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "allocations.hpp"
#include "check.hpp"
#include "core/numbers.hpp"
#include "core/random.hpp"
#include "methods/quadratic/bounded_quadratic.hpp"

using namespace nonconvex;

namespace {

std::size_t at(int i) { return static_cast<std::size_t>(i); }

/// A program with a point that meets all rows; some rows twice, some sides equal.
struct Drawn {
  HostMatrix<double> H, A;
  std::vector<double> c, rowLower, rowUpper, lower, upper;

  explicit Drawn(std::uint64_t seed) {
    const Random random(seed, 5);
    std::uint64_t draws = 0;
    const auto normal = [&] { return random.normal(draws++); };
    const int n = 2 + static_cast<int>(seed % 7), m = static_cast<int>(seed % 9);
    H = HostMatrix<double>(n, n);
    A = HostMatrix<double>(m, n);
    HostMatrix<double> root(n, n);
    for (int k = 0; k < n * n; ++k) root.data()[k] = normal();
    for (int i = 0; i < n; ++i) {
      for (int j = 0; j < n; ++j) {
        for (int k = 0; k < n; ++k) H(i, j) += root(i, k) * root(j, k);
      }
      H(i, i) += 0.1;
    }
    std::vector<double> point;
    for (int j = 0; j < n; ++j) {
      c.push_back(3 * normal());
      point.push_back(normal());
      lower.push_back(j % 3 == 0 ? point.back() - std::abs(normal()) : -infinity);
      upper.push_back(j % 2 == 0 ? point.back() + std::abs(normal()) : infinity);
    }
    for (int i = 0; i < m; ++i) {
      double there = 0;
      for (int j = 0; j < n; ++j) {
        A(i, j) = i % 4 == 3 ? 2 * A(i - 1, j) : normal();
        there += A(i, j) * point[at(j)];
      }
      const bool equation = i % 5 == 1 && i < n;
      const bool touches = seed % 3 == 0;  // a corner where more rows meet than are needed
      rowLower.push_back(equation ? there : i % 2 == 0 ? there - (touches ? 0 : std::abs(normal())) : -infinity);
      rowUpper.push_back(equation ? there : i % 3 == 0 ? infinity : there + std::abs(normal()));
    }
  }

  QuadraticProgram problem() const {
    return {.H = H, .c = c, .A = A, .rowLower = rowLower, .rowUpper = rowUpper, .lower = lower, .upper = upper};
  }
  int n() const { return H.rows(); }
  int m() const { return A.rows(); }
};

/// Stationary, feasible, multipliers of the right sign and zero beside slack: that is the minimum, as H is definite.
void checkOptimal(const Drawn& of, const DualActiveSet& solver, double tolerance) {
  const In x = solver.x(), y = solver.multipliers(), z = solver.boundMultipliers();
  double size = 1;
  for (const double each : x) size = std::max(size, std::abs(each));
  for (const double each : y) size = std::max(size, std::abs(each));
  const auto checkSide = [&](double value, double low, double high, double multiplier) {
    CHECK(value >= low - tolerance * size);
    CHECK(value <= high + tolerance * size);
    if (low == high) return;
    if (multiplier > tolerance * size) CHECK_NEAR(value, low, tolerance * size);
    if (multiplier < -tolerance * size) CHECK_NEAR(value, high, tolerance * size);
  };
  for (int j = 0; j < of.n(); ++j) {
    double slope = of.c[at(j)] - z[at(j)];
    for (int k = 0; k < of.n(); ++k) slope += of.H(j, k) * x[at(k)];
    for (int i = 0; i < of.m(); ++i) slope -= of.A(i, j) * y[at(i)];
    CHECK_NEAR(slope, 0, 10 * tolerance * size);
    checkSide(x[at(j)], of.lower[at(j)], of.upper[at(j)], z[at(j)]);
  }
  for (int i = 0; i < of.m(); ++i) {
    double value = 0;
    for (int j = 0; j < of.n(); ++j) value += of.A(i, j) * x[at(j)];
    checkSide(value, of.rowLower[at(i)], of.rowUpper[at(i)], y[at(i)]);
  }
}

}  // namespace

TEST(small_quadratic_programs_are_solved_to_their_conditions_of_optimality) {
  DualActiveSet solver(8, 8);
  int active = 0;
  for (std::uint64_t seed = 1; seed <= check::repetitions(400U); ++seed) {
    const Drawn of(seed);
    const QuadraticEnd end = solver.solve(of.problem());
    CHECK(end == QuadraticEnd::solved);
    checkOptimal(of, solver, 1e-9);
    for (const double y : solver.multipliers()) active += y != 0;
    solver.solve(of.problem());
    CHECK_EQ(solver.steps(), 0);  // the active set of the last solve is the right one
    checkOptimal(of, solver, 1e-9);
  }
  CHECK(active > static_cast<int>(check::repetitions(400U) / 4));
}

TEST(a_small_quadratic_program_is_solved_again_with_other_vectors) {
  for (std::uint64_t seed = 1; seed <= check::repetitions(200U); ++seed) {
    Drawn of(seed);
    DualActiveSet solver(8, 8);
    CHECK(solver.solveAgain(of.problem()) == QuadraticEnd::solved);  // nothing was factorised before
    const Random random(seed, 6);
    for (std::uint64_t k = 0; k < 5; ++k) {
      for (int j = 0; j < of.n(); ++j) of.c[at(j)] += random.normal(10 * k + static_cast<std::uint64_t>(j));
      for (double& side : of.rowUpper) side += side == infinity ? 0 : 0.01;  // equations become ranges
      if (k == 3) of.lower[0] = of.lower[0] == -infinity ? -1 : -infinity;   // other sides are finite
      CHECK(solver.solveAgain(of.problem()) == QuadraticEnd::solved);
      checkOptimal(of, solver, 1e-8);
    }
  }
}

TEST(a_small_quadratic_program_without_a_feasible_point_is_told_from_one_with) {
  DualActiveSet solver(8, 8);
  for (std::uint64_t seed = 2; seed <= 200; ++seed) {
    Drawn of(seed);
    if (of.m() < 2) continue;
    for (int j = 0; j < of.n(); ++j) of.A(1, j) = -of.A(0, j);
    of.rowLower[0] = 1;
    of.rowUpper[0] = infinity;
    of.rowLower[1] = -1 + 1e-3;  // -a x >= -1 + 1e-3 and a x >= 1
    of.rowUpper[1] = infinity;
    CHECK(solver.solve(of.problem()) == QuadraticEnd::infeasible);
    of.rowLower[1] = -1;
  }
  HostMatrix<double> H(1, 1), A(1, 1);
  H(0, 0) = 1;
  const std::vector<double> c{0}, one{1}, none{infinity};
  CHECK(solver.solve({.H = H, .c = c, .A = A, .rowLower = one, .rowUpper = none, .lower = {}, .upper = {}}) ==
        QuadraticEnd::infeasible);  // 0 x >= 1
  H(0, 0) = -1;
  CHECK(solver.solve({.H = H, .c = c, .A = A, .rowLower = one, .rowUpper = none, .lower = {}, .upper = {}}) ==
        QuadraticEnd::singular);
}

TEST(solves_of_small_quadratic_programs_allocate_nothing) {
  DualActiveSet solver(8, 8);
  const Drawn of(15);
  solver.solve(of.problem());
  const long before = allocations;
  for (int k = 0; k < 3; ++k) solver.solve(of.problem());
  CHECK_EQ(allocations - before, 0);
}

/// No other point within the bounds is better: of 2,000 draws, many on faces and corners.
TEST(no_point_within_the_bounds_is_better_than_a_bounded_quadratics) {
  for (std::uint64_t seed = 1; seed <= check::repetitions(60U); ++seed) {
    const Random random(seed, 9);
    constexpr int m = 4;
    HostMatrix<double> root(m, m), G(m, m);
    for (int k = 0; k < m * m; ++k) root.data()[k] = random.normal(static_cast<std::uint64_t>(k));
    for (int i = 0; i < m; ++i) {
      for (int j = 0; j < m; ++j) {
        for (int k = 0; k < m; ++k) G(i, j) += root(i, k) * root(j, k);
      }
      G(i, i) += 0.05;
    }
    std::vector<double> r, lower, upper;
    for (int j = 0; j < m; ++j) {
      r.push_back(2 * random.normal(static_cast<std::uint64_t>(20 + j)));
      lower.push_back(-random.uniform(static_cast<std::uint64_t>(30 + j)));
      upper.push_back(j == 2 ? lower.back() : random.uniform(static_cast<std::uint64_t>(40 + j)));
    }
    const auto value = [&](In x) {
      double sum = 0;
      for (int i = 0; i < m; ++i) {
        for (int j = 0; j < m; ++j) sum += G(i, j) * x[at(i)] * x[at(j)] / 2;
        sum -= r[at(i)] * x[at(i)];
      }
      return sum;
    };
    BoundedQuadratic solver(m);
    std::vector<double> x(m, 0.1);
    CHECK(solver.solve({.G = G, .r = r, .lower = lower, .upper = upper, .accuracy = 1e-14}, x) == QuadraticEnd::solved);
    const double found = value(x);
    for (int j = 0; j < m; ++j) CHECK(x[at(j)] >= lower[at(j)] && x[at(j)] <= upper[at(j)]);
    std::vector<double> other(m);
    for (std::uint64_t draw = 0; draw < 2000; ++draw) {
      for (int j = 0; j < m; ++j) {
        const double share = random.uniform(1000 + 8 * draw + static_cast<std::uint64_t>(j)) * 1.5 - 0.25;
        other[at(j)] = lower[at(j)] + std::clamp(share, 0.0, 1.0) * (upper[at(j)] - lower[at(j)]);
      }
      CHECK(found <= value(other) + 1e-13);
    }
  }
}
