// KKT systems by sketch and project: section "Inner solvers" of docs/nlp-methods.md.
#pragma once

#include <cstdint>
#include <memory>

#include "methods/kkt/kkt_solver.hpp"
#include "methods/nlp/start.hpp"

namespace nonconvex {

/// A solver by random projections. `exact` gives the inertia, solves where no accuracy is asked for, and takes over
/// where `innerSteps` steps did not suffice.
std::unique_ptr<KktSolver> sketchKkt(const SparsePattern& hessian, const SparsePattern& jacobian,
                                     std::unique_ptr<KktSolver> exact, const KktSettings& settings, const Cpu& la);

}  // namespace nonconvex
