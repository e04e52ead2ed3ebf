// The end of a refinement: the convex program to the tolerance, a long search for bounds, and the solution.
#pragma once

#include "solvers/relu/pricing_bound.hpp"
#include "solvers/relu/refinement/state.hpp"

namespace nonconvex {

/// The columns, bias included, up to which the largest price is found exactly at the end.
inline constexpr int exactAtEnd = PricingLimits::Tuning::mostColumns;

/// Ends the rounds.
void finish(RefinementState& s);

/// Reports a refinement, whether it has ended or not.
ReluProgress progressOf(const RefinementState& s);
ReluSolution solutionOf(const RefinementState& s);

}  // namespace nonconvex
