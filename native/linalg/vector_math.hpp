// Elementary functions without calls and branches, so that loops over them become vectors; on the host and on a device.
#pragma once

#include <bit>
#include <cmath>
#include <cstdint>

#include "core/hostdevice.hpp"

/// Marks functions that a vectorised loop consists of.
#define NONCONVEX_ALWAYS_INLINE NONCONVEX_HD inline __attribute__((always_inline))

namespace nonconvex {

/// exp(x) within 2 ulp, 0 from about -708 on and infinity above 709.78.
NONCONVEX_ALWAYS_INLINE double vectorExp(double x) {
  constexpr double log2e = 1.4426950408889634, ln2High = 0.693147180369123816490, ln2Low = 1.90821492927058770002e-10;
  constexpr double shift = 6755399441055744.0;  // 1.5 * 2^52: its sum with x has round(x) in the lowest bits
  constexpr double most = 709.782712893384, least = -708.3964185322641;
  const double inside = x < least ? least : (x > most ? most : x);
  const double shifted = inside * log2e + shift;
  const double k = shifted - shift;
  const double r = (inside - k * ln2High) - k * ln2Low;
  double p = 1.0 / 6227020800.0;
  p = p * r + 1.0 / 479001600.0;
  p = p * r + 1.0 / 39916800.0;
  p = p * r + 1.0 / 3628800.0;
  p = p * r + 1.0 / 362880.0;
  p = p * r + 1.0 / 40320.0;
  p = p * r + 1.0 / 5040.0;
  p = p * r + 1.0 / 720.0;
  p = p * r + 1.0 / 120.0;
  p = p * r + 1.0 / 24.0;
  p = p * r + 1.0 / 6.0;
  p = p * r + 0.5;
  p = p * (r * r) + r;
  // 2^k in two factors, for k = 1024.
  const auto bits = std::bit_cast<std::int64_t>(shifted) - std::bit_cast<std::int64_t>(shift);
  const std::int64_t half = bits >> 1;
  const auto power = [](std::int64_t e) { return std::bit_cast<double>((e + 1023) << 52); };
  const double value = ((1 + p) * power(half)) * power(bits - half);
  const double flushed = x < least ? 0.0 : value;
  const double whole = x > most ? HUGE_VAL : flushed;
  return x == x ? whole : x;
}

/// log(1 + e) for 0 <= e <= 1: 2 artanh(e / (2 + e)) as a series.
NONCONVEX_ALWAYS_INLINE double vectorLog1p(double e) {
  const double s = e / (2 + e);
  const double z = s * s;
  double p = 1.0 / 35;
  p = p * z + 1.0 / 33;
  p = p * z + 1.0 / 31;
  p = p * z + 1.0 / 29;
  p = p * z + 1.0 / 27;
  p = p * z + 1.0 / 25;
  p = p * z + 1.0 / 23;
  p = p * z + 1.0 / 21;
  p = p * z + 1.0 / 19;
  p = p * z + 1.0 / 17;
  p = p * z + 1.0 / 15;
  p = p * z + 1.0 / 13;
  p = p * z + 1.0 / 11;
  p = p * z + 1.0 / 9;
  p = p * z + 1.0 / 7;
  p = p * z + 1.0 / 5;
  p = p * z + 1.0 / 3;
  return 2 * (s + s * z * p);
}

}  // namespace nonconvex
