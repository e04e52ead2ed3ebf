// A lower bound of a program whose Lagrangian is convex, by duality.
#pragma once

#include <string_view>

#include "core/status.hpp"
#include "linalg/cpu.hpp"
#include "solvers/nlp/problem.hpp"

namespace nonconvex {

struct ConvexBound {
  double lowerBound = unknown;
  std::string_view over = {};     ///< the points that it bounds; empty: all admissible ones
  std::string_view because = {};  ///< why it is not one of all points, of a Lagrangian that is convex
};

/// Bounds f by its Lagrangian L(y) = f(y) + lambda^T (c(y) - sides) at the multipliers of the solution: f(y) >= L(y)
/// for all admissible y. Where L is convex within the bounds by rules or by a factorisation, L(y) >= L(x) + grad L(x)^T
/// (y - x), of which the bounds give the least value. Variables without the bound that this asks for take those that
/// linear constraints imply, or strong convexity near x. Where that leaves a gap above `tolerance` max(1, |f|), the
/// bound is about the points that `overNear` tells of, if it is tight there. Nothing is known where the rules do not
/// tell.
ConvexBound convexBound(const Cpu& la, Nlp& nlp, const NlpSolution& solution, double tolerance);

}  // namespace nonconvex
