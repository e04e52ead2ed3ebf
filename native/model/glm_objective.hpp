// The objective of generalised linear models, by fused passes over the rows of the data.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "linalg/cpu.hpp"
#include "linalg/inputs.hpp"
#include "model/glm_losses.hpp"
#include "model/graph.hpp"
#include "model/objective.hpp"
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

/// One pass over the data gives f, its gradient and the weights of the Hessian at a point; they are kept for it.
class GlmObjective final : public Objective {
 public:
  /// `dense`, row-major, stays with its owner; not looked at where the data are sparse.
  explicit GlmObjective(std::shared_ptr<const GlmData> data, const MatrixInput& dense = {});

  int variables() const override { return data_->columns(); }
  const SparsePattern& hessianPattern() const override { return data_->hessianPattern(); }
  void runOn(const Cpu& la) override { la_ = la; }
  void moveTo(std::span<const double> x) override;
  double value() override;
  void gradient(std::span<double> g) override;
  void hessian(double sigma, std::span<double> values) override;
  void hessianProduct(double sigma, std::span<const double> v, std::span<double> out) override;
  std::optional<WeightedRows> gram(double sigma, std::span<double> rest) override;

 private:
  struct Piece {
    int begin, end;
  };

  void evaluate();
  template <class PerRow>
  void pass(std::span<const double> x, std::span<double> out, PerRow&& perRow);
  void transposedByColumns(std::span<double> out) const;
  const double* denseRows(Piece piece, double* buffer) const;
  void predict(Piece piece, std::span<const double> x, const double* rows, double* t) const;
  void addTransposed(Piece piece, const double* r, const double* rows, double* out) const;

  void fillSquares();
  void addRows(Piece piece, double* square) const;
  void writeScaled(Piece piece, double* buffer) const;
  void sumSquares(std::span<double> values) const;
  void sumByColumns(std::span<double> values);

  std::shared_ptr<const GlmData> data_;
  MatrixInput dense_;
  Cpu la_;
  int blockRows_;
  std::vector<Piece> pieces_;  // of the rows, one a task; they depend on sizes alone
  std::vector<Piece> shares_;  // of the rows, one a square
  std::optional<RowTree::Work> tree_;
  std::vector<double> x_;
  bool evaluated_ = false;
  bool squaresKnown_ = false;  // at x
  double value_ = 0;
  std::vector<double> gradient_;
  std::vector<double> curvatures_;  // w_i loss''_i
  std::vector<double> t_;           // predictors of the last pass, then its factors of the rows
  std::vector<double> sums_;        // of f, by piece
  std::vector<double> partial_;     // A^T r, by piece
  HostBuffer<double> widened_;      // rows of single precision, by piece
  HostBuffer<double> squares_;      // n x n, by share; of Gram::columns a column for each task
  HostBuffer<double> blocks_;       // rows written out, by share
};

}  // namespace nonconvex
