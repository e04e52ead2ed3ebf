#include "cuda/devices.hpp"
#include "cuda/solvers.hpp"

namespace nonconvex {

Solved<ReluSolution> solveOnCuda(const ReluProblem&, const ReluSettings&, Monitor&) {
  const CudaDevices found = cudaDevices();
  const std::string reason = found.usable() ? "ReLU networks are trained on the CPU only, so far" : found.reason();
  throw Error(ErrorKind::solver, reason, "DEVICE_UNAVAILABLE");
}

}  // namespace nonconvex
