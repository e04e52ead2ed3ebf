#include "solvers/newton_inner_choice.hpp"

#include "solvers/newton_sketch.hpp"

namespace nonconvex {

std::unique_ptr<InnerSolver> innerSolver(const NewtonSettings& settings, const SparsePattern& hessian,
                                         const SparsePattern& jacobian, std::span<const double> sampleH,
                                         std::span<const double> sampleJ, const Cpu& la) {
  auto exact = exactInnerSolver(hessian, jacobian, sampleH, sampleJ, la);
  if (settings.inner == NewtonInner::exact) return exact;
  return sketchInnerSolver(hessian, jacobian, std::move(exact), settings, la);
}

}  // namespace nonconvex
