// The state that the phases of a refinement share.
#pragma once

#include <functional>

#include "linalg/cpu.hpp"
#include "solvers/relu/data.hpp"
#include "solvers/relu/problem.hpp"
#include "solvers/relu/refinement/effort.hpp"
#include "solvers/relu/refinement/parts.hpp"
#include "solvers/relu/refinement/prices.hpp"

namespace nonconvex {

/// The state of a refinement. Its parts refer to each other, so it is neither copied nor moved.
struct RefinementState {
  /// Refuses settings that have no refinement.
  RefinementState(const Cpu& la, const ReluProblem& problem, const ReluSettings& settings,
                  std::function<double()> memory);
  RefinementState(const RefinementState&) = delete;
  RefinementState& operator=(const RefinementState&) = delete;

  bool globallySolved() const {
    return parts.objective() - prices.globalBound() <= settings.tolerance * parts.objective();
  }

  struct Tuning;

  const Cpu& la;
  const ReluSettings settings;
  const ReluRefinement wanted;
  RefinementClock clock;
  const ReluData data;
  const RefinementEffort effort;
  const int starts;  ///< random networks of which the best is the first
  RefinementParts parts;
  RefinementPrices prices;
  int round = 0;
  bool ended = false;  ///< no round follows
};

}  // namespace nonconvex
