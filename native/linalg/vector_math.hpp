// Elementary functions without calls and branches, so that loops over them become vectors; on the host and on a device.
#pragma once

#include <bit>
#include <cmath>
#include <cstdint>

#include "core/hostdevice.hpp"

/// Marks functions that a vectorised loop consists of.
#define NONCONVEX_ALWAYS_INLINE NONCONVEX_HD inline __attribute__((always_inline))

namespace nonconvex {

/// The constants by which exp takes x apart: exp(x) = (1 + p) 2^k, |log(1 + p)| <= log(2) / 2.
template <class T>
struct ExpParts;

template <>
struct ExpParts<double> {
  using Bits = std::int64_t;
  // `shift` is 1.5 * 2^52: its sum with x has round(x) in the lowest bits.
  /// log2(e), ln(2) in two parts (W. J. Cody, W. Waite, 1980), and the range in which exp neither overflows nor is
  /// denormal
  static constexpr double log2e = 1.4426950408889634, ln2High = 0.693147180369123816490,
                          ln2Low = 1.90821492927058770002e-10, shift = 6755399441055744.0, most = 709.782712893384,
                          least = -708.3964185322641;
  static constexpr int mantissa = 52, bias = 1023;  // layout of the format, IEEE 754
  NONCONVEX_ALWAYS_INLINE static double polynomial(double r) {
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
    return p * (r * r) + r;
  }
};

template <>
struct ExpParts<float> {
  using Bits = std::int32_t;
  /// as those of double, where `shift` is 1.5 * 2^23
  static constexpr float log2e = 1.44269504F, ln2High = 0.693359375F, ln2Low = -2.12194440e-4F, shift = 12582912.0F,
                         most = 88.722839F, least = -87.336544F;
  static constexpr int mantissa = 23, bias = 127;  // layout of the format, IEEE 754
  NONCONVEX_ALWAYS_INLINE static float polynomial(float r) {
    float p = 1.0F / 5040.0F;
    p = p * r + 1.0F / 720.0F;
    p = p * r + 1.0F / 120.0F;
    p = p * r + 1.0F / 24.0F;
    p = p * r + 1.0F / 6.0F;
    p = p * r + 0.5F;
    return p * (r * r) + r;
  }
};

template <class T>
NONCONVEX_ALWAYS_INLINE T powerOfTwo(typename ExpParts<T>::Bits k) {
  using E = ExpParts<T>;
  return std::bit_cast<T>(static_cast<typename E::Bits>((k + E::bias) << E::mantissa));
}

/// exp(x) of an x that is between `least` and `most` as (1 + p) 2^k.
template <class T>
struct ReducedExp {
  T p;
  typename ExpParts<T>::Bits k;
};

template <class T>
NONCONVEX_ALWAYS_INLINE ReducedExp<T> reduceExp(T x) {
  using E = ExpParts<T>;
  const T shifted = x * E::log2e + E::shift;
  const T k = shifted - E::shift;
  return {E::polynomial((x - k * E::ln2High) - k * E::ln2Low),
          std::bit_cast<typename E::Bits>(shifted) - std::bit_cast<typename E::Bits>(E::shift)};
}

/// exp(x) of either precision within 2 ulp, 0 below the least normal number, infinity above the largest number.
template <class T>
NONCONVEX_ALWAYS_INLINE T vectorExp(T x) {
  using E = ExpParts<T>;
  const ReducedExp<T> e = reduceExp(x < E::least ? E::least : (x > E::most ? E::most : x));
  const auto half = e.k >> 1;  // the power of two is split into two factors for the largest k
  const T value = ((1 + e.p) * powerOfTwo<T>(half)) * powerOfTwo<T>(e.k - half);
  const T flushed = x < E::least ? T(0) : value;
  const T whole = x > E::most ? static_cast<T>(HUGE_VAL) : flushed;
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
