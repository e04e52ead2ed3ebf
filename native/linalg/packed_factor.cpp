#include "linalg/packed_factor.hpp"

#include <algorithm>

#include "core/multiversion.hpp"
#include "linalg/wide.hpp"

namespace nonconvex {
namespace packedFactor {

template <class T>
constexpr int height = 128 / static_cast<int>(sizeof(T));  // rows of a panel
constexpr int mostTogether = 5;                            // right-hand sides whose sums stay in registers

/// The place where a panel begins: panel I has height (I + 1) height numbers.
template <class T>
constexpr std::size_t beginOf(int panel) {
  return static_cast<std::size_t>(panel) * static_cast<std::size_t>(panel + 1) / 2 * height<T> * height<T>;
}

/// tile -= P X for a panel P of height x count and rows X of W numbers. Two vectors of rows at a time.
template <int Bytes, int W, class T>
inline __attribute__((always_inline)) void subtractPanel(const T* panel, int count, const T* x, T* tile) {
  using Vector = typename Wide<T, Bytes>::Vector;
  using InMemory = typename Wide<T, Bytes>::InMemory;
  constexpr int lanes = Wide<T, Bytes>::lanes;
  for (int first = 0; first < height<T>; first += 2 * lanes) {
    Vector sums[W][2];
    for (int w = 0; w < W; ++w) {
      for (int v = 0; v < 2; ++v) {
        sums[w][v] = *reinterpret_cast<const InMemory*>(tile + w * height<T> + first + v * lanes);
      }
    }
    const T* from = panel + first;
    for (int k = 0; k < count; ++k, from += height<T>) {
      const Vector top = *reinterpret_cast<const InMemory*>(from);
      const Vector bottom = *reinterpret_cast<const InMemory*>(from + lanes);
      for (int w = 0; w < W; ++w) {
        sums[w][0] -= top * x[k * W + w];
        sums[w][1] -= bottom * x[k * W + w];
      }
    }
    for (int w = 0; w < W; ++w) {
      for (int v = 0; v < 2; ++v) {
        *reinterpret_cast<InMemory*>(tile + w * height<T> + first + v * lanes) = sums[w][v];
      }
    }
  }
}

/// Rows of X := -D (tile - P X') for a panel P, the rows X' that it meets, and the block D behind the panel, which has
/// its sign turned.
template <int Bytes, int W, class T>
inline __attribute__((always_inline)) void solvePanel(const T* panel, int count, const T* met, T* x) {
  constexpr int rows = height<T>;
  T tile[W * rows], byRow[rows * W], own[W * rows] = {};
  for (int r = 0; r < rows; ++r) {
    for (int w = 0; w < W; ++w) tile[w * rows + r] = x[r * W + w];
  }
  subtractPanel<Bytes, W>(panel, count, met, tile);
  for (int r = 0; r < rows; ++r) {
    for (int w = 0; w < W; ++w) byRow[r * W + w] = tile[w * rows + r];
  }
  subtractPanel<Bytes, W>(panel + static_cast<std::ptrdiff_t>(count) * rows, rows, byRow, own);
  for (int r = 0; r < rows; ++r) {
    for (int w = 0; w < W; ++w) x[r * W + w] = own[w * rows + r];
  }
}

template <int Bytes, int W, class T>
inline __attribute__((always_inline)) void solveRows(int panels, const T* forward, const T* backward, T* x) {
  constexpr int rows = height<T>;
  for (int i = 0; i < panels; ++i) solvePanel<Bytes, W>(forward + beginOf<T>(i), i * rows, x, x + i * rows * W);
  for (int i = panels - 1; i >= 0; --i) {
    const int behind = (panels - 1 - i) * rows;
    solvePanel<Bytes, W>(backward + beginOf<T>(panels - 1 - i), behind, x + (i + 1) * rows * W, x + i * rows * W);
  }
}

template <int Bytes, class T>
inline __attribute__((always_inline)) void solveTogether(int together, int panels, const T* forward, const T* backward,
                                                         T* x) {
  switch (together) {
    case 1:
      return solveRows<Bytes, 1>(panels, forward, backward, x);
    case 2:
      return solveRows<Bytes, 2>(panels, forward, backward, x);
    case 3:
      return solveRows<Bytes, 3>(panels, forward, backward, x);
    case 4:
      return solveRows<Bytes, 4>(panels, forward, backward, x);
    default:
      return solveRows<Bytes, mostTogether>(panels, forward, backward, x);
  }
}

NONCONVEX_BY_WIDTH(void solve(int together, int panels, const double* forward, const double* backward, double* x),
                   solveTogether<bytes>(together, panels, forward, backward, x))
NONCONVEX_BY_WIDTH(void solve(int together, int panels, const float* forward, const float* backward, float* x),
                   solveTogether<bytes>(together, panels, forward, backward, x))

/// Minus the inverse of a lower triangular block, and behind the last row of all that of I.
template <class T>
void invert(Mat<const double> lower, int first, T* inverse) {
  constexpr int size = height<T>;
  double block[size * size] = {};
  const auto entry = [&](int i, int j) {
    const int rows = lower.rows - first;
    return i < rows && j < rows ? lower(first + i, first + j) : (i == j ? 1.0 : 0.0);
  };
  for (int j = 0; j < size; ++j) {
    for (int i = j; i < size; ++i) {
      double sum = i == j ? 1 : 0;
      for (int k = j; k < i; ++k) sum -= entry(i, k) * block[j * size + k];
      block[j * size + i] = sum / entry(i, i);
    }
  }
  for (int k = 0; k < size * size; ++k) inverse[k] = static_cast<T>(-block[k]);
}

}  // namespace packedFactor

template <class T>
PackedFactor<T>::PackedFactor(int rows, int columns)
    : rows_(rows),
      panels_((rows + packedFactor::height<T> - 1) / packedFactor::height<T>),
      forward_(packedFactor::beginOf<T>(panels_), Uninitialized{}),
      backward_(packedFactor::beginOf<T>(panels_), Uninitialized{}),
      work_(static_cast<std::size_t>(panels_ * packedFactor::height<T>) * static_cast<std::size_t>(columns)) {}

template <class T>
void PackedFactor<T>::pack(const Cpu& la, Mat<const double> lower) {
  using namespace packedFactor;
  constexpr int rows = height<T>;
  const int n = rows_;
  la.tasks(panels_, [&](int i) {
    la.checkpoint();
    const int first = i * rows;
    const int behind = (panels_ - 1 - i) * rows;
    T inverse[rows * rows];
    invert(lower, first, inverse);
    T* to = forward_.data() + beginOf<T>(i);
    for (int k = 0; k < first; ++k, to += rows) {
      for (int r = 0; r < rows; ++r) to[r] = first + r < n ? static_cast<T>(lower(first + r, k)) : 0;
    }
    std::copy(inverse, inverse + rows * rows, to);
    to = backward_.data() + beginOf<T>(panels_ - 1 - i);
    for (int r = 0; r < rows && behind > 0; ++r) {
      if (first + r >= n) break;
      const double* from = &lower(first + rows, first + r);
      for (int k = 0; k < behind; ++k) to[k * rows + r] = first + rows + k < n ? static_cast<T>(from[k]) : 0;
    }
    to += behind * rows;
    for (int k = 0; k < rows * rows; ++k) to[k] = inverse[k % rows * rows + k / rows];
  });
}

template <class T>
void PackedFactor<T>::solve(const Cpu& la, Mat<double> b) {
  using namespace packedFactor;
  constexpr int rows = height<T>;
  la.tasks((b.cols + mostTogether - 1) / mostTogether, [&](int task) {
    const int first = task * mostTogether;
    const int count = std::min(mostTogether, b.cols - first);
    T* x = work_.data() + static_cast<std::ptrdiff_t>(first) * panels_ * rows;
    for (int w = 0; w < count; ++w) {
      for (int k = 0; k < rows_; ++k) x[k * count + w] = static_cast<T>(b(k, first + w));
    }
    std::fill(x + rows_ * count, x + panels_ * rows * count, T(0));
    packedFactor::solve(count, panels_, forward_.data(), backward_.data(), x);
    for (int w = 0; w < count; ++w) {
      for (int k = 0; k < rows_; ++k) b(k, first + w) = static_cast<double>(x[k * count + w]);
    }
  });
}

template class PackedFactor<double>;
template class PackedFactor<float>;

}  // namespace nonconvex
