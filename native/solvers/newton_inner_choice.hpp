// Which inner solver a Newton method gets.
#pragma once

#include "solvers/newton_inner.hpp"
#include "solvers/newton_problem.hpp"

namespace nonconvex {

/// By `settings.inner`. `sampleH` and `sampleJ` are values of the kind to come.
std::unique_ptr<InnerSolver> innerSolver(const NewtonSettings& settings, const SparsePattern& hessian,
                                         const SparsePattern& jacobian, std::span<const double> sampleH,
                                         std::span<const double> sampleJ, const Cpu& la);

}  // namespace nonconvex
