// Loops over vectors that the parts of the Newton solver share.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

#include "linalg/blas.hpp"

namespace nonconvex {

using Vector = std::vector<double>;

constexpr std::size_t lanes = 4;

inline int sizeOf(std::span<const double> v) { return static_cast<int>(v.size()); }

inline double dot(std::span<const double> a, std::span<const double> b) {
  constexpr std::size_t small = 48;  // from where on BLAS is faster
  if (a.size() >= small) return blas::dot(sizeOf(a), a.data(), b.data());
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

inline double norm2Squared(std::span<const double> v) { return dot(v, v); }

/// f(entry, lane) for all entries, in lanes that need not wait for each other.
template <class F>
inline void inLanes(std::span<const double> v, F&& f) {
  std::size_t i = 0;
  for (; i + lanes <= v.size(); i += lanes) {
    for (std::size_t lane = 0; lane < lanes; ++lane) f(v[i + lane], lane);
  }
  for (; i < v.size(); ++i) f(v[i], std::size_t{0});
}

/// max_i |v_i|; NaN where an entry is.
inline double normInf(std::span<const double> v) {
  double largest[lanes] = {}, unordered[lanes] = {};
  inLanes(v, [&](double value, std::size_t lane) {
    const double size = std::abs(value);
    largest[lane] = largest[lane] < size ? size : largest[lane];
    unordered[lane] = size == size ? unordered[lane] : size;
  });
  double most = 0;
  for (std::size_t lane = 0; lane < lanes; ++lane) most = std::max(most, largest[lane]) + unordered[lane];
  return most;
}

inline double norm1(std::span<const double> v) {
  double sum = 0;
  for (const double value : v) sum += std::abs(value);
  return sum;
}

inline bool finite(std::span<const double> v) {
  double zero[lanes] = {};
  inLanes(v, [&](double value, std::size_t lane) { zero[lane] += value * 0; });
  for (std::size_t lane = 1; lane < lanes; ++lane) zero[0] += zero[lane];
  return zero[0] == 0;
}

/// y += a x
inline void axpy(double a, std::span<const double> x, std::span<double> y) {
  for (std::size_t i = 0; i < x.size(); ++i) y[i] += a * x[i];
}

/// out = x + a y
inline void addScaled(std::span<const double> x, double a, std::span<const double> y, std::span<double> out) {
  for (std::size_t i = 0; i < x.size(); ++i) out[i] = x[i] + a * y[i];
}

}  // namespace nonconvex
