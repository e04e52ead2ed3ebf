// Newton systems by sketch and project: section "Inner solvers" of docs/newton.md.
#pragma once

#include <cstdint>
#include <memory>

#include "solvers/newton_inner.hpp"
#include "solvers/newton_problem.hpp"

namespace nonconvex {

/// `exact` gives the inertia, solves where no accuracy is asked for, and takes over where `innerSteps` steps did not
/// suffice.
std::unique_ptr<InnerSolver> sketchInnerSolver(const SparsePattern& hessian, const SparsePattern& jacobian,
                                               std::unique_ptr<InnerSolver> exact, const NewtonSettings& settings,
                                               const Cpu& la);

}  // namespace nonconvex
