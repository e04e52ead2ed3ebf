// Vectors in R^d for d of one digit, known when compiled.
#pragma once

#include <array>
#include <cmath>
#include <cstddef>

namespace nonconvex {

/// A vector of so few numbers that loops over them are unrolled.
template <int D>
using Point = std::array<double, static_cast<std::size_t>(D)>;

template <int D>
double dot(const Point<D>& a, const Point<D>& b) {
  double sum = 0;
  for (std::size_t i = 0; i < D; ++i) sum += a[i] * b[i];
  return sum;
}

/// y += factor x
template <int D>
void add(double factor, const Point<D>& x, Point<D>& y) {
  for (std::size_t i = 0; i < D; ++i) y[i] += factor * x[i];
}

template <int D>
double norm(const Point<D>& a) {
  return std::sqrt(dot<D>(a, a));
}

}  // namespace nonconvex
