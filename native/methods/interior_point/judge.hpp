// The conditions that a point meets before it is called a solution.
#pragma once

#include "methods/interior_point/barrier_nlp.hpp"

namespace nonconvex {

/// Returns true if a point with multipliers meets the conditions of optimality by what was given and the values of the
/// rows alone, without slacks and their residuals: what `checkOptimality` asks, in units in which nothing is scaled up.
/// Fixed variables have the multipliers that their gradients give. Nothing else is called solved.
bool confirmed(const BarrierNlp& nlp, const BarrierPoint& point);

}  // namespace nonconvex
