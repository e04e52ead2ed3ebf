#include "linalg/growing_factor.hpp"

#include <algorithm>
#include <cmath>

#include "core/index.hpp"
#include "core/numbers.hpp"

namespace nonconvex {
namespace {

/// Rotations of columns read memory and do little with it: so many operations of a factorisation take as long as one.
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
    la_.trsm(Side::right, Transpose::yes, 1.0, all.block(0, 0, size_, size_), across);
    la_.syrk(Transpose::no, -1.0, across, 1.0, own);
  }
  if (!la_.cholesky(own)) return false;
  for (int j = 0; j < count; ++j) {
    if (square(own(j, j)) < least) return false;
  }
  size_ += count;
  return true;
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
