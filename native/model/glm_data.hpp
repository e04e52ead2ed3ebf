// The data of generalised linear models, and how to go through them.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "linalg/sparse.hpp"
#include "model/glm_losses.hpp"
#include "model/graph.hpp"
#include "model/row_tree.hpp"

namespace nonconvex {

/// f(x) = sum_i w_i loss(a_i^T x + o_i, y_i) + 1/2 sum_j ridge_j x_j^2. It does not change: any number of objectives
/// share it, on any threads.
class GlmData {
 public:
  struct Rows {
    GlmFamily family = GlmFamily::logistic;
    ConstantMatrix matrix;  ///< the a_i; of a dense one only the size, its numbers come with each objective
    std::vector<double> y;
    std::vector<double> weights;
    std::vector<double> offset;  ///< empty: 0
    std::vector<double> ridge;   ///< one for each column
  };
  /// How the Hessian A^T W A is summed up. Rows: into squares, each of a share of the rows. Blocks: the same by BLAS,
  /// the rows written out. Columns: one after the other. Tree: what rows have in common once.
  enum class Gram { rows, blocks, columns, tree };

  explicit GlmData(Rows rows);

  const Rows& rows() const { return rows_; }
  double meanResponse() const;  ///< weighted
  int count() const { return rows_.matrix.rows; }
  int columns() const { return rows_.matrix.columns; }
  bool dense() const { return rows_.matrix.offsets.empty(); }
  const SparsePattern& hessianPattern() const { return pattern_; }
  Gram gram() const { return gram_; }
  /// Entries of each column of a sparse A, as places in the matrix by rows, and their rows; for Gram::columns.
  std::span<const int> columnOffsets() const { return columnOffsets_; }
  std::span<const int> columnPlaces() const { return columnPlaces_; }
  std::span<const int> columnRows() const { return columnRows_; }
  const RowTree& tree() const { return *tree_; }  ///< for Gram::tree
  std::size_t bytes() const;

 private:
  void flip();
  void findPattern();

  Rows rows_;
  SparsePattern pattern_;
  Gram gram_ = Gram::blocks;
  std::vector<int> columnOffsets_, columnPlaces_, columnRows_;
  std::unique_ptr<const RowTree> tree_;
};

}  // namespace nonconvex
