// The objective of a graph as a sum of squares.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "expressions/graph.hpp"

namespace nonconvex {

/// f = sum_i weights_i r_i^2 + constant, r the entries of some nodes, one node after the other.
struct SumOfNodes {
  std::vector<int> nodes;
  std::vector<double> weights;
};

/// The objective of a graph as a sum of squares with weights >= 0, through sums, products with constants, and linear
/// operations; nothing where it is none. `parameters` are the values of all of them, on which the weights depend, but
/// not the nodes.
std::optional<SumOfNodes> sumOfSquares(const Graph& graph, std::span<const double> parameters);

/// The graph whose constraints are these nodes, without an objective.
Graph graphOf(std::span<const int> nodes, const Graph& graph);

}  // namespace nonconvex
