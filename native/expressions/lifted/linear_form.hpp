// Affine functions of columns whose coefficients are known up to rounding errors.
#pragma once

#include <cmath>
#include <functional>
#include <span>
#include <vector>

#include "core/interval.hpp"

namespace nonconvex {

/// a + b without a rounding error: returns true if that is the exact sum.
inline bool isExactSum(double a, double b, double sum) {
  const double part = sum - a;
  return part == b && sum - part == a;
}

/// sum_j (coefficient_j + e_j) z_column + constant, |e_j| <= error_j: the exact function is one of these. Terms are in
/// the order of their columns, and no column has two.
struct LinearForm {
  struct Term {
    int column = 0;
    double coefficient = 0;
    double error = 0;

    bool operator==(const Term&) const = default;
  };
  std::vector<Term> terms;
  Interval constant = {0, 0};

  static LinearForm of(Interval constant) { return {{}, constant}; }
  static LinearForm column(int column) { return {{{column, 1, 0}}, {0, 0}}; }

  bool isConstant() const { return terms.empty(); }
  /// Returns true if it is a multiple of one column.
  bool isMultiple() const { return terms.size() == 1 && constant.low == 0 && constant.high == 0; }
  /// Returns true if it is a column itself.
  bool isColumn() const { return isMultiple() && terms[0].coefficient == 1 && terms[0].error == 0; }
  bool operator==(const LinearForm& other) const {
    return terms == other.terms && constant.low == other.constant.low && constant.high == other.constant.high;
  }
};

/// A multiple of a form, as a part of a sum.
struct ScaledForm {
  Interval factor;
  const LinearForm* form = nullptr;
};

/// sum_k factor_k form_k, where the exact factors lie in the intervals. Calls `look`, which may throw, now and then in
/// long sums.
LinearForm sumOf(std::span<const ScaledForm> parts, const std::function<void()>& look = {});
inline LinearForm multipleOf(Interval factor, const LinearForm& form) {
  const ScaledForm part = {factor, &form};
  return sumOf(std::span(&part, 1));
}

/// All values of the form for values of the columns in these intervals.
Interval rangeOf(const LinearForm& form, std::span<const Interval> columns);

}  // namespace nonconvex
