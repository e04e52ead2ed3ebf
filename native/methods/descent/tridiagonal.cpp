#include "methods/descent/tridiagonal.hpp"

#include <algorithm>
#include <cmath>

#include "core/numbers.hpp"

namespace nonconvex {
namespace {

/// One implicit QL step on the rows from `first` to `last`, with the vectors turned alike.
void turn(std::vector<double>& d, std::vector<double>& e, std::vector<double>& vectors, std::size_t first,
          std::size_t last) {
  const std::size_t n = d.size();
  const double half = (d[first + 1] - d[first]) / (2 * e[first]);
  const double root = std::hypot(half, 1.0);
  double g = d[last] - d[first] + e[first] / (half + std::copysign(root, half));
  double sine = 1, cosine = 1, moved = 0;
  for (std::size_t i = last; i-- > first;) {
    const double f = sine * e[i], b = cosine * e[i];
    const double length = std::hypot(f, g);
    e[i + 1] = length;
    if (length == 0) {
      d[i + 1] -= moved;
      e[last] = 0;
      return;
    }
    sine = f / length;
    cosine = g / length;
    g = d[i + 1] - moved;
    const double t = (d[i] - g) * sine + 2 * cosine * b;
    moved = sine * t;
    d[i + 1] = g + moved;
    g = cosine * t - b;
    for (std::size_t k = 0; k < n; ++k) {
      double& upper = vectors[(i + 1) * n + k];
      double& lower = vectors[i * n + k];
      const double old = upper;
      upper = sine * lower + cosine * old;
      lower = cosine * lower - sine * old;
    }
  }
  d[first] -= moved;
  e[first] = g;
  e[last] = 0;
}

}  // namespace

TridiagonalEigen eigenOfTridiagonal(std::span<const double> diagonal, std::span<const double> below) {
  constexpr int mostSteps = 60;
  const std::size_t n = diagonal.size();
  TridiagonalEigen out{{diagonal.begin(), diagonal.end()}, std::vector<double>(n * n)};
  for (std::size_t k = 0; k < n; ++k) out.vectors[k * n + k] = 1;
  std::vector<double>& d = out.values;
  std::vector<double> e(below.begin(), below.begin() + static_cast<std::ptrdiff_t>(n));
  e[n - 1] = 0;
  for (std::size_t first = 0; first < n; ++first) {
    for (int steps = 0; steps < mostSteps; ++steps) {
      std::size_t last = first;
      while (last + 1 < n && std::abs(e[last]) > machineEpsilon * (std::abs(d[last]) + std::abs(d[last + 1]))) ++last;
      if (last == first) break;
      turn(d, e, out.vectors, first, last);
    }
  }
  return out;
}

}  // namespace nonconvex
