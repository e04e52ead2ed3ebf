// Some of many rows, to begin with.
#pragma once

#include <span>
#include <vector>

namespace nonconvex {

/// Rows in order, with weights that make the weighted sum over them an estimate of that over all.
struct RowSample {
  std::vector<int> rows;
  std::vector<double> weights;
};

/// About `count` rows, none twice: of `count` equal shares of the sum of all importances, in order, one row each at a
/// random place, the same in every call. A row's importance is its weight times the distance of y from its mean plus
/// the mean of those: so there are enough of a rare class (case-control sampling, Fithian and Hastie 2014). Neighbours
/// seldom come together, which suits data that are sorted. Without bias.
RowSample sampleRows(std::span<const double> weights, std::span<const double> y, int count);

/// About what evaluations take, in operations of BLAS.
struct RowWork {
  static constexpr double perEntry = 25, perRow = 250;  ///< of a pass

  double pass = 0;
  double hessian = 0;
  double ofRow = 0;  ///< of an iteration, with nothing in common with others

  /// A Hessian serves for about three of them.
  double iteration() const { return pass + hessian / 3; }
};

/// How many of `rows` rows to begin with; 0: better with all. `overhead` comes on top of each iteration's work, however
/// few they are.
int sampleSize(int rows, int columns, const RowWork& work, double overhead);

}  // namespace nonconvex
