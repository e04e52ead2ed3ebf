#include "methods/projection/cone_kernels.hpp"

#include <cstddef>

#include "core/multiversion.hpp"

namespace nonconvex::loops {
namespace {

/// Four numbers at a time, with lanes of their own; in memory at any address that a double may have.
constexpr int lanes = 4;
using Four = double __attribute__((vector_size(32)));
typedef double FourInMemory __attribute__((vector_size(32), aligned(8), may_alias));

inline const FourInMemory& four(const double* x) { return *reinterpret_cast<const FourInMemory*>(x); }
inline __attribute__((always_inline)) double sumOf(const Four& v) { return (v[0] + v[2]) + (v[1] + v[3]); }

}  // namespace

// Longer than most: four columns at a time, written out, so that their sums stay in registers.
NONCONVEX_CLONES void transposedProduct(int rows, int columns, const double* a, int stride, const double* y,
                                        double* x) {
  constexpr int width = 4;
  const auto column = [&](int j) { return a + static_cast<std::size_t>(j) * static_cast<std::size_t>(stride); };
  int j = 0;
  for (; j + width <= columns; j += width) {
    const double *a0 = column(j), *a1 = column(j + 1), *a2 = column(j + 2), *a3 = column(j + 3);
    Four s0[2] = {}, s1[2] = {}, s2[2] = {}, s3[2] = {};
    int i = 0;
    for (; i + 2 * lanes <= rows; i += 2 * lanes) {
      const Four y0 = four(y + i), y1 = four(y + i + lanes);
      s0[0] += four(a0 + i) * y0;
      s0[1] += four(a0 + i + lanes) * y1;
      s1[0] += four(a1 + i) * y0;
      s1[1] += four(a1 + i + lanes) * y1;
      s2[0] += four(a2 + i) * y0;
      s2[1] += four(a2 + i + lanes) * y1;
      s3[0] += four(a3 + i) * y0;
      s3[1] += four(a3 + i + lanes) * y1;
    }
    double r0 = 0, r1 = 0, r2 = 0, r3 = 0;
    for (; i < rows; ++i) {
      r0 += a0[i] * y[i];
      r1 += a1[i] * y[i];
      r2 += a2[i] * y[i];
      r3 += a3[i] * y[i];
    }
    const Four t0 = s0[0] + s0[1], t1 = s1[0] + s1[1], t2 = s2[0] + s2[1], t3 = s3[0] + s3[1];
    x[j] = sumOf(t0) + r0;
    x[j + 1] = sumOf(t1) + r1;
    x[j + 2] = sumOf(t2) + r2;
    x[j + 3] = sumOf(t3) + r3;
  }
  for (; j < columns; ++j) {
    const double* a0 = column(j);
    Four s0 = {};
    int i = 0;
    for (; i + lanes <= rows; i += lanes) s0 += four(a0 + i) * four(y + i);
    double rest = 0;
    for (; i < rows; ++i) rest += a0[i] * y[i];
    x[j] = sumOf(s0) + rest;
  }
}

// Four columns at a time, so that what is left above them is a whole number of vectors; the divisions by the diagonal
// wait for nothing.
NONCONVEX_CLONES void solveUpper(int n, const double* r, double* x) {
  const auto column = [&](int j) { return r + static_cast<std::size_t>(j) * static_cast<std::size_t>(j + 1) / 2; };
  int j = n;
  for (; j % lanes != 0; --j) {
    const double* a = column(j - 1);
    const double value = x[j - 1] /= a[j - 1];
    for (int i = 0; i < j - 1; ++i) x[i] -= value * a[i];
  }
  for (j -= lanes; j >= 0; j -= lanes) {
    const double *a0 = column(j), *a1 = column(j + 1), *a2 = column(j + 2), *a3 = column(j + 3);
    const double d0 = 1 / a0[j], d1 = 1 / a1[j + 1], d2 = 1 / a2[j + 2], d3 = 1 / a3[j + 3];
    const double x3 = x[j + 3] * d3;
    const double x2 = (x[j + 2] - x3 * a3[j + 2]) * d2;
    const double x1 = (x[j + 1] - x3 * a3[j + 1] - x2 * a2[j + 1]) * d1;
    const double x0 = (x[j] - x3 * a3[j] - x2 * a2[j] - x1 * a1[j]) * d0;
    x[j] = x0;
    x[j + 1] = x1;
    x[j + 2] = x2;
    x[j + 3] = x3;
    for (int i = 0; i < j; i += lanes) {
      const Four sum = four(a0 + i) * x0 + four(a1 + i) * x1 + four(a2 + i) * x2 + four(a3 + i) * x3;
      *reinterpret_cast<FourInMemory*>(x + i) -= sum;
    }
  }
}

NONCONVEX_CLONES bool anyBelow(int n, const float* s, const float* x, float a) {
  int below = 0;
  for (int i = 0; i < n; ++i) below |= s[i] * x[i] < a ? 1 : 0;
  return below != 0;
}

NONCONVEX_CLONES void rotate(int n, double c, double s, double* __restrict x, double* __restrict y) {
  for (int i = 0; i < n; ++i) {
    const double top = x[i];
    x[i] = c * top + s * y[i];
    y[i] = c * y[i] - s * top;
  }
}

}  // namespace nonconvex::loops
