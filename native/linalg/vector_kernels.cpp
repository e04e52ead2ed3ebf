#include "linalg/vector_kernels.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "core/multiversion.hpp"
#include "linalg/wide.hpp"

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

/// Four numbers at a time: sums with lanes of their own need no leave to reorder additions. A Four in memory may lie at
/// any address that a double may have; it is to be copied, since a reference to Four promises more. No alias by
/// `using`: Clang drops its alignment.
constexpr int lanes = 4;
using Four = Wide<double, 32>::Vector;
using FourInMemory = Wide<double, 32>::InMemory;

inline const FourInMemory& four(const double* x) { return *reinterpret_cast<const FourInMemory*>(x); }
inline FourInMemory& four(double* x) { return *reinterpret_cast<FourInMemory*>(x); }
inline __attribute__((always_inline)) double sumOf(const Four& v) { return (v[0] + v[2]) + (v[1] + v[3]); }

/// step(sum, i) for every fourth i, four sums in turn; returns the first number that is left.
template <class Step>
inline __attribute__((always_inline)) int inFours(int n, const Step& step) {
  int i = 0;
  for (; i + 4 * lanes <= n; i += 4 * lanes) {
    step(0, i);
    step(1, i + lanes);
    step(2, i + 2 * lanes);
    step(3, i + 3 * lanes);
  }
  for (; i + lanes <= n; i += lanes) step(0, i);
  return i;
}

/// Sums for T = Four or double.
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

inline __attribute__((always_inline)) void store(const MomentSums<Four>* m, const MomentSums<double>& rest,
                                                 double* sums) {
  sums[0] = sumOf((m[0].a3r + m[2].a3r) + (m[1].a3r + m[3].a3r)) + rest.a3r;
  sums[1] = sumOf((m[0].a2r2 + m[2].a2r2) + (m[1].a2r2 + m[3].a2r2)) + rest.a2r2;
  sums[2] = sumOf((m[0].ar3 + m[2].ar3) + (m[1].ar3 + m[3].ar3)) + rest.ar3;
}

}  // namespace

NONCONVEX_CLONES void moments(int n, const double* a, const double* r, double* sums) {
  MomentSums<Four> m[4];
  MomentSums<double> rest;
  const auto step = [&](int k, int at) __attribute__((always_inline)) {
    const Four ai = four(a + at), ri = four(r + at);
    m[k].add(ai, ri);
  };
  int i = inFours(n, step);
  for (; i < n; ++i) rest.add(a[i], r[i]);
  store(m, rest, sums);
}

NONCONVEX_CLONES void axpyMoments(int n, double t, const double* x, double* r, const double* a, double* sums) {
  MomentSums<Four> m[4];
  MomentSums<double> rest;
  const auto step = [&](int k, int i) __attribute__((always_inline)) {
    const Four ai = four(a + i), ri = four(r + i) + t * four(x + i);
    four(r + i) = ri;
    m[k].add(ai, ri);
  };
  int i = inFours(n, step);
  for (; i < n; ++i) {
    r[i] += t * x[i];
    rest.add(a[i], r[i]);
  }
  store(m, rest, sums);
}

namespace {

NONCONVEX_CLONES double axpyDotShort(int n, double t, const double* x, double* r, const double* a) {
  Four sum[4] = {};
  double rest = 0;
  const auto step = [&](int k, int at) __attribute__((always_inline)) {
    const Four now = four(r + at) + t * four(x + at);
    four(r + at) = now;
    sum[k] += four(a + at) * now;
  };
  int i = inFours(n, step);
  for (; i < n; ++i) {
    r[i] += t * x[i];
    rest += a[i] * r[i];
  }
  return sumOf((sum[0] + sum[2]) + (sum[1] + sum[3])) + rest;
}

/// axpyDot in registers as long as the processor has, which take their time to begin with: for long vectors.
NONCONVEX_CLONES double axpyDotLong(int n, double t, const double* __restrict x, double* __restrict r,
                                    const double* __restrict a) {
  constexpr int wide = 32;
  double sum[wide] = {};
  int i = 0;
  for (; i + wide <= n; i += wide) {
    for (int k = 0; k < wide; ++k) {
      const double now = r[i + k] + t * x[i + k];
      r[i + k] = now;
      sum[k] += a[i + k] * now;
    }
  }
  for (int half = wide / 2; half > 0; half /= 2) {
    for (int k = 0; k < half; ++k) sum[k] += sum[k + half];
  }
  double rest = 0;
  for (; i < n; ++i) {
    r[i] += t * x[i];
    rest += a[i] * r[i];
  }
  return sum[0] + rest;
}

}  // namespace

double axpyDot(int n, double t, const double* x, double* r, const double* a) {
  return n < 512 ? axpyDotShort(n, t, x, r, a) : axpyDotLong(n, t, x, r, a);
}

namespace {

/// Two neighbouring rows in one read: what these loops wait for is the number of their reads.
struct TwoRows {
  std::uint64_t first, second;

  inline __attribute__((always_inline)) explicit TwoRows(const std::int32_t* row) {
    static_assert(std::endian::native == std::endian::little);
    std::uint64_t both = 0;
    std::memcpy(&both, row, sizeof both);
    first = static_cast<std::uint32_t>(both);
    second = both >> 32;
  }
};

/// to = those of r in four rows.
inline __attribute__((always_inline)) void gather(const std::int32_t* row, const double* r, Four& to) {
  const TwoRows p(row), q(row + 2);
  to = Four{r[p.first], r[p.second], r[q.first], r[q.second]};
}

/// sum += four entries of a, times those of r in their rows.
inline __attribute__((always_inline)) void addProducts(const double* a, const std::int32_t* row, const double* r,
                                                       Four& sum) {
  Four entries;
  gather(row, r, entries);
  sum += four(a) * entries;
}

}  // namespace

NONCONVEX_CLONES double sparseDot(int count, const double* a, const std::int32_t* row, const double* r) {
  static_assert(sparseGroup == lanes);
  Four sum = {}, other = {};  // which do not wait for each other
  int k = 0;
  for (; k + 2 * sparseGroup <= count; k += 2 * sparseGroup) {
    addProducts(a + k, row + k, r, sum);
    addProducts(a + k + sparseGroup, row + k + sparseGroup, r, other);
  }
  if (k + sparseGroup <= count) {
    addProducts(a + k, row + k, r, sum);
    k += sparseGroup;
  }
  sum += other;
  double first = sum[0];
  for (; k < count; ++k) first += a[k] * r[row[k]];
  return (first + sum[1]) + (sum[2] + sum[3]);
}

NONCONVEX_CLONES void sparseScale(int count, const double* a, const std::int32_t* row, const double* root,
                                  double* scaled, double* sums) {
  Four sum = {}, squares = {};
  int k = 0;
  for (; k + sparseGroup <= count; k += sparseGroup) {
    Four roots;
    gather(row + k, root, roots);
    const Four entries = roots * four(a + k);
    four(scaled + k) = entries;
    sum += roots * entries;
    squares += entries * entries;
  }
  sums[0] = sumOf(sum);
  sums[1] = sumOf(squares);
  for (; k < count; ++k) {
    scaled[k] = root[row[k]] * a[k];
    sums[0] += root[row[k]] * scaled[k];
    sums[1] += scaled[k] * scaled[k];
  }
}

NONCONVEX_CLONES void sparseAxpy(int count, double t, const double* a, const std::int32_t* row, double* r) {
  int k = 0;
  for (; k + sparseGroup <= count; k += sparseGroup) {
    const TwoRows p(row + k), q(row + k + 2);
    // All reads are before the writes, which the compiler cannot know to be elsewhere.
    const Four entries = {r[p.first], r[p.second], r[q.first], r[q.second]};
    const Four next = entries + t * four(a + k);
    r[p.first] = next[0];
    r[p.second] = next[1];
    r[q.first] = next[2];
    r[q.second] = next[3];
  }
  for (; k < count; ++k) r[row[k]] += t * a[k];
}

namespace {

constexpr int side = 8;  // side of the squares that `transposeInto` copies: their lines are whole cache lines

/// Transposes a square of 8 and adds 0 times each entry to `check`: NaN once one is not finite.
template <class T>
inline __attribute__((always_inline)) void transposeSquare(const T* a, std::size_t stride, double* out,
                                                           std::size_t outStride, double* check) {
  double square[side][side];
  for (int r = 0; r < side; ++r) {
    const T* row = a + static_cast<std::size_t>(r) * stride;
    for (int c = 0; c < side; ++c) square[c][r] = static_cast<double>(row[c]);
  }
  for (int c = 0; c < side; ++c) {
    double* column = out + static_cast<std::size_t>(c) * outStride;
    for (int r = 0; r < side; ++r) {
      column[r] = square[c][r];
      check[r] += 0 * square[c][r];
    }
  }
}

/// Transposes by squares, and what they leave by entries. False if an entry is not finite.
template <class T>
inline __attribute__((always_inline)) bool transposeInto(int m, int n, const T* a, std::size_t stride, double* out,
                                                         std::size_t outStride) {
  double check[side] = {};
  const auto entry = [&](int i, int j, double& checked) {
    const double value = static_cast<double>(a[static_cast<std::size_t>(i) * stride + static_cast<std::size_t>(j)]);
    out[static_cast<std::size_t>(j) * outStride + static_cast<std::size_t>(i)] = value;
    checked += 0 * value;
  };
  int i = 0;
  for (; i + side <= m; i += side) {
    const T* rows = a + static_cast<std::size_t>(i) * stride;
    int j = 0;
    for (; j + side <= n; j += side) {
      transposeSquare(rows + j, stride, out + static_cast<std::size_t>(j) * outStride + i, outStride, check);
    }
    for (; j < n; ++j) {
      for (int r = 0; r < side; ++r) entry(i + r, j, check[r]);
    }
  }
  for (; i < m; ++i) {
    for (int j = 0; j < n; ++j) entry(i, j, check[0]);
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

namespace {

/// A column-major matrix: column j.
inline __attribute__((always_inline)) const double* columnOf(const double* a, int stride, int j) {
  return a + static_cast<std::size_t>(j) * static_cast<std::size_t>(stride);
}

/// `count` times four rows of to = from - A x, x_j at x[j * xStride]; returns the largest entries in each lane.
template <int count>
inline __attribute__((always_inline)) void difference(int columns, const double* a, int stride, const double* x,
                                                      int xStride, const double* from, double* to, Four& most) {
  Four sum[count];
  for (int v = 0; v < count; ++v) sum[v] = four(from + lanes * v);
  int j = 0;
  for (; j + 4 <= columns; j += 4) {
    const double *a0 = columnOf(a, stride, j), *a1 = a0 + stride, *a2 = a1 + stride, *a3 = a2 + stride;
    const double* factor = columnOf(x, xStride, j);
    const double x0 = factor[0], x1 = factor[xStride], x2 = factor[2 * xStride], x3 = factor[3 * xStride];
    for (int v = 0; v < count; ++v) {
      const int i = lanes * v;
      sum[v] -= four(a0 + i) * x0 + four(a1 + i) * x1 + four(a2 + i) * x2 + four(a3 + i) * x3;
    }
  }
  for (; j < columns; ++j) {
    const double* a0 = columnOf(a, stride, j);
    const double x0 = *columnOf(x, xStride, j);
    for (int v = 0; v < count; ++v) sum[v] -= four(a0 + lanes * v) * x0;
  }
  for (int v = 0; v < count; ++v) {
    four(to + lanes * v) = sum[v];
    const Four size = sum[v] < 0 ? -sum[v] : sum[v];
    most = size > most ? size : most;
  }
}

/// One row of from - A x, which rounds as the rows in fours do.
inline __attribute__((always_inline)) double differenceOfRow(int columns, const double* a, int stride, const double* x,
                                                             int xStride, double from) {
  int j = 0;
  for (; j + 4 <= columns; j += 4) {
    const double* row = columnOf(a, stride, j);
    const double* factor = columnOf(x, xStride, j);
    from -= row[0] * factor[0] + row[stride] * factor[xStride] + row[2 * stride] * factor[2 * xStride] +
            row[3 * stride] * factor[3 * xStride];
  }
  for (; j < columns; ++j) from -= *columnOf(a, stride, j) * *columnOf(x, xStride, j);
  return from;
}

inline __attribute__((always_inline)) double largestOf(const Four& v) {
  const double a = v[0] > v[2] ? v[0] : v[2], b = v[1] > v[3] ? v[1] : v[3];
  return a > b ? a : b;
}

}  // namespace

NONCONVEX_CLONES void subtractProduct(int rows, int columns, const double* a, int stride, const double* x, int xStride,
                                      double* y) {
  int j = 0;
  for (; j + 4 <= columns; j += 4) {
    const double *a0 = columnOf(a, stride, j), *a1 = a0 + stride, *a2 = a1 + stride, *a3 = a2 + stride;
    const double* factor = columnOf(x, xStride, j);
    const double x0 = factor[0], x1 = factor[xStride], x2 = factor[2 * xStride], x3 = factor[3 * xStride];
    const auto step = [&](int, int i) __attribute__((always_inline)) {
      four(y + i) -= four(a0 + i) * x0 + four(a1 + i) * x1 + four(a2 + i) * x2 + four(a3 + i) * x3;
    };
    for (int i = inFours(rows, step); i < rows; ++i) y[i] -= a0[i] * x0 + a1[i] * x1 + a2[i] * x2 + a3[i] * x3;
  }
  for (; j < columns; ++j) {
    const double* a0 = columnOf(a, stride, j);
    const double x0 = *columnOf(x, xStride, j);
    const auto step = [&](int, int i) __attribute__((always_inline)) { four(y + i) -= four(a0 + i) * x0; };
    for (int i = inFours(rows, step); i < rows; ++i) y[i] -= a0[i] * x0;
  }
}

NONCONVEX_CLONES double difference(int rows, int columns, const double* a, int stride, const double* x, int xStride,
                                   const double* from, double* to) {
  constexpr int most = 4;
  Four sizes = {};
  int i = 0;
  for (; i + most * lanes <= rows; i += most * lanes) {
    difference<most>(columns, a + i, stride, x, xStride, from + i, to + i, sizes);
  }
  for (; i + lanes <= rows; i += lanes) difference<1>(columns, a + i, stride, x, xStride, from + i, to + i, sizes);
  double largest = largestOf(sizes);
  for (; i < rows; ++i) {
    to[i] = differenceOfRow(columns, a + i, stride, x, xStride, from[i]);
    largest = std::abs(to[i]) > largest ? std::abs(to[i]) : largest;
  }
  return largest;
}

NONCONVEX_CLONES void subtractTransposedProduct(int rows, int columns, const double* a, int stride, const double* y,
                                                double* x) {
  int j = 0;
  for (; j + 4 <= columns; j += 4) {
    const double *a0 = columnOf(a, stride, j), *a1 = a0 + stride, *a2 = a1 + stride, *a3 = a2 + stride;
    Four s0 = {}, s1 = {}, s2 = {}, s3 = {};
    int i = 0;
    for (; i + lanes <= rows; i += lanes) {
      const Four yi = four(y + i);
      s0 += four(a0 + i) * yi;
      s1 += four(a1 + i) * yi;
      s2 += four(a2 + i) * yi;
      s3 += four(a3 + i) * yi;
    }
    double t0 = sumOf(s0), t1 = sumOf(s1), t2 = sumOf(s2), t3 = sumOf(s3);
    for (; i < rows; ++i) {
      t0 += a0[i] * y[i];
      t1 += a1[i] * y[i];
      t2 += a2[i] * y[i];
      t3 += a3[i] * y[i];
    }
    x[j] -= t0;
    x[j + 1] -= t1;
    x[j + 2] -= t2;
    x[j + 3] -= t3;
  }
  for (; j < columns; ++j) {
    const double* a0 = columnOf(a, stride, j);
    Four sum[4] = {};
    const auto step = [&](int k, int i) __attribute__((always_inline)) { sum[k] += four(a0 + i) * four(y + i); };
    int i = inFours(rows, step);
    double total = sumOf((sum[0] + sum[2]) + (sum[1] + sum[3]));
    for (; i < rows; ++i) total += a0[i] * y[i];
    x[j] -= total;
  }
}

namespace outerProducts {

template <int Bytes>
inline __attribute__((always_inline)) void add(int n, int count, const double* b, double* c) {
  using Vector = typename Wide<double, Bytes>::Vector;
  using InMemory = typename Wide<double, Bytes>::InMemory;
  constexpr int lanes = Wide<double, Bytes>::lanes;
  constexpr int width = 4, vectors = 2, height = lanes * vectors;
  for (int j = 0; j < n; j += width) {
    for (int i = j; i < n; i += height) {
      Vector sums[width][vectors] = {};
      const double* column = b;
      for (int k = 0; k < count; ++k, column += n) {
        const Vector first = *reinterpret_cast<const InMemory*>(column + i);
        const Vector second = *reinterpret_cast<const InMemory*>(column + i + lanes);
        for (int w = 0; w < width; ++w) {
          sums[w][0] += column[j + w] * first;
          sums[w][1] += column[j + w] * second;
        }
      }
      for (int w = 0; w < std::min(width, n - j); ++w) {
        double* to = c + static_cast<std::size_t>(j + w) * static_cast<std::size_t>(n);
        for (int l = 0; l < height; ++l) {
          if (i + l >= j + w && i + l < n) to[i + l] += sums[w][l / lanes][l % lanes];
        }
      }
    }
  }
}

NONCONVEX_BY_WIDTH(void addByWidth(int n, int count, const double* b, double* c), add<bytes>(n, count, b, c))

}  // namespace outerProducts

void addOuterProducts(int n, int count, const double* b, double* c) { outerProducts::addByWidth(n, count, b, c); }

NONCONVEX_CLONES void negate(std::size_t n, const double* x, double* __restrict y) {
  for (std::size_t i = 0; i < n; ++i) y[i] = -x[i];
}

NONCONVEX_CLONES void addScaledLong(std::size_t n, const double* x, double a, const double* y, double* out) {
  for (std::size_t i = 0; i < n; ++i) out[i] = x[i] + a * y[i];
}

NONCONVEX_CLONES double largest(int n, const double* x) {
  Four most[4] = {};
  const auto step = [&](int k, int i) __attribute__((always_inline)) {
    const Four value = four(x + i), size = value < 0 ? -value : value;
    most[k] = size > most[k] ? size : most[k];
  };
  int i = inFours(n, step);
  for (int k = 1; k < 4; ++k) most[0] = most[k] > most[0] ? most[k] : most[0];
  double best = largestOf(most[0]);
  for (; i < n; ++i) best = std::abs(x[i]) > best ? std::abs(x[i]) : best;
  return best;
}

NONCONVEX_CLONES void scaled(int n, double a, const double* x, double* y) {
  const auto step = [&](int, int i) __attribute__((always_inline)) { four(y + i) = a * four(x + i); };
  for (int i = inFours(n, step); i < n; ++i) y[i] = a * x[i];
}

namespace {

constexpr std::size_t shortVector = 32;  // a loop over lanes would take longer to begin and end

/// The largest of numbers >= 0, or NaN if one of them is NaN, which makes their sum NaN.
template <int Bytes>
struct LargestInLanes {
  using Vector = typename Wide<double, Bytes>::Vector;
  Vector best,
      sums;  // no initializers: Clang 19 has no constructors for what only functions for several processors use

  inline __attribute__((always_inline)) void add(const Vector& x) {
    const Vector size = x < 0 ? -x : x;
    best = best < size ? size : best;
    sums += size;
  }
};

/// The largest in two of them and in further sizes.
template <int Bytes>
inline __attribute__((always_inline)) double largestOf(const LargestInLanes<Bytes>* parts, double rest,
                                                       double restSum) {
  double most = rest, total = restSum;
  for (int k = 0; k < Wide<double, Bytes>::lanes; ++k) {
    most = std::max({most, parts[0].best[k], parts[1].best[k]});
    total += parts[0].sums[k] + parts[1].sums[k];
  }
  return std::isnan(total) ? total : most;
}

template <int Bytes>
inline __attribute__((always_inline)) double largestByLanes(std::size_t n, const double* x) {
  using Vector = typename Wide<double, Bytes>::Vector;
  using InMemory = typename Wide<double, Bytes>::InMemory;
  constexpr std::size_t own = Wide<double, Bytes>::lanes;
  LargestInLanes<Bytes> parts[2] = {};
  std::size_t i = 0;
  for (; i + 2 * own <= n; i += 2 * own) {
    // Copies: by a reference to a vector the compiler takes it for aligned.
    const Vector first = *reinterpret_cast<const InMemory*>(x + i);
    const Vector second = *reinterpret_cast<const InMemory*>(x + i + own);
    parts[0].add(first);
    parts[1].add(second);
  }
  double most = 0, sum = 0;
  for (; i < n; ++i) {
    most = std::max(most, std::abs(x[i]));
    sum += std::abs(x[i]);
  }
  return largestOf<Bytes>(parts, most, sum);
}

NONCONVEX_BY_WIDTH(double largestOfLong(std::size_t n, const double* x), return largestByLanes<bytes>(n, x))

template <int Bytes>
inline __attribute__((always_inline)) double scaleByLanes(std::size_t n, double a, double* x) {
  using Vector = typename Wide<double, Bytes>::Vector;
  using InMemory = typename Wide<double, Bytes>::InMemory;
  constexpr std::size_t own = Wide<double, Bytes>::lanes;
  LargestInLanes<Bytes> parts[2] = {};
  std::size_t i = 0;
  for (; i + 2 * own <= n; i += 2 * own) {
    for (std::size_t k = 0; k < 2; ++k) {
      InMemory* at = reinterpret_cast<InMemory*>(x + i + k * own);
      const Vector value = a * *at;
      *at = value;
      parts[k].add(value);
    }
  }
  double most = 0, sum = 0;
  for (; i < n; ++i) {
    const double size = std::abs(x[i] *= a);
    most = std::max(most, size);
    sum += size;
  }
  return largestOf<Bytes>(parts, most, sum);
}

NONCONVEX_BY_WIDTH(double scaleLong(std::size_t n, double a, double* x), return scaleByLanes<bytes>(n, a, x))

NONCONVEX_CLONES bool allOfLongFinite(std::size_t n, const double* x) {
  constexpr std::size_t parts = 16;
  double zero[parts] = {};
  std::size_t i = 0;
  for (; i + parts <= n; i += parts) {
    for (std::size_t k = 0; k < parts; ++k) zero[k] += x[i + k] * 0;
  }
  for (; i < n; ++i) zero[0] += x[i] * 0;
  for (std::size_t k = 1; k < parts; ++k) zero[0] += zero[k];
  return zero[0] == 0;
}

}  // namespace

double largestOrNaN(std::size_t n, const double* x) {
  if (n > shortVector) return largestOfLong(n, x);
  double most = 0, zero = 0;
  for (std::size_t i = 0; i < n; ++i) {
    const double size = std::abs(x[i]);
    most = most < size ? size : most;
    zero = size == size ? zero : size;
  }
  return most + zero;
}

double scale(std::size_t n, double a, double* x) {
  if (n > shortVector) return scaleLong(n, a, x);
  for (std::size_t i = 0; i < n; ++i) x[i] *= a;
  return largestOrNaN(n, x);
}

bool allFinite(std::size_t n, const double* x) {
  if (n > shortVector) return allOfLongFinite(n, x);
  double zero = 0;
  for (std::size_t i = 0; i < n; ++i) zero += x[i] * 0;
  return zero == 0;
}

}  // namespace nonconvex::loops
