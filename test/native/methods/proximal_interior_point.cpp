// Convex quadratic programs with planted solutions, some degenerate, against their conditions of optimality by plain
// loops.
#include "methods/quadratic/proximal_interior_point.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "check.hpp"
#include "core/numbers.hpp"
#include "core/random.hpp"

using namespace nonconvex;

namespace {

std::size_t at(int i) { return static_cast<std::size_t>(i); }

/// A program that is dense in numbers, and x with multipliers that meet its conditions.
struct Drawn {
  int n, m;
  std::vector<double> Q, G, c, x, y, z, atLeast, atMost, lower, upper;

  /// Q has rank n / 2, or 0 with `linear`; rows are twice in it, sides active without a multiplier, variables fixed.
  Drawn(std::uint64_t seed, bool linear) : n(3 + static_cast<int>(seed % 8)), m(static_cast<int>(seed % 11)) {
    const Random random(seed, 17);
    std::uint64_t draws = 0;
    const auto normal = [&] { return random.normal(draws++); };
    Q.assign(at(n * n), 0.0);
    for (int k = 0; !linear && k < n / 2; ++k) {
      std::vector<double> root;
      for (int j = 0; j < n; ++j) root.push_back(normal());
      for (int i = 0; i < n; ++i) {
        for (int j = 0; j < n; ++j) Q[at(i * n + j)] += root[at(i)] * root[at(j)];
      }
    }
    for (int j = 0; j < n; ++j) x.push_back(j % 4 == 0 ? std::round(normal()) : normal());
    for (int i = 0; i < m; ++i) {
      for (int j = 0; j < n; ++j) G.push_back(i % 4 == 3 ? G[at((i - 1) * n + j)] : normal());
    }
    c.assign(at(n), 0.0);
    for (int i = 0; i < m; ++i) {
      double value = 0;
      for (int j = 0; j < n; ++j) value += G[at(i * n + j)] * x[at(j)];
      y.push_back(plant(normal(), i % 5, value, atLeast, atMost));
      for (int j = 0; j < n; ++j) c[at(j)] -= G[at(i * n + j)] * y.back();
    }
    for (int j = 0; j < n; ++j) {
      z.push_back(plant(normal(), (j + 2) % 5, x[at(j)], lower, upper));
      c[at(j)] -= z.back();
      for (int k = 0; k < n; ++k) c[at(j)] -= Q[at(j * n + k)] * x[at(k)];
    }
  }

  /// 0: an equation, 1: at the lower side, 2: at the upper one, 3: at one without a multiplier, 4: free.
  static double plant(double size, int kind, double value, std::vector<double>& low, std::vector<double>& high) {
    const double multiplier = std::abs(size) + 0.1;
    low.push_back(kind == 4 ? -infinity : kind == 2 ? value - 1 : value);
    high.push_back(kind == 4 ? infinity : kind == 1 || kind == 3 ? value + 1 : value);
    return kind == 0 ? size : kind == 1 ? -multiplier : kind == 2 ? multiplier : 0;
  }

  ConvexQuadratic program() const {
    ConvexQuadratic p;
    p.c = c;
    p.atLeast = atLeast;
    p.atMost = atMost;
    p.lower = lower;
    p.upper = upper;
    p.q.pattern.lines = p.q.pattern.width = p.g.pattern.width = n;
    p.g.pattern.lines = m;
    for (int j = 0; j < n; ++j) {
      for (int i = j; i < n; ++i) {
        p.q.pattern.indices.push_back(i);
        p.q.values.push_back(Q[at(i * n + j)]);
      }
      p.q.pattern.offsets.push_back(static_cast<int>(p.q.values.size()));
    }
    for (int i = 0; i < m; ++i) {
      for (int j = 0; j < n; ++j) {
        p.g.pattern.indices.push_back(j);
        p.g.values.push_back(G[at(i * n + j)]);
      }
      p.g.pattern.offsets.push_back(static_cast<int>(p.g.values.size()));
    }
    return p;
  }

  double objective(const std::vector<double>& v) const {
    double sum = 0;
    for (int i = 0; i < n; ++i) {
      sum += c[at(i)] * v[at(i)];
      for (int j = 0; j < n; ++j) sum += 0.5 * v[at(i)] * Q[at(i * n + j)] * v[at(j)];
    }
    return sum;
  }

  double violation(const std::vector<double>& v) const {
    double most = 0;
    for (int j = 0; j < n; ++j) most = std::max({most, lower[at(j)] - v[at(j)], v[at(j)] - upper[at(j)]});
    for (int i = 0; i < m; ++i) {
      double value = 0;
      for (int j = 0; j < n; ++j) value += G[at(i * n + j)] * v[at(j)];
      most = std::max({most, atLeast[at(i)] - value, value - atMost[at(i)]});
    }
    return most;
  }
};

std::optional<Status> solve(ProximalInteriorPoint& method) {
  std::optional<Status> status = method.start();
  for (int k = 0; !status && k < 200; ++k) status = method.step();
  return status;
}

}  // namespace

TEST(programs_with_a_planted_solution_are_solved_to_rounding) {
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    const Drawn drawn(seed, seed % 3 == 0);
    const ConvexQuadratic program = drawn.program();
    const Cpu la;
    ProximalInteriorPoint method(la, program, 1e-8);
    CHECK(solve(method) == Status::solved);
    const double optimum = drawn.objective(drawn.x), found = drawn.objective(method.point().x);
    CHECK_NEAR(found, optimum, 1e-9 * (1 + std::abs(optimum)));
    CHECK(drawn.violation(method.point().x) <= 1e-9);
    CHECK(method.errors().gap <= 1e-8 * (1 + std::abs(optimum)));
  }
}

/// Costs and sides that a sequence of programs changes by up to `by`; what is an equation stays one.
void moveSides(ConvexQuadratic& p, double by, const Random& random) {
  std::uint64_t draws = 0;
  const auto moved = [&](double side) { return side + by * (2 * random.uniform(draws++) - 1); };
  for (double& cost : p.c) cost = moved(cost);
  const auto move = [&](std::vector<double>& low, std::vector<double>& high) {
    for (std::size_t k = 0; k < low.size(); ++k) {
      const bool equation = low[k] == high[k];
      low[k] = moved(low[k]);
      high[k] = equation ? low[k] : std::max(moved(high[k]), low[k]);
    }
  };
  move(p.atLeast, p.atMost);
  move(p.lower, p.upper);
}

TEST(a_solution_near_by_leads_to_that_of_a_cold_start_in_a_step) {
  int both = 0, inOneStep = 0;
  for (std::uint64_t seed = 0; seed < 600; ++seed) {
    const Drawn drawn(seed, seed % 3 == 0);
    ConvexQuadratic program = drawn.program();
    const Cpu la;
    ProximalInteriorPoint before(la, program, 1e-8);
    CHECK(solve(before) == Status::solved);
    moveSides(program, seed % 2 == 0 ? 1e-3 : 0.3, Random(seed, 23));
    ProximalInteriorPoint cold(la, program, 1e-8), warm(la, program, 1e-8);
    const auto coldly = solve(cold);
    const bool reached = warm.reach(before.point());
    if (coldly != Status::solved) continue;  // rows that were there twice may contradict each other
    ++both;
    if (reached) ++inOneStep;
    CHECK(reached || solve(warm) == Status::solved);
    const double optimum = cold.errors().objective;
    CHECK_NEAR(warm.errors().objective, optimum, 1e-8 * (1 + std::abs(optimum)));
    CHECK(warm.errors().violation <= 1e-8 && warm.errors().gap <= 1e-8 * (1 + std::abs(optimum)));
  }
  CHECK(both >= 250);
  CHECK(inOneStep >= 0.95 * both);
}

TEST(the_kind_of_a_solution_counts_directions_without_curvature) {
  // 1/2 x_0^2 with x_1 free of any cost, and x_2 at its bound.
  ConvexQuadratic p;
  p.c = {-1, 0, 1};
  p.lower = {-infinity, -1, 0};
  p.upper = {infinity, 1, infinity};
  p.q.pattern.lines = p.q.pattern.width = 3;
  p.q.pattern.offsets = {0, 1, 1, 1};
  p.q.pattern.indices.assign(1, 0);
  p.q.values = {1};
  p.g.pattern.width = 3;
  const Cpu la;
  ProximalInteriorPoint method(la, p, 1e-8);
  CHECK(solve(method) == Status::solved);
  const QuadraticKind kind = method.kind();
  CHECK(kind.curved == 1 && kind.flat == 1);
  CHECK_NEAR(method.point().x[0], 1, 1e-9);
  CHECK(method.point().x[2] == 0);
}

TEST(a_program_without_a_feasible_point_is_never_solved) {
  // x <= 0 and x >= 1 as two rows.
  ConvexQuadratic p;
  p.c = {1};
  p.lower = {-infinity};
  p.upper = {infinity};
  p.atLeast = {-infinity, 1};
  p.atMost = {0, infinity};
  p.q.pattern.lines = p.q.pattern.width = p.g.pattern.width = 1;
  p.q.pattern.offsets = {0, 0};
  p.g.pattern.lines = 2;
  p.g.pattern.offsets = {0, 1, 2};
  p.g.pattern.indices.assign(2, 0);
  p.g.values = {1, 1};
  const Cpu la;
  ProximalInteriorPoint method(la, p, 1e-8);
  CHECK(solve(method) != Status::solved);
}
