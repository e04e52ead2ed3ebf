// Local descents of a refinement: from random networks, and in rounds.
#pragma once

#include "solvers/relu/neurons.hpp"
#include "solvers/relu/refinement/state.hpp"

namespace nonconvex {

/// The best of several random networks after a descent each.
ReluNeurons bestOfRandom(const RefinementState& s);

/// A network after a descent on all rows, without neurons of next to no weight.
ReluNeurons descended(const RefinementState& s, ReluNeurons network);

}  // namespace nonconvex
