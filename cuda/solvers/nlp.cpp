#include "binding/entries/nlp.hpp"

#include "cuda/register.hpp"

namespace nonconvex {

/// Runs on the first device that is usable; throws DEVICE_UNAVAILABLE if there is none. Defined in nlp.cu, since nvcc
/// does not see napi.h.
Solved<NlpSolution> solveOnCuda(const NlpProblem& problem, const NlpSettings& settings, Monitor& monitor);

namespace {

const RegisterSolver<NlpEntry, OnCuda<NlpEntry, requireOnDevice, solveOnCuda>> registered;

}  // namespace
}  // namespace nonconvex
