// The tree of boxes of `minimizeGlobally`.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "linalg/cpu.hpp"
#include "methods/lagrangian_bound/lagrangian_bound.hpp"
#include "methods/propagation/level_sets.hpp"
#include "methods/propagation/propagation.hpp"
#include "methods/tree_search/tree_search.hpp"
#include "solvers/nlp/minimizeGlobally/debug_solution.hpp"
#include "solvers/nlp/minimizeGlobally/global_model.hpp"
#include "solvers/nlp/minimizeGlobally/incumbent.hpp"
#include "solvers/nlp/minimizeGlobally/linear_relaxation.hpp"
#include "solvers/nlp/minimizeGlobally/problem.hpp"

namespace nonconvex {

/// A box of columns, and what its parent knew.
struct GlobalNode {
  std::vector<Interval> box;
  std::vector<double> near;  ///< the parent's solution, at which lines touch; empty: none
  DualSimplex::Basis basis;  ///< the parent's
  double lower = -infinity;  ///< a lower bound of the objective in the box
  int depth = 0;
  int branch = -1;                                         ///< the column to split; -1: none
  double place = 0;                                        ///< the number to split it at
  GlobalPoint found = {};                                  ///< the best point that was found in the box
  std::shared_ptr<const StationaryPoint> stationary = {};  ///< near `found`, if known
  GlobalCounts counts = {};                                ///< work in this box
};

/// Branch and bound over boxes, each bounded by propagation and a linear relaxation. Nodes of a round see the same best
/// point, so that a search is the same for any number of threads.
class GlobalSearch {
 public:
  using Node = GlobalNode;

  /// `la` and `model` must outlive this.
  GlobalSearch(const Cpu& la, const GlobalModel& model, const MinimizeGloballySettings& settings);

  /// Follows this point of the model: boxes without it are left out, and an error names the step that loses it.
  void follow(std::span<const double> x);
  /// Takes this point of the model if it is admissible.
  void consider(std::span<const double> x);
  /// Tightens the root and looks for points from these starts; returns false where there is no point.
  bool begin(const std::vector<std::vector<double>>& starts);

  /// The bound of one linear program over the root.
  double quickBound();

  // The functions that TreeSearch asks for.
  void root(OpenNodes<Node>& open);
  double bound(Node& node, TreeVisit& visit);
  void incumbent(Node& node);
  void branch(Node& node, OpenNodes<Node>& open);
  double objective() const { return best_.objective; }
  double goal() const;

  /// Returns true if a local solution from a start has shown that the objective has no bound.
  bool unbounded() const { return unbounded_; }
  const GlobalPoint& best() const { return best_; }
  const GlobalCounts& counts() const { return counts_; }
  /// Adds the box of a node to `boxes`, unless no point in it is below the goal.
  void addBox(const Node& node, double bound, OpenBoxes& boxes) const;
  /// Boxes that are too narrow to be split.
  OpenBoxes stalledBoxes() const;
  /// GlobalMethod::stalledAtoms
  std::span<const int> stalledAtoms() const { return stalledAtoms_; }

 private:
  struct Tuning {
    static constexpr int rootSweeps = 50;  ///< published: sweeps of propagation at the root (plan of the method, 4.3)
    static constexpr int sweeps = 4;       ///< published: sweeps in a node (plan of the method, 4.3)
    static constexpr int rounds = 4;  ///< published: rounds of lines that touch at the solution (plan of the method, 5)
    static constexpr int tightenedDepth =
        4;  ///< published: depth up to which columns are tightened (plan of the method, 5.3)
    static constexpr int curvedDepth = 0;  ///< measured: depth from which second derivatives may close boxes
    static constexpr double leastChance =
        0.02;  ///< published: least chance of a local solution (plan of the method, 5.5)
    static constexpr double weightOfAll =
        1e-6;  ///< published: weight of a violation beside multipliers (plan of the method, 5.4)
    static constexpr double narrow = 1e-8;  ///< safeguard: no column narrower than this times its size is split
    static constexpr double edge = 0.15;  ///< published: least share of a box on either side (plan of the method, 5.4)
    static constexpr double pull = 0.75;  ///< published: weight of the solution in the place (plan of the method, 5.4)
  };
  /// Memory of one thread.
  struct Workspace {
    LinearRelaxation relaxation;
    PointSearch points;
    LagrangianBound lagrangian;
  };
  struct Choice {
    int column = -1;
    double score = 0, place = 0;
  };

  std::unique_ptr<Workspace> takeWorkspace();
  void giveBack(std::unique_ptr<Workspace> space);
  void boundUnbounded(double cutoff);
  bool propagate(std::vector<Interval>& box, double goal, int sweeps) const;
  void expect(double bound, std::span<const Interval> box, const char* step) const;
  double boundWith(Workspace& space, Node& node, const TreeVisit& visit);
  double relax(Workspace& space, Node& node, double goal);
  bool tighten(Workspace& space, Node& node, double goal, int rounds);
  void lookForPoints(Workspace& space, Node& node, const TreeVisit& visit);
  void choose(const Workspace& space, Node& node) const;
  Choice fractional(const Node& node) const;
  Choice violated(const Workspace& space, const Node& node, bool all) const;
  bool isMendedByLines(const LiftedAtom& atom, const Node& node) const;
  Choice widest(const Node& node) const;
  void consider(Choice& choice, const Node& node, int column, double score, double at) const;
  void noteStalled(const Node& node);
  double violation(const LiftedAtom& atom, std::span<const double> z) const;
  void take(const std::optional<GlobalPoint>& point, GlobalPoint& best) const;
  bool closesByCurvature(Workspace& space, Node& node, double goal) const;
  std::shared_ptr<const StationaryPoint> settle(PointSearch& points, GlobalPoint& best) const;

  const Cpu& la_;
  const GlobalModel& model_;
  const MinimizeGloballySettings settings_;
  Propagation propagation_;
  std::vector<Interval> root_;
  std::function<bool()> stop_;
  std::optional<DebugSolution> debug_;
  GlobalPoint best_;
  std::shared_ptr<const StationaryPoint> stationary_;  ///< the best point with multipliers, or null
  GlobalCounts counts_;
  std::vector<int> stalledAtoms_;
  OpenBoxes stalledBoxes_;
  bool unbounded_ = false;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Workspace>> idle_;  // guarded by mutex_
};

}  // namespace nonconvex
