// A matrix of numbers that do not change: of a model's expressions and of a regression's rows.
#pragma once

#include <cstddef>
#include <vector>

#include "data/inputs.hpp"

namespace nonconvex {

/// A constant matrix, dense by rows when `offsets` is empty, otherwise compressed by rows.
struct ConstantMatrix {
  int rows = 0;
  int columns = 0;
  std::vector<double> values;
  std::vector<int> offsets;  ///< rows + 1
  std::vector<int> indices;  ///< columns, increasing within a row

  bool dense() const { return offsets.empty(); }
  /// The entry of a dense matrix.
  double entry(int row, int column) const {
    return values[static_cast<std::size_t>(row) * static_cast<std::size_t>(columns) + static_cast<std::size_t>(column)];
  }
  /// A sparse matrix as a view.
  SparseInput sparse() const {
    return {
        .byColumn = false, .rows = rows, .columns = columns, .offsets = offsets, .indices = indices, .values = values};
  }
};

/// Copies of matrices that were handed in, by rows. Indices come in order; an entry that occurs twice stays so.
ConstantMatrix rowsOf(const MatrixInput& from);
ConstantMatrix rowsOf(const SparseInput& from);

}  // namespace nonconvex
