// Gram matrices that are not summed up yet.
#pragma once

#include <span>

#include "data/matrix_input.hpp"
#include "data/sparse_matrix.hpp"

namespace nonconvex {

/// A^T D A, D >= 0 diagonal, A by rows: dense, or sparse.
struct GramFactor {
  MatrixInput dense = {};
  SparseView sparse = {};           ///< A by rows, used if `dense` has no rows
  std::span<const double> weights;  ///< D

  bool isDense() const { return dense.rows > 0; }
  int rows() const { return static_cast<int>(weights.size()); }
};

}  // namespace nonconvex
