// Which points of an engine's iterate the certificate is offered.
#pragma once

#include <algorithm>
#include <memory>
#include <optional>

#include "solvers/relu/engines/corrections.hpp"
#include "solvers/relu/engines/engine.hpp"
#include "solvers/relu/state.hpp"

namespace nonconvex {

/// Offers the feasible point of an iterate; its multiplier and, where it pays, the subgradient of the loss as dual
/// points; and, of an engine of first order on the CPU, what corrections make of these.
template <LinAlg La>
class ReluReports {
 public:
  explicit ReluReports(ReluState<La>& state) : state_(state) {}

  /// Makes the corrections, where the program and the memory allow them.
  void start() {
    if constexpr (cpu) {
      if (ReluCorrections::suit(state_.data, state_.map, state_.blocks, state_.settings, state_.la.availableMemory())) {
        corrections_ = std::make_unique<ReluCorrections>(state_.la, state_.data, state_.map, state_.prox);
      }
    }
  }

  void offer(ReluEngine<La>& engine);

 private:
  using Space = typename La::Space;
  static constexpr bool cpu = std::is_same_v<La, Cpu>;

  struct Tuning {
    /// measured: Reports from one look at the subgradient to the next, where the multiplier's bound was better.
    static constexpr int betweenSubgradients = 8;
  };

  /// Returns true if this is the report of a solve that ends before it began: 0 is a bound then.
  bool endsUnreported() const {
    if constexpr (cpu) return state_.reports == 0 && state_.la.ending();
    return false;
  }

  ReluState<La>& state_;
  std::unique_ptr<ReluCorrections> corrections_;
  bool subgradientPays_ = true;
};

template <LinAlg La>
void ReluReports<La>::offer(ReluEngine<La>& engine) {
  ReluCertificate<La>& certificate = state_.certificate;
  const ReluPoint<Space> point = engine.weights();
  const double objective = certificate.offerPoint(point);
  if (endsUnreported()) return;
  const bool secondOrder = engine.secondOrder();
  const std::optional<ReluDual<Space>> dual = engine.dual();
  // The subgradient of the loss at v is a worse dual point than the multiplier mostly.
  const bool looks = !secondOrder && (!dual || subgradientPays_ || state_.reports % Tuning::betweenSubgradients == 0);
  const double subgradient = looks ? certificate.offerSubgradient(point.f) : 0;
  const double bound = dual ? certificate.offerDual(dual->theta, dual->q) : 0;
  if (looks) subgradientPays_ = subgradient > bound;
  if (secondOrder) return;
  state_.rate.takeIn(objective, std::max(bound, subgradient));
  if constexpr (cpu) {
    if (dual && corrections_) {
      corrections_->offer(dual->theta, dual->q, state_.settings.tolerance, certificate);
    }
  }
}

}  // namespace nonconvex
