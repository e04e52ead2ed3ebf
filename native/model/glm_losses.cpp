#include "model/glm_losses.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>

#include "core/clones.hpp"

namespace nonconvex {
namespace {

#define ALWAYS_INLINE inline __attribute__((always_inline))

/// exp(x) within 2 ulp, 0 from about -708 on and infinity above 709.78; no calls and no branches, so that loops over it
/// become vectors.
ALWAYS_INLINE double vectorExp(double x) {
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
ALWAYS_INLINE double vectorLog1p(double e) {
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

// Each row's loss, first and second derivative.

NONCONVEX_CLONES void logistic(int count, const double* __restrict t, const double* __restrict y,
                               double* __restrict losses, double* __restrict first, double* __restrict second) {
  for (int i = 0; i < count; ++i) {
    const double size = std::fabs(t[i]);
    const double e = vectorExp(-size);
    const double large = 1 / (1 + e);  // the probabilities of the two outcomes
    const double small = e * large;
    const double above = 0.5 * (size + t[i]), below = 0.5 * (size - t[i]);  // max(t, 0), max(-t, 0)
    const double p = t[i] < 0 ? small : large, q = t[i] < 0 ? large : small;
    losses[i] = (1 - y[i]) * above + y[i] * below + vectorLog1p(e);
    first[i] = (1 - y[i]) * p - y[i] * q;
    second[i] = small * large;
  }
}

NONCONVEX_CLONES void squared(int count, const double* __restrict t, const double* __restrict y,
                              double* __restrict losses, double* __restrict first, double* __restrict second) {
  for (int i = 0; i < count; ++i) {
    const double r = t[i] - y[i];
    losses[i] = 0.5 * r * r;
    first[i] = r;
    second[i] = 1;
  }
}

NONCONVEX_CLONES void poisson(int count, const double* __restrict t, const double* __restrict y,
                              double* __restrict losses, double* __restrict first, double* __restrict second) {
  for (int i = 0; i < count; ++i) {
    const double mean = vectorExp(t[i]);
    losses[i] = mean - y[i] * t[i];
    first[i] = mean - y[i];
    second[i] = mean;
  }
}

NONCONVEX_CLONES void gamma(int count, const double* __restrict t, const double* __restrict y,
                            double* __restrict losses, double* __restrict first, double* __restrict second) {
  for (int i = 0; i < count; ++i) {
    const double ratio = y[i] * vectorExp(-t[i]);
    losses[i] = t[i] + ratio;
    first[i] = 1 - ratio;
    second[i] = ratio;
  }
}

#undef ALWAYS_INLINE

NONCONVEX_CLONES double weigh(int count, const double* __restrict weights, const double* __restrict losses,
                              double* __restrict first, double* __restrict second) {
  constexpr int lanes = 16;  // of their own, so that the sums become vectors
  double sums[lanes] = {};
  int i = 0;
  for (; i + lanes <= count; i += lanes) {
    for (int k = 0; k < lanes; ++k) {
      sums[k] += weights[i + k] * losses[i + k];
      first[i + k] *= weights[i + k];
      second[i + k] *= weights[i + k];
    }
  }
  for (int k = 0; i < count; ++i, ++k) {
    sums[k] += weights[i] * losses[i];
    first[i] *= weights[i];
    second[i] *= weights[i];
  }
  double sum = 0;
  for (const double each : sums) sum += each;
  return sum;
}

}  // namespace

double glmLosses(GlmFamily family, int count, const double* t, const double* y, const double* weights, double* first,
                 double* second) {
  constexpr int most = 256;
  double losses[most];
  const auto each = [&] {
    switch (family) {
      case GlmFamily::logistic:
        return logistic;
      case GlmFamily::squared:
        return squared;
      case GlmFamily::poisson:
        return poisson;
      default:
        return gamma;
    }
  }();
  double sum = 0;
  for (int i = 0; i < count; i += most) {
    const int size = std::min(most, count - i);
    each(size, t + i, y + i, losses, first + i, second + i);
    sum += weigh(size, weights + i, losses, first + i, second + i);
  }
  return sum;
}

}  // namespace nonconvex
