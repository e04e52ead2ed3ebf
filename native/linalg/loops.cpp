#include "linalg/loops.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "core/clones.hpp"

namespace nonconvex::loops {

NONCONVEX_CLONES void maskedAxpy(int n, double a, const double* m, const double* x, double* y) {
  for (int i = 0; i < n; ++i) y[i] += a * m[i] * x[i];
}

NONCONVEX_CLONES void mask(int n, const double* m, const double* x, double* y) {
  for (int i = 0; i < n; ++i) y[i] = m[i] * x[i];
}

NONCONVEX_CLONES bool anyNegative(int n, const double* m, const double* x, double a, const double* s) {
  long long negative = 0;
  for (int i = 0; i < n; ++i) negative |= ((2 * m[i] - 1) * x[i] + a * s[i] < 0) ? 1 : 0;
  return negative != 0;
}

NONCONVEX_CLONES void relax(int n, double a, const double* x, double b, const double* q, double* y) {
  for (int i = 0; i < n; ++i) y[i] += a * (x[i] - y[i] + b * q[i]);
}

NONCONVEX_CLONES void moments(int n, const double* a, const double* r, double* sums) {
  // Lanes of their own, so that the sums become vectors without leave to reorder additions.
  constexpr int lanes = 16;
  double a3r[lanes] = {};
  double a2r2[lanes] = {};
  double ar3[lanes] = {};
  int i = 0;
  for (; i + lanes <= n; i += lanes) {
    for (int k = 0; k < lanes; ++k) {
      const double p = a[i + k] * r[i + k];
      a3r[k] += a[i + k] * a[i + k] * p;
      a2r2[k] += p * p;
      ar3[k] += p * (r[i + k] * r[i + k]);
    }
  }
  for (int k = 0; i < n; ++i, ++k) {
    const double p = a[i] * r[i];
    a3r[k] += a[i] * a[i] * p;
    a2r2[k] += p * p;
    ar3[k] += p * (r[i] * r[i]);
  }
  sums[0] = sums[1] = sums[2] = 0;
  for (int k = 0; k < lanes; ++k) {
    sums[0] += a3r[k];
    sums[1] += a2r2[k];
    sums[2] += ar3[k];
  }
}

namespace {

/// By squares of 8, whose lines are whole cache lines on both sides.
template <class T>
inline __attribute__((always_inline)) bool transposeInto(int m, int n, const T* a, std::size_t stride, double* out,
                                                         std::size_t outStride) {
  constexpr int side = 8;
  double check[side] = {};  // NaN once an entry is not finite
  int i = 0;
  for (; i + side <= m; i += side) {
    const T* rows = a + static_cast<std::size_t>(i) * stride;
    int j = 0;
    for (; j + side <= n; j += side) {
      double square[side][side];
      for (int r = 0; r < side; ++r) {
        const T* row = rows + static_cast<std::size_t>(r) * stride + j;
        for (int c = 0; c < side; ++c) square[c][r] = static_cast<double>(row[c]);
      }
      for (int c = 0; c < side; ++c) {
        double* column = out + static_cast<std::size_t>(j + c) * outStride + i;
        for (int r = 0; r < side; ++r) {
          column[r] = square[c][r];
          check[r] += 0 * square[c][r];
        }
      }
    }
    for (; j < n; ++j) {
      for (int r = 0; r < side; ++r) {
        const double value =
            static_cast<double>(rows[static_cast<std::size_t>(r) * stride + static_cast<std::size_t>(j)]);
        out[static_cast<std::size_t>(j) * outStride + static_cast<std::size_t>(i + r)] = value;
        check[r] += 0 * value;
      }
    }
  }
  for (; i < m; ++i) {
    for (int j = 0; j < n; ++j) {
      const double value = static_cast<double>(a[static_cast<std::size_t>(i) * stride + static_cast<std::size_t>(j)]);
      out[static_cast<std::size_t>(j) * outStride + static_cast<std::size_t>(i)] = value;
      check[0] += 0 * value;
    }
  }
  double sum = 0;
  for (const double each : check) sum += each;
  return sum == 0;
}

}  // namespace

NONCONVEX_CLONES bool transpose(int m, int n, const double* a, std::size_t stride, double* out, std::size_t outStride) {
  return transposeInto(m, n, a, stride, out, outStride);
}

NONCONVEX_CLONES bool transpose(int m, int n, const float* a, std::size_t stride, double* out, std::size_t outStride) {
  return transposeInto(m, n, a, stride, out, outStride);
}

NONCONVEX_CLONES void subtractProduct(int rows, int columns, const double* a, int stride, const double* x, int xStride,
                                      double* y) {
  const auto column = [&](int j) { return a + static_cast<std::size_t>(j) * static_cast<std::size_t>(stride); };
  const auto factor = [&](int j) { return x[static_cast<std::size_t>(j) * static_cast<std::size_t>(xStride)]; };
  int j = 0;
  for (; j + 4 <= columns; j += 4) {
    const double *a0 = column(j), *a1 = column(j + 1), *a2 = column(j + 2), *a3 = column(j + 3);
    const double x0 = factor(j), x1 = factor(j + 1), x2 = factor(j + 2), x3 = factor(j + 3);
    for (int i = 0; i < rows; ++i) y[i] -= a0[i] * x0 + a1[i] * x1 + a2[i] * x2 + a3[i] * x3;
  }
  for (; j < columns; ++j) {
    const double* a0 = column(j);
    const double x0 = factor(j);
    for (int i = 0; i < rows; ++i) y[i] -= a0[i] * x0;
  }
}

NONCONVEX_CLONES void subtractTransposedProduct(int rows, int columns, const double* a, int stride, const double* y,
                                                double* x) {
  constexpr int lanes = 8;
  const auto column = [&](int j) { return a + static_cast<std::size_t>(j) * static_cast<std::size_t>(stride); };
  int j = 0;
  for (; j + 4 <= columns; j += 4) {
    const double *a0 = column(j), *a1 = column(j + 1), *a2 = column(j + 2), *a3 = column(j + 3);
    double s0[lanes] = {}, s1[lanes] = {}, s2[lanes] = {}, s3[lanes] = {};
    int i = 0;
    for (; i + lanes <= rows; i += lanes) {
      for (int k = 0; k < lanes; ++k) {
        s0[k] += a0[i + k] * y[i + k];
        s1[k] += a1[i + k] * y[i + k];
        s2[k] += a2[i + k] * y[i + k];
        s3[k] += a3[i + k] * y[i + k];
      }
    }
    for (int k = 0; i < rows; ++i, ++k) {
      s0[k] += a0[i] * y[i];
      s1[k] += a1[i] * y[i];
      s2[k] += a2[i] * y[i];
      s3[k] += a3[i] * y[i];
    }
    for (int k = 0; k < lanes; ++k) {
      x[j] -= s0[k];
      x[j + 1] -= s1[k];
      x[j + 2] -= s2[k];
      x[j + 3] -= s3[k];
    }
  }
  for (; j < columns; ++j) {
    const double* a0 = column(j);
    double sum = 0;
    for (int i = 0; i < rows; ++i) sum += a0[i] * y[i];
    x[j] -= sum;
  }
}

NONCONVEX_CLONES double largest(int n, const double* x) {
  constexpr int lanes = 8;
  double best[lanes] = {};
  int i = 0;
  for (; i + lanes <= n; i += lanes) {
    for (int k = 0; k < lanes; ++k) best[k] = std::abs(x[i + k]) > best[k] ? std::abs(x[i + k]) : best[k];
  }
  for (int k = 0; i < n; ++i, ++k) best[k] = std::abs(x[i]) > best[k] ? std::abs(x[i]) : best[k];
  return *std::max_element(best, best + lanes);
}

}  // namespace nonconvex::loops
