#include "binding/entries/relu.hpp"

#include "cuda/register.hpp"

namespace nonconvex {

/// Runs on the first device that is usable; throws DEVICE_UNAVAILABLE if no device is usable. Defined in relu.cu, since
/// nvcc does not see napi.h.
Solved<ReluSolution> solveOnCuda(const ReluProblem& problem, const ReluSettings& settings, Monitor& monitor);

namespace {

Solved<ReluSolution> solveOnDevice(const ReluEntry::Problem& problem, const ReluSettings& settings, Monitor& monitor) {
  return solveOnCuda(problem, settings, monitor);
}

const RegisterSolver<ReluEntry, OnCuda<ReluEntry, requireNoCones, solveOnDevice>> registered;

}  // namespace
}  // namespace nonconvex
