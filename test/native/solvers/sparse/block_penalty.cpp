// Exact minimisers over a block of coefficients against grids and conditions of optimality.
#include "solvers/sparse/penalties/block_penalty.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

#include "check.hpp"
#include "core/index.hpp"
#include "core/numbers.hpp"
#include "core/random.hpp"

using namespace nonconvex;

namespace {

/// P of the norm by its definition.
double ofNorm(const BlockPenalty& of, double r) {
  const double l = of.l, gamma = of.gamma;
  if (of.kind == SparsePenalty::lq) return l * std::sqrt(r);
  if (of.kind == SparsePenalty::mcp) return r <= gamma * l ? l * r - r * r / (2 * gamma) : gamma * l * l / 2;
  if (of.kind == SparsePenalty::lasso || r <= l) return l * r;
  if (r <= gamma * l) return (2 * gamma * l * r - r * r - l * l) / (2 * (gamma - 1));
  return l * l * (gamma + 1) / 2;
}

struct Block {
  int size, responses;
  HostMatrix<double> gram;
  std::vector<double> z, b;

  Block(int d, int k) : size(d), responses(k), gram(d, d), z(at(d * k)), b(at(d * k)) {}

  /// G b - z of an entry.
  double slope(int e, int k, const std::vector<double>& x) const {
    double sum = -z[at(e * responses + k)];
    for (int f = 0; f < size; ++f) sum += gram(e, f) * x[at(f * responses + k)];
    return sum;
  }
  double value(const BlockPenalty& penalty, const std::vector<double>& x) const {
    double smooth = 0, squares = 0, sizes = 0;
    for (int e = 0; e < size; ++e) {
      for (int k = 0; k < responses; ++k) {
        const double each = x[at(e * responses + k)];
        smooth += each / 2 * (slope(e, k, x) - z[at(e * responses + k)]);
        squares += each * each;
        sizes += std::abs(each);
      }
    }
    return smooth + ofNorm(penalty, std::sqrt(squares)) + penalty.l1 * sizes + penalty.ridge / 2 * squares;
  }
};

/// Gradients are in the range of the matrix, which has one direction without curvature if it is `singular`.
Block drawn(int d, int responses, std::uint64_t seed, bool singular) {
  const Random random(seed, 10);
  Block of(d, responses);
  const int rows = singular ? std::max(1, d - 1) : d + 2;
  const double scale = 0.2 + 1.5 * random.uniform(0);
  std::vector<double> x(at(rows * d));
  for (std::size_t i = 0; i < x.size(); ++i) x[i] = scale * random.normal(10 + i) / std::sqrt(rows);
  for (int e = 0; e < d; ++e) {
    for (int f = 0; f < d; ++f) {
      for (int i = 0; i < rows; ++i) of.gram(e, f) += x[at(i * d + e)] * x[at(i * d + f)];
    }
    for (int k = 0; k < responses; ++k) {
      for (int i = 0; i < rows; ++i) {
        of.z[at(e * responses + k)] += x[at(i * d + e)] * 2 * random.normal(500 + at(i * responses + k));
      }
    }
  }
  return of;
}

BlockPenalty penaltyOf(std::uint64_t seed, SparsePenalty kind) {
  const Random random(seed, 11);
  BlockPenalty of;
  of.kind = kind;
  of.l = 0.02 + 0.8 * random.uniform(0);
  of.gamma = 2.05 + 3 * random.uniform(1);
  if (seed % 3 == 0) of.ridge = 0.5 * random.uniform(2);
  return of;
}

}  // namespace

TEST(minimisers_over_pairs_are_global) {
  int zeros = 0;
  for (const auto kind : {SparsePenalty::lasso, SparsePenalty::mcp, SparsePenalty::scad, SparsePenalty::lq}) {
    for (std::uint64_t seed = 1; seed <= check::repetitions(60U); ++seed) {
      // Two columns of one response, or one column of two; with little curvature the problem is not convex.
      const int d = seed % 4 == 0 ? 1 : 2;
      Block of = drawn(d, 3 - d, seed, false);
      if (seed % 5 == 0) {
        for (double& each : of.z) each *= 0.002;
      }
      const BlockPenalty penalty = penaltyOf(seed, kind);
      BlockCurvature curvature(d, 3 - d);
      curvature.set(of.gram);
      curvature.minimize(penalty, of.z, of.b);
      const double found = of.value(penalty, of.b), size = std::hypot(of.b[0], of.b[1]);
      zeros += size == 0;
      CHECK(found <= 0);
      constexpr int angles = 90, radii = 120;
      const double reach = std::max(2 * size, 4.0);
      std::vector<double> x(2);
      double least = 0;
      for (int a = 0; a < angles; ++a) {
        const double angle = 2 * std::numbers::pi * a / angles;
        for (int r = 1; r <= radii; ++r) {
          x = {reach * r / radii * std::cos(angle), reach * r / radii * std::sin(angle)};
          least = std::min(least, of.value(penalty, x));
        }
      }
      CHECK(found <= least + 1e-12);
    }
  }
  CHECK(zeros > 0);
}

TEST(minimisers_with_roots_of_norms_are_global_where_eigenvalues_are_far_apart) {
  int several = 0;
  for (std::uint64_t seed = 89; seed < 89 + check::repetitions(300U); ++seed) {
    const Random random(seed, 13);
    Block of(2, 1);
    of.gram(0, 0) = 1;
    of.gram(1, 1) = std::pow(10.0, -1 - 3 * random.uniform(0));
    BlockPenalty penalty;
    penalty.kind = SparsePenalty::lq;
    penalty.l = 0.3 + random.uniform(1);
    of.z = {0.5 + random.uniform(2), (0.2 + random.uniform(3)) * std::sqrt(of.gram(1, 1))};
    BlockCurvature curvature(2, 1);
    curvature.set(of.gram);
    curvature.minimize(penalty, of.z, of.b);
    const double found = of.value(penalty, of.b);
    // The best point of each norm has (G + mu) b = z.
    double least = 0, before = 0;
    bool falls = true;
    int minima = 0;
    for (double mu = 1e-6; mu < 1e6; mu *= 1.001) {
      const std::vector<double> x{of.z[0] / (1 + mu), of.z[1] / (of.gram(1, 1) + mu)};
      const double value = of.value(penalty, x);
      least = std::min(least, value);
      if (mu > 1e-6) {
        minima += falls && value > before;
        falls = value <= before;
      }
      before = value;
    }
    several += minima > 1;
    CHECK(found <= least + 1e-12);
  }
  CHECK(several > 0);
}

/// Longer than most: conditions of optimality, entry by entry.
TEST(minimisers_over_blocks_meet_the_conditions_of_optimality) {
  int zeros = 0, sparse = 0;
  for (std::uint64_t seed = 1; seed <= check::repetitions(300U); ++seed) {
    const int d = 1 + static_cast<int>(seed % 5), responses = 1 + static_cast<int>(seed % 3);
    Block of = drawn(d, responses, seed, seed % 4 == 1);
    BlockPenalty penalty = penaltyOf(seed, SparsePenalty::lasso);
    if (seed % 2 == 0) penalty.l1 = 0.3 * penalty.l;
    BlockCurvature curvature(d, responses);
    curvature.set(of.gram);
    // With an l1 each call makes some steps towards the minimiser.
    for (int call = 0; call < (penalty.l1 > 0 ? 300 : 1); ++call) curvature.minimize(penalty, of.z, of.b);
    double squares = 0, most = 0, excess = 0;
    for (const double each : of.b) squares += each * each;
    const double r = std::sqrt(squares);
    for (int e = 0; e < d; ++e) {
      for (int k = 0; k < responses; ++k) {
        const double b = of.b[at(e * responses + k)];
        const double pull = of.slope(e, k, of.b) + penalty.ridge * b + (r > 0 ? penalty.l / r * b : 0);
        const double over = std::max(0.0, std::abs(pull) - penalty.l1);
        excess += over * over;
        sparse += r > 0 && b == 0;
        most = std::max(most, b == 0 ? over : std::abs(pull + std::copysign(penalty.l1, b)));
      }
    }
    zeros += r == 0;
    if (r == 0)
      CHECK(std::sqrt(excess) <= penalty.l * (1 + 1e-12));
    else
      CHECK(most <= 1e-9 * (1 + penalty.l));
    CHECK_NEAR(penalty.value(of.b), of.value(penalty, of.b) - of.value(BlockPenalty{}, of.b), 1e-11);
  }
  CHECK(zeros > 0);
  CHECK(sparse > 0);
}

/// Longer than most: conditions of optimality, entry by entry, and the conjugate beside points of the box.
TEST(minimisers_and_conjugates_within_bounds) {
  int ends = 0, zeros = 0, inside = 0;
  for (std::uint64_t seed = 1; seed <= check::repetitions(300U); ++seed) {
    const Random random(seed, 12);
    const int d = 1 + static_cast<int>(seed % 5), responses = 1 + static_cast<int>(seed % 3);
    Block of = drawn(d, responses, seed, false);
    BlockPenalty penalty = penaltyOf(seed, SparsePenalty::lasso);
    if (seed % 2 == 0) penalty.l1 = 0.3 * penalty.l;
    std::vector<double> lower(of.b.size()), upper(of.b.size());
    for (std::size_t k = 0; k < of.b.size(); ++k) {
      const double kind = random.uniform(100 + k);
      lower[k] = kind < 0.3 ? -infinity : kind < 0.5 ? 0 : -0.5 * random.uniform(200 + k);
      upper[k] = kind < 0.4 ? 0.5 * random.uniform(300 + k) : kind < 0.6 ? 0 : infinity;
    }
    const BlockBounds bounds{lower, upper};
    BlockCurvature curvature(d, responses);
    curvature.set(of.gram);
    for (int call = 0; call < 300; ++call) curvature.minimize(penalty, of.z, of.b, bounds);
    std::vector<double> gradient(of.b.size());
    double squares = 0, excess = 0, most = 0;
    for (const double each : of.b) squares += each * each;
    const double r = std::sqrt(squares);
    for (int e = 0; e < d; ++e) {
      for (int k = 0; k < responses; ++k) {
        const std::size_t entry = at(e * responses + k);
        const double b = of.b[entry];
        CHECK(b >= lower[entry] && b <= upper[entry]);
        gradient[entry] = of.slope(e, k, of.b);
        const double pull = gradient[entry] + penalty.ridge * b + (r > 0 ? penalty.l / r * b : 0);
        double derivative = b != 0 ? pull + std::copysign(penalty.l1, b) : 0;
        if (b == 0 && std::abs(pull) > penalty.l1) derivative = pull - std::copysign(penalty.l1, pull);
        if (derivative > 0 ? b <= lower[entry] : b >= upper[entry]) {
          ends += b != 0;
          continue;
        }
        if (b == 0) excess += derivative * derivative;
        most = std::max(most, std::abs(derivative));
      }
    }
    zeros += r == 0;
    inside += r > 0;
    if (r == 0)
      CHECK(std::sqrt(excess) <= penalty.l * (1 + 1e-12));
    else
      CHECK(most <= 1e-9 * (1 + penalty.l));
    CHECK(penalty.violation(of.b, gradient, bounds) <= 1e-8 * (1 + penalty.l));
    // At the minimiser -g^T b less the penalty is the conjugate at -g, and of other points it is not above.
    double linear = 0;
    for (std::size_t k = 0; k < of.b.size(); ++k) linear -= gradient[k] * of.b[k];
    const double share = penalty.feasibleShare(gradient, bounds);
    CHECK_NEAR(share, 1, 1e-7);
    const double value = penalty.conjugate(gradient, share, bounds);
    CHECK_NEAR(value, linear - penalty.value(of.b), 1e-6 * (1 + std::abs(linear)));
    std::vector<double> point(of.b.size());
    for (std::uint64_t trial = 0; trial < 20; ++trial) {
      const double steep = 1 + 0.2 * static_cast<double>(trial % 5);
      const double largest = penalty.conjugate(of.z, steep, bounds);
      double sum = 0;
      for (std::size_t k = 0; k < point.size(); ++k) {
        point[k] = std::clamp(random.normal(1000 + 50 * trial + k), lower[k], upper[k]);
        sum -= steep * of.z[k] * point[k];
      }
      CHECK(largest >= sum - penalty.value(point) - 1e-12 * (1 + std::abs(sum)));
      const double feasible = penalty.feasibleShare(of.z, bounds);
      CHECK(std::isfinite(penalty.conjugate(of.z, feasible, bounds)));
    }
  }
  CHECK(ends > 0);
  CHECK(zeros > 0);
  CHECK(inside > 0);
}
