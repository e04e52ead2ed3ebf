// Compressed storage of sparse matrices: checks, order and the one transposition.
//
// A matrix is stored by lines, its columns or its rows; the entries of line l are indices and values [offsets[l],
// offsets[l + 1]).
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/index.hpp"
#include "data/inputs.hpp"

namespace nonconvex {

/// Goes through the storage by lines and gives each entry its place in that by the other lines, of which there are
/// `width`: calls put(place, line, entry) in the order of the entries. In the new storage indices, which are the old
/// lines, do not decrease. Returns its offsets.
template <class Put>
std::vector<int> transposeStorage(std::span<const int> offsets, std::span<const int> indices, int width, Put&& put) {
  std::vector<int> begins(at(width) + 1);
  for (const int index : indices) ++begins[at(index) + 1];
  for (std::size_t i = 1; i < begins.size(); ++i) begins[i] += begins[i - 1];
  std::vector<int> next(begins.begin(), begins.end() - 1);
  for (std::size_t line = 0; line + 1 < offsets.size(); ++line) {
    for (int k = offsets[line]; k < offsets[line + 1]; ++k) {
      put(next[at(indices[at(k)])]++, static_cast<int>(line), k);
    }
  }
  return begins;
}

/// Whether the indices of each line increase, so that none occurs twice.
bool indicesIncrease(std::span<const int> offsets, std::span<const int> indices);

/// Throws a RangeError that begins with `name` unless the offsets go from 0 to the number of entries without
/// decreasing, and the indices are within the matrix.
void requireCompressed(const SparseInput& matrix, const std::string& name);

}  // namespace nonconvex
