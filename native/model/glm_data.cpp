#include "model/glm_data.hpp"

#include <algorithm>
#include <climits>
#include <utility>

#include "core/error.hpp"

namespace nonconvex {
namespace {

std::size_t at(int k) { return static_cast<std::size_t>(k); }

std::vector<int> prefixSums(std::vector<int> counts) {
  for (std::size_t i = 1; i < counts.size(); ++i) counts[i] += counts[i - 1];
  return counts;
}

}  // namespace

GlmData::GlmData(Rows rows) : rows_(std::move(rows)) {
  if (!dense()) flip();
  findPattern();
  if (dense()) return;
  const double n = columns();
  double updates = 0;
  const std::vector<int>& offsets = rows_.matrix.offsets;
  for (std::size_t i = 0; i + 1 < offsets.size(); ++i) {
    const double size = offsets[i + 1] - offsets[i];
    updates += 0.5 * size * (size + 1);
  }
  if (n > 2000 || static_cast<double>(pattern_.nonzeros()) < 0.05 * n * n) {
    gram_ = Gram::columns;
    return;
  }
  columnOffsets_ = columnPlaces_ = columnRows_ = {};
  tree_ = RowTree::of(rows_.matrix);
  if (tree_) {
    gram_ = Gram::tree;
  } else if (RowTree::flopsPerUpdate * updates < count() * n * (n + 1)) {
    gram_ = Gram::rows;
  }
}

void GlmData::flip() {
  const ConstantMatrix& A = rows_.matrix;
  std::vector<int> counts(at(columns()) + 1);
  for (const int j : A.indices) ++counts[at(j) + 1];
  columnOffsets_ = prefixSums(std::move(counts));
  columnPlaces_.resize(A.indices.size());
  columnRows_.resize(A.indices.size());
  std::vector<int> next(columnOffsets_.begin(), columnOffsets_.end() - 1);
  for (int i = 0; i < count(); ++i) {
    for (int k = A.offsets[at(i)]; k < A.offsets[at(i) + 1]; ++k) {
      const std::size_t to = at(next[at(A.indices[at(k)])]++);
      columnPlaces_[to] = k;
      columnRows_[to] = i;
    }
  }
}

/// A^T A below the diagonal, and the diagonal where there is a ridge.
void GlmData::findPattern() {
  const int n = columns();
  const ConstantMatrix& A = rows_.matrix;
  pattern_ = {.lines = n, .width = n, .offsets = {0}, .indices = {}};
  std::vector<int> seen(at(n), -1);
  for (int j = 0; j < n; ++j) {
    const std::size_t begin = pattern_.indices.size();
    const auto see = [&](int i) {
      if (seen[at(i)] == j) return;
      seen[at(i)] = j;
      pattern_.indices.push_back(i);
    };
    if (dense()) {
      for (int i = j; i < n; ++i) pattern_.indices.push_back(i);
    } else {
      if (rows_.ridge[at(j)] != 0) see(j);
      for (int c = columnOffsets_[at(j)]; c < columnOffsets_[at(j) + 1]; ++c) {
        const int end = A.offsets[at(columnRows_[at(c)]) + 1];
        for (int k = columnPlaces_[at(c)]; k < end; ++k) see(A.indices[at(k)]);
      }
      std::sort(pattern_.indices.begin() + static_cast<std::ptrdiff_t>(begin), pattern_.indices.end());
    }
    if (pattern_.indices.size() > at(INT_MAX)) {
      throw Error(ErrorKind::solver, "the Hessian has more entries than an int counts", "TOO_LARGE");
    }
    pattern_.offsets.push_back(static_cast<int>(pattern_.indices.size()));
  }
}

double GlmData::meanResponse() const {
  double sum = 0, total = 0;
  for (std::size_t i = 0; i < rows_.y.size(); ++i) {
    sum += rows_.weights[i] * rows_.y[i];
    total += rows_.weights[i];
  }
  return sum / total;
}

std::size_t GlmData::bytes() const {
  return 12 * rows_.matrix.indices.size() + 24 * at(count()) + 4 * pattern_.nonzeros() + (tree_ ? tree_->bytes() : 0);
}

}  // namespace nonconvex
