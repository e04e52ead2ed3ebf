#include "binding/entries/nlp.hpp"

#include "cuda/register.hpp"

namespace nonconvex {

/// Runs on the first device that is usable; throws DEVICE_UNAVAILABLE if no device is usable. Defined in nlp.cu, since
/// nvcc does not see napi.h.
Solved<NlpSolution> solveOnCuda(const NlpProblem& problem, const NlpSettings& settings, Monitor& monitor);

namespace {

Solved<NlpSolution> solveOnDevice(const NlpEntry::Problem& problem, const NlpSettings& settings, Monitor& monitor) {
  return solveOnCuda(problem, settings, monitor);
}

const RegisterSolver<NlpEntry, OnCuda<NlpEntry, requireOnDevice, solveOnDevice>> registered;

}  // namespace
}  // namespace nonconvex
