// Scores of a node and its parents, of which the score of a graph is the sum.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "linalg/cpu.hpp"
#include "solvers/discrete/learnDag/dag_conditions.hpp"

namespace nonconvex {

/// The regression of a node on its parents.
struct DagFit {
  std::vector<double> weights;  ///< one for each parent
  double intercept = 0;
};

/// Local scores for all sets of parents of some nodes, for a search of all graphs.
class ScoreTables {
 public:
  virtual ~ScoreTables() = default;
  /// Writes the scores of node j, less that without parents, for the parents `required` and each subset of `optional`:
  /// those whose places among the members of `optional` are the bits of first, first + 1, ... Infinite above the most
  /// parents. `first` is a multiple of the number of scores, which is a power of 2.
  virtual void fill(int j, std::uint32_t required, std::uint32_t optional, std::uint32_t first,
                    std::span<double> out) const = 0;
  /// The most that rounding may have done to the score of a graph whose losses add up to `losses`.
  virtual double rounding(double losses) const = 0;
};

/// loss_j(parents) + penalty (number of parents).
class LocalScores {
 public:
  LocalScores(const DagConditions& conditions, double penalty) : conditions_(conditions), penalty_(penalty) {}
  virtual ~LocalScores() = default;
  LocalScores(const LocalScores&) = delete;
  LocalScores& operator=(const LocalScores&) = delete;

  virtual double loss(int j, std::span<const int> parents) = 0;
  virtual DagFit fit(int j, std::span<const int> parents) = 0;
  /// Adds the parent that gains most among the candidates, and takes out one where that gains, until neither does;
  /// begins at the required ones. Returns the score, infinite if a required one is not among the candidates.
  virtual double grow(int j, std::span<const int> candidates, std::vector<int>& parents) = 0;
  /// A lower bound of the loss with any parents.
  virtual double leastLoss(int j) = 0;
  /// The most that rounding may have done to losses of all nodes that add up to `losses`.
  virtual double rounding(double losses) const = 0;

  double penalty() const { return penalty_; }
  double score(int j, std::span<const int> parents) {
    return loss(j, parents) + penalty_ * static_cast<double>(parents.size());
  }
  /// No graph has a smaller score: each node without optional parents, or with at least one and the loss of all.
  double lowerBound();

 protected:
  const DagConditions& conditions_;
  const double penalty_;
};

/// A graph by its order and the parents of each node.
struct Dag {
  std::vector<int> order;
  std::vector<std::vector<int>> parents;
};

/// The graph that `grow` finds for an order. Checkpoints.
Dag grownDag(const Cpu& la, LocalScores& scores, const std::vector<int>& order);

}  // namespace nonconvex
