// Sets of rows that an attack moves to one point, and whose chances exceed 1.
#pragma once

#include <span>
#include <vector>

#include "linalg/cpu.hpp"
#include "solvers/discrete/adversarialBayes/conflict_graph.hpp"

namespace nonconvex {

/// Looks for sets of at most `order` rows of different classes with a common point of their balls whose q sum to more
/// than 1: some of them, or none if there is none.
class ViolatedSets {
 public:
  /// All must outlive this.
  ViolatedSets(const Cpu& la, const AdversarialBayesProblem& problem, const ConflictGraph& graph, int order)
      : la_(la), problem_(problem), graph_(graph), order_(order) {}

  std::vector<std::vector<int>> find(std::span<const double> q, double radius);

 private:
  struct Tuning {
    static constexpr double violated = 1e-9;  ///< rounding: a sum exceeds 1 by more
    static constexpr int perRow = 4;          ///< safeguard: sets that begin with a row
  };

  void extend(std::span<const int> candidates, double sum);
  bool inConflict(int i, int j) const;

  const Cpu& la_;
  const AdversarialBayesProblem& problem_;
  const ConflictGraph& graph_;
  int order_;
  double radius_ = 0;
  std::span<const double> q_;
  std::vector<int> set_;
  std::vector<std::vector<int>> found_;
  std::size_t most_ = 0;  // sets after which the search for those of a row ends
};

}  // namespace nonconvex
