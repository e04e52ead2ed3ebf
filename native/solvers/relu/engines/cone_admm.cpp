#include "solvers/relu/engines/cone_admm.hpp"

#include <cmath>

namespace nonconvex {
struct ConeAdmm::Tuning {
  /// measured: The first iterations, whose v may lie outside of the cones.
  static constexpr int looseSteps = 6;
  /// measured: How far v may lie outside in the first iteration, ConeProjector::allow; half as far in each later one.
  static constexpr double looseFrom = 0.1;
};

/// How far v may lie outside of the cones: the first iterations meet most cones for the first time, far from where they
/// end.
double ConeAdmm::allowedViolation() const {
  const int k = state_.iteration;
  return k < Tuning::looseSteps ? Tuning::looseFrom * std::pow(0.5, k) : ConeProjector::Tuning::feasibility;
}

void ConeAdmm::updateV() {
  state_.prox.allow(allowedViolation());
  GatedAdmm<Cpu>::updateV();
}

void ConeAdmm::offerStart(Mat<const double> weights) {
  state_.prox.project(weights);
  state_.certificate.offerPoint(state_.prox.point());
}

ReluPoint<Host> ConeAdmm::weights() {
  state_.prox.makeExact(iterate_.b0, state_.data.lambda / penalties_.rho);
  state_.prox.shiftByProjection(iterate_.b0, penalties_.rho);
  return GatedAdmm<Cpu>::weights();
}

}  // namespace nonconvex
