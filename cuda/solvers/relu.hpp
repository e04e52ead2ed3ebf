// The solver of ReLU networks on a device. relu.cu compiles it once for all its users.
#pragma once

#include "cuda/cuda.hpp"
#include "solvers/relu/solver.hpp"

namespace nonconvex {

extern template struct ReluRows<Cuda<double>>;
extern template struct ReluRows<Cuda<float>>;
extern template class ReluMap<Cuda<double>>;
extern template class ReluMap<Cuda<float>>;
extern template class ReluSystem<Cuda<double>>;
extern template class ReluSystem<Cuda<float>>;
extern template class ReluSlack<Cuda<double>>;
extern template class ReluSlack<Cuda<float>>;
extern template class ReluProx<Cuda<double>>;
extern template class ReluProx<Cuda<float>>;
extern template class ReluCertificate<Cuda<double>>;
extern template class ReluCertificate<Cuda<float>>;
extern template class ReluReports<Cuda<double>>;
extern template class ReluReports<Cuda<float>>;
extern template class ReluAdmm<Cuda<double>>;
extern template class ReluAdmm<Cuda<float>>;
extern template class GatedAdmm<Cuda<double>>;
extern template class GatedAdmm<Cuda<float>>;
extern template class SampledAdmm<Cuda<double>>;
extern template class SampledAdmm<Cuda<float>>;
extern template class SlackAdmm<Cuda<double>>;
extern template class SlackAdmm<Cuda<float>>;
extern template class ReluSolver<Cuda<double>>;
extern template class ReluSolver<Cuda<float>>;

}  // namespace nonconvex
