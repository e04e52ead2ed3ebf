// The graphs that `learnDag` may choose: edges that are required and forbidden, tiers, most parents.
#pragma once

#include <cstdint>
#include <vector>

#include "solvers/discrete/learnDag/problem.hpp"

namespace nonconvex {

class DagConditions {
 public:
  /// A RangeError names an edge that is required and forbidden, a cycle of required edges, or a node with too many.
  DagConditions(const LearnDagProblem& problem, const LearnDagSettings& settings);

  int count() const { return d_; }
  int maxParents() const { return maxParents_; }
  /// Returns true if node i may be a parent of node j, required ones included.
  bool allowed(int i, int j) const { return allowed_[index(i, j)] != 0; }
  bool required(int i, int j) const { return required_[index(i, j)] != 0; }
  const std::vector<int>& requiredOf(int j) const { return requiredOf_[static_cast<std::size_t>(j)]; }
  /// Nodes that may be parents of node j, those that have to be left out.
  const std::vector<int>& optionalOf(int j) const { return optionalOf_[static_cast<std::size_t>(j)]; }
  /// The nodes in the order of `wish`, each moved behind its required parents.
  std::vector<int> ordered(const std::vector<int>& wish) const;

 private:
  std::size_t index(int i, int j) const {
    return static_cast<std::size_t>(j) * static_cast<std::size_t>(d_) + static_cast<std::size_t>(i);
  }
  void checkCycles() const;

  int d_, maxParents_;
  std::vector<char> allowed_, required_;
  std::vector<std::vector<int>> requiredOf_, optionalOf_;
};

}  // namespace nonconvex
