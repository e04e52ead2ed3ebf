// Sparse matrices: one type, in its own memory or the caller's, with one check and one transposition.
#pragma once

#include <algorithm>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "core/index.hpp"
#include "linalg/sparse/pattern.hpp"

namespace nonconvex {

/// The lines that a matrix is stored by, one after the other.
enum class Lines { columns, rows };

/// A sparse matrix in the caller's memory. The entries of line l are indices and values [offsets[l], offsets[l + 1]).
struct SparseView {
  Lines by = Lines::columns;
  int rows = 0;
  int columns = 0;
  std::span<const int> offsets;  ///< one more than there are lines
  std::span<const int> indices;
  std::span<const double> values;

  int lines() const { return by == Lines::columns ? columns : rows; }
  /// Indices are below it.
  int width() const { return by == Lines::columns ? rows : columns; }
};

/// A sparse matrix in memory of its own.
struct SparseMatrix {
  int rows = 0;
  int columns = 0;
  std::vector<double> values;
  std::vector<int> offsets;
  std::vector<int> indices;
  Lines by = Lines::rows;

  SparseView view() const {
    return {.by = by, .rows = rows, .columns = columns, .offsets = offsets, .indices = indices, .values = values};
  }
};

/// A function that long work calls between pieces of about a millisecond; it may throw.
using Pause = std::function<void()>;

/// The transposition of storage: gives each entry of storage by lines its place in that by the other lines, of which
/// there are `width`, and calls put(place, line, entry) in the order of the entries. In the new storage indices, which
/// are the old lines, do not decrease. Returns the new offsets.
template <class Put>
std::vector<int> transposeStorage(std::span<const int> offsets, std::span<const int> indices, int width, Put&& put,
                                  const Pause& pause = {}) {
  constexpr std::size_t piece = 1 << 16;
  std::vector<int> begins(at(width) + 1);
  for (std::size_t k = 0; k < indices.size();) {
    if (pause) pause();
    for (const std::size_t end = std::min(indices.size(), k + piece); k < end; ++k) ++begins[at(indices[k]) + 1];
  }
  if (pause) pause();
  for (std::size_t i = 1; i < begins.size(); ++i) begins[i] += begins[i - 1];
  std::vector<int> next(begins.begin(), begins.end() - 1);
  for (std::size_t line = 0; line + 1 < offsets.size(); ++line) {
    for (int k = offsets[line]; k < offsets[line + 1]; ++k) {
      if (pause && at(k) % piece == 0) pause();
      put(next[at(indices[at(k)])]++, static_cast<int>(line), k);
    }
  }
  return begins;
}

/// `matrix` by its other lines, indices in order.
SparseMatrix transposed(const SparseView& matrix, const Pause& pause = {});

/// The places of the entries by the other lines: entry k of that pattern is number order[k] of `matrix`.
ListedPattern transposedPlaces(const SparseView& matrix, const Pause& pause = {});

/// A copy by the given lines, indices in order. An entry that occurs twice stays so.
SparseMatrix copyBy(Lines lines, const SparseView& matrix, const Pause& pause = {});

/// Returns true if the indices of each line increase, so that none occurs twice.
bool indicesIncrease(std::span<const int> offsets, std::span<const int> indices, const Pause& pause = {});

/// Throws a RangeError that begins with `name` unless the offsets go from 0 to the number of entries without
/// decreasing, the indices are within the matrix, and none occurs twice in a line.
void requireSparse(const SparseView& matrix, const std::string& name);

}  // namespace nonconvex
