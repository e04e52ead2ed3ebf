#include "data/symmetry.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "core/error.hpp"

namespace nonconvex {
namespace {

/// Compares entries of a pair, (i, j) and (j, i).
class Pairs {
 public:
  Pairs(const ConstantMatrix& matrix, const std::string& name, double rounding, const Pause& pause)
      : name_(name), rounding_(rounding), diagonal_(at(matrix.rows)) {
    for (int i = 0; i < matrix.rows; ++i) {
      if (pause && i % 4096 == 0) pause();
      if (matrix.dense()) {
        diagonal_[at(i)] = std::abs(matrix.entry(i, i));
      } else {
        matrix.forRow(i, [&](int j, double value) {
          if (i == j) diagonal_[at(i)] = std::abs(value);
        });
      }
    }
  }

  void compare(int i, int j, double a, double b) const {
    if (a == b) return;
    const double size = std::abs(a) + std::abs(b) + std::sqrt(diagonal_[at(i)] * diagonal_[at(j)]);
    if (std::abs(a - b) <= rounding_ * size) return;
    const auto entry = [&](int p, int q, double value) {
      return name_ + "[" + show(p) + "][" + show(q) + "] = " + show(value);
    };
    throw Error(ErrorKind::range, entry(i, j, a) + ", " + entry(j, i, b) + ": expected a symmetric matrix");
  }

 private:
  const std::string& name_;
  double rounding_;
  std::vector<double> diagonal_;
};

/// Compares both triangles, tile by tile, so that the columns of one stay in the cache.
void compareDense(const ConstantMatrix& matrix, const Pairs& pairs, const Pause& pause) {
  constexpr int tile = 64;
  const int n = matrix.rows;
  for (int first = 0; first < n; first += tile) {
    if (pause) pause();
    for (int left = 0; left <= first; left += tile) {
      for (int i = first; i < std::min(n, first + tile); ++i) {
        for (int j = left; j < std::min(i, left + tile); ++j)
          pairs.compare(i, j, matrix.entry(i, j), matrix.entry(j, i));
      }
    }
  }
}

/// Compares rows and columns, both in order: the same two lists if it is symmetric.
void compareSparse(const ConstantMatrix& byRow, const Pairs& pairs, const Pause& pause) {
  const SparseMatrix byColumn = transposed(byRow.view(), pause);
  const int n = byRow.rows;
  for (int i = 0; i < n; ++i) {
    if (pause && i % 4096 == 0) pause();
    int k = byRow.offsets[at(i)], l = byColumn.offsets[at(i)];
    const int kEnd = byRow.offsets[at(i) + 1], lEnd = byColumn.offsets[at(i) + 1];
    while (k < kEnd || l < lEnd) {
      const int p = k < kEnd ? byRow.indices[at(k)] : n, q = l < lEnd ? byColumn.indices[at(l)] : n;
      const int j = std::min(p, q);
      const double a = p == j ? byRow.values[at(k++)] : 0;
      const double b = q == j ? byColumn.values[at(l++)] : 0;
      pairs.compare(i, j, a, b);
    }
  }
}

}  // namespace

void requireSymmetric(const ConstantMatrix& matrix, const std::string& name, double rounding, const Pause& pause) {
  if (matrix.rows != matrix.columns) {
    throw Error(ErrorKind::range,
                name + ": expected a square matrix, got " + show(matrix.rows) + " x " + show(matrix.columns));
  }
  const Pairs pairs(matrix, name, rounding, pause);
  if (matrix.dense()) {
    compareDense(matrix, pairs, pause);
  } else {
    compareSparse(matrix, pairs, pause);
  }
}

}  // namespace nonconvex
