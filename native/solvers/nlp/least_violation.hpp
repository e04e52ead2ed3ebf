// The point of linear rows and bounds at which the rows are violated least: phase 1 of linear programming.
#pragma once

#include <span>
#include <vector>

#include "linalg/cpu.hpp"
#include "methods/quadratic/prepared_quadratic.hpp"

namespace nonconvex {

/// low <= c(x) <= high and lower <= x <= upper, infinite where there is no side.
struct RowSides {
  std::vector<double> low, high, lower, upper;
};

/// Rows A x + constants. The sizes of the terms that constants are sums of say how far rounding has moved them.
struct AffineRows {
  PatternedMatrix matrix;
  std::vector<double> constants, sizes;
};

/// Multipliers y of rows, > 0 at upper sides, < 0 at lower ones, with d = A^T y and the sizes of the terms of d.
struct RowMultipliers {
  std::vector<double> y, d, sizes;

  RowMultipliers(const AffineRows& rows, std::vector<double> y);
};

struct LeastViolation {
  bool feasible = false;  ///< x meets all rows and bounds, up to rounding
  std::vector<double> x;
  std::vector<double> y;  ///< multipliers that show where there is no such x
};

/// Minimises the sum of all violations of rows, each beside the largest entry of its row, within the bounds.
LeastViolation leastViolation(const Cpu& la, const AffineRows& rows, const RowSides& sides);

/// Returns true if the multipliers show that no x meets rows and bounds: with d = A^T y, y^T (A x + constants) is above
/// what the sides allow for all x within the bounds (Farkas). Entries without a bound count up to a million times the
/// size of `around`.
bool showInfeasible(const AffineRows& rows, const RowSides& sides, const RowMultipliers& multipliers,
                    std::span<const double> around);

}  // namespace nonconvex
