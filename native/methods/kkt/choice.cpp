#include "methods/kkt/choice.hpp"

#include "methods/kkt/kkt_device.hpp"
#include "methods/kkt/krylov_kkt.hpp"
#include "methods/kkt/sketch_kkt.hpp"

namespace nonconvex {

std::unique_ptr<KktSolver> makeKktSolver(const KktSettings& settings, const ScaledNlp& model,
                                         std::span<const double> sampleH, std::span<const double> sampleJ,
                                         const Cpu& la) {
  const SparsePattern& hessian = model.hessianPattern();
  const SparsePattern& jacobian = model.jacobianPattern();
  auto exact =
      model.device() != nullptr ? model.device()->factoredKkt() : factoredKkt(hessian, jacobian, sampleH, sampleJ, la);
  switch (settings.inner) {
    case KktMethod::sketch:
      return sketchKkt(hessian, jacobian, std::move(exact), settings, la);
    case KktMethod::krylov:
      return krylovKkt(model, std::move(exact), settings, la);
    case KktMethod::automatic:
      if (settings.accuracy == KktAccuracy::descent && sketchPays(model))
        return krylovKkt(model, std::move(exact), settings, la);
      return exact;
    default:
      return exact;
  }
}

}  // namespace nonconvex
