// The graph with the least score by dynamic programming over subsets of nodes.
#pragma once

#include <cstdint>
#include <vector>

#include "linalg/cpu.hpp"
#include "linalg/views.hpp"
#include "solvers/discrete/learnDag/dag_conditions.hpp"
#include "solvers/discrete/learnDag/local_scores.hpp"

namespace nonconvex {

/// V(T), the least score of a graph of the nodes T, is the least over its last node j of V(T - j) + best_j(T - j),
/// where best_j(C) is the least local score over parents among C.
///
/// M. Koivisto, K. Sood, "Exact Bayesian structure discovery in Bayesian networks", JMLR 5, 2004; T. Silander,
/// P. Myllymaki, "A simple approach for finding the globally optimal Bayesian network structure", UAI 2006. Scores are
/// in double precision: in single precision, differences between graphs are lost beside scores of 10^5.
class DagSubsets {
 public:
  /// Most columns, as subsets are bits.
  static int most();

  explicit DagSubsets(const DagConditions& conditions);

  /// Bytes of its tables.
  double bytes() const;
  /// The subsets that local scores are needed for.
  double subsets() const;
  /// Begins, also where an earlier search was not ended.
  void begin() { steps_ = 0; }
  /// Takes the tables of one node, or joins the nodes of subsets of one size. Returns false once all is done.
  bool step(const Cpu& la, const ScoreTables& tables);
  /// The graph, and its score less that of the graph without edges.
  Dag found(double& score) const;
  /// The share of the steps that are done.
  double done() const { return static_cast<double>(steps_) / (2 * d_ - low_ + 1); }

 private:
  struct Tuning;
  struct Node {
    std::uint32_t required = 0, optional = 0;
    HostBuffer<double> best;             ///< least scores by subsets of optional parents
    std::vector<std::uint16_t> lowBits;  ///< places in `best` by the low bits of a subset of all nodes
    bool plainLow = false;               ///< these places are the low bits themselves
  };

  void makeRoom(Node& node) const;
  void fillNode(const Cpu& la, const ScoreTables& tables, int j);
  void fillDown(const Cpu& la, const ScoreTables& tables, int j, std::size_t first, std::size_t size);
  void joinLayer(const Cpu& la, int size);
  void joinBlock(std::uint32_t number);
  void addHighNode(const Node& node, std::uint32_t high, std::uint32_t bit);
  std::uint32_t placeOf(const Node& node, std::uint32_t subset) const;

  const DagConditions& conditions_;
  int d_, low_;  ///< columns, and the low bits that a block of subsets has
  std::vector<Node> nodes_;
  HostBuffer<double> least_;
  int steps_ = 0;
};

}  // namespace nonconvex
