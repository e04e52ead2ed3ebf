#include "methods/interior_point/barrier_state.hpp"

#include <algorithm>

#include "core/index.hpp"

namespace nonconvex {

void BarrierState::estimateMultipliers() {
  constexpr double most = 1000;
  auto& y = point.at.lambda;
  const ScaledNlp& model = nlp.model();
  std::fill(y.begin(), y.end(), 0.0);
  if (nlp.m() == 0) return;
  nlp.updateLagrangian(point);
  model.abortPoint();
  nlp.lagrangianGradient(point, a);
  model.abortPoint();
  std::fill(H.begin(), H.end(), 0.0);
  std::fill(diagonal.begin(), diagonal.end(), 1.0);
  model.abortPoint();
  kkt.load(H, point.at.jacobian, diagonal);
  const Inertia inertia = kkt.factorUnshifted();
  const bool good =
      inertia.undefined == 0 && inertia.zero == 0 && kkt.solve(a, noRows, step.v, step.y) && normInf(step.y) <= most;
  if (good) std::copy(step.y.begin(), step.y.end(), y.begin());
  nlp.updateLagrangian(point);
}

}  // namespace nonconvex
