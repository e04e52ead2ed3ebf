#include "binding/entries/relu.hpp"

#include "cuda/register.hpp"

namespace nonconvex {

/// Runs on the first device that is usable; throws DEVICE_UNAVAILABLE if there is none. Defined in relu.cu, since nvcc
/// does not see napi.h.
Solved<ReluSolution> solveOnCuda(const ReluProblem& problem, const ReluSettings& settings, Monitor& monitor);

namespace {

const RegisterSolver<ReluEntry, OnCuda<ReluEntry, requireNoCones, solveOnCuda>> registered;

}  // namespace
}  // namespace nonconvex
