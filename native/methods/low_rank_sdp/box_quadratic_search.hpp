// The least value of a quadratic function in a box, by branch and bound on its low-rank semidefinite relaxation.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "methods/low_rank_sdp/box_quadratic.hpp"
#include "methods/low_rank_sdp/relaxation.hpp"
#include "methods/tree_search/tree_search.hpp"

namespace nonconvex {

struct BoxQuadraticSettings {
  double gap = 1e-4;            ///< relative to the objective
  double absoluteGap = 1e-6;    ///< or this; what is met first counts
  double slack = 0;             ///< more than the gap, which bounds have to reach
  double cutoff = infinity;     ///< points that are not below are of no interest
  double mostNodes = infinity;  ///< nodes that are looked at, then the search ends
  double mostOpenBytes = 1e9;   ///< memory of open nodes above which the search goes into the depth
  int together = 8;             ///< nodes of a round
  std::uint64_t seed = 1;
  /// Moves a point of the box to one that meets the rows, and computes its objective; false where none is found.
  /// Called by one thread, the one that calls step().
  std::function<bool(std::span<double> x, double& objective)> solveLocally = {};
};

/// Boxes as nodes of a tree search.
class BoxQuadraticTree {
 public:
  struct Node {
    std::vector<double> lower, upper;
    std::shared_ptr<const RelaxationStart> start;
    double bound = -infinity;
    int variable = -1;        ///< the one to split; -1: none
    double at = 0;            ///< the value at which the box is split
    std::int64_t number = 0;  ///< nodes that were looked at before
    std::vector<double> x;    ///< a point that was found on the way
    double objective = infinity;
  };

  BoxQuadraticTree(const Cpu& la, BoxQuadratic problem, const BoxQuadraticSettings& settings);

  /// Forgets the best point.
  void clear();
  /// Takes a point of the box for the best one where it is better.
  void offer(std::span<const double> x);
  void offer(std::span<const double> x, double objective);

  void root(OpenNodes<Node>& open);
  double bound(Node& node, TreeVisit& visit);
  void incumbent(Node& node);
  void branch(const Node& node, OpenNodes<Node>& open);
  double objective() const { return objective_; }
  double goal() const;
  std::span<const double> x() const { return x_; }
  const BoxQuadratic& problem() const { return problem_; }

 private:
  struct Tuning;
  struct Work {
    Relaxation relaxation;
    std::vector<double> x, slope;
  };

  void boundOnce(Node& node, TreeVisit& visit, Work& work);
  bool cutOff(Node& node, TreeVisit& visit, Work& work) const;
  bool isAtEnd(std::size_t variable) const;
  void toEnds(std::vector<double>& x) const;
  bool roundToEnds(Node& node) const;
  void chooseSplit(Node& node, Work& work) const;
  void descend(Node& node, Work& work) const;
  void drawPoints(Node& node, Work& work, int count, std::uint64_t seed) const;

  const Cpu& la_;
  BoxQuadratic problem_;
  std::vector<std::uint8_t> inRows_;
  BoxQuadraticSettings settings_;
  std::vector<Work> work_;
  std::vector<double> x_;
  double objective_ = infinity;
};

/// The least value of a BoxQuadratic to a gap that is proved in rounded arithmetic: no point has an objective below
/// lowerBound(), at any time. x, bound and nodes are the same for any number of threads.
class BoxQuadraticSearch {
 public:
  static constexpr bool decidesSolved = true;

  BoxQuadraticSearch(const Cpu& la, BoxQuadratic problem, const BoxQuadraticSettings& settings = {})
      : tree_(la, std::move(problem), settings), search_(la, tree_, treeSettings(settings)) {}

  /// Offers an admissible point, at any time between steps; start() forgets it.
  void offer(std::span<const double> x) { tree_.offer(x); }
  void start() {
    tree_.clear();
    search_.start();
  }
  std::optional<Status> step() { return search_.step(); }

  double objective() const { return tree_.objective(); }
  /// What bounds have to reach.
  double goal() const { return tree_.goal(); }
  double lowerBound() const { return search_.lowerBound(); }
  /// The best point; empty where none is known below the cutoff.
  std::span<const double> x() const { return tree_.x(); }
  double nodes() const { return search_.nodes(); }
  std::size_t open() const { return search_.open(); }
  /// TreeSearch::forEachOpen
  template <class F>
  void forEachOpen(F&& f) const {
    search_.forEachOpen(f);
  }
  Progress progress() const { return search_.progress(); }

 private:
  static TreeSettings treeSettings(const BoxQuadraticSettings& settings) {
    return {.order = TreeOrder::bestBound,
            .together = settings.together,
            .mostNodes = settings.mostNodes,
            .mostOpenSize = settings.mostOpenBytes};
  }

  BoxQuadraticTree tree_;
  TreeSearch<BoxQuadraticTree> search_;
};

}  // namespace nonconvex
