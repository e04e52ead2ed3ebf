// A matrix of numbers that do not change: of a model's expressions and of a regression's rows.
#pragma once

#include <cstddef>
#include <vector>

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
};

}  // namespace nonconvex
