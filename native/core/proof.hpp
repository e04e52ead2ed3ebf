// A proof that linear constraints cannot be met within bounds.
#pragma once

#include <array>
#include <string_view>
#include <vector>

#include "core/fields.hpp"

namespace nonconvex {

enum class ProofKind { farkas };
constexpr auto names(ProofKind) { return std::array{"farkas"sv}; }

/// Multipliers y of linear rows c(x) = A x + c(0) with low <= c(x) <= high and lower <= x <= upper. With d = A^T y, no
/// x within the bounds makes y^T c(x) smaller than `least` = y^T c(0) + sum_j min(d_j lower_j, d_j upper_j), and no
/// values within the sides make it larger than `most` = sum_i max(y_i low_i, y_i high_i) (Farkas 1902). least > most:
/// there is no feasible point. The largest |y_i / s_i| is 1, s the scales of the rows.
struct FarkasProof {
  ProofKind kind = ProofKind::farkas;
  std::vector<double> y;
  std::vector<double> lower;
  std::vector<double> upper;
  double margin = 0;

  bool known() const { return margin > 0; }

  static constexpr auto fields() {
    using Self = FarkasProof;
    return FieldTuple{
        OUT(kind, "`farkas`: linear constraints cannot be met within the bounds."),
        OUT(y,
            "m numbers, multipliers of the constraints: >= 0 where their upper sides count, <= 0 where their lower "
            "ones "
            "do. With d = A^T y of constraints A x + c(0), no x within the bounds makes y^T c(x) smaller than least = "
            "y^T c(0) + sum_j min(d_j lower_j, d_j upper_j), and no values within the sides make it larger than most = "
            "sum_i max(y_i constraintsLower_i, y_i constraintsUpper_i)."),
        OUT(lower, "n numbers >= 0: the positive part of d, multipliers of the lower bounds."),
        OUT(upper, "n numbers >= 0: the negative part of d, multipliers of the upper bounds."),
        OUT(margin,
            "least - most, less what rounding may have done to it: above 0, so that there is no feasible point.")};
  }
};

}  // namespace nonconvex
