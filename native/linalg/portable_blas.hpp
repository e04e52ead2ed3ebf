// The routines of blas.hpp in plain C++, with vectors of 16 bytes, for processors that no BLAS is built for:
// WebAssembly, by -DNONCONVEX_BLAS=portable. As much of BLAS and LAPACK as blas.hpp declares and no more: vectors of
// stride one, lower triangles for what is symmetric.
//
// Matrices are column by column, with `lda` numbers from one column to the next. Functions on blocks (trsm, potrf,
// getrf) divide them in two halves until they are small, and leave the rest to gemm.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstring>
#include <utility>
#include <vector>

namespace nonconvex::portable {

/// Registers of processors: vectors of as many numbers as 16 bytes hold.
template <class T>
struct Register {
  static constexpr int lanes = 16 / static_cast<int>(sizeof(T));  // numbers of a register
  typedef T Type __attribute__((vector_size(16)));

  static Type load(const T* from) {
    Type value;
    std::memcpy(&value, from, sizeof value);
    return value;
  }
  static void store(T* to, Type value) { std::memcpy(to, &value, sizeof value); }
  static Type all(T value) { return Type{} + value; }
  static T sum(Type value) {
    T total = 0;
    for (int k = 0; k < lanes; ++k) total += value[k];
    return total;
  }
};

inline bool transposed(char trans) { return trans == 'T' || trans == 't' || trans == 'C' || trans == 'c'; }

template <class T>
const T* at(const T* a, int lda, int i, int j) {
  return a + i + static_cast<std::ptrdiff_t>(lda) * j;
}
template <class T>
T* at(T* a, int lda, int i, int j) {
  return a + i + static_cast<std::ptrdiff_t>(lda) * j;
}

/// Memory of the calling thread for `size` numbers; `Use` tells apart what is needed at the same time.
template <class T, int Use>
T* scratch(std::size_t size) {
  thread_local std::vector<T> memory;
  if (memory.size() < size) memory.resize(size);
  return memory.data();
}

// Vectors -------------------------------------------------------------------------------------------------------------

template <class T>
T dot(int n, const T* x, const T* y) {
  using R = Register<T>;
  typename R::Type sums[4] = {};
  int i = 0;
  for (; i + 4 * R::lanes <= n; i += 4 * R::lanes) {
    for (int k = 0; k < 4; ++k) sums[k] += R::load(x + i + k * R::lanes) * R::load(y + i + k * R::lanes);
  }
  T total = R::sum((sums[0] + sums[1]) + (sums[2] + sums[3]));
  for (; i < n; ++i) total += x[i] * y[i];
  return total;
}

/// y += alpha x
template <class T>
void axpy(int n, T alpha, const T* x, T* y) {
  using R = Register<T>;
  const auto factor = R::all(alpha);
  int i = 0;
  for (; i + R::lanes <= n; i += R::lanes) R::store(y + i, R::load(y + i) + factor * R::load(x + i));
  for (; i < n; ++i) y[i] += alpha * x[i];
}

/// x *= alpha, and 0 for alpha = 0, whatever x is.
template <class T>
void scale(int n, T alpha, T* x) {
  if (alpha == T(1)) return;
  if (alpha == T(0)) {
    std::fill(x, x + std::max(n, 0), T(0));
  } else {
    for (int i = 0; i < n; ++i) x[i] *= alpha;
  }
}

/// The square root of the sum of squares, which does not overflow before the norm does.
template <class T>
T nrm2(int n, const T* x) {
  T largest = 0;
  for (int i = 0; i < n; ++i) {
    if (!(std::abs(x[i]) <= largest)) largest = std::abs(x[i]);
    if (std::isnan(largest)) return largest;
  }
  if (largest == T(0) || std::isinf(largest)) return largest;
  int exponent = 0;
  std::frexp(largest, &exponent);
  T sum = 0;
  for (int i = 0; i < n; ++i) {
    const T scaled = std::ldexp(x[i], -exponent);
    sum += scaled * scaled;
  }
  return std::ldexp(std::sqrt(sum), exponent);
}

// A matrix and a vector -----------------------------------------------------------------------------------------------

/// y += alpha A x
template <class T>
void addProduct(int m, int n, T alpha, const T* a, int lda, const T* x, T* y) {
  using R = Register<T>;
  int j = 0;
  for (; j + 4 <= n; j += 4) {  // four columns at a time, so that y is read once for them
    const T* columns[4];
    typename R::Type factors[4];
    for (int k = 0; k < 4; ++k) {
      columns[k] = at(a, lda, 0, j + k);
      factors[k] = R::all(alpha * x[j + k]);
    }
    int i = 0;
    for (; i + R::lanes <= m; i += R::lanes) {
      auto part = R::load(y + i);
      for (int k = 0; k < 4; ++k) part += factors[k] * R::load(columns[k] + i);
      R::store(y + i, part);
    }
    for (; i < m; ++i) {
      for (int k = 0; k < 4; ++k) y[i] += factors[k][0] * columns[k][i];
    }
  }
  for (; j < n; ++j) axpy(m, alpha * x[j], at(a, lda, 0, j), y);
}

/// y += alpha A^T x
template <class T>
void addTransposedProduct(int m, int n, T alpha, const T* a, int lda, const T* x, T* y) {
  using R = Register<T>;
  int j = 0;
  for (; j + 4 <= n; j += 4) {  // four columns at a time, so that x is read once for them
    const T* columns[4];
    for (int k = 0; k < 4; ++k) columns[k] = at(a, lda, 0, j + k);
    typename R::Type sums[4] = {};
    int i = 0;
    for (; i + R::lanes <= m; i += R::lanes) {
      const auto part = R::load(x + i);
      for (int k = 0; k < 4; ++k) sums[k] += R::load(columns[k] + i) * part;
    }
    for (int k = 0; k < 4; ++k) {
      T total = R::sum(sums[k]);
      for (int rest = i; rest < m; ++rest) total += columns[k][rest] * x[rest];
      y[j + k] += alpha * total;
    }
  }
  for (; j < n; ++j) y[j] += alpha * dot(m, at(a, lda, 0, j), x);
}

/// y = alpha op(A) x + beta y
template <class T>
void gemv(char trans, int m, int n, T alpha, const T* a, int lda, const T* x, T beta, T* y) {
  scale(transposed(trans) ? n : m, beta, y);
  if (alpha == T(0)) return;
  if (transposed(trans)) {
    addTransposedProduct(m, n, alpha, a, lda, x, y);
  } else {
    addProduct(m, n, alpha, a, lda, x, y);
  }
}

/// y = alpha A x + beta y, A symmetric by its lower triangle
template <class T>
void symvLower(int n, T alpha, const T* a, int lda, const T* x, T beta, T* y) {
  scale(n, beta, y);
  if (alpha == T(0)) return;
  for (int j = 0; j < n; ++j) {
    const int below = n - j - 1;
    const T* column = at(a, lda, j, j);
    axpy(below, alpha * x[j], column + 1, y + j + 1);
    y[j] += alpha * (column[0] * x[j] + dot(below, column + 1, x + j + 1));
  }
}

/// x = op(A)^-1 x, A a triangle; with `unit` its diagonal is 1 and not looked at
template <class T>
void trsv(char uplo, char trans, bool unit, int n, const T* a, int lda, T* x) {
  const bool lower = uplo == 'L' || uplo == 'l';
  const bool forward = lower != transposed(trans);
  for (int k = 0; k < n; ++k) {
    const int j = forward ? k : n - 1 - k;
    const T* column = at(a, lda, 0, j);
    const int first = lower ? j + 1 : 0;  // first of the entries beside the diagonal
    const int count = lower ? n - j - 1 : j;
    if (transposed(trans)) x[j] -= dot(count, column + first, x + first);
    if (!unit) x[j] /= column[j];
    if (!transposed(trans)) axpy(count, -x[j], column + first, x + first);
  }
}

// Matrices ------------------------------------------------------------------------------------------------------------

/// A product of blocks: rows of A in panels of `rows`, columns of B in panels of `columns`, which fill registers.
template <class T>
struct Blocks {
  static constexpr int rows = 2 * Register<T>::lanes;  // two registers of each column of a tile
  static constexpr int columns = 4;                    // eight registers of a tile, and those of its operands
  static constexpr int depth = 256;        // length of a panel: the two of a tile stay in the first-level cache
  static constexpr int rowBlock = 64;      // rows of A that stay in the second-level cache
  static constexpr int columnBlock = 512;  // columns of B that stay in the third-level cache

  /// out = the product of a panel of A and one of B
  static void tile(int k, const T* a, const T* b, T* out) {
    using R = Register<T>;
    typename R::Type sums[columns][2] = {};
    for (int p = 0; p < k; ++p) {
      const auto first = R::load(a);
      const auto second = R::load(a + R::lanes);
      for (int j = 0; j < columns; ++j) {
        const auto factor = R::all(b[j]);
        sums[j][0] += first * factor;
        sums[j][1] += second * factor;
      }
      a += rows;
      b += columns;
    }
    for (int j = 0; j < columns; ++j) {
      R::store(out + rows * j, sums[j][0]);
      R::store(out + rows * j + R::lanes, sums[j][1]);
    }
  }

  /// Copies `count` lines of k numbers into panels of `width` lines, with 0 for lines that are missing. Number p of
  /// line i is from[i * line + p * step].
  static void pack(int count, int k, int width, const T* from, std::ptrdiff_t line, std::ptrdiff_t step, T* to) {
    for (int begin = 0; begin < count; begin += width) {
      const int present = std::min(width, count - begin);
      for (int p = 0; p < k; ++p) {
        const T* source = from + begin * line + p * step;
        for (int i = 0; i < present; ++i) to[i] = source[i * line];
        for (int i = present; i < width; ++i) to[i] = T(0);
        to += width;
      }
    }
  }
};

/// C = alpha op(A) op(B) + beta C; op(A) is m x k, op(B) k x n
template <class T>
void gemm(char transA, char transB, int m, int n, int k, T alpha, const T* a, int lda, const T* b, int ldb, T beta,
          T* c, int ldc) {
  using B = Blocks<T>;
  for (int j = 0; j < n; ++j) scale(m, beta, at(c, ldc, 0, j));
  if (alpha == T(0) || m <= 0 || n <= 0 || k <= 0) return;
  if (n == 1 && !transposed(transB))
    return gemv(transA, transposed(transA) ? k : m, transposed(transA) ? m : k, alpha, a, lda, b, T(1), c);
  // Numbers from one line of op(A) or op(B) to the next, and along a line.
  const std::ptrdiff_t lineA = transposed(transA) ? lda : 1, stepA = transposed(transA) ? 1 : lda;
  const std::ptrdiff_t lineB = transposed(transB) ? 1 : ldb, stepB = transposed(transB) ? ldb : 1;
  T* const packedA = scratch<T, 0>(static_cast<std::size_t>(B::rowBlock) * B::depth);
  T* const packedB = scratch<T, 1>(static_cast<std::size_t>(B::columnBlock) * B::depth);
  T product[B::rows * B::columns];
  for (int jc = 0; jc < n; jc += B::columnBlock) {
    const int nc = std::min(B::columnBlock, n - jc);
    for (int pc = 0; pc < k; pc += B::depth) {
      const int kc = std::min(B::depth, k - pc);
      B::pack(nc, kc, B::columns, b + jc * lineB + pc * stepB, lineB, stepB, packedB);
      for (int ic = 0; ic < m; ic += B::rowBlock) {
        const int mc = std::min(B::rowBlock, m - ic);
        B::pack(mc, kc, B::rows, a + ic * lineA + pc * stepA, lineA, stepA, packedA);
        for (int j = 0; j < nc; j += B::columns) {
          for (int i = 0; i < mc; i += B::rows) {
            B::tile(kc, packedA + i * kc, packedB + j * kc, product);
            const int height = std::min(B::rows, mc - i);
            for (int q = 0; q < std::min(B::columns, nc - j); ++q) {
              T* column = at(c, ldc, ic + i, jc + j + q);
              for (int r = 0; r < height; ++r) column[r] += alpha * product[q * B::rows + r];
            }
          }
        }
      }
    }
  }
}

/// C = alpha op(A) op(A)^T + beta C in the lower triangle; op(A) is n x k
template <class T>
void syrkLower(char trans, int n, int k, T alpha, const T* a, int lda, T beta, T* c, int ldc) {
  constexpr int block = 64;
  const char other = transposed(trans) ? 'N' : 'T';
  T* const square = scratch<T, 2>(block * block);
  for (int j = 0; j < n; j += block) {
    const int width = std::min(block, n - j);
    const int below = n - j - width;
    const T* rows = transposed(trans) ? at(a, lda, 0, j) : at(a, lda, j, 0);
    const T* others = transposed(trans) ? at(a, lda, 0, j + width) : at(a, lda, j + width, 0);
    gemm(trans, other, width, width, k, alpha, rows, lda, rows, lda, T(0), square, block);
    for (int q = 0; q < width; ++q) {
      T* column = at(c, ldc, j + q, j + q);
      scale(width - q, beta, column);
      axpy(width - q, T(1), square + q * block + q, column);
    }
    gemm(trans, other, below, width, k, alpha, others, lda, rows, lda, beta, at(c, ldc, j + width, j), ldc);
  }
}

/// B = B op(L)^-1, a column of the result after the other from those that are done
template <class T>
void solveRightByColumns(char trans, bool unit, int m, int n, const T* l, int ldl, T* b, int ldb) {
  for (int k = 0; k < n; ++k) {
    const int j = transposed(trans) ? k : n - 1 - k;
    T* const column = at(b, ldb, 0, j);
    const int first = transposed(trans) ? 0 : j + 1;
    const int last = transposed(trans) ? j : n;
    for (int i = first; i < last; ++i) {
      const T factor = *(transposed(trans) ? at(l, ldl, j, i) : at(l, ldl, i, j));
      axpy(m, -factor, at(b, ldb, 0, i), column);
    }
    if (unit) continue;
    const T pivot = *at(l, ldl, j, j);
    for (int i = 0; i < m; ++i) column[i] /= pivot;
  }
}

/// B = op(L)^-1 B for side 'L', B op(L)^-1 for side 'R'; L a lower triangle
template <class T>
void solveTriangle(char side, char trans, bool unit, int m, int n, const T* l, int ldl, T* b, int ldb) {
  constexpr int small = 16;
  const bool left = side == 'L' || side == 'l';
  const int order = left ? m : n;
  if (order <= small && !left) return solveRightByColumns(trans, unit, m, n, l, ldl, b, ldb);
  if (order <= small) {
    for (int j = 0; j < n; ++j) trsv('L', trans, unit, m, l, ldl, at(b, ldb, 0, j));
    return;
  }
  // L = [L1 0; M L2]; the half of B that needs no other is solved, taken out of the other half, and that is solved.
  const int half = order / 2;
  const int rest = order - half;
  const T* const middle = at(l, ldl, half, 0);
  T* const b2 = left ? at(b, ldb, half, 0) : at(b, ldb, 0, half);
  const bool firstHalfFirst = left != transposed(trans);
  const auto solve = [&](bool firstHalf) {
    const int size = firstHalf ? half : rest;
    solveTriangle(side, trans, unit, left ? size : m, left ? n : size, firstHalf ? l : at(l, ldl, half, half), ldl,
                  firstHalf ? b : b2, ldb);
  };
  solve(firstHalfFirst);
  const T* const known = firstHalfFirst ? b : b2;
  T* const other = firstHalfFirst ? b2 : b;
  const int others = firstHalfFirst ? rest : half;
  const int knowns = order - others;
  if (left) {
    gemm(trans, 'N', others, n, knowns, T(-1), middle, ldl, known, ldb, T(1), other, ldb);
  } else {
    gemm('N', trans, m, others, knowns, T(-1), known, ldb, middle, ldl, T(1), other, ldb);
  }
  solve(!firstHalfFirst);
}

/// B = alpha op(L)^-1 B for side 'L', alpha B op(L)^-1 for side 'R'; L a lower triangle, whose diagonal is 1 and not
/// looked at with `unit`
template <class T>
void trsmLower(char side, char trans, bool unit, int m, int n, T alpha, const T* l, int ldl, T* b, int ldb) {
  for (int j = 0; j < n; ++j) scale(m, alpha, at(b, ldb, 0, j));
  solveTriangle(side, trans, unit, m, n, l, ldl, b, ldb);
}

// Factorisations ------------------------------------------------------------------------------------------------------

/// A = L L^T in the lower triangle. Returns 0, or the number from 1 of the first column whose pivot is not positive.
template <class T>
int potrfLower(int n, T* a, int lda) {
  constexpr int small = 16;
  if (n <= small) {
    for (int j = 0; j < n; ++j) {
      T* column = at(a, lda, 0, j);
      if (!(column[j] > T(0))) return j + 1;
      const T root = std::sqrt(column[j]);
      column[j] = root;
      for (int i = j + 1; i < n; ++i) column[i] /= root;
      for (int k = j + 1; k < n; ++k) axpy(n - k, -column[k], column + k, at(a, lda, k, k));
    }
    return 0;
  }
  const int half = n / 2;
  if (const int failed = potrfLower(half, a, lda)) return failed;
  T* const below = at(a, lda, half, 0);
  T* const rest = at(a, lda, half, half);
  trsmLower('R', 'T', false, n - half, half, T(1), a, lda, below, lda);
  syrkLower('N', n - half, half, T(-1), below, lda, T(1), rest, lda);
  const int failed = potrfLower(n - half, rest, lda);
  return failed == 0 ? 0 : half + failed;
}

/// Exchanges rows k and pivots[k] - 1 of n columns, for k from 0 to count - 1.
template <class T>
void swapRows(int n, T* a, int lda, const int* pivots, int count) {
  for (int j = 0; j < n; ++j) {
    T* column = at(a, lda, 0, j);
    for (int k = 0; k < count; ++k) std::swap(column[k], column[pivots[k] - 1]);
  }
}

/// P A = L U of an m x n matrix, m >= n, by partial pivoting; `pivots` counts rows from 1. Returns 0, or the number
/// from 1 of the first column whose pivot is 0, and goes on.
template <class T>
int getrf(int m, int n, T* a, int lda, int* pivots) {
  if (n == 0) return 0;
  if (n == 1) {
    int largest = 0;
    for (int i = 1; i < m; ++i) {
      if (std::abs(a[i]) > std::abs(a[largest])) largest = i;
    }
    pivots[0] = largest + 1;
    if (a[largest] == T(0)) return 1;
    std::swap(a[0], a[largest]);
    for (int i = 1; i < m; ++i) a[i] /= a[0];
    return 0;
  }
  const int half = n / 2;
  const int first = getrf(m, half, a, lda, pivots);
  T* const right = at(a, lda, 0, half);
  T* const below = at(a, lda, half, 0);
  T* const rest = at(a, lda, half, half);
  swapRows(n - half, right, lda, pivots, half);
  trsmLower('L', 'N', true, half, n - half, T(1), a, lda, right, lda);
  gemm('N', 'N', m - half, n - half, half, T(-1), below, lda, right, lda, T(1), rest, lda);
  const int second = getrf(m - half, n - half, rest, lda, pivots + half);
  swapRows(half, below, lda, pivots + half, n - half);
  for (int k = half; k < n; ++k) pivots[k] += half;
  return first != 0 ? first : second == 0 ? 0 : half + second;
}

/// b = op(A)^-1 b by the factors of getrf
template <class T>
void getrs(char trans, int n, const T* a, int lda, const int* pivots, T* b) {
  if (transposed(trans)) {
    trsv('U', 'T', false, n, a, lda, b);
    trsv('L', 'T', true, n, a, lda, b);
    for (int k = n - 1; k >= 0; --k) std::swap(b[k], b[pivots[k] - 1]);
  } else {
    for (int k = 0; k < n; ++k) std::swap(b[k], b[pivots[k] - 1]);
    trsv('L', 'N', true, n, a, lda, b);
    trsv('U', 'N', false, n, a, lda, b);
  }
}

}  // namespace nonconvex::portable
