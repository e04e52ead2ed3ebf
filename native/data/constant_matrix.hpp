// Matrices of a model's expressions, whose numbers do not change.
#pragma once

#include <utility>
#include <vector>

#include "data/matrix_input.hpp"
#include "data/sparse_matrix.hpp"

namespace nonconvex {

/// A sparse matrix by rows, indices in order, or a dense one: its values row after row, without offsets and indices.
struct ConstantMatrix : SparseMatrix {
  ConstantMatrix() = default;
  ConstantMatrix(SparseMatrix matrix) : SparseMatrix(std::move(matrix)) {}
  ConstantMatrix(int rowCount, int columnCount, std::vector<double> numbers)
      : SparseMatrix{
            .rows = rowCount, .columns = columnCount, .values = std::move(numbers), .offsets = {}, .indices = {}} {}

  bool dense() const { return offsets.empty(); }
  /// The entry of a dense matrix.
  double entry(int row, int column) const { return values[at(row) * at(columns) + at(column)]; }
  /// f(column, value) for the entries of a row that are stored, those of a dense matrix all, from left to right.
  template <class F>
  void forRow(int row, F&& f) const {
    if (dense()) {
      for (int j = 0; j < columns; ++j) f(j, entry(row, j));
    } else {
      for (int k = offsets[at(row)]; k < offsets[at(row) + 1]; ++k) f(indices[at(k)], values[at(k)]);
    }
  }
};

/// A copy of a dense matrix.
ConstantMatrix constantCopy(const MatrixInput& from, const Pause& pause = {});

}  // namespace nonconvex
