#include "methods/projection/cone_kernels.hpp"

#include <cstddef>

#include "core/multiversion.hpp"
#include "linalg/wide.hpp"

namespace nonconvex::loops {
namespace {

/// Four numbers at a time, with lanes of their own; in memory at any address that a double may have.
constexpr int lanes = Wide<double, 32>::lanes;
using Four = Wide<double, 32>::Vector;
using FourInMemory = Wide<double, 32>::InMemory;

inline const FourInMemory& four(const double* x) { return *reinterpret_cast<const FourInMemory*>(x); }
inline __attribute__((always_inline)) double sumOf(const Four& v) { return (v[0] + v[2]) + (v[1] + v[3]); }

/// x = A^T y for `width` columns, each with `sums` sums, so that no sum waits for the one before.
template <int width, int sums>
inline __attribute__((always_inline)) void productsOfColumns(int rows, const double* a, int stride, const double* y,
                                                             double* x) {
  const auto column = [&](int j) { return a + static_cast<std::size_t>(j) * static_cast<std::size_t>(stride); };
  Four lane[width][sums] = {};
  double rest[width] = {};
  int i = 0;
  for (; i + sums * lanes <= rows; i += sums * lanes) {
    for (int s = 0; s < sums; ++s) {
      const Four with = four(y + i + s * lanes);
      for (int j = 0; j < width; ++j) lane[j][s] += four(column(j) + i + s * lanes) * with;
    }
  }
  for (; i + lanes <= rows; i += lanes) {
    for (int j = 0; j < width; ++j) lane[j][0] += four(column(j) + i) * four(y + i);
  }
  for (; i < rows; ++i) {
    for (int j = 0; j < width; ++j) rest[j] += column(j)[i] * y[i];
  }
  for (int j = 0; j < width; ++j) {
    Four sum = lane[j][0];
    for (int s = 1; s < sums; ++s) sum += lane[j][s];
    x[j] = sumOf(sum) + rest[j];
  }
}

}  // namespace

NONCONVEX_CLONES void transposedProduct(int rows, int columns, const double* a, int stride, const double* y,
                                        double* x) {
  int j = 0;
  const auto from = [&](int k) { return a + static_cast<std::size_t>(k) * static_cast<std::size_t>(stride); };
  for (; j + 4 <= columns; j += 4) productsOfColumns<4, 2>(rows, from(j), stride, y, x + j);
  if (j + 2 <= columns) {
    productsOfColumns<2, 4>(rows, from(j), stride, y, x + j);
    j += 2;
  }
  if (j < columns) productsOfColumns<1, 4>(rows, from(j), stride, y, x + j);
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
