// The normal equations of weighted least squares with a ridge.
#pragma once

#include "linalg/cpu.hpp"
#include "linalg/views.hpp"

namespace nonconvex {

/// B B^T + D, B of a column for each row of data, times the root of the row's weight, and D diagonal: the system of a
/// weighted regression, and of a step of Newton's method on a sum of losses. Factored, again and again for new weights.
class NormalEquations {
 public:
  NormalEquations() = default;
  NormalEquations(int unknowns, int rows)
      : columns_(unknowns, rows, Uninitialized{}), factor_(unknowns, unknowns, Uninitialized{}) {}

  /// Sets B(j, i) = entry(j, i) and D(j, j) = ridge(j). False where the sum is not positive definite.
  template <class Entry, class Ridge>
  bool factor(const Cpu& la, Entry&& entry, Ridge&& ridge) {
    la.forEach(columns_.rows(), columns_.cols(), [&](int j, int i) { columns_(j, i) = entry(j, i); });
    if (!la.gram(Transpose::no, columns_, factor_)) la.checkpoint();
    for (int j = 0; j < factor_.rows(); ++j) factor_(j, j) += ridge(j);
    return la.cholesky(factor_);
  }

  /// b := (B B^T + D)^-1 b
  void solve(const Cpu& la, Mat<double> b) const { la.choleskySolve(factor_, b); }

  const HostMatrix<double>& columns() const { return columns_; }
  /// L of B B^T + D = L L^T, in the lower triangle.
  const HostMatrix<double>& factor() const { return factor_; }

 private:
  HostMatrix<double> columns_, factor_;
};

}  // namespace nonconvex
