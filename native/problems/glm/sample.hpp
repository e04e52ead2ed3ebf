// Some of many rows, to begin with.
#pragma once

#include <span>
#include <vector>

#include "problems/abilities.hpp"

namespace nonconvex {

/// Rows in order, with weights that make the weighted sum over them an estimate of that over all.
struct RowSample {
  std::vector<int> rows;
  std::vector<double> weights;
};

/// About `count` rows, none twice: of `count` equal shares of the sum of all importances, in order, one row each at a
/// random place, the same in every call. A row's importance is its weight times the distance of y from its mean plus
/// four times the mean of those: so there are more of a rare class (case-control sampling, Fithian and Hastie 2014).
/// Neighbours seldom come together, which suits data that are sorted. Without bias.
RowSample sampleRows(std::span<const double> weights, std::span<const double> y, int count);

/// Work of evaluations over all rows, in operations of BLAS.
struct RowWork : EvaluationWork {
  static constexpr double perEntry = 25, perRow = 250;  ///< costs of a pass
  static constexpr double perPiece = 10;                ///< an update in a tree, where ones come many at a time

  double ofRow = 0;  ///< work of a row in an iteration, if it shares nothing with others
};

/// How many of `rows` rows to begin with; 0: better with all. `overhead` comes on top of each iteration's work, however
/// few they are.
int sampleSize(int rows, int columns, const RowWork& work, double overhead);

}  // namespace nonconvex
