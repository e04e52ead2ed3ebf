// Columns and a response as a triangle, from which columns are left out and taken by rotations.
#pragma once

#include <vector>

#include "core/index.hpp"

namespace nonconvex {

/// Columns and a response in an orthonormal basis of what is left of them beside the columns that were taken: an upper
/// triangle, whose last column is the response. Rotations keep it one, so that a column counts as dependent on others
/// by rounding alone, not by that of products of columns, which is that of squares.
class SubsetTriangle {
 public:
  explicit SubsetTriangle(int columns) : stride_(columns + 1), columns_(columns), entries_(at(stride_ * stride_)) {}

  int columns() const { return columns_; }
  double& operator()(int i, int j) { return entries_[at(i + j * stride_)]; }
  double operator()(int i, int j) const { return entries_[at(i + j * stride_)]; }

  /// The length of a column.
  double length(int j) const;
  /// Half of the squares of the response that are left, and those that would be left beside all columns.
  double loss() const;
  double lossBesideAll() const;
  /// What taking a column lowers the loss by.
  double gain(int j) const;
  void leaveOut(int j);
  void take(int j);
  /// The coefficients of all columns that explain the response best, where the columns are independent.
  std::vector<double> solve() const;

 private:
  void rotate(int row, int pivot, int first);

  int stride_, columns_;
  std::vector<double> entries_;
};

}  // namespace nonconvex
