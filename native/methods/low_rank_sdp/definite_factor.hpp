// A factorisation that proves that a symmetric matrix has no negative eigenvalue.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "linalg/cpu.hpp"

namespace nonconvex {

/// Factors A = U^T U. Where that succeeds in rounded arithmetic, A + margin() I is positive semidefinite in exact
/// arithmetic, whatever the rounding errors were.
///
/// S. M. Rump, "Verification of positive definiteness", BIT 46, 2006, Corollary 2.4 with twice the constant.
class DefiniteFactor {
 public:
  /// A has `size` rows one after the other, of which the upper triangle counts. False where a pivot is not positive.
  bool factor(int size, std::span<const double> A, const Cpu& la = Cpu());
  double margin() const { return margin_; }
  /// b := A^-1 b
  void solve(std::span<double> b) const;
  /// diagonal := the diagonal of A^-1
  void inverseDiagonal(std::span<double> diagonal, const Cpu& la = Cpu());

 private:
  double* row(int i) { return U_.data() + static_cast<std::size_t>(i) * static_cast<std::size_t>(size_); }
  const double* row(int i) const { return U_.data() + static_cast<std::size_t>(i) * static_cast<std::size_t>(size_); }

  int size_ = 0;
  double margin_ = 0;
  std::vector<double> U_, column_;
};

}  // namespace nonconvex
