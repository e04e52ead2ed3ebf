// The matrix of a KKT system by whole rows, scaled to equal lengths.
#pragma once

#include "linalg/sparse/pattern.hpp"
#include "linalg/vectors.hpp"
#include "linalg/views.hpp"
#include "methods/kkt/kkt_solver.hpp"

namespace nonconvex {

/// D K D for K = [H + primal I, J^T; J, -keptDual I], D > 0 diagonal such that all rows have about length 1 (Ruiz 2001,
/// in the 2-norm). Line k is row order[k] of it, with all its entries: dense, or sparse where that is less.
class KktRows {
 public:
  /// `order`: each of the n + m rows once.
  KktRows(const SparsePattern& hessian, const SparsePattern& jacobian, std::vector<int> order);

  /// Takes the values of K and scales them. An empty H is zero.
  void assemble(std::span<const double> H, std::span<const double> J, const KktShift& shift);

  int size() const { return size_; }
  bool dense() const { return offsets_.empty(); }
  double entries() const { return static_cast<double>(values_.size()); }
  double scale(int row) const { return scale_[static_cast<std::size_t>(row)]; }
  int row(int line) const { return order_[static_cast<std::size_t>(line)]; }
  /// ||line||^2 for each line.
  std::span<const double> squaredNorms() const { return squaredNorms_; }

  double dot(int line, std::span<const double> y) const;
  /// y += a line
  void axpy(int line, double a, std::span<double> y) const;
  /// Calls f(column, value) for the entries of a line.
  template <class F>
  void forLine(int line, F&& f) const {
    const std::size_t begin = beginOf(line);
    const std::size_t end = beginOf(line + 1);
    for (std::size_t k = begin; k < end; ++k) f(dense() ? static_cast<int>(k - begin) : indices_[k], values_[k]);
  }
  /// `count` lines as the columns of a matrix, where they are dense.
  Mat<const double> lines(int first, int count) const { return {values_.data() + beginOf(first), size_, count, size_}; }

 private:
  std::size_t beginOf(int line) const {
    const auto l = static_cast<std::size_t>(line);
    return dense() ? l * static_cast<std::size_t>(size_) : static_cast<std::size_t>(offsets_[l]);
  }
  void layOutDense(const SparsePattern& hessian, const SparsePattern& jacobian, const std::vector<int>& lineOf);
  void layOutSparse(const SparsePattern& hessian, const SparsePattern& jacobian, const std::vector<int>& lineOf);
  template <class Place>
  void placeEntries(const SparsePattern& hessian, const SparsePattern& jacobian, Place&& place);
  void equilibrate();
  void applyScale();

  int n_;
  int size_;
  std::vector<int> order_;
  std::vector<int> offsets_, indices_;  // offsets and columns of the lines; empty if dense
  HostBuffer<double> values_;
  std::vector<std::size_t> hessianTo_, jacobianTo_;  // two places for each entry, equal on the diagonal
  std::vector<std::size_t> diagonalTo_;
  Vector scale_, squaredNorms_, secondHalves_;
};

}  // namespace nonconvex
