// Products and factors of large symmetric matrices by square tiles, whose tasks La shares out among threads: in double
// precision Cpu has them as its own.
#pragma once

#include <algorithm>
#include <cmath>

#include "linalg/blas.hpp"
#include "linalg/views.hpp"

namespace nonconvex::byTiles {

inline constexpr int tile = 256;  // rows and columns of a tile

inline int tilesOf(int n) { return (n + tile - 1) / tile; }
inline int tileSize(int n, int index) { return std::min(tile, n - index * tile); }

/// Lower triangle of C = alpha A^T A + beta C where `op` is 'T', alpha A A^T + beta C where it is 'N'.
template <class T, class La>
void syrk(const La& la, char op, T alpha, Mat<const T> a, T beta, Mat<T> c) {
  const int n = c.rows;
  const int tiles = tilesOf(n);
  const bool transposed = op == 'T';
  const int k = transposed ? a.rows : a.cols;
  const int stride = std::max(1, a.stride);  // BLAS refuses 0, which a matrix without rows has
  const auto part = [&](int index) { return transposed ? a.column(index * tile) : a.data + index * tile; };
  la.tasks(tiles * (tiles + 1) / 2, [&](int t) {
    int i = 0;
    while ((i + 1) * (i + 2) / 2 <= t) ++i;
    const int j = t - i * (i + 1) / 2;
    la.checkpoint();
    const int m = tileSize(n, i);
    T* to = &c(i * tile, j * tile);
    if (i == j) {
      blas::syrkLower(op, m, k, alpha, part(i), stride, beta, to, c.stride);
    } else {
      blas::gemm(op, transposed ? 'N' : 'T', m, tileSize(n, j), k, alpha, part(i), stride, part(j), stride, beta, to,
                 c.stride);
    }
  });
}

/// A = L L^T in the lower triangle; false when A is not positive definite to working accuracy.
template <class T, class La>
bool cholesky(const La& la, Mat<T> a) {
  const int n = a.rows;
  const int tiles = tilesOf(n);
  for (int k = 0; k < tiles; ++k) {
    la.checkpoint();
    const int nk = tileSize(n, k);
    const int k0 = k * tile;
    if (blas::potrfLower(nk, &a(k0, k0), a.stride) != 0) return false;
    for (int i = k0; i < k0 + nk; ++i) {  // OpenBLAS lets NaN pass
      if (!std::isfinite(a(i, i))) return false;
    }
    const int below = tiles - k - 1;
    la.tasks(below, [&](int t) {
      const int i = k + 1 + t;
      blas::trsmLower('R', 'T', tileSize(n, i), nk, &a(k0, k0), a.stride, &a(i * tile, k0), a.stride);
    });
    la.tasks(below * (below + 1) / 2, [&](int t) {
      int row = 0;
      while ((row + 1) * (row + 2) / 2 <= t) ++row;
      const int i = k + 1 + row;
      const int j = k + 1 + t - row * (row + 1) / 2;
      if (i == j) {
        blas::syrkLower('N', tileSize(n, i), nk, T(-1), &a(i * tile, k0), a.stride, T(1), &a(i * tile, j * tile),
                        a.stride);
      } else {
        blas::gemm('N', 'T', tileSize(n, i), tileSize(n, j), nk, T(-1), &a(i * tile, k0), a.stride, &a(j * tile, k0),
                   a.stride, T(1), &a(i * tile, j * tile), a.stride);
      }
    });
  }
  return true;
}

/// B := A^{-1} B by the factor of `cholesky`.
template <class T, class La>
void choleskySolve(const La& la, Mat<const T> factor, Mat<T> b) {
  const int n = factor.rows;
  const int tiles = tilesOf(n);
  const auto update = [&](char op, int i, int k) {
    // B_i -= L_ik B_k (forward) or L_ki^T B_k (backward).
    const T* l = op == 'N' ? &factor(i * tile, k * tile) : &factor(k * tile, i * tile);
    const int rows = op == 'N' ? tileSize(n, i) : tileSize(n, k);
    const int cols = op == 'N' ? tileSize(n, k) : tileSize(n, i);
    if (b.cols == 1) {
      blas::gemv(op, rows, cols, T(-1), l, factor.stride, &b(k * tile, 0), T(1), &b(i * tile, 0));
    } else {
      blas::gemm(op, 'N', tileSize(n, i), b.cols, tileSize(n, k), T(-1), l, factor.stride, &b(k * tile, 0), b.stride,
                 T(1), &b(i * tile, 0), b.stride);
    }
  };
  const auto solveDiagonal = [&](char op, int k) {
    const T* l = &factor(k * tile, k * tile);
    if (b.cols == 1) {
      blas::trsv('L', op, tileSize(n, k), l, factor.stride, &b(k * tile, 0));
    } else {
      blas::trsmLower('L', op, tileSize(n, k), b.cols, l, factor.stride, &b(k * tile, 0), b.stride);
    }
  };
  for (int k = 0; k < tiles; ++k) {
    solveDiagonal('N', k);
    la.tasks(tiles - k - 1, [&](int t) { update('N', k + 1 + t, k); });
  }
  for (int k = tiles - 1; k >= 0; --k) {
    solveDiagonal('T', k);
    la.tasks(k, [&](int t) { update('T', t, k); });
  }
}

}  // namespace nonconvex::byTiles
