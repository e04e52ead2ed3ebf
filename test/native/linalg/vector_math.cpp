// Functions for vectorised loops against those of the standard library, in units in the last place.
// Compiled with sanitizers itself: what it tests stands in headers.
#include "linalg/vector_math.hpp"

#include <cmath>
#include <limits>

#include "check.hpp"
#include "core/random.hpp"

using namespace nonconvex;

namespace {

/// |a - exact| in units in the last place of the exact result, in the precision of a.
template <class T>
double ulps(T a, long double exact) {
  const auto rounded = static_cast<T>(exact);
  const T unit = std::nextafter(std::abs(rounded), static_cast<T>(HUGE_VAL)) - std::abs(rounded);
  return static_cast<double>(std::abs(static_cast<long double>(a) - exact)) / unit;
}

}  // namespace

TEST(exponentialWithinTwoUlps) {
  const Random random(1);
  for (std::uint64_t k = 0; k < 200000; ++k) {
    const double x = k % 2 == 0 ? 1416 * random.uniform(k) - 707 : 3 * random.normal(k);
    CHECK(ulps(vectorExp(x), std::exp(static_cast<long double>(x))) <= 2);
    const auto single = static_cast<float>(k % 2 == 0 ? x / 8.2 : x);
    CHECK(ulps(vectorExp(single), std::exp(static_cast<long double>(single))) <= 2);
  }
}

TEST(endsOfTheExponential) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  CHECK_EQ(vectorExp(0.0), 1.0);
  CHECK_EQ(vectorExp(-0.0), 1.0);
  CHECK_EQ(vectorExp(infinity), infinity);
  CHECK_EQ(vectorExp(-infinity), 0.0);
  CHECK_EQ(vectorExp(710.0), infinity);
  CHECK_EQ(vectorExp(-709.0), 0.0);  // the result would be subnormal
  CHECK(ulps(vectorExp(709.78), std::exp(static_cast<long double>(709.78))) <= 3);
  CHECK(std::isnan(vectorExp(std::nan(""))));
  CHECK_EQ(vectorExp(0.0F), 1.0F);
  CHECK_EQ(vectorExp(89.0F), std::numeric_limits<float>::infinity());
  CHECK_EQ(vectorExp(-88.0F), 0.0F);
  CHECK(std::isnan(vectorExp(std::nanf(""))));
}

TEST(logarithmOfOnePlusWithinTwoUlps) {
  const Random random(2);
  for (std::uint64_t k = 0; k < 200000; ++k) {
    const double e = k % 2 == 0 ? random.uniform(k) : std::exp(-40 * random.uniform(k));
    CHECK(ulps(vectorLog1p(e), std::log1p(static_cast<long double>(e))) <= 2);
  }
  CHECK_EQ(vectorLog1p(0), 0.0);
  CHECK(ulps(vectorLog1p(1), std::log(2.0L)) <= 2);
}
