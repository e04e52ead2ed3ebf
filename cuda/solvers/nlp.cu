// The minimisation under equality constraints on a CUDA device.
#include "core/run.hpp"
#include "cuda/devices.hpp"
#include "cuda/solvers/nlp.hpp"

namespace nonconvex {

template class DeviceGlm<Cuda<double>>;
template Solved<NlpSolution> solveOn(const Cuda<double>&, const NlpProblem&, const NlpSettings&, Monitor&);

Solved<NlpSolution> solveOnCuda(const NlpProblem& problem, const NlpSettings& settings, Monitor& monitor) {
  const cuda::Tables& tables = cuda::realTables();
  return solveOn(Cuda<double>(tables, &monitor, firstUsableDevice(tables)), problem, settings, monitor);
}

}  // namespace nonconvex
