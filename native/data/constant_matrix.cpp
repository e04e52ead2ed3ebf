#include "data/constant_matrix.hpp"

#include "data/compressed.hpp"

namespace nonconvex {
namespace {

/// The storage by the other lines, indices in order.
ConstantMatrix transposed(const SparseInput& from) {
  ConstantMatrix to{.rows = from.width(),
                    .columns = from.lines(),
                    .values = std::vector<double>(from.values.size()),
                    .offsets = {},
                    .indices = std::vector<int>(from.indices.size())};
  to.offsets = transposeStorage(from.offsets, from.indices, from.width(), [&](int place, int line, int entry) {
    to.indices[at(place)] = line;
    to.values[at(place)] = from.values[at(entry)];
  });
  return to;
}

}  // namespace

ConstantMatrix rowsOf(const MatrixInput& from) {
  ConstantMatrix to{.rows = from.rows, .columns = from.columns, .values = {}, .offsets = {}, .indices = {}};
  const std::size_t size = at(from.rows) * at(from.columns);
  if (from.f64 != nullptr) to.values.assign(from.f64, from.f64 + size);
  if (from.f32 != nullptr) to.values.assign(from.f32, from.f32 + size);
  return to;
}

ConstantMatrix rowsOf(const SparseInput& from) {
  if (from.byColumn) return transposed(from);
  if (!indicesIncrease(from.offsets, from.indices)) {
    ConstantMatrix byColumn = transposed(from);
    return transposed({.byColumn = true,
                       .rows = from.rows,
                       .columns = from.columns,
                       .offsets = byColumn.offsets,
                       .indices = byColumn.indices,
                       .values = byColumn.values});
  }
  return {.rows = from.rows,
          .columns = from.columns,
          .values = {from.values.begin(), from.values.end()},
          .offsets = {from.offsets.begin(), from.offsets.end()},
          .indices = {from.indices.begin(), from.indices.end()}};
}

}  // namespace nonconvex
