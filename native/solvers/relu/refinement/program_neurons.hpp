// Neurons of a network as weights of a convex program, and back.
#pragma once

#include <cstdint>
#include <vector>

#include "solvers/relu/neurons.hpp"
#include "solvers/relu/problem.hpp"

namespace nonconvex {

/// The neurons but for those of next to no weight, balanced.
ReluNeurons pruned(const ReluNeurons& neurons);

/// The neurons, whose patterns are given, with those of one pattern, sign and output as one, which has their sum as its
/// weight in the convex program: the same function, with a penalty that is no larger. Those without a pattern, which
/// are active on no row, are dropped.
ReluNeurons merged(const ReluNeurons& neurons);

/// The neurons, each moved by this share of its length in a random direction: those that come from a convex program lie
/// on kinks of the network's objective, where a descent would stop at once.
ReluNeurons jittered(const ReluData& data, const ReluNeurons& neurons, double share, std::uint64_t seed);

/// A neuron for each column of weights, that is not zero, of a convex program of `outputs` outputs from the first one
/// on, over patterns whose numbers are given.
ReluNeurons neuronsOf(const ReluData& data, Mat<const double> weights, const std::vector<std::int32_t>& patterns,
                      int first, int outputs);

/// The column of a weight matrix that has the neuron, in a program of `outputs` outputs from the first one on over the
/// patterns whose numbers are listed in order.
int columnOf(const ReluNeurons& neurons, int j, std::int32_t pattern, const std::vector<std::int32_t>& patterns,
             int first, int outputs);

/// Writes the network of the neurons, and their weights in the convex program, over those of a solution of it.
void writeSolution(const ReluData& data, const ReluNeurons& neurons, const std::vector<std::int32_t>& patterns,
                   ReluSolution& s);

}  // namespace nonconvex
