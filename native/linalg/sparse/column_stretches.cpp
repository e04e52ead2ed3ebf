#include "linalg/sparse/column_stretches.hpp"

#include "core/index.hpp"

namespace nonconvex {
namespace {

bool continues(const SparsePattern& columns, int column) {
  const auto line = columns.line(column), before = columns.line(column - 1);
  return line.size() == before.size() &&
         std::equal(line.begin(), line.end(), before.begin(), [](int row, int above) { return row == above + 1; });
}

}  // namespace

ColumnStretches::ColumnStretches(const SparsePattern& columns) {
  constexpr int fewest = 32;
  for (int j = 0; j < columns.lines;) {
    int end = j + 1;
    while (end < columns.lines && continues(columns, end)) ++end;
    const std::size_t rows = columns.line(j).size();
    if (end - j >= fewest && rows > 0 && rows <= at(longest)) stretches_.push_back({j, end});
    j = end;
  }
}

}  // namespace nonconvex
