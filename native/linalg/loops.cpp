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

namespace {

/// Eight numbers, which the compiler splits where registers are shorter: sums with lanes of their own need no leave to
/// reorder additions.
constexpr int lanes = 8;
using Eight = double __attribute__((vector_size(64)));
/// At any address that a double may have; to be copied, since a reference to Eight promises more.
using EightInMemory = double __attribute__((vector_size(64), aligned(8), may_alias));

inline const EightInMemory& eight(const double* x) { return *reinterpret_cast<const EightInMemory*>(x); }
inline EightInMemory& eight(double* x) { return *reinterpret_cast<EightInMemory*>(x); }
inline __attribute__((always_inline)) double sumOf(const Eight& v) {
  return ((v[0] + v[4]) + (v[2] + v[6])) + ((v[1] + v[5]) + (v[3] + v[7]));
}

/// Of T = Eight or double.
template <class T>
struct MomentSums {
  T a3r = {};
  T a2r2 = {};
  T ar3 = {};

  inline __attribute__((always_inline)) void add(const T& a, const T& r) {
    const T p = a * r;
    a3r += a * a * p;
    a2r2 += p * p;
    ar3 += p * (r * r);
  }
};

inline __attribute__((always_inline)) void store(const MomentSums<Eight>& even, const MomentSums<Eight>& odd,
                                                 const MomentSums<double>& rest, double* sums) {
  sums[0] = sumOf(even.a3r + odd.a3r) + rest.a3r;
  sums[1] = sumOf(even.a2r2 + odd.a2r2) + rest.a2r2;
  sums[2] = sumOf(even.ar3 + odd.ar3) + rest.ar3;
}

}  // namespace

NONCONVEX_CLONES void moments(int n, const double* a, const double* r, double* sums) {
  MomentSums<Eight> even, odd;
  MomentSums<double> rest;
  int i = 0;
  for (; i + 2 * lanes <= n; i += 2 * lanes) {
    const Eight a0 = eight(a + i), r0 = eight(r + i);
    const Eight a1 = eight(a + i + lanes), r1 = eight(r + i + lanes);
    even.add(a0, r0);
    odd.add(a1, r1);
  }
  if (i + lanes <= n) {
    const Eight a0 = eight(a + i), r0 = eight(r + i);
    even.add(a0, r0);
    i += lanes;
  }
  for (; i < n; ++i) rest.add(a[i], r[i]);
  store(even, odd, rest, sums);
}

NONCONVEX_CLONES void axpyMoments(int n, double t, const double* x, double* r, const double* a, double* sums) {
  MomentSums<Eight> even, odd;
  MomentSums<double> rest;
  int i = 0;
  for (; i + 2 * lanes <= n; i += 2 * lanes) {
    const Eight a0 = eight(a + i), r0 = eight(r + i) + t * eight(x + i);
    const Eight a1 = eight(a + i + lanes), r1 = eight(r + i + lanes) + t * eight(x + i + lanes);
    even.add(a0, r0);
    odd.add(a1, r1);
    eight(r + i) = r0;
    eight(r + i + lanes) = r1;
  }
  if (i + lanes <= n) {
    const Eight a0 = eight(a + i), r0 = eight(r + i) + t * eight(x + i);
    even.add(a0, r0);
    eight(r + i) = r0;
    i += lanes;
  }
  for (; i < n; ++i) {
    r[i] += t * x[i];
    rest.add(a[i], r[i]);
  }
  store(even, odd, rest, sums);
}

NONCONVEX_CLONES double axpyDot(int n, double t, const double* x, double* r, const double* a) {
  Eight even = {}, odd = {};
  double rest = 0;
  int i = 0;
  for (; i + 2 * lanes <= n; i += 2 * lanes) {
    const Eight r0 = eight(r + i) + t * eight(x + i);
    const Eight r1 = eight(r + i + lanes) + t * eight(x + i + lanes);
    even += eight(a + i) * r0;
    odd += eight(a + i + lanes) * r1;
    eight(r + i) = r0;
    eight(r + i + lanes) = r1;
  }
  if (i + lanes <= n) {
    const Eight r0 = eight(r + i) + t * eight(x + i);
    even += eight(a + i) * r0;
    eight(r + i) = r0;
    i += lanes;
  }
  for (; i < n; ++i) {
    r[i] += t * x[i];
    rest += a[i] * r[i];
  }
  return sumOf(even + odd) + rest;
}

NONCONVEX_CLONES double sparseDot(int count, const double* a, const std::int32_t* row, const double* r) {
  double sum[4] = {0, 0, 0, 0};
  int k = 0;
  for (; k + 4 <= count; k += 4) {
    for (int q = 0; q < 4; ++q) sum[q] += a[k + q] * r[row[k + q]];
  }
  for (; k < count; ++k) sum[0] += a[k] * r[row[k]];
  return (sum[0] + sum[1]) + (sum[2] + sum[3]);
}

NONCONVEX_CLONES void sparseAxpy(int count, double t, const double* a, const std::int32_t* row, double* r) {
  int k = 0;
  for (; k + 4 <= count; k += 4) {
    double now[4];  // all loads before the stores, which the compiler cannot know to be elsewhere
    for (int q = 0; q < 4; ++q) now[q] = r[row[k + q]] + t * a[k + q];
    for (int q = 0; q < 4; ++q) r[row[k + q]] = now[q];
  }
  for (; k < count; ++k) r[row[k]] += t * a[k];
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
