// Minima of the infeasibility that are not feasible: what shows that a problem has no feasible point near.
#pragma once

#include "methods/interior_point/barrier_state.hpp"

namespace nonconvex {

/// out = grad (||r||^2 / 2) over v, J^T r over x and -r over s; 0 for fixed variables.
void infeasibilityGradient(const BarrierNlp& nlp, const BarrierPoint& point, std::span<double> out);

/// Returns true if the state's point is a local minimum of ||r||^2 / 2 over the box with ||r||_inf > 1e-6, to first and
/// second order: section 4 of docs/nlp-inequalities.md. The multipliers of the certificate are r: there are bound
/// multipliers z >= 0 with ||J^T r - zL + zU||_inf <= 1e-5 min(1, ||r||_inf) and all products slack z <= 1e-5 min(1,
/// ||r||_inf^2), over x and s. The square is there because a step to a bound reduces ||r||^2 / 2 by such a product.
///
/// Uses `a`, `diagonal`, `H` and the factors of the state where the conditions of first order hold.
bool minimizesInfeasibility(BarrierState& state);

}  // namespace nonconvex
