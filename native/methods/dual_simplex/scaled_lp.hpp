// A linear program whose rows come and go, in numbers scaled by powers of two.
#pragma once

#include <cmath>
#include <span>
#include <vector>

#include "core/numbers.hpp"

namespace nonconvex {

/// min c.z over L <= A z <= U and l <= z <= u. An item is a column or, from number columns() on, a row: item i has the
/// value z_i or a row's product with z. Rows are scaled so that their largest entry lies in [1, 2), columns as the
/// caller says, and costs so that the largest lies in [1, 2); all members are scaled numbers.
struct ScaledLp {
  explicit ScaledLp(int columnCount);

  int columns() const { return static_cast<int>(cost.size()); }
  int rows() const { return static_cast<int>(begin.size()) - 1; }
  int items() const { return static_cast<int>(lower.size()); }
  bool isRow(int item) const { return item >= columns(); }

  /// Powers of two by which the columns' values are divided. There may be no rows yet.
  void setColumnScales(std::span<const double> scales);
  int addRow(std::span<const int> indices, std::span<const double> values, double rowLower, double rowUpper);
  void truncateRows(int count);
  void changeRow(int row, std::span<const double> values, double rowLower, double rowUpper);
  void setCost(std::span<const double> c);
  void setBound(int column, double columnLower, double columnUpper);

  double product(int row, const double* z) const {
    double sum = 0;
    for (int k = begin[at(row)]; k < begin[at(row + 1)]; ++k) sum += value[at(k)] * z[index[at(k)]];
    return sum;
  }
  static std::size_t at(int i) { return static_cast<std::size_t>(i); }

  std::vector<double> lower, upper;            ///< bounds of the items
  std::vector<int> begin, index;               ///< the rows' entries
  std::vector<double> value, asGiven;          ///< scaled, and as the caller has them
  std::vector<double> givenLower, givenUpper;  ///< the rows' sides as the caller has them
  std::vector<double> rowScale;                ///< a scaled row is the row times this
  std::vector<double> columnScale;             ///< a column's value is the scaled value times this
  std::vector<double> cost, givenCost;
  double costScale = 1;  ///< scaled costs are costs times this and the columns' scales

 private:
  void scaleRow(int row);
};

}  // namespace nonconvex
