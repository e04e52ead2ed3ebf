#include "linalg/growing_factor.hpp"

#include <algorithm>
#include <cmath>

#include "core/index.hpp"
#include "core/multiversion.hpp"
#include "core/numbers.hpp"
#include "linalg/wide.hpp"

namespace nonconvex {
namespace growing {

/// Four numbers at a time, in memory at any address that a double may have.
using Four = Wide<double, 32>::Vector;
using FourInMemory = Wide<double, 32>::InMemory;

constexpr int lanes = 4, width = 2 * lanes;  // rows that are added together, side by side
constexpr int depth = 16;                    // columns that are taken from the rows behind them at a time
constexpr int mostAtOnce = 3 * width;        // rows, beyond which BLAS takes less time, though it copies the factor

/// x_l -= L_lj x_j for the columns j from `first` to `last` and some rows l, V vectors in each x_l.
template <int V, int Rows>
inline __attribute__((always_inline)) void subtractColumns(const double* l, std::ptrdiff_t stride, int first, int last,
                                                           int row, double* x) {
  Four sums[Rows][V];
  for (int r = 0; r < Rows; ++r) {
    for (int v = 0; v < V; ++v) sums[r][v] = *reinterpret_cast<const FourInMemory*>(x + (row + r) * width + v * lanes);
  }
  for (int j = first; j < last; ++j) {
    const double* column = l + j * stride + row;
    Four part[V];
    for (int v = 0; v < V; ++v) part[v] = *reinterpret_cast<const FourInMemory*>(x + j * width + v * lanes);
    for (int r = 0; r < Rows; ++r) {
      for (int v = 0; v < V; ++v) sums[r][v] -= part[v] * column[r];
    }
  }
  for (int r = 0; r < Rows; ++r) {
    for (int v = 0; v < V; ++v) *reinterpret_cast<FourInMemory*>(x + (row + r) * width + v * lanes) = sums[r][v];
  }
}

/// Solves L X = X for the n x n lower triangle L and rows of `width` numbers; only V vectors of them are used.
template <int V>
inline __attribute__((always_inline)) void solveRows(int n, const double* l, std::ptrdiff_t stride, double* x) {
  constexpr int rows = 8 / V;
  for (int first = 0; first < n; first += depth) {
    const int last = std::min(n, first + depth);
    for (int j = first; j < last; ++j) {
      subtractColumns<V, 1>(l, stride, first, j, j, x);
      const double by = 1 / l[j * stride + j];
      for (int v = 0; v < width; ++v) x[j * width + v] *= by;
    }
    int row = last;
    for (; row + rows <= n; row += rows) subtractColumns<V, rows>(l, stride, first, last, row, x);
    for (; row < n; ++row) subtractColumns<V, 1>(l, stride, first, last, row, x);
  }
}

NONCONVEX_CLONES void solveFew(int few, int n, const double* l, std::ptrdiff_t stride, double* x) {
  few <= lanes ? solveRows<1>(n, l, stride, x) : solveRows<2>(n, l, stride, x);
}

}  // namespace growing

namespace {

/// Rotations of columns read memory and do little with it: one of their operations takes as long as `rotationCost` of a
/// factorisation.
constexpr double rotationCost = 4;

}  // namespace

Mat<double> GrowingFactor::rowsToAdd(int count) {
  const int needed = size_ + count;
  if (needed > l_.rows()) {
    const int capacity = std::max(needed, 2 * l_.rows());
    HostMatrix<double> larger(capacity, capacity, Uninitialized{});
    for (int j = 0; j < size_; ++j) std::copy(l_.column(j) + j, l_.column(j) + size_, larger.column(j) + j);
    l_ = std::move(larger);
  }
  return l_.view().block(size_, 0, count, needed);
}

bool GrowingFactor::add(int count, double least) {
  const Mat<double> all = l_.view();
  const Mat<double> across = all.block(size_, 0, count, size_), own = all.block(size_, size_, count, count);
  if (size_ > 0) {
    solveAcross(across);
    la_.syrk(Transpose::no, -1.0, across, 1.0, own);
  }
  if (!la_.cholesky(own)) return false;
  for (int j = 0; j < count; ++j) {
    if (square(own(j, j)) < least) return false;
  }
  size_ += count;
  return true;
}

/// across := across L^-T. BLAS would copy L anew, which takes longer than to multiply it by a few rows.
void GrowingFactor::solveAcross(Mat<double> across) {
  const Mat<double> l = l_.view().block(0, 0, size_, size_);
  if (across.rows > growing::mostAtOnce) return la_.trsm(Side::right, Transpose::yes, 1.0, l, across);
  together_.resize(at(size_) * growing::width);
  for (int first = 0; first < across.rows; first += growing::width) {
    la_.checkpoint();
    const int count = std::min(growing::width, across.rows - first);
    std::fill(together_.begin(), together_.end(), 0.0);
    for (int j = 0; j < size_; ++j) std::copy_n(&across(first, j), count, &together_[at(j) * growing::width]);
    growing::solveFew(count, size_, l.data, l.stride, together_.data());
    for (int j = 0; j < size_; ++j) std::copy_n(&together_[at(j) * growing::width], count, &across(first, j));
  }
}

/// Column by column: one that stays takes up what those before it that go have left, as L L^T = L' L'^T + x x^T says
/// for the column x of one that goes, and moves to its new place; one that goes is kept as such an x.
void GrowingFactor::remove(std::span<const int> rows) {
  if (rows.empty()) return;
  removed_.resize(at(size_) * rows.size());
  rotations_ = 0;
  std::size_t next = 0;
  for (int j = 0; j < size_; ++j) {
    double* column = l_.column(j);
    rotate(j, column);
    if (next < rows.size() && rows[next] == j) {
      std::copy(column + j, column + size_, &removed_[at(size_) * at(rotations_) + at(j)]);
      ++rotations_;
      ++next;
      continue;
    }
    double* to = l_.column(j - static_cast<int>(next)) + (j - static_cast<int>(next));
    int begin = j;
    for (std::size_t r = next; r <= rows.size(); ++r) {
      const int end = r < rows.size() ? rows[r] : size_;
      to = std::copy(column + begin, column + end, to);
      begin = end + 1;
    }
  }
  size_ -= static_cast<int>(rows.size());
}

/// Rotates the columns that go with one that stays, so that they are 0 in its row.
void GrowingFactor::rotate(int column, double* entries) {
  for (int r = 0; r < rotations_; ++r) {
    double* x = &removed_[at(size_) * at(r)];
    const double diagonal = std::hypot(entries[column], x[column]);
    const double c = entries[column] / diagonal, s = x[column] / diagonal;
    entries[column] = diagonal;
    for (int i = column + 1; i < size_; ++i) {
      const double l = entries[i], other = x[i];
      entries[i] = c * l + s * other;
      x[i] = c * other - s * l;
    }
  }
}

void GrowingFactor::solve(std::span<double> b) const {
  if (size_ == 0) return;
  la_.choleskySolve(l_.view().block(0, 0, size_, size_), Mat<double>{b.data(), size_, 1, size_});
}

double GrowingFactor::costToRemove(std::span<const int> rows) const {
  double cost = 0;
  for (const int row : rows) cost += rotationCost * square(size_ - row);
  return cost;
}

double GrowingFactor::costToAdd(int from, int count) const {
  const double k = from, m = count;
  return m * k * k + m * m * k + m * m * m / 6;
}

}  // namespace nonconvex
