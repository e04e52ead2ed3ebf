// Isotonic regressions, zeros and orders of numbers against what they promise.
#include <cmath>
#include <vector>

#include "check.hpp"
#include "core/numbers.hpp"
#include "core/random.hpp"
#include "methods/one_dimensional/isotonic.hpp"
#include "methods/one_dimensional/order.hpp"
#include "methods/one_dimensional/secant.hpp"

using namespace nonconvex;

/// Each number is the mean of its pool, the means rise, and no pool is better split in two: each first part of it has a
/// mean that is not below that of the whole.
TEST(isotonicRegressionMeetsTheConditionsOfOptimality) {
  IsotonicRegression isotonic;
  for (std::uint64_t seed = 0; seed < check::repetitions(200U); ++seed) {
    const Random random(seed);
    std::vector<double> v(1 + random.below(0, 30));
    for (std::size_t k = 0; k < v.size(); ++k) {
      const double drawn = random.normal(k);
      v[k] = seed % 2 == 0 ? drawn : std::round(drawn);  // has ties
    }
    std::size_t next = 0;
    double before = -1e300;
    for (const auto& pool : isotonic.fit(v.size(), [&](std::size_t k) { return v[k]; })) {
      CHECK_EQ(pool.begin, next);
      CHECK(pool.mean() > before);
      double sum = 0;
      for (std::size_t k = pool.begin; k < pool.end; ++k) {
        sum += v[k];
        CHECK(sum >= pool.mean() * static_cast<double>(k + 1 - pool.begin) - 1e-12);
      }
      CHECK_NEAR(sum, pool.sum, 1e-12);
      next = pool.end;
      before = pool.mean();
    }
    CHECK_EQ(next, v.size());
  }
}

TEST(isotonicRegressionKeepsRisingNumbersAndPoolsFallingOnes) {
  IsotonicRegression isotonic;
  CHECK_EQ(isotonic.fit(4, [](std::size_t k) { return 1.5 * static_cast<double>(k); }).size(), 4U);
  const auto pools = isotonic.fit(3, [](std::size_t k) { return 6.0 - static_cast<double>(k); });
  CHECK_EQ(pools.size(), 1U);
  CHECK_EQ(pools[0].mean(), 5.0);
  CHECK_EQ(isotonic.fit(0, [](std::size_t) { return 1.0; }).size(), 0U);
}

TEST(zerosAreExactAndTakeFewValues) {
  struct Case {
    double (*f)(double);
    double low, high, zero;
    int most;  // evaluations
  };
  const Case cases[] = {{[](double t) { return t * t - 2; }, 0, 2, std::sqrt(2), 15},
                        {[](double t) { return std::exp(t) - 3; }, -10, 10, std::log(3), 30},
                        {[](double t) { return t < 0.3 ? -1.0 : 1.0; }, 0, 1, 0.3, 300},
                        {[](double t) { return std::cbrt(t - 1); }, -5, 900, 1, 300}};
  for (const Case& each : cases) {
    int asked = 0;
    const auto f = [&](double t) {
      ++asked;
      return each.f(t);
    };
    const double found = zeroOf(f, {each.low, each.f(each.low), each.high, each.f(each.high)});
    CHECK_NEAR(found, each.zero, 4 * machineEpsilon * each.zero);
    CHECK(asked <= each.most);
    // The ends may come in either order.
    CHECK_NEAR(zeroOf(f, {each.high, each.f(each.high), each.low, each.f(each.low)}), found,
               4 * machineEpsilon * each.zero);
  }
}

TEST(aBracketEndsWhereNoNumberLiesBetween) {
  SecantBracket bracket(1, -1, 1 + machineEpsilon, 1);
  CHECK(!bracket.next().has_value());
  // A value that is infinite halves.
  CHECK_EQ(SecantBracket(0, -1, 8, infinity).next().value(), 4.0);
}

TEST(fallingOrderKeepsEqualNumbersInPlace) {
  const std::vector<double> numbers{1, 3, 2, 3, infinity, 1};
  CHECK(fallingOrder(numbers) == (std::vector<int>{4, 1, 3, 2, 0, 5}));
  CHECK(fallingOrder({}).empty());
}
