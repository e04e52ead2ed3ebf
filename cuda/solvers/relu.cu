// The training of ReLU networks on a CUDA device.
#include "core/run.hpp"
#include "cuda/devices.hpp"
#include "cuda/solvers/relu.hpp"

namespace nonconvex {

template struct ReluRows<Cuda<double>>;
template struct ReluRows<Cuda<float>>;
template class ReluMap<Cuda<double>>;
template class ReluMap<Cuda<float>>;
template class ReluSystem<Cuda<double>>;
template class ReluSystem<Cuda<float>>;
template class ReluSlack<Cuda<double>>;
template class ReluSlack<Cuda<float>>;
template class ReluProx<Cuda<double>>;
template class ReluProx<Cuda<float>>;
template class ReluCertificate<Cuda<double>>;
template class ReluCertificate<Cuda<float>>;
template class ReluReports<Cuda<double>>;
template class ReluReports<Cuda<float>>;
template class ReluAdmm<Cuda<double>>;
template class ReluAdmm<Cuda<float>>;
template class GatedAdmm<Cuda<double>>;
template class GatedAdmm<Cuda<float>>;
template class SampledAdmm<Cuda<double>>;
template class SampledAdmm<Cuda<float>>;
template class SlackAdmm<Cuda<double>>;
template class SlackAdmm<Cuda<float>>;
template class ReluSolver<Cuda<double>>;
template class ReluSolver<Cuda<float>>;

namespace {

template <class Number>
Solved<ReluSolution> train(const ReluProblem& problem, const ReluSettings& settings, Monitor& monitor) {
  const cuda::Tables& tables = cuda::realTables();
  const Cuda<Number> la(tables, &monitor, firstUsableDevice(tables));
  ReluSolver<Cuda<Number>> solver(la, problem, settings);
  auto outcome = iterate(solver, settings, monitor);
  return {std::move(outcome), solver.solution()};
}

}  // namespace

Solved<ReluSolution> solveOnCuda(const ReluProblem& problem, const ReluSettings& settings, Monitor& monitor) {
  return settings.precision == ReluPrecision::float32 ? train<float>(problem, settings, monitor)
                                                      : train<double>(problem, settings, monitor);
}

}  // namespace nonconvex
