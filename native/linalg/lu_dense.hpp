// LU of a dense square matrix.
#pragma once

#include <span>
#include <vector>

#include "linalg/views.hpp"

namespace nonconvex {

/// P R A C = L U by partial pivoting, R and C powers of two that bring the largest entry of every row and column close
/// to 1. Allocates in the constructor alone.
class DenseLu {
 public:
  explicit DenseLu(int n);

  /// A, to be written before it is factored.
  Mat<double> matrix() { return {a_.data(), n_, n_, n_}; }
  /// False if entries are NaN or infinite, or if a pivot is as small as rounding errors.
  bool factor();

  /// b := A^{-1} b
  void solve(std::span<double> b) const;
  /// b := A^{-T} b
  void solveTransposed(std::span<double> b) const;

 private:
  bool equilibrate();

  int n_;
  HostBuffer<double> a_;
  std::vector<double> rows_, columns_;
  std::vector<int> pivots_;
};

}  // namespace nonconvex
