// Multipliers that show a conflict of linear constraints, with as few of them as possible.
#pragma once

#include <optional>
#include <vector>

namespace nonconvex {

/// Rows of a conflict, dense: over the variables without a bound that counts, and over those with one.
struct ConflictRows {
  std::vector<std::vector<double>> free, bounded;
  std::vector<double> excess;  ///< constant less the side of each row
  std::vector<double> bounds;  ///< the bound of each variable that has one
};

/// Brings multipliers y of such rows to a vertex of all that show the conflict: y^T free = 0, with the same signs, and
/// y^T (excess, bounded bounds) as it was. No constraint or bound that still has a multiplier can be left out (J.
/// Gleeson, J. Ryan, "Identifying minimally infeasible subsystems of inequalities", ORSA J. Comput. 2, 1990). Nothing
/// where the elimination would take seconds, or meets rounding.
std::optional<std::vector<double>> vertexOf(const ConflictRows& rows, const std::vector<double>& y);

}  // namespace nonconvex
