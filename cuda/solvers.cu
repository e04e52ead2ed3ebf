#include "cuda/cuda.hpp"
#include "cuda/devices.hpp"
#include "cuda/solvers.hpp"
#include "solvers/nlp/device_solver.hpp"

namespace nonconvex {
namespace {

template <class Number>
Solved<ReluSolution> train(const ReluProblem& problem, const ReluSettings& settings, Monitor& monitor) {
  const cuda::Tables& tables = cuda::realTables();
  const Cuda<Number> la(tables, &monitor, firstUsableDevice(tables));
  ReluSolver<Cuda<Number>> solver(la, problem, settings);
  Outcome outcome = iterate(solver, settings, monitor);
  return {std::move(outcome), solver.solution()};
}

}  // namespace

Solved<ReluSolution> solveOnCuda(const ReluProblem& problem, const ReluSettings& settings, Monitor& monitor) {
  return settings.precision == ReluPrecision::float32 ? train<float>(problem, settings, monitor)
                                                      : train<double>(problem, settings, monitor);
}

Solved<NlpSolution> solveOnCuda(const NlpProblem& problem, const NlpSettings& settings, Monitor& monitor) {
  const cuda::Tables& tables = cuda::realTables();
  return solveOn(Cuda<double>(tables, &monitor, firstUsableDevice(tables)), problem, settings, monitor);
}

}  // namespace nonconvex
