// Total variation against the conditions of its dual problem.
#include "methods/one_dimensional/total_variation.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "check.hpp"
#include "core/random.hpp"

using namespace nonconvex;

namespace {

/// Returns true if numbers with sizes of at most s alpha, and differences of multipliers of at most s (1 - alpha), sum
/// to -g.
bool isSubgradient(const std::vector<double>& g, double alpha, double s) {
  double low = 0, high = 0;
  for (std::size_t i = 0; i < g.size(); ++i) {
    const double most = i + 1 < g.size() ? s * (1 - alpha) : 0;
    low = std::max(low + g[i] - s * alpha, -most);
    high = std::min(high + g[i] + s * alpha, most);
    if (low > high) return false;
  }
  return true;
}

}  // namespace

/// Partial sums of w (u - y) are multipliers of the differences: at most lambda, lambda with the sign of a jump where
/// there is one, and 0 at the end.
TEST(total_variation_meets_the_conditions_of_its_dual_problem) {
  TotalVariation variation;
  int jumps = 0, flat = 0;
  for (std::uint64_t seed = 1; seed <= check::repetitions(400U); ++seed) {
    const Random random(seed, 8);
    const std::size_t size = 1 + random.below(0, 60);
    const double lambda = seed % 7 == 0 ? 0 : 3 * random.uniform(1) * random.uniform(2);
    std::vector<double> y(size), w(size, 1.0), u(size);
    for (std::size_t i = 0; i < size; ++i) {
      const double value = 2 * random.normal(10 + i) + (i > size / 2 ? 3 : 0);
      y[i] = seed % 3 == 0 ? std::round(value) : value;  // values with ties
      if (seed % 2 == 0) w[i] = 0.1 + 2 * random.uniform(100 + i);
    }
    if (seed % 2 == 0)
      variation.denoise(y, lambda, u, w);
    else
      variation.denoise(y, lambda, u);
    double sum = 0;
    const double rounding = 1e-12 * static_cast<double>(size) * (1 + lambda);
    for (std::size_t i = 0; i + 1 < size; ++i) {
      sum += w[i] * (u[i] - y[i]);
      CHECK(std::abs(sum) <= lambda + rounding);
      const double jump = u[i + 1] - u[i];
      flat += jump == 0;
      if (std::abs(jump) <= 1e-12) continue;
      ++jumps;
      CHECK_NEAR(sum, std::copysign(lambda, jump), rounding);
    }
    CHECK_NEAR(sum + w[size - 1] * (u[size - 1] - y[size - 1]), 0, rounding);
  }
  CHECK(jumps > 0);
  CHECK(flat > 0);
}

TEST(the_dual_norm_of_the_fused_lasso_is_the_least_scale_of_a_subgradient) {
  TotalVariation variation;
  for (std::uint64_t seed = 1; seed <= check::repetitions(200U); ++seed) {
    const Random random(seed, 9);
    const double alpha = seed % 5 == 0 ? 1 : 0.05 + 0.9 * random.uniform(0);
    std::vector<double> g(1 + random.below(1, 30));
    for (std::size_t i = 0; i < g.size(); ++i) g[i] = random.normal(10 + i) + (seed % 2 == 0 ? 0.5 : 0);
    double low = 0, high = 1;
    while (!isSubgradient(g, alpha, high)) high *= 2;
    for (int halving = 0; halving < 60; ++halving) {
      const double middle = (low + high) / 2;
      (isSubgradient(g, alpha, middle) ? high : low) = middle;
    }
    CHECK_NEAR(variation.dualNorm(g, alpha), high, 1e-10 * (1 + high));
  }
}
