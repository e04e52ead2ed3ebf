// Directions along which a convex quadratic program has no least value.
#pragma once

#include <vector>

#include "linalg/cpu.hpp"
#include "methods/quadratic/convex_quadratic.hpp"

namespace nonconvex {

/// A direction d along which the objective falls from every feasible point for ever: Q d = 0, c^T d < 0, and no finite
/// side of a row or a variable is in the way. It is the solution of a linear program,
///
///     min c^T d  subject to  Q d = 0,  (G d)_i and d_j in {0}, (-inf, 0], [0, inf) or free,  -1 <= d_j <= 1
///
/// (R. T. Rockafellar, "Convex analysis", 1970, section 27). Empty where rounding explains its c^T d. A feasible
/// program that has none attains its least value (M. Frank, P. Wolfe, "An algorithm for quadratic programming", 1956).
std::vector<double> recessionDirection(const Cpu& la, const ConvexQuadratic& problem);

/// The feasible point next to the origin; empty where none was found.
std::vector<double> feasiblePoint(const Cpu& la, const ConvexQuadratic& problem);

}  // namespace nonconvex
