// Vectors that show how a solve has ended, which anyone can check.
#pragma once

#include <array>
#include <string_view>
#include <vector>

#include "core/fields.hpp"
#include "core/status.hpp"

namespace nonconvex {

enum class ProofKind { farkas, ray, curve, hall };
constexpr auto names(ProofKind) { return std::array{"farkas"sv, "ray"sv, "curve"sv, "hall"sv}; }

/// Either multipliers y of linear rows c(x) = A x + c(0) with low <= c(x) <= high and lower <= x <= upper: with d = A^T
/// y, no x within the bounds makes y^T c(x) smaller than `least` = y^T c(0) + sum_j min(d_j lower_j, d_j upper_j), and
/// no values within the sides make it larger than `most` = sum_i max(y_i low_i, y_i high_i) (Farkas 1902). least >
/// most: there is no feasible point. The largest |y_i / s_i| is 1, s the scales of the rows. Or feasible points along a
/// ray or a curve, far beyond all others, where the objective falls. Or rows whose allowed pairs are all with columns
/// that are fewer, or columns with rows that are fewer (P. Hall 1935).
struct Proof {
  ProofKind kind = ProofKind::farkas;
  std::vector<double> y;
  std::vector<double> lower;
  std::vector<double> upper;
  double margin = unknown;
  std::vector<double> x;
  std::vector<double> direction;
  std::vector<double> points;
  std::vector<int> rows, columns;

  bool known() const { return margin > 0 || !x.empty(); }

  static constexpr auto fields() {
    using Self = Proof;
    return FieldTuple{
        OUT(kind,
            "`farkas`: linear constraints cannot be met within the bounds. `ray` and `curve`: the objective has no "
            "least value, as far as numbers go. `hall`: rows have too few columns, or columns too few rows."),
        OUT_IF_KNOWN(
            y,
            "`farkas`: m numbers, multipliers of the constraints: >= 0 where their upper sides count, <= 0 where their "
            "lower ones do. With d = A^T y of constraints A x + c(0), no x within the bounds makes y^T c(x) smaller "
            "than least = y^T c(0) + sum_j min(d_j lower_j, d_j upper_j), and no values within the sides make it "
            "larger than most = sum_i max(y_i constraintsLower_i, y_i constraintsUpper_i)."),
        OUT_IF_KNOWN(lower, "`farkas`: n numbers >= 0: the positive part of d, multipliers of the lower bounds."),
        OUT_IF_KNOWN(upper, "`farkas`: n numbers >= 0: the negative part of d, multipliers of the upper bounds."),
        OUT_IF_KNOWN(margin,
                     "`farkas`: least - most, less what rounding may have done to it: above 0, so that there is no "
                     "feasible point. `hall`: how many more there are of the larger set."),
        OUT_IF_KNOWN(x, "`ray` and `curve`: n numbers, a feasible point."),
        OUT_IF_KNOWN(direction,
                     "`ray`: n numbers d. The points x + t d, t >= 0, are feasible, and the objective falls from t = "
                     "max(1, ||x||_inf) to 100 times that, and so on over eight decades or until it is -Infinity."),
        OUT_IF_KNOWN(points,
                     "`curve`: some feasible points of n numbers, one behind the other, each about a hundred times as "
                     "far away as the one before, with smaller and smaller objectives: two or more, or up to one "
                     "where the objective is -Infinity."),
        OUT_IF_KNOWN(rows,
                     "`hall`: rows all of whose allowed pairs are with `columns`, which are fewer; or, where the "
                     "columns are more, the rows that all of their allowed pairs are with."),
        OUT_IF_KNOWN(columns, "`hall`: the columns of that; absent where there are none.")};
  }
};

}  // namespace nonconvex
