// Newton's method with its large matrices on a device. nlp.cu compiles it once for all its users.
#pragma once

#include "cuda/cuda.hpp"
#include "solvers/nlp/device_solver.hpp"

namespace nonconvex {

extern template class DeviceGlm<Cuda<double>>;
extern template Solved<NlpSolution> solveOn(const Cuda<double>&, const NlpProblem&, const NlpSettings&, Monitor&);

}  // namespace nonconvex
