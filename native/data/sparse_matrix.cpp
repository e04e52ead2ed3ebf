#include "data/sparse_matrix.hpp"

#include <algorithm>

#include "core/error.hpp"
#include "core/in_pieces.hpp"
#include "data/sparse_lines.hpp"

namespace nonconvex {

namespace {

/// A function that calls `pause` unless it is empty.
auto calling(const Pause& pause) {
  return [&pause] {
    if (pause) pause();
  };
}

}  // namespace

// Objects that `pause` may end are made outside of initializers: g++ 12 frees members of an object within an object
// twice where the initializer of a later one throws.

SparseMatrix transposed(const SparseView& matrix, const Pause& pause) {
  SparseMatrix to{.rows = matrix.rows,
                  .columns = matrix.columns,
                  .values = {},
                  .offsets = {},
                  .indices = {},
                  .by = matrix.by == Lines::columns ? Lines::rows : Lines::columns};
  to.values = zerosInPieces<double>(matrix.values.size(), calling(pause));
  to.indices = zerosInPieces<int>(matrix.indices.size(), calling(pause));
  const auto put = [&](int place, int line, int entry) {
    to.indices[at(place)] = line;
    to.values[at(place)] = matrix.values[at(entry)];
  };
  to.offsets = transposeStorage(matrix.offsets, matrix.indices, matrix.width(), put, pause);
  return to;
}

ListedPattern transposedPlaces(const SparseView& matrix, const Pause& pause) {
  ListedPattern to{{.lines = matrix.width(), .width = matrix.lines(), .offsets = {}, .indices = {}}, {}};
  to.pattern.indices = zerosInPieces<int>(matrix.indices.size(), calling(pause));
  to.order = zerosInPieces<int>(matrix.indices.size(), calling(pause));
  const auto put = [&](int place, int line, int entry) {
    to.pattern.indices[at(place)] = line;
    to.order[at(place)] = entry;
  };
  to.pattern.offsets = transposeStorage(matrix.offsets, matrix.indices, matrix.width(), put, pause);
  return to;
}

SparseMatrix copyBy(Lines lines, const SparseView& matrix, const Pause& pause) {
  if (matrix.by != lines) return transposed(matrix, pause);
  const auto look = calling(pause);
  look();
  if (!indicesIncrease(matrix.offsets, matrix.indices, pause))
    return transposed(transposed(matrix, pause).view(), pause);
  SparseMatrix to{
      .rows = matrix.rows, .columns = matrix.columns, .values = {}, .offsets = {}, .indices = {}, .by = lines};
  to.values = copyInPieces(matrix.values, look);
  to.offsets = copyInPieces(matrix.offsets, look);
  to.indices = copyInPieces(matrix.indices, look);
  return to;
}

namespace {

bool increase(std::span<const int> line) {
  for (std::size_t k = 1; k < line.size(); ++k) {
    if (line[k - 1] >= line[k]) return false;
  }
  return true;
}

[[noreturn]] void refuse(const std::string& what) { throw Error(ErrorKind::range, what); }

}  // namespace

bool indicesIncrease(std::span<const int> offsets, std::span<const int> indices, const Pause& pause) {
  for (std::size_t l = 0; l + 1 < offsets.size(); ++l) {
    if (pause && l % 4096 == 0) pause();
    if (!increase(indices.subspan(at(offsets[l]), at(offsets[l + 1] - offsets[l])))) return false;
  }
  return true;
}

void requireSparse(const SparseView& matrix, const std::string& name) {
  requireSparseLines(matrix, name, 0, matrix.lines());
}

void requireSparseLines(const SparseView& matrix, const std::string& name, int first, int count) {
  const std::string member = name.empty() ? "" : name + ".";
  const std::span<const int> offsets = matrix.offsets, indices = matrix.indices;
  const std::size_t entries = matrix.values.size();
  const int lines = matrix.lines(), width = matrix.width();
  if (lines < 0 || width < 0 || offsets.size() != at(lines) + 1) {
    refuse(member + "offsets: expected " + show(at(lines) + 1) + " numbers for " + show(matrix.rows) + " x " +
           show(matrix.columns) + ", got " + show(offsets.size()));
  }
  if (indices.size() != entries) {
    refuse(member + "indices: expected " + show(entries) + " numbers, as many as values, got " + show(indices.size()));
  }
  if (offsets.front() != 0 || offsets.back() < 0 || at(offsets.back()) != entries) {
    refuse(member + "offsets: expected to go from 0 to " + show(entries) + ", as many as values");
  }
  std::vector<int> last;  // the line in which each index was seen last; made where a line is not in order
  const int afterLast = std::min(lines - first, count) + first;
  for (int l = first; l < afterLast; ++l) {
    const int begin = offsets[at(l)], end = offsets[at(l) + 1];
    const auto refuseEnd = [&](const std::string& expected) {
      refuse(member + "offsets[" + show(l + 1) + "] = " + show(end) + ": expected " + expected);
    };
    if (begin < 0 || end < begin) refuseEnd("at least " + show(begin));
    if (at(end) > entries) refuseEnd("at most " + show(entries));
    const std::span<const int> line = indices.subspan(at(begin), at(end - begin));
    if (line.empty() || (line.front() >= 0 && line.back() < width && increase(line))) continue;
    last.resize(at(width), -1);
    for (int k = begin; k < end; ++k) {
      const int index = indices[at(k)];
      const auto refuseIndex = [&](const std::string& expected) {
        refuse(member + "indices[" + show(k) + "] = " + show(index) + ": expected " + expected);
      };
      if (index < 0 || index >= width) refuseIndex("an integer in [0, " + show(width - 1) + "]");
      if (last[at(index)] == l) {
        refuseIndex("once in " + std::string(matrix.by == Lines::columns ? "column " : "row ") + show(l));
      }
      last[at(index)] = l;
    }
  }
}

}  // namespace nonconvex
