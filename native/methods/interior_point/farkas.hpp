// Looks for a proof that linear constraints cannot be met within bounds.
#pragma once

#include <optional>

#include "core/proof.hpp"
#include "methods/interior_point/barrier_state.hpp"

namespace nonconvex {

/// Looks for such multipliers from a point that about minimises the violation: Newton steps on what is violated and
/// what is at its bounds lead to the minimum of ||violation||^2, whose residuals are such multipliers; they are made
/// orthogonal to the columns of the variables that move. What is found is evaluated with compensated sums, and counts
/// only where the margin is above their rounding. A d_j within rounding of its terms towards a bound that is missing is
/// taken for 0 for |x_j| up to 1e6 times that of the point, or 1e6.
///
/// Rows must be linear. Uses the state's workspaces and factors, not its point.
std::optional<Proof> proveInfeasible(BarrierState& state, const BarrierPoint& from);

/// Looks for a Farkas vector of a problem, from x, as the function above does.
std::optional<Proof> proveInfeasible(const Cpu& la, const NlpStart& problem, std::span<const double> x);

/// The proof by a lower bound of a variable, or a lower side where none is named, that is above the upper one by
/// `margin`.
Proof contradictionProof(int n, int m, const std::optional<int>& variable, double margin);

}  // namespace nonconvex
