// Parts of a box that the least points of a quadratic function need not lie in, and points that descend to local
// minima.
#pragma once

#include <span>
#include <vector>

#include "linalg/cpu.hpp"
#include "methods/low_rank_sdp/box_quadratic.hpp"

namespace nonconvex {

/// Makes a box smaller so that the least value on it stays as it is: a variable along which the function is convex lies
/// where its derivative can be zero, or at a bound; one along which it is concave lies at the bound that is better
/// whatever the others are. Only variables that no row has are looked at. Proved in rounded arithmetic.
void reduceBox(const BoxQuadratic& problem, std::span<double> lower, std::span<double> upper);

/// Moves x to a point of the box that no change of one variable makes better. `slope` is room.
void descendByCoordinates(const BoxQuadratic& problem, std::span<double> x, std::vector<double>& slope,
                          const Cpu& la = Cpu());

}  // namespace nonconvex
