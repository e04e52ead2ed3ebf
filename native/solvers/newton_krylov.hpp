// Newton systems by preconditioned Krylov methods: section "Inner solvers" of docs/newton.md.
#pragma once

#include <memory>

#include "solvers/newton_inner.hpp"
#include "solvers/newton_model.hpp"

namespace nonconvex {

/// `exact` gives what has to be certain, and factors preconditioners.
std::unique_ptr<InnerSolver> krylovInnerSolver(const NewtonModel& model, std::unique_ptr<InnerSolver> exact,
                                               const NewtonSettings& settings, const Cpu& la);

/// Whether the Hessian is dense and less a diagonal matrix a Gram matrix, for a model that is linearised.
bool sketchPossible(const NewtonModel& model);
/// Whether that is so and a sketch of it is much cheaper than itself: section "Inner solvers".
bool sketchPays(const NewtonModel& model);

}  // namespace nonconvex
