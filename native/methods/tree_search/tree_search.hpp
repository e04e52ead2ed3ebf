// Branch and bound for any problem that can bound and split a part of its points.
#pragma once

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstdint>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

#include "core/numbers.hpp"
#include "core/status.hpp"
#include "linalg/cpu.hpp"
#include "methods/tree_search/open_nodes.hpp"

namespace nonconvex {

/// One look at a node.
struct TreeVisit {
  std::int64_t number = 0;   ///< nodes that were looked at before
  int place = 0;             ///< below TreeSettings::together; nodes bounded at the same time have different ones
  double goal = infinity;    ///< a bound that reaches it closes the node
  double closed = infinity;  ///< the least bound of what was left out

  /// Leaves out a part of the node in which no objective is below `bound`.
  void leaveOut(double bound) { closed = std::min(closed, bound); }
};

/// A minimisation over a set of points, parts of which are nodes. All bounds are lower bounds of the objective.
///
///   root(open)           adds the first nodes, one or several
///   bound(node, visit)   returns a bound of the node, infinity where it has no points. Nodes of a round are bounded at
///                        the same time: each call may change its node, and memory of its own by `visit.place`. It
///                        calls la.checkpoint() where it takes long. It may leave out parts, by `visit.leaveOut`
///   incumbent(node)      not needed: takes the best point that bound() found in the node for the problem's best one
///   branch(node, open)   adds the children of a node whose bound is below the goal; a node without children is closed
///                        with its bound
///   objective()          of the best point that is known; infinity: none
///   goal()               what bounds have to reach: objective() less the gap that is wanted, as `goalOf` gives it
///
/// In rounds of one node bound() may change the best point itself.
template <class P>
concept Branching = requires(P& problem, const P& known, typename P::Node& node, TreeVisit& visit,
                             OpenNodes<typename P::Node>& open) {
  problem.root(open);
  { problem.bound(node, visit) } -> std::convertible_to<double>;
  problem.branch(node, open);
  { known.objective() } -> std::convertible_to<double>;
  { known.goal() } -> std::convertible_to<double>;
};

/// objective - max(absolute, relative |objective|); infinity where no point is known.
inline double goalOf(double objective, double absolute, double relative = 0) {
  return std::isfinite(objective) ? objective - std::max(absolute, relative * std::abs(objective)) : objective;
}

struct TreeSettings {
  TreeOrder order = TreeOrder::dive;
  int together = 1;                ///< nodes of a round
  double mostNodes = infinity;     ///< nodes that are looked at, then the search ends
  double mostOpenSize = infinity;  ///< OpenNodes::mostSize
};

/// Branch and bound in rounds: the next nodes by the order of the settings are bounded in parallel, then their points
/// are taken and their children added one after the other. So the search is the same for any number of threads. At any
/// time no point has an objective below `lowerBound()`, after an Interrupted out of `step()` too.
///
/// A. H. Land, A. G. Doig, "An automatic method of solving discrete programming problems", Econometrica 28, 1960.
template <Branching P>
class TreeSearch {
 public:
  static constexpr bool decidesSolved = true;
  using Node = typename P::Node;

  TreeSearch(const Cpu& la, P& problem, const TreeSettings& settings)
      : la_(la), problem_(problem), settings_(settings), open_(settings.order, settings.mostOpenSize) {
    round_.reserve(static_cast<std::size_t>(settings.together));
  }

  /// Makes room for `count` open nodes, so that steps allocate nothing while there are no more.
  void reserve(std::size_t count) { open_.reserve(count); }

  /// Begins anew with the root.
  void start() {
    open_.clear();
    round_.clear();
    nodes_ = 0;
    open_.setGoal(problem_.goal());
    problem_.root(open_);
    open_.endChildren();
  }

  /// One round. Returns a status where the search ends: `solved` where the bound has reached the goal, `infeasible`
  /// where there is no point, `stalled` where nodes could not be split further, `iterationLimit` after `mostNodes`.
  std::optional<Status> step() {
    constexpr std::int64_t nodesBetweenLooks = 32;  // safeguard: a look at the clock takes as long as a small node
    if (looks_++ % nodesBetweenLooks == 0) la_.checkpoint();
    fillRound();
    if (round_.empty()) return finished() ? ended() : Status::iterationLimit;
    boundRound();
    if constexpr (requires(Node & node) { problem_.incumbent(node); }) {
      for (Visited& each : round_) problem_.incumbent(each.node);
    }
    open_.setGoal(problem_.goal());
    for (Visited& each : round_) branch(each);
    round_.clear();
    return std::nullopt;
  }

  /// Returns true if there is nothing left to search.
  bool finished() const { return round_.empty() && open_.count() == 0; }
  double objective() const { return problem_.objective(); }
  double lowerBound() const {
    double least = std::min(objective(), open_.leastBound());
    for (const Visited& each : round_) least = std::min(least, each.bound);
    return least;
  }
  /// Nodes that were looked at.
  double nodes() const { return static_cast<double>(nodes_); }
  std::size_t open() const { return open_.count() + round_.size(); }
  /// Calls f(node, bound) for each node that waits, or that an interruption has left in a round.
  template <class F>
  void forEachOpen(F&& f) const {
    open_.forEach(f);
    for (const Visited& each : round_) f(each.node, each.bound);
  }

  Progress progress() const {
    Progress now;
    now.lowerBound = lowerBound();
    if (!std::isfinite(objective())) return now;
    now.objective = objective();
    now.residual = objective() - lowerBound();
    return now;
  }

 private:
  struct Visited {
    Node node;
    double bound;
    TreeVisit visit;
    bool bounded = false;
  };

  void fillRound() {
    open_.setGoal(problem_.goal());
    while (static_cast<int>(round_.size()) < settings_.together && nodes() < settings_.mostNodes) {
      auto taken = open_.take();
      if (!taken) return;
      const int place = static_cast<int>(round_.size());
      round_.push_back({std::move(taken->node), taken->bound, {.number = nodes_++, .place = place}});
    }
  }

  /// Bounds the nodes of the round; those that an interruption has left bounded stay so.
  void boundRound() {
    const double goal = problem_.goal();
    la_.tasks(static_cast<int>(round_.size()), [&](int k) {
      Visited& each = round_[static_cast<std::size_t>(k)];
      if (each.bounded) return;
      each.visit.goal = goal;
      each.bound = std::max(each.bound, static_cast<double>(problem_.bound(each.node, each.visit)));
      each.bounded = true;
    });
  }

  void branch(Visited& each) {
    open_.close(each.visit.closed);
    if (each.bound < problem_.goal()) {
      open_.beginChildren();
      problem_.branch(each.node, open_);
      if (open_.endChildren()) return;
    }
    open_.close(each.bound);
  }

  Status ended() const {
    const double least = lowerBound();
    if (least == infinity) return Status::infeasible;
    return least >= problem_.goal() ? Status::solved : Status::stalled;
  }

  const Cpu& la_;
  P& problem_;
  TreeSettings settings_;
  OpenNodes<Node> open_;
  std::vector<Visited> round_;
  std::int64_t nodes_ = 0;
  std::uint64_t looks_ = 0;
};

}  // namespace nonconvex
