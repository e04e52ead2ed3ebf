#include "data/compressed.hpp"

#include <algorithm>

#include "core/error.hpp"

namespace nonconvex {

bool indicesIncrease(std::span<const int> offsets, std::span<const int> indices) {
  for (std::size_t line = 0; line + 1 < offsets.size(); ++line) {
    for (int k = offsets[line] + 1; k < offsets[line + 1]; ++k) {
      if (indices[at(k) - 1] >= indices[at(k)]) return false;
    }
  }
  return true;
}

void requireCompressed(const SparseInput& matrix, const std::string& name) {
  const std::string member = name.empty() ? "" : name + ".";
  const std::span<const int> offsets = matrix.offsets, indices = matrix.indices;
  const std::size_t entries = matrix.values.size();
  const int lines = matrix.lines(), width = matrix.width();
  require(lines >= 0 && width >= 0 && offsets.size() == at(lines) + 1, member + "offsets.length", offsets.size(),
          "expected one more than " + show(lines));
  require(indices.size() == entries, member + "indices.length", indices.size(),
          "expected as many as values: " + show(entries));
  require(offsets.front() == 0 && at(offsets.back()) == entries, member + "offsets", offsets.back(),
          "expected to go from 0 to " + show(entries));
  const auto falls = std::is_sorted_until(offsets.begin(), offsets.end());
  if (falls != offsets.end()) require(false, member + "offsets", *falls, "expected not to decrease");
  for (const int index : indices) {
    if (index < 0 || index >= width) require(false, member + "indices", index, "expected 0 to " + show(width - 1));
  }
}

}  // namespace nonconvex
