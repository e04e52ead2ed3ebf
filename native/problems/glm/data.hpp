// The data of generalised linear models, and how to go through them.
#pragma once

#include <memory>
#include <vector>

#include "core/communicator.hpp"
#include "core/lazy_shared.hpp"
#include "data/row_tree.hpp"
#include "data/sparse_matrix.hpp"
#include "linalg/cpu.hpp"
#include "linalg/sparse/pattern.hpp"
#include "problems/glm/family.hpp"
#include "problems/glm/sample.hpp"

namespace nonconvex {

/// f(x) = sum_i w_i loss(a_i^T x + o_i, y_i) + 1/2 sum_j ridge_j x_j^2. Any number of objectives share it, on any
/// threads.
class GlmData {
 public:
  struct Rows {
    GlmFamily family = GlmFamily::logistic;
    SparseMatrix matrix;  ///< the a_i; of a dense one only the size, its numbers come with each objective
    std::vector<double> y;
    std::vector<double> weights;
    std::vector<double> offset;  ///< empty: 0
    std::vector<double> ridge;   ///< one for each column
    /// Ranks that have the other rows; then weights are not normalised. Null: all rows are here.
    std::shared_ptr<Ranks> ranks;
  };
  /// How the Hessian A^T W A is summed up. Rows: into squares, each of a share of the rows. Blocks: the same by BLAS,
  /// the rows written out. Columns: one after the other. Tree: what rows have in common once.
  enum class Gram { rows, blocks, columns, tree };

  /// Knowledge of the rows that pays where they are gone through many times.
  struct Analysis {
    SparsePattern hessian;
    Gram gram = Gram::blocks;
    ListedPattern columns;  ///< columns of a sparse A, as places in the matrix by rows; used by Gram::columns
    std::unique_ptr<const RowTree> tree;  ///< the tree that Gram::tree uses
    RowWork work;
  };

  explicit GlmData(Rows rows) : rows_(std::move(rows)) {}
  /// Some rows of `whole`, of dense data without their numbers, with other weights, and the pattern of all.
  GlmData(const GlmData& whole, const Analysis& analysis, const RowSample& sample);

  const Rows& rows() const { return rows_; }
  double meanResponse() const;  ///< weighted
  int count() const { return rows_.matrix.rows; }
  int columns() const { return rows_.matrix.columns; }
  bool dense() const { return rows_.matrix.offsets.empty(); }
  /// The analysis, made on first use. If the solve is to end meanwhile, it has no Hessian.
  std::shared_ptr<const Analysis> analysis(const Cpu& la = Cpu()) const;
  /// About what it takes, analysed.
  std::size_t bytes() const;

 private:
  std::shared_ptr<const Analysis> analyse(const Cpu& la) const;
  std::shared_ptr<const Analysis> analyseOverRanks() const;
  /// How the Hessian is summed up where rows have nothing in common; sets `work`.
  Gram withoutTree(RowWork& work) const;
  SparsePattern allPairs() const;
  SparsePattern pairsByRows(const Cpu& la) const;
  SparsePattern pairsByColumns(const ListedPattern& transposed, const Cpu& la) const;

  Rows rows_;
  std::shared_ptr<const Analysis> given_;
  mutable Once<Analysis> analysis_;
};

}  // namespace nonconvex
