// The tree search for the smallest margin of a row.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <vector>

#include "core/numbers.hpp"
#include "linalg/cpu.hpp"
#include "methods/tree_search/tree_search.hpp"
#include "solvers/discrete/certifyNetwork/relaxation.hpp"

namespace nonconvex {

/// Splits of neurons as nodes of a tree search, one tree for all questions about a row.
class MarginTree {
 public:
  struct Node {
    int question = 0;
    std::vector<std::int8_t> splits;
    DualStart start;
    double bound = -infinity;
    int split = -1;           ///< the neuron to split; -1: none
    std::int64_t number = 0;  ///< among all nodes of the tree
  };

  /// All of these must outlive this. Begins with the margin at the row itself.
  MarginTree(const Cpu& la, const DenseLayers& network, const CertifyRow& row, std::span<const Question> questions,
             const CertifyNetworkSettings& settings);

  void root(OpenNodes<Node>& open);
  double bound(Node& node, TreeVisit& visit);
  void branch(const Node& node, OpenNodes<Node>& open);
  double objective() const { return margin_; }
  double goal() const;

  /// Takes x + d for the worst input where its margin is smaller, and descends from there.
  void offer(std::span<const double> d);
  std::span<const double> worst() const { return worst_; }
  int worstQuestion() const { return worstQuestion_; }
  /// The bound of a question at its root, and its dual vector; -infinity before it was looked at.
  double rootBound(int question) const { return rootBounds_[at(question)]; }
  std::span<const double> rootDual(int question) const { return rootDuals_[at(question)]; }
  /// Nodes without children, where the settings ask for a proof: they cover all splits.
  const std::map<std::int64_t, Node>& leaves() const { return leaves_; }

 private:
  struct Tuning {
    static constexpr int descents = 20;  ///< safeguard: steps of a descent to a worse input
    /// rounding: a bound that is at least this has a positive margin; bounds are lowered by more.
    static constexpr double positive = 1e-12;
  };

  double marginAt(std::span<const double> d, int& question);
  MarginRelaxation& relaxation(int question);
  void add(Node&& node, double bound, OpenNodes<Node>& open);

  const Cpu& la_;
  const DenseLayers& network_;
  const CertifyRow& row_;
  std::span<const Question> questions_;
  CertifyGoal goal_;
  double tolerance_;
  bool keepsLeaves_;
  double margin_ = infinity;
  int worstQuestion_ = 0;
  std::vector<std::unique_ptr<MarginRelaxation>> relaxations_;
  std::vector<double> rootBounds_;
  std::vector<std::vector<double>> rootDuals_;
  std::map<std::int64_t, Node> leaves_;
  std::int64_t made_ = 0;  // nodes that were made
  std::vector<double> worst_, x_, z_, slope_, work_, next_;
};

}  // namespace nonconvex
