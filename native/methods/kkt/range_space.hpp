// Systems [G, J^T; J, 0] (x, y) = b with a dense positive definite G, on the range of J^T.
#pragma once

#include <span>

#include "linalg/cpu.hpp"
#include "linalg/sparse/pattern.hpp"

namespace nonconvex {

/// Factors G = L L^T and J G^{-1} J^T = (L^{-1} J^T)^T L^{-1} J^T. Eigenvalues of G that are small beside the others
/// keep digits which an L D L^T of the whole matrix loses, where pivots of J come between.
class RangeSpace {
 public:
  /// `jacobian` and `la` must outlive this.
  RangeSpace(const SparsePattern& jacobian, const Cpu& la);

  /// Factors for the lower triangle of G by columns, and values of J. False where G, or J G^{-1} J^T, is not positive
  /// definite to working accuracy.
  bool factor(std::span<const double> G, std::span<const double> J);
  /// b := (x, y)
  void solve(std::span<double> b);

 private:
  const SparsePattern& jacobian_;
  const Cpu& la_;
  HostMatrix<double> L_;
  HostMatrix<double> Y_;  // L^{-1} J^T
  HostMatrix<double> S_;  // the factor of Y^T Y
};

}  // namespace nonconvex
