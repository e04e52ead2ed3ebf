// Lower bounds of linear programs that hold whatever the rounding errors.
#pragma once

#include <span>

namespace nonconvex {

/// Rows L <= A z <= U: row i has the entries begin[i] to begin[i + 1].
struct LpRows {
  std::span<const int> begin, index;
  std::span<const double> value, lower, upper;

  int count() const { return static_cast<int>(lower.size()); }
};

/// A number that c.z is not below for any z with L <= A z <= U and l <= z <= u, in exact arithmetic, from any
/// multipliers y (A. Neumaier, O. Shcherbina, "Safe bounds in linear and mixed-integer linear programming", Math.
/// Program. 99, 2004):
///   sum_i y_i side_i + sum_j min over r_j in [r_j], z_j in [l_j, u_j] of r_j z_j,   [r] = c - A^T y as intervals.
/// y_i > 0 takes the lower side, y_i < 0 the upper one, and y_i counts as 0 where that is infinite. An infinite bound
/// of a column that is needed is replaced by what the rows imply; -infinity where they imply nothing.
double safeBound(const LpRows& rows, std::span<const double> y, std::span<const double> c,
                 std::span<const double> lower, std::span<const double> upper);

/// Returns true if y proves in exact arithmetic that no z satisfies the rows and bounds: the safe bound of y and c = 0
/// is above 0.
bool provesInfeasible(const LpRows& rows, std::span<const double> y, std::span<const double> lower,
                      std::span<const double> upper);

}  // namespace nonconvex
