// Fewer neurons with the same predictions.
#pragma once

#include "solvers/relu/neurons.hpp"

namespace nonconvex {

/// Neurons, some of those given with other weights, that predict the same on the data and have no larger penalty, at
/// most n for each output: what is left has linearly independent activations (X u_j)_+. Caratheodory's theorem, by one
/// exchange after the other.
ReluNeurons reduceByCaratheodory(const Cpu& la, const ReluData& data, const ReluNeurons& neurons);

}  // namespace nonconvex
