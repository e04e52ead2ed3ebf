// A first descent on large data: by batches of rows, in single precision.
#pragma once

#include <cstdint>

#include "linalg/cpu.hpp"
#include "solvers/relu/data.hpp"
#include "solvers/relu/neurons.hpp"

namespace nonconvex {

struct BatchPlan {
  int rows;   ///< rows of a batch
  int steps;  ///< batches in all
  std::uint64_t seed = 0;
  double seconds = infinity;  ///< time within which the rates fall to zero if the steps take longer
};

/// Descends from the neurons by Adam on batches of rows, with rates that rise for a twentieth of the steps and then
/// fall to zero along a cosine, until the steps are done or the monitor of `la` says so. Iterates are in single
/// precision, so that the network is near a local minimum to about a percent of the objective. Equivariant to the
/// scales of x and y. The same for any number of threads. D. P. Kingma, J. Ba, "Adam: a method for stochastic
/// optimization", ICLR 2015.
void descendByBatches(const Cpu& la, const ReluData& data, ReluNeurons& neurons, const BatchPlan& plan);

/// Gives the first neuron of each output, where there are a bias and a loss that does not couple outputs, the mean of
/// the targets on all rows: else all neurons begin by making it up, and those of an output may end inactive on every
/// row.
void beginAtMeans(const ReluData& data, ReluNeurons& neurons);

}  // namespace nonconvex
