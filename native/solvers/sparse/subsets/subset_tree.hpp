// Lower bounds of best subset selection: branch and bound over which columns are chosen.
#pragma once

#include <optional>
#include <vector>

#include "linalg/cpu.hpp"
#include "methods/tree_search/tree_search.hpp"
#include "solvers/sparse/subsets/subset_gram.hpp"
#include "solvers/sparse/subsets/subset_search.hpp"

namespace nonconvex {

/// A part of the search: columns that are chosen in all of it, and those that may be.
struct SubsetNode {
  double bound = 0;            ///< no subset of this part has a lower objective
  double lambda = 0;           ///< at a size: what a column costs in the relaxation
  double lent = 0;             ///< the share of G's diagonal that is taken out of it for the relaxation
  std::size_t sizeOfLent = 0;  ///< columns when it was found
  std::vector<int> columns;    ///< that are not left out
  std::vector<char> chosen;    ///< 1 for those of them that are in
  std::vector<double> b;       ///< where the relaxation was left

  /// Has what belongs to the column at place k at another, before it.
  void keep(std::size_t k, std::size_t place) {
    columns[place] = columns[k];
    chosen[place] = chosen[k];
    b[place] = b[k];
  }
  void shrink(std::size_t count) {
    columns.resize(count);
    chosen.resize(count);
    b.resize(count);
  }
};

/// The perspective relaxation lets a share z of a column be chosen: min over z in [|b| / M, 1] of lambda z + r b^2 /
/// (2 z), with r the ridge and M the largest coefficient. That is convex in b, a straight line up to min(M, sqrt(2
/// lambda / r)) and lambda + r b^2 / 2 beyond. It is minimised along coordinates, and any point on the way gives a
/// bound, by the conjugates at c - G b. A G that is positive definite on the columns lends a share of its diagonal to
/// r. A column goes out, or is chosen for good, where the bound without that, which costs nothing, is above the best
/// subset; of what is left the column whose share is nearest 1/2 is branched on, in the order TreeOrder::dive.
///
/// At a size k shares may sum to k at most. Each part has a multiplier lambda of that sum, which is moved to where the
/// minimiser's shares sum to k: there the bound is the largest. At any point on the way the best multiplier is known,
/// as the bound has then the k largest conjugates in it, without lambda.
///
/// H. Hazimeh, R. Mazumder, A. Saab, "Sparse regression at scale: branch-and-bound rooted in first-order optimization",
/// Mathematical Programming 196, 2022. A. Atamturk, A. Gomez, "Safe screening rules for l0-regression from perspective
/// relaxations", ICML 2020.
class SubsetTree {
 public:
  SubsetTree(const Cpu& la, SubsetGram& gram, SubsetSearch& search);

  /// Whether G was found to be positive definite, so that the ridge need not be.
  bool definite();

  struct Outcome {
    Subset best;
    double bound = 0;
    double nodes = 0;
  };
  /// Searches until no subset can be better than the best one by more than `tolerance`, or it was `mostNodes` parts.
  Outcome search(const SubsetObjective& objective, Subset best, double tolerance, double mostNodes);

  // What TreeSearch asks of a problem, in rounds of one node:
  using Node = SubsetNode;
  void root(OpenNodes<SubsetNode>& open);
  double bound(SubsetNode& node, TreeVisit& visit);
  void branch(SubsetNode& node, OpenNodes<SubsetNode>& open);
  double objective() const { return best_.objective; }
  double goal() const { return best_.objective - tolerance_; }

 private:
  struct Tuning;
  enum class State { closed, open };

  /// The multiplier of the size on either side of the best one, and what the bound is there.
  struct Side {
    double lambda = 0;
    double value = infinity;
    double excess = 0;  ///< of the shares over the size
    bool known() const { return excess != 0; }
    double at(double other) const { return value + excess * (other - lambda); }
  };

  double cost(std::size_t k) const;
  double ridge(std::size_t k) const;
  double lent(std::size_t k) const;
  double slope(std::size_t k) const;
  double knot(std::size_t k) const;
  double penalty(std::size_t k, double b) const;
  double conjugate(std::size_t k, double v) const;
  double reach(std::size_t k, double v) const;
  double share(std::size_t k, double b) const;
  double minimizer(std::size_t k, double c, double a) const;

  void setGradient();
  void fetch();
  void sweep();
  void gather();
  void follow();
  void measure();
  void measureSize();
  void settle();
  void chooseMultiplier();
  void finish();
  bool turn();
  double mostBetween() const;
  std::vector<int> likely() const;
  bool improveBest(bool thorough);
  State relax();
  bool fix(TreeVisit& visit);
  void lend();
  double lentBy(const std::vector<int>& columns);
  int branching() const;
  SubsetNode all() const;

  const Cpu& la_;
  Cpu steady_;  ///< whose operations are not interrupted, so that what was found is not lost
  SubsetGram& gram_;
  SubsetSearch& search_;
  SubsetObjective objective_;
  Subset best_;
  std::optional<double> rootLent_;
  double tolerance_ = 0;

  SubsetNode node_;
  std::vector<double> q_;  ///< c - G b of the node's columns, without what was lent
  std::vector<int> wanted_;
  std::vector<std::size_t> moving_;             ///< places of the node, of a sweep
  std::vector<double> start_, local_, localQ_;  ///< what belongs to these
  double value_ = 0, dual_ = 0;
  double dualThere_ = 0;  ///< the bound with the multiplier of the node; dual_ has the best one
  // Of a size:
  int left_ = 0;                  ///< columns that may still be chosen
  double shares_ = 0;             ///< the sum of the shares of those
  double above_ = 0, below_ = 0;  ///< the least conjugate among the left_ largest, and the largest of the others
  std::vector<double> reaches_;
  Side low_, high_;
  std::vector<int> tried_;  ///< columns of the last subset that was made of a relaxation
};

}  // namespace nonconvex
