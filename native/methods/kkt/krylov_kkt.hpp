// Newton systems by preconditioned Krylov methods: section "Inner solvers" of docs/nlp.md.
#pragma once

#include <memory>

#include "methods/kkt/kkt_solver.hpp"
#include "methods/nlp/scaled_nlp.hpp"

namespace nonconvex {

/// `exact` gives what has to be certain, and factors preconditioners.
std::unique_ptr<KktSolver> krylovKkt(const ScaledNlp& model, std::unique_ptr<KktSolver> exact,
                                     const KktSettings& settings, const Cpu& la);

/// Whether the Hessian is dense and less a diagonal matrix a Gram matrix, for a model that is linearised.
bool sketchPossible(const ScaledNlp& model);
/// Whether that is so and a sketch of it is much cheaper than itself: section "Inner solvers".
bool sketchPays(const ScaledNlp& model);

}  // namespace nonconvex
