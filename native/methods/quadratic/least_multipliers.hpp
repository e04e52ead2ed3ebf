// The smallest multipliers of a solution that has many.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "linalg/cpu.hpp"
#include "methods/quadratic/quadratic_polish.hpp"

namespace nonconvex {

/// Returns the multipliers, of a solution that has many, with the least sum of squares of the rows' ones; none where
/// they are not found to `tolerance`. A solution has many where the normals of its active sides depend on each other,
/// and an interior point ends in the middle of these, which is far away where they have no bound. A strictly convex
/// program has the least ones:
///
///     min 1/2 |y|^2  such that  Q x + c + G^T y + z = 0,  y and z of active sides alone, with their signs.
std::optional<QuadraticPoint> leastMultipliers(const Cpu& la, const ConvexQuadratic& program,
                                               const std::vector<double>& x, const std::vector<ActiveSide>& active,
                                               double tolerance);

}  // namespace nonconvex
