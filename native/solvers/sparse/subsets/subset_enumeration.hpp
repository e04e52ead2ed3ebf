// Bounds of best subset selection where columns depend on each other: all subsets but those that a bound leaves out.
#pragma once

#include <span>
#include <vector>

#include "linalg/cpu.hpp"
#include "methods/tree_search/tree_search.hpp"
#include "solvers/sparse/data.hpp"
#include "solvers/sparse/subsets/subset_search.hpp"
#include "solvers/sparse/subsets/subset_triangle.hpp"

namespace nonconvex {

/// Branch and bound over which of a few columns are chosen, whose bound is what all columns together leave of the
/// response. No relaxation is in it, so that coefficients may be of any size: it proves what SubsetTree can prove of
/// dependent columns only for coefficients up to some size. A column that depends on those that are chosen is left out,
/// as the subset without it is as good.
///
/// G. M. Furnival, R. W. Wilson, "Regressions by leaps and bounds", Technometrics 16(4), 1974.
class SubsetEnumeration {
 public:
  SubsetEnumeration(const Cpu& la, const SparseData& data, bool intercept);

  /// Whether columns are so few that a search is worth it.
  static bool isFor(const SparseData& data);

  struct Outcome {
    Subset best;
    double bound = 0;
    double nodes = 0;
    bool complete = false;  ///< else the bound is of what was looked at
  };
  /// Searches until no subset can be better than the best one by more than `tolerance`, or it was `mostNodes` parts.
  Outcome search(const SubsetObjective& objective, const Subset& best, double tolerance, double mostNodes);

  /// A part of all subsets: columns that are chosen in all of it, and those that may be.
  struct Node {
    SubsetTriangle rest;
    std::vector<int> columns;  ///< of `rest`
    std::vector<int> chosen;
    double cost = 0;     ///< of those that are chosen
    int branching = -1;  ///< the place of the column to branch on, once the node is bounded
  };
  // What TreeSearch asks of a problem:
  void root(OpenNodes<Node>& open) const { open.add(all(), -infinity); }
  double bound(Node& node, const TreeVisit& visit) const;
  void incumbent(const Node& node);
  void branch(Node& node, OpenNodes<Node>& open) const;
  double objective() const { return least_; }
  double goal() const { return least_ - tolerance_; }

 private:
  struct Tuning;
  static std::vector<int> candidatesOf(const SparseData& data);
  void read(const SparseData& data, bool intercept);
  void readColumn(const SparseData& data, int j, bool intercept, std::span<double> out);
  Node all() const { return {triangle_, columns_, {}, 0, -1}; }
  int left(const Node& node) const;
  bool depends(const Node& node, int place, double length) const;
  static void leaveOut(Node& node, int place);
  void leaveOutDependent(Node& node) const;
  Subset fit(std::span<const int> columns) const;

  const Cpu& la_;
  std::vector<int> columns_;
  SubsetTriangle triangle_;
  std::vector<double> lengths_;  ///< p
  SubsetObjective objective_;
  double tolerance_ = 0;
  std::vector<int> best_;
  double least_ = 0;  ///< the best objective
};

}  // namespace nonconvex
