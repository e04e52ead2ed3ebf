// Matrices of a request in copies of their own, for what is made of them later, beside JavaScript's thread.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "binding/js.hpp"
#include "data/constant_matrix.hpp"

namespace nonconvex {

/// A matrix, dense or sparse, whose offsets and indices are checked.
class OwnOperand {
 public:
  explicit OwnOperand(const Reader& in);

  int rows() const { return sparse_ ? sparse_->rows : dense_.rows; }
  int columns() const { return sparse_ ? sparse_->columns : dense_.columns; }
  std::size_t entries() const;
  const std::optional<SparseView>& sparse() const { return sparse_; }
  const MatrixInput& dense() const { return dense_; }

  ConstantMatrix byRows(const Pause& pause = {}) const;
  /// Throws where a number is not finite, and names it as JavaScript does: name[i][j], or name.values[k].
  void requireFinite(const std::string& name, const Pause& pause = {}) const;
  /// Throws where the matrix is not symmetric up to rounding, as src/core/operand.ts does.
  void requireSymmetric(const std::string& name, const Pause& pause = {}) const;

 private:
  std::optional<SparseView> sparse_;
  MatrixInput dense_;  // the dense matrix, unless there is a sparse one
  std::vector<Copy> copies_;
};

}  // namespace nonconvex
