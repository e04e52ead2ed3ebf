// Bodies of kernels; see launch.hpp.
#pragma once

#include <cmath>
#include <cstdint>

#include "cuda/launch.hpp"
#include "linalg/simd_pack.hpp"

namespace nonconvex::cuda {

/// f(i), i in [0, n).
template <class F>
struct Loop {
  using Shared = NothingShared;
  static constexpr int phases = 1;  // no barrier
  int n;
  F f;

  NONCONVEX_HD void operator()(int, Shared&, const Thread& t) const {
    for (std::int64_t i = t.x(); i < n; i += t.countX()) f(static_cast<int>(i));
  }
};

/// f(i, j), i in [0, m), j in [0, n).
template <class F>
struct MatrixLoop {
  using Shared = NothingShared;
  static constexpr int phases = 1;  // no barrier
  int m;
  int n;
  F f;

  NONCONVEX_HD void operator()(int, Shared&, const Thread& t) const {
    for (std::int64_t j = t.y(); j < n; j += t.countY()) {
      for (std::int64_t i = t.x(); i < m; i += t.countX()) f(static_cast<int>(i), static_cast<int>(j));
    }
  }
};

/// The loop over entries where columns begin with whole packs: `packed` is f on packs of entries.
template <class F, class Packed>
struct PackedLoop {
  using Shared = NothingShared;
  static constexpr int phases = 1;  // no barrier
  int m;
  int n;
  F f;
  Packed packed;

  NONCONVEX_HD void operator()(int, Shared&, const Thread& t) const {
    for (std::int64_t j = t.y(); j < n; j += t.countY()) {
      for (std::int64_t step = t.x(); step < stepsOf(m); step += t.countX()) {
        if (isPack(m, step)) {
          packed(static_cast<int>(step), static_cast<int>(j));
        } else {
          f(entryOf(m, step), static_cast<int>(j));
        }
      }
    }
  }
};

/// sums[piece + j pieces] = sum of f(i, j) over the piece's rows i of column j.
template <class F>
struct ColumnSums {
  struct Shared {
    double sum[blockSize];
  };
  static constexpr int halvings = 8;               // blockSize = 2^8
  static constexpr int phases = 1 + halvings + 1;  // sums of threads, halvings, the result
  static_assert(blockSize == 1 << halvings);
  int m;
  int n;
  F f;
  double* sums;

  NONCONVEX_HD void operator()(int phase, Shared& shared, const Thread& t) const {
    const int along = static_cast<int>(t.launch.block.x);
    const int me = static_cast<int>(t.thread.x);
    double* const mine = shared.sum + t.thread.y * t.launch.block.x;
    const std::int64_t j = std::int64_t{t.block.x} * t.launch.block.y + t.thread.y;
    if (phase == 0) {
      double s = 0;
      if (j < n) {
        const std::int64_t step = std::int64_t{t.launch.grid.y} * along;
        for (std::int64_t i = std::int64_t{t.block.y} * along + me; i < m; i += step) {
          s += static_cast<double>(f(static_cast<int>(i), static_cast<int>(j)));
        }
      }
      mine[me] = s;
    } else if (phase <= halvings) {
      const int half = blockSize >> phase;
      if (half < along && me < half) mine[me] += mine[me + half];
    } else if (me == 0 && j < n) {
      sums[t.block.y + j * t.launch.grid.y] = mine[0];
    }
  }
};

/// The upper triangle of a square matrix := its lower one, by tiles, so that both are accessed along columns.
template <class T>
struct MirrorLower {
  struct Shared {
    T tile[tileSize][tileSize + 1];
  };
  static constexpr int phases = 2;  // a tile is read, then written
  Mat<T, Device> a;

  NONCONVEX_HD void operator()(int phase, Shared& shared, const Thread& t) const {
    if (t.block.x < t.block.y) return;  // tile (x, y) of the lower triangle
    const int me = static_cast<int>(t.thread.x);
    for (int k = static_cast<int>(t.thread.y); k < tileSize; k += tileRows) {
      if (phase == 0) {
        const std::int64_t i = std::int64_t{t.block.x} * tileSize + me;
        const std::int64_t j = std::int64_t{t.block.y} * tileSize + k;
        if (i < a.rows && j < i) shared.tile[k][me] = a(static_cast<int>(i), static_cast<int>(j));
      } else {
        const std::int64_t i = std::int64_t{t.block.x} * tileSize + k;
        const std::int64_t j = std::int64_t{t.block.y} * tileSize + me;
        if (i < a.rows && j < i) a(static_cast<int>(j), static_cast<int>(i)) = shared.tile[me][k];
      }
    }
  }
};

// Functors --------------------------------------------------------------------------------------------------------

template <class T, class U>
struct Convert {
  Mat<const T, Device> from;
  Mat<U, Device> to;
  NONCONVEX_HD void operator()(int i, int j) const { to(i, j) = static_cast<U>(from(i, j)); }
  auto packs() const { return inPacks<Convert<Pack<T>, Pack<U>>>(from, to); }
};

template <class T>
struct Fill {
  Mat<T, Device> to;
  T value;
  NONCONVEX_HD void operator()(int i, int j) const { to(i, j) = value; }
  auto packs() const { return inPacks<Fill<Pack<T>>>(to, value); }
};

/// y := beta y, and 0 whatever y was where beta is; of a matrix, or of its lower triangle.
template <class T>
struct Scale {
  Mat<T, Device> y;
  T beta;
  bool lower = false;
  NONCONVEX_HD void operator()(int i, int j) const {
    if (lower && i < j) return;
    y(i, j) = beta == 0 ? T(0) : beta * y(i, j);
  }
};

/// Lower triangle of c := beta c + sums_0 + sums_1 + ..., which lie side by side; added in double precision.
template <class T>
struct AddPieces {
  Mat<const T, Device> sums;
  Mat<T, Device> c;
  double beta;
  NONCONVEX_HD void operator()(int i, int j) const {
    if (i < j) return;
    double sum = beta == 0 ? 0.0 : beta * static_cast<double>(c(i, j));
    for (int k = j; k < sums.cols; k += c.cols) sum += static_cast<double>(sums(i, k));
    c(i, j) = static_cast<T>(sum);
  }
};

template <class T>
struct Identity {
  Mat<T, Device> to;
  NONCONVEX_HD void operator()(int i, int j) const { to(i, j) = i == j ? T(1) : T(0); }
};

template <class T>
struct Product {
  Vec<const T, Device> x;
  Vec<const T, Device> y;
  NONCONVEX_HD double operator()(int i) const { return static_cast<double>(x[i]) * static_cast<double>(y[i]); }
};

/// 1 where a diagonal entry is not a positive number.
template <class T>
struct BadPivot {
  Mat<const T, Device> factor;
  NONCONVEX_HD double operator()(int i) const {
    const T pivot = factor(i, i);
    return pivot > 0 && std::isfinite(pivot) ? 0 : 1;
  }
};

template <class T>
struct NotFinite {
  Vec<const T, Device> x;
  NONCONVEX_HD double operator()(int i) const { return std::isfinite(x[i]) ? 0 : 1; }
};

/// A vector as a matrix of one column, and sums as a matrix.
template <class F>
struct OneColumn {
  F f;
  NONCONVEX_HD double operator()(int i, int) const { return f(i); }
};

struct Entry {
  Mat<const double, Device> a;
  NONCONVEX_HD double operator()(int i, int j) const { return a(i, j); }
};

}  // namespace nonconvex::cuda
