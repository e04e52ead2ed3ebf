#include "linalg/packed_factor.hpp"

#include <algorithm>

#include "core/multiversion.hpp"

namespace nonconvex {
namespace packedFactor {

/// Eight numbers at a time, with lanes of their own; in memory at any address that a double may have.
constexpr int lanes = 8;
using Eight = double __attribute__((vector_size(64)));
typedef double EightInMemory __attribute__((vector_size(64), aligned(8), may_alias));

constexpr int height = 16;       // rows of a panel
constexpr int mostTogether = 5;  // right-hand sides whose sums stay in registers

/// The place where a panel begins: panel I has height (I + 1) height numbers.
constexpr std::size_t beginOf(int panel) {
  return static_cast<std::size_t>(panel) * static_cast<std::size_t>(panel + 1) / 2 * height * height;
}

/// tile -= P X for a panel P of height x count and rows X of W numbers.
template <int W>
inline __attribute__((always_inline)) void subtractPanel(const double* panel, int count, const double* x,
                                                         double* tile) {
  Eight sums[W][2];
  for (int w = 0; w < W; ++w) {
    for (int v = 0; v < 2; ++v) sums[w][v] = *reinterpret_cast<const EightInMemory*>(tile + w * height + v * lanes);
  }
  for (int k = 0; k < count; ++k, panel += height, x += W) {
    const Eight top = *reinterpret_cast<const EightInMemory*>(panel);
    const Eight bottom = *reinterpret_cast<const EightInMemory*>(panel + lanes);
    for (int w = 0; w < W; ++w) {
      sums[w][0] -= top * x[w];
      sums[w][1] -= bottom * x[w];
    }
  }
  for (int w = 0; w < W; ++w) {
    for (int v = 0; v < 2; ++v) *reinterpret_cast<EightInMemory*>(tile + w * height + v * lanes) = sums[w][v];
  }
}

/// Rows of X := -D (tile - P X') for a panel P, the rows X' that it meets, and the block D behind the panel, which has
/// its sign turned.
template <int W>
inline __attribute__((always_inline)) void solvePanel(const double* panel, int count, const double* met, double* x) {
  double tile[W * height], rows[height * W], own[W * height] = {};
  for (int r = 0; r < height; ++r) {
    for (int w = 0; w < W; ++w) tile[w * height + r] = x[r * W + w];
  }
  subtractPanel<W>(panel, count, met, tile);
  for (int r = 0; r < height; ++r) {
    for (int w = 0; w < W; ++w) rows[r * W + w] = tile[w * height + r];
  }
  subtractPanel<W>(panel + static_cast<std::ptrdiff_t>(count) * height, height, rows, own);
  for (int r = 0; r < height; ++r) {
    for (int w = 0; w < W; ++w) x[r * W + w] = own[w * height + r];
  }
}

template <int W>
inline __attribute__((always_inline)) void solveRows(int panels, const double* forward, const double* backward,
                                                     double* x) {
  for (int i = 0; i < panels; ++i) solvePanel<W>(forward + beginOf(i), i * height, x, x + i * height * W);
  for (int i = panels - 1; i >= 0; --i) {
    const int behind = (panels - 1 - i) * height;
    solvePanel<W>(backward + beginOf(panels - 1 - i), behind, x + (i + 1) * height * W, x + i * height * W);
  }
}

NONCONVEX_CLONES void solve(int together, int panels, const double* forward, const double* backward, double* x) {
  switch (together) {
    case 1:
      return solveRows<1>(panels, forward, backward, x);
    case 2:
      return solveRows<2>(panels, forward, backward, x);
    case 3:
      return solveRows<3>(panels, forward, backward, x);
    case 4:
      return solveRows<4>(panels, forward, backward, x);
    default:
      return solveRows<mostTogether>(panels, forward, backward, x);
  }
}

/// The inverse of a lower triangular block, and behind the last row of all that of I.
void invert(Mat<const double> lower, int first, double* inverse) {
  const auto entry = [&](int i, int j) {
    const int rows = lower.rows - first;
    return i < rows && j < rows ? lower(first + i, first + j) : (i == j ? 1.0 : 0.0);
  };
  std::fill(inverse, inverse + height * height, 0.0);
  for (int j = 0; j < height; ++j) {
    for (int i = j; i < height; ++i) {
      double sum = i == j ? 1 : 0;
      for (int k = j; k < i; ++k) sum -= entry(i, k) * inverse[j * height + k];
      inverse[j * height + i] = sum / entry(i, i);
    }
  }
}

}  // namespace packedFactor

PackedFactor::PackedFactor(int rows, int columns)
    : rows_(rows),
      panels_((rows + packedFactor::height - 1) / packedFactor::height),
      forward_(packedFactor::beginOf(panels_), Uninitialized{}),
      backward_(packedFactor::beginOf(panels_), Uninitialized{}),
      work_(static_cast<std::size_t>(panels_ * packedFactor::height) * static_cast<std::size_t>(columns)) {}

void PackedFactor::pack(const Cpu& la, Mat<const double> lower) {
  using namespace packedFactor;
  const int n = rows_;
  la.tasks(panels_, [&](int i) {
    la.checkpoint();
    const int first = i * height;
    const int behind = (panels_ - 1 - i) * height;
    double inverse[height * height];
    invert(lower, first, inverse);
    double* to = forward_.data() + beginOf(i);
    for (int k = 0; k < first; ++k, to += height) {
      for (int r = 0; r < height; ++r) to[r] = first + r < n ? lower(first + r, k) : 0;
    }
    for (int k = 0; k < height * height; ++k) *to++ = -inverse[k];
    to = backward_.data() + beginOf(panels_ - 1 - i);
    for (int r = 0; r < height && behind > 0; ++r) {
      const double* from = &lower(first + height, first + r);
      for (int k = 0; k < behind; ++k) to[k * height + r] = first + height + k < n ? from[k] : 0;
    }
    to += behind * height;
    for (int k = 0; k < height * height; ++k) to[k] = -inverse[k % height * height + k / height];
  });
}

void PackedFactor::solve(const Cpu& la, Mat<double> b) {
  using namespace packedFactor;
  la.tasks((b.cols + mostTogether - 1) / mostTogether, [&](int task) {
    const int first = task * mostTogether;
    const int count = std::min(mostTogether, b.cols - first);
    double* x = work_.data() + static_cast<std::ptrdiff_t>(first) * panels_ * height;
    for (int w = 0; w < count; ++w) {
      for (int k = 0; k < rows_; ++k) x[k * count + w] = b(k, first + w);
    }
    std::fill(x + rows_ * count, x + panels_ * height * count, 0.0);
    packedFactor::solve(count, panels_, forward_.data(), backward_.data(), x);
    for (int w = 0; w < count; ++w) {
      for (int k = 0; k < rows_; ++k) b(k, first + w) = x[k * count + w];
    }
  });
}

}  // namespace nonconvex
