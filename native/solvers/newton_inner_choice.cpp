#include "solvers/newton_inner_choice.hpp"

#include "solvers/newton_device.hpp"
#include "solvers/newton_krylov.hpp"
#include "solvers/newton_sketch.hpp"

namespace nonconvex {

std::unique_ptr<InnerSolver> innerSolver(const NewtonSettings& settings, const NewtonModel& model,
                                         std::span<const double> sampleH, std::span<const double> sampleJ,
                                         const Cpu& la) {
  const SparsePattern& hessian = model.hessianPattern();
  const SparsePattern& jacobian = model.jacobianPattern();
  auto exact = model.device() != nullptr ? model.device()->exactInner()
                                         : exactInnerSolver(hessian, jacobian, sampleH, sampleJ, la);
  switch (settings.inner) {
    case NewtonInner::sketch:
      return sketchInnerSolver(hessian, jacobian, std::move(exact), settings, la);
    case NewtonInner::krylov:
      return krylovInnerSolver(model, std::move(exact), settings, la);
    case NewtonInner::choose:
      if (settings.accuracy == NewtonAccuracy::descent && sketchPays(model))
        return krylovInnerSolver(model, std::move(exact), settings, la);
      return exact;
    default:
      return exact;
  }
}

}  // namespace nonconvex
