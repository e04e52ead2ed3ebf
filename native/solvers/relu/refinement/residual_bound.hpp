// A lower bound for networks with a network's patterns, from its own residual without a convex program.
#pragma once

#include "linalg/cpu.hpp"
#include "solvers/relu/data.hpp"
#include "solvers/relu/neurons.hpp"

namespace nonconvex {

/// The loss of predictions of some outputs, from the first one on; of all where the loss couples outputs or is
/// weighted.
double lossOf(const ReluData& data, Mat<const double> f, int first);

/// -loss*(-t theta) for these outputs, theta minus the gradient of the loss, t the best factor with which
/// ||X^T D_j (t theta_k)|| <= lambda for the patterns D_j of all neurons j of each output k: the norm of a projection
/// onto a cone is no larger, so no network has a smaller objective whose neurons of output k have these patterns.
/// Neurons at a point where the gradient of the network's objective is zero have X^T D_j theta = +-lambda u_j /
/// ||u_j||, and then that is the objective. Writes t theta, in the user's units, to the columns of `dual`.
double residualBound(const Cpu& la, const ReluData& data, const ReluNeurons& network, Mat<const double> theta,
                     int first, int outputs, HostMatrix<double>& dual);

}  // namespace nonconvex
