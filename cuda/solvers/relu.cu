// The training of ReLU networks on a CUDA device.
#include "core/run.hpp"
#include "cuda/cuda.hpp"
#include "cuda/devices.hpp"
#include "solvers/relu/solver.hpp"

namespace nonconvex {
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
