// A search over orders by swaps of two nodes, for losses without a price of edges.
#pragma once

#include <vector>

#include "linalg/cpu.hpp"
#include "solvers/discrete/learnDag/local_scores.hpp"

namespace nonconvex {

/// Each node has all nodes before it as parents. Swaps that lower the loss are taken, those first where the gradient of
/// -log det(I - |W|) is small: few paths lead from one node to the other, so that turning an edge around costs least.
///
/// C. Deng, K. Bello, B. Aragam, P. Ravikumar, "Optimizing NOTEARS objectives via topological swaps", ICML 2023. A
/// first set of candidates is small; a larger one is looked at where that one has no better swap.
class TopoSearch {
 public:
  TopoSearch(LocalScores& scores, const DagConditions& conditions) : scores_(scores), conditions_(conditions) {}

  void begin(const Cpu& la, std::vector<int> order);
  /// Takes all improving swaps that do not overlap. Returns false once there is none.
  bool step(const Cpu& la);
  const std::vector<int>& order() const { return order_; }
  double loss() const;
  Dag dag() const;

 private:
  struct Tuning;
  struct Swap {
    std::size_t first = 0, second = 0;  ///< places in the order
    double paths = 0;
    double gain = 0;
    std::vector<double> losses;  ///< the losses of the nodes at these places and between them
  };

  std::vector<int> parentsAt(const std::vector<int>& order, std::size_t place) const;
  void fitAt(std::size_t place);
  std::vector<Swap> candidates() const;
  bool tryOut(const Cpu& la, Swap& swap);

  LocalScores& scores_;
  const DagConditions& conditions_;
  std::vector<int> order_;
  std::vector<double> losses_;   ///< the loss of the node at each place
  std::vector<double> weights_;  ///< |W|: column k has the weights of the node at place k
};

}  // namespace nonconvex
