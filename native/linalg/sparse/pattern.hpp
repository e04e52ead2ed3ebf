// Sparse matrices of a fixed pattern, whose values change.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace nonconvex {

/// Places of the nonzeros of a matrix. Line l (a row or a column, as its owner says) has the entries [offsets[l],
/// offsets[l + 1]); their indices increase, none twice.
struct SparsePattern {
  int lines = 0;
  int width = 0;  ///< indices are below it
  std::vector<int> offsets = {0};
  std::vector<int> indices;

  std::size_t nonzeros() const { return indices.size(); }
  std::span<const int> line(int l) const {
    const auto begin = static_cast<std::size_t>(offsets[static_cast<std::size_t>(l)]);
    const auto end = static_cast<std::size_t>(offsets[static_cast<std::size_t>(l) + 1]);
    return std::span(indices).subspan(begin, end - begin);
  }
};

/// A pattern whose entries stand in a list in another order: entry k of `pattern` is number order[k] of the list.
struct ListedPattern {
  SparsePattern pattern;
  std::vector<int> order;
};

}  // namespace nonconvex
