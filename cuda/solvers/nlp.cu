// The minimisation under equality constraints on a CUDA device.
#include "core/run.hpp"
#include "cuda/cuda.hpp"
#include "cuda/devices.hpp"
#include "solvers/nlp/device_solver.hpp"

namespace nonconvex {

Solved<NlpSolution> solveOnCuda(const NlpProblem& problem, const NlpSettings& settings, Monitor& monitor) {
  const cuda::Tables& tables = cuda::realTables();
  return solveOn(Cuda<double>(tables, &monitor, firstUsableDevice(tables)), problem, settings, monitor);
}

}  // namespace nonconvex
