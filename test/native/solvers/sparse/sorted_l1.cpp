// The sorted l1 norm against its definition, and its prox against the conditions of optimality.
#include "solvers/sparse/penalties/sorted_l1.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "check.hpp"
#include "core/random.hpp"

using namespace nonconvex;

namespace {

struct Case {
  std::vector<double> weights, v;
  double weight = 1;
};

/// Vectors of up to 24 numbers, at times shorter than the weights, with ties and zeros in either.
Case drawn(std::uint64_t seed) {
  const Random random(seed, 7);
  Case of;
  const std::size_t size = 1 + random.below(0, 24), more = seed % 3 == 0 ? random.below(1, 4) : 0;
  for (std::size_t k = 0; k < size + more; ++k) {
    const double w = 2 * random.uniform(10 + k);
    of.weights.push_back(seed % 4 == 1 ? std::floor(3 * w) : w);
  }
  std::sort(of.weights.begin(), of.weights.end(), std::greater<>());
  of.weights.front() += 0.5;
  for (std::size_t k = 0; k < size; ++k) {
    const double value = 2 * random.normal(100 + k);
    of.v.push_back(seed % 4 >= 2 ? std::round(value) : value);
  }
  of.weight = seed % 5 == 0 ? 0.05 : 2 * random.uniform(2);
  return of;
}

std::vector<double> falling(const std::vector<double>& v) {
  std::vector<double> sizes;
  for (const double each : v) sizes.push_back(std::abs(each));
  std::sort(sizes.begin(), sizes.end(), std::greater<>());
  return sizes;
}

double normOf(const std::vector<double>& weights, const std::vector<double>& v) {
  const std::vector<double> sizes = falling(v);
  double sum = 0;
  for (std::size_t k = 0; k < v.size(); ++k) sum += weights[k] * sizes[k];
  return sum;
}

}  // namespace

/// v - u is a subgradient at u: no sum of its largest sizes exceeds that of the weights, and its product with u is the
/// value.
TEST(the_prox_of_the_sorted_l1_norm_is_optimal) {
  int zeros = 0, pooled = 0;
  for (std::uint64_t seed = 1; seed <= check::repetitions(600U); ++seed) {
    const Case of = drawn(seed);
    SortedL1 norm(of.weights);
    std::vector<double> u(of.v.size()), rest = of.v;
    norm.prox(of.v, of.weight, u);
    double product = 0;
    for (std::size_t k = 0; k < u.size(); ++k) {
      rest[k] -= u[k];
      product += rest[k] * u[k];
    }
    const std::vector<double> sizes = falling(rest), values = falling(u);
    double sum = 0, allowed = 0;
    for (std::size_t k = 0; k < u.size(); ++k) {
      sum += sizes[k];
      allowed += of.weight * of.weights[k];
      CHECK(sum <= allowed + 1e-12 * (1 + allowed));
      zeros += values[k] == 0;
      pooled += k > 0 && values[k] != 0 && values[k] == values[k - 1];
    }
    CHECK_NEAR(product, of.weight * normOf(of.weights, u), 1e-12 * (1 + std::abs(product)));
  }
  CHECK(zeros > 0);
  CHECK(pooled > 0);
}

TEST(values_and_dual_norms_of_the_sorted_l1_norm_are_those_of_the_definition) {
  for (std::uint64_t seed = 1; seed <= check::repetitions(300U); ++seed) {
    const Case of = drawn(seed);
    SortedL1 norm(of.weights);
    CHECK_NEAR(norm.value(of.v), normOf(of.weights, of.v), 1e-12 * (1 + norm.value(of.v)));
    const std::vector<double> sizes = falling(of.v);
    double sum = 0, weights = 0, most = 0;
    for (std::size_t k = 0; k < sizes.size(); ++k) {
      sum += sizes[k];
      weights += of.weights[k];
      most = std::max(most, sum / weights);
    }
    CHECK_NEAR(norm.dualNorm(of.v), most, 1e-12 * (1 + most));
  }
}
