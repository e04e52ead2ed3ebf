// Newton's method with what is large on a device, which nlp.cu compiles once for all who use it.
#pragma once

#include "cuda/cuda.hpp"
#include "solvers/nlp/device_solver.hpp"

namespace nonconvex {

extern template class DeviceGlm<Cuda<double>>;
extern template Solved<NlpSolution> solveOn(const Cuda<double>&, const NlpProblem&, const NlpSettings&, Monitor&);

}  // namespace nonconvex
