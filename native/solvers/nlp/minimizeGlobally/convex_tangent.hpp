// The lower bound of a convex program that its local solution gives.
#pragma once

#include "expressions/lifted/lifted_program.hpp"
#include "solvers/nlp/minimizeGlobally/incumbent.hpp"

namespace nonconvex {

/// A number that no admissible point has an objective below, from the Lagrange function L at the point and its
/// multipliers: where L is proved to be convex over the box of the variables, f(x) >= L(x) >= L(p) + L'(p) (x - p) for
/// all admissible x. In exact arithmetic, whatever the multipliers are; -infinity where L is not proved to be convex.
double convexTangent(const LiftedProgram& program, const GlobalPoint& best);

}  // namespace nonconvex
