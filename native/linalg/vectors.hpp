// Loops over vectors that the parts of the Newton solver share.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

#include "linalg/blas.hpp"
#include "linalg/vector_kernels.hpp"

namespace nonconvex {

using Vector = std::vector<double>;

inline int sizeOf(std::span<const double> v) { return static_cast<int>(v.size()); }

inline double dot(std::span<const double> a, std::span<const double> b) {
  constexpr std::size_t small = 48;  // BLAS is faster from this length on
  if (a.size() >= small) return blas::dot(sizeOf(a), a.data(), b.data());
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

inline double norm2Squared(std::span<const double> v) { return dot(v, v); }

/// max_i |v_i|; NaN where an entry is.
inline double normInf(std::span<const double> v) { return loops::largestOrNaN(v.size(), v.data()); }

inline double norm1(std::span<const double> v) {
  double sum = 0;
  for (const double value : v) sum += std::abs(value);
  return sum;
}

inline bool finite(std::span<const double> v) { return loops::allFinite(v.size(), v.data()); }

/// y += a x
inline void axpy(double a, std::span<const double> x, std::span<double> y) {
  for (std::size_t i = 0; i < x.size(); ++i) y[i] += a * x[i];
}

/// out = x + a y
inline void addScaled(std::span<const double> x, double a, std::span<const double> y, std::span<double> out) {
  constexpr std::size_t large = 8192;
  if (x.size() > large) return loops::addScaledLong(x.size(), x.data(), a, y.data(), out.data());
  for (std::size_t i = 0; i < x.size(); ++i) out[i] = x[i] + a * y[i];
}

}  // namespace nonconvex
