// The solvers that run on a CUDA device. This header needs nothing of CUDA; solvers.cu is compiled by nvcc.
#pragma once

#include "core/run.hpp"
#include "solvers/nlp/solver.hpp"
#include "solvers/relu/solver.hpp"

namespace nonconvex {

/// On the first device that is usable. Throws DEVICE_UNAVAILABLE if there is none, or if the problem is one that only
/// the CPU solves.
Solved<ReluSolution> solveOnCuda(const ReluProblem& problem, const ReluSettings& settings, Monitor& monitor);
Solved<NlpSolution> solveOnCuda(const NlpProblem& problem, const NlpSettings& settings, Monitor& monitor);

}  // namespace nonconvex
