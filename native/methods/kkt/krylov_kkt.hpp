// KKT systems by preconditioned Krylov methods: section "Inner solvers" of docs/nlp-methods.md.
#pragma once

#include <memory>

#include "methods/kkt/kkt_solver.hpp"
#include "methods/nlp/scaled_nlp.hpp"

namespace nonconvex {

/// A solver by Krylov methods. `exact` gives what has to be certain, and factors preconditioners.
std::unique_ptr<KktSolver> krylovKkt(const ScaledNlp& model, std::unique_ptr<KktSolver> exact,
                                     const KktSettings& settings, const Cpu& la);

/// Returns true if the Hessian is dense, and a Gram matrix but for a diagonal one, where the model is linearised.
bool sketchPossible(const ScaledNlp& model);
/// Returns true if there is such a Gram matrix and a sketch of it is much cheaper than itself: section "Inner solvers".
bool sketchPays(const ScaledNlp& model);

}  // namespace nonconvex
