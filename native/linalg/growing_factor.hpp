// Cholesky's factor of a matrix whose rows and columns come and go.
#pragma once

#include <span>
#include <vector>

#include "linalg/cpu.hpp"

namespace nonconvex {

/// A = L L^T for a symmetric positive definite A. Rows and columns are added at the end or taken away in far less time
/// than a new factorisation takes: k^2 operations for each of them.
class GrowingFactor {
 public:
  explicit GrowingFactor(const Cpu& la) : la_(la) {}

  int size() const { return size_; }
  void clear() { size_ = 0; }

  /// The place for rows of A that are to be added, of old columns and the lower triangle of their own.
  Mat<double> rowsToAdd(int count);
  /// Factors the rows that were written there. False, with the factor as it was, where A is not positive definite with
  /// them, or so nearly not that a pivot is rounding: less than `least`.
  bool add(int count, double least);
  /// Takes rows and columns away; `rows` rises.
  void remove(std::span<const int> rows);
  /// b := A^-1 b
  void solve(std::span<double> b) const;

  /// Operations of remove(), in those of a factorisation, of which several are done at a time.
  double costToRemove(std::span<const int> rows) const;
  double costToAdd(int from, int count) const;

 private:
  void solveAcross(Mat<double> across);
  void rotate(int column, double* entries);

  const Cpu& la_;
  int size_ = 0;
  HostMatrix<double> l_;
  std::vector<double> removed_;  ///< columns below the diagonal, a row of theirs after another
  int rotations_ = 0;
  std::vector<double> together_;  ///< rows that are added, entry by entry
};

}  // namespace nonconvex
