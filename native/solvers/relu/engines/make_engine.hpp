// Which engine solves a convex program.
#pragma once

#include <memory>

#include "solvers/relu/engines/admm_with_newton.hpp"
#include "solvers/relu/engines/gated_admm.hpp"
#include "solvers/relu/engines/sampled_admm.hpp"
#include "solvers/relu/engines/slack_admm.hpp"

namespace nonconvex {

/// The engine for the program and the settings of `state`.
template <LinAlg La>
std::unique_ptr<ReluEngine<La>> makeReluEngine(ReluState<La>& state, ReluReports<La>& reports) {
  if (state.map.features()) return std::make_unique<SampledAdmm<La>>(state);
  if (state.map.signs() == 1) return std::make_unique<GatedAdmm<La>>(state);
  if constexpr (std::is_same_v<La, Cpu>) {
    if (state.settings.splitting == ReluSplitting::cone) {
      if (AdmmWithNewton::suits(state)) return std::make_unique<AdmmWithNewton>(state, reports);
      return std::make_unique<ConeAdmm>(state);
    }
  }
  return std::make_unique<SlackAdmm<La>>(state);
}

}  // namespace nonconvex
