// Elementary functions of either precision without calls and branches, so that loops over them become vectors.
#pragma once

#include <bit>
#include <cmath>
#include <cstdint>
#include <type_traits>

#include "linalg/vector_math.hpp"

namespace nonconvex::row_math {

/// What exp takes apart: exp(x) = (1 + p) 2^k, |log(1 + p)| <= log(2) / 2.
template <class T>
struct ExpParts;

template <>
struct ExpParts<double> {
  using Bits = std::int64_t;
  static constexpr double log2e = 1.4426950408889634, ln2High = 0.693147180369123816490,
                          ln2Low = 1.90821492927058770002e-10, shift = 6755399441055744.0, most = 709.782712893384,
                          least = -708.3964185322641;
  static constexpr int mantissa = 52, bias = 1023;
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
  static constexpr float log2e = 1.44269504F, ln2High = 0.693359375F, ln2Low = -2.12194440e-4F, shift = 12582912.0F,
                         most = 88.722839F, least = -87.336544F;
  static constexpr int mantissa = 23, bias = 127;
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

/// exp(x), 0 below the least normal number, infinity above the largest number.
template <class T>
NONCONVEX_ALWAYS_INLINE T exp(T x) {
  using E = ExpParts<T>;
  const T inside = x < E::least ? E::least : (x > E::most ? E::most : x);
  const T shifted = inside * E::log2e + E::shift;
  const T k = shifted - E::shift;
  const T p = E::polynomial((inside - k * E::ln2High) - k * E::ln2Low);
  const auto bits = std::bit_cast<typename E::Bits>(shifted) - std::bit_cast<typename E::Bits>(E::shift);
  const auto half = bits >> 1;  // in two factors, for the largest k
  const T value = ((1 + p) * powerOfTwo<T>(half)) * powerOfTwo<T>(bits - half);
  const T flushed = x < E::least ? T(0) : value;
  const T whole = x > E::most ? static_cast<T>(HUGE_VAL) : flushed;
  return x == x ? whole : x;
}

/// exp(x) - 1 for x <= 0, accurate near 0.
template <class T>
NONCONVEX_ALWAYS_INLINE T expm1OfNegative(T x) {
  using E = ExpParts<T>;
  const T inside = x < E::least ? E::least : x;
  const T shifted = inside * E::log2e + E::shift;
  const T k = shifted - E::shift;
  const T p = E::polynomial((inside - k * E::ln2High) - k * E::ln2Low);
  const auto bits = std::bit_cast<typename E::Bits>(shifted) - std::bit_cast<typename E::Bits>(E::shift);
  const T power = powerOfTwo<T>(bits);
  return p * power + (power - 1);
}

/// (1 - e) / (1 + e), e = exp(-2 |x|), with the sign of x.
template <class T>
NONCONVEX_ALWAYS_INLINE T tanh(T x) {
  const T size = x < 0 ? -x : x;
  const T e = expm1OfNegative(-2 * size);
  const T value = -e / (2 + e);
  const T signedValue = x < 0 ? -value : value;
  return x == x ? signedValue : x;
}

template <class T>
NONCONVEX_ALWAYS_INLINE T sigmoid(T x) {
  const T e = row_math::exp(x < 0 ? x : -x);
  const T value = (x < 0 ? e : T(1)) / (1 + e);
  return x == x ? value : x;
}

/// log(1 + exp(x))
template <class T>
NONCONVEX_ALWAYS_INLINE T softplus(T x) {
  const T e = row_math::exp(x < 0 ? x : -x);
  const T value = (x > 0 ? x : T(0)) + static_cast<T>(vectorLog1p(e));
  return x == x ? value : x;
}

}  // namespace nonconvex::row_math
