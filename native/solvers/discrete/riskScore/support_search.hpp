// The best features of a card, and their points.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "linalg/cpu.hpp"
#include "methods/tree_search/tree_search.hpp"
#include "solvers/discrete/riskScore/card_pool.hpp"
#include "solvers/discrete/riskScore/point_search.hpp"
#include "solvers/discrete/riskScore/score_cells.hpp"
#include "solvers/discrete/riskScore/triple_counts.hpp"

namespace nonconvex {

/// Branch and bound over sets of features, as TreeSearch asks for it in rounds of one node. A node has features that
/// are chosen and others of which some may be. Its bound is the least loss of a logistic regression on all of them,
/// with coefficients that points can have. The bound of a child, which chooses the i-th candidate and leaves out those
/// before it, rises with i: the children from the first one that is closed are closed, which is found by bisection.
/// Nodes near the leaves look at each set one by one: the entropy of its cells bounds it, then its regression, then
/// the search over points.
class SupportSearch {
 public:
  struct Node {
    std::vector<int> chosen = {}, candidates = {};
    double least = 0;                 ///< no card of the node has a smaller objective
    std::vector<double> bounds = {};  ///< one for each child, once the node is bounded
  };

  SupportSearch(const Cpu& la, const ScoreRows& rows, const RiskScoreSettings& settings, CardPool& pool);

  /// Takes a first card into the pool.
  void findFirst();
  /// Takes a card with these points of columns into the pool, if it is admissible.
  void begin(std::span<const double> pointsOfColumns);
  /// Takes the cards of a few promising sets, grown feature by feature, into the pool.
  void findPromising();

  // What TreeSearch asks of a problem:
  void root(OpenNodes<Node>& open);
  double bound(Node& node, TreeVisit& visit);
  void branch(Node& node, OpenNodes<Node>& open);
  double objective() const { return pool_.objective(); }
  double goal() const { return pool_.goal(); }

  /// Sets of features that were looked at one by one.
  double supports() const { return supports_; }
  double boxes() const { return points_.boxes(); }

 private:
  struct Tuning;
  struct Grown {
    double loss = infinity;
    std::vector<int> features;
  };

  bool admits(std::span<const int> features) const;
  bool admitsMore(std::span<const int> features, int feature) const;
  std::vector<int> required() const;
  std::size_t atomic() const;
  bool everySize() const { return settings_.price > 0 || pool_.several() || !rows_.groupSizes().empty(); }
  double price(std::size_t features) const { return settings_.price * static_cast<double>(features); }
  double lossGoal(std::size_t features) const;
  double lossOf(std::span<const int> features);
  double lossOfPart(std::span<const int> chosen, std::span<const int> rest, bool decide);
  void sort(Node& node);
  std::size_t firstClosed(Node& node);
  std::vector<int> promising(std::span<const int> features);
  void lookAtAll(const Node& node);
  void lookDeeper(const ScorePartition& partition, std::span<const int> candidates, std::size_t depth);
  void lookAtTriples(const Node& node);
  void lookAtSet(const ScorePartition& partition);
  void tryTriple(const ScorePartition& partition);

  const Cpu& la_;
  const ScoreRows& rows_;
  const RiskScoreSettings& settings_;
  CardPool& pool_;
  CellMaker maker_;
  CardPointSearch points_;
  std::unique_ptr<TripleCounts> triples_;
  ScoreCells cells_, wide_;
  std::vector<int> set_;                    ///< features that are looked at
  std::vector<ScorePartition> partitions_;  ///< partitions by 0, 1, ... features
  std::vector<double> last_;                ///< coefficients of the last regression on many features
  double supports_ = 0;
};

}  // namespace nonconvex
