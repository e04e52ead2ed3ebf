// Singular values and vectors of a sequence of matrices that change little.
#pragma once

#include <functional>
#include <vector>

#include "linalg/views.hpp"

namespace nonconvex {

/// A = left diag(values) right^T by one-sided Jacobi rotations (Hestenes 1958; de Rijk 1989), the largest value first.
/// Each decomposition begins with the right vectors of the one before, so that a matrix near it takes a sweep or two.
/// Columns of `left` that belong to values of zero are zero. Nothing is allocated after construction.
class JacobiSvd {
 public:
  JacobiSvd(int rows, int cols);

  /// `pause` is called between pieces of some milliseconds at most. Where it throws, what is known of the matrix is
  /// lost, and the next decomposition begins as if this one had not been.
  void decompose(Mat<const double> a, const std::function<void()>& pause = {});

  int count() const { return short_; }  ///< min(rows, cols)
  double value(int k) const { return values_[static_cast<std::size_t>(order_[static_cast<std::size_t>(k)])]; }
  const double* left(int k) const { return transposed_ ? rotation(k) : direction(k); }   ///< rows numbers
  const double* right(int k) const { return transposed_ ? direction(k) : rotation(k); }  ///< cols numbers

 private:
  const double* rotation(int k) const { return rotations_.column(order_[static_cast<std::size_t>(k)]); }
  const double* direction(int k) const { return work_.column(order_[static_cast<std::size_t>(k)]); }
  void orthogonalizeRotations(const std::function<void()>& pause);
  void product(Mat<const double> a, const std::function<void()>& pause);
  bool sweep(const std::function<void()>& pause);
  void finish(const std::function<void()>& pause);

  bool transposed_;  // the matrix has more columns than rows, so its transpose is decomposed
  int long_, short_;
  bool touched_ = false;          // work_, of which the system has the memory ready
  HostMatrix<double> work_;       // long x short: A R, whose columns become orthogonal, then unit vectors
  HostMatrix<double> rotations_;  // short x short: R
  std::vector<double> values_;
  std::vector<int> order_;
};

}  // namespace nonconvex
