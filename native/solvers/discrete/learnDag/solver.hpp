// Directed graphs without cycles from data.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/run.hpp"
#include "linalg/cpu.hpp"
#include "solvers/discrete/learnDag/dag_columns.hpp"
#include "solvers/discrete/learnDag/dag_conditions.hpp"
#include "solvers/discrete/learnDag/dag_subsets.hpp"
#include "solvers/discrete/learnDag/gaussian_scores.hpp"
#include "solvers/discrete/learnDag/logistic_scores.hpp"
#include "solvers/discrete/learnDag/order_search.hpp"
#include "solvers/discrete/learnDag/problem.hpp"
#include "solvers/discrete/learnDag/topo_search.hpp"
#include "solvers/discrete/learnDag/variance_search.hpp"

namespace nonconvex {

/// min over directed graphs without cycles of sum_j loss_j(parents of j) + penalty (number of edges).
///
/// All graphs are searched by DagSubsets behind one descent of OrderSearch; else descents begin at several orders,
/// those of OrderSearch or of TopoSearch. Where the variance of the score `equalVariance` is free, descents alternate
/// it with the graph, and ConcaveLineSearch proves the least score of both.
class DagSearch {
 public:
  static constexpr bool decidesSolved = true;
  static constexpr bool buildsUnread = true;  // start() is the first to read the rows

  DagSearch(const Cpu& la, const LearnDagProblem& problem, const LearnDagSettings& settings);

  std::optional<Status> start();
  std::optional<Status> step();
  LearnDagProgress progress() const;
  LearnDagSolution solution() const;
  bool keepsBest() const { return true; }
  std::string explain(Status status) const;

 private:
  struct Tuning;
  /// A graph with its score.
  struct Scored {
    Dag dag;
    double score = infinity;
  };

  void chooseMethod();
  void makeScores();
  void findBound();
  std::vector<int> orderOfStart(int number);
  void beginAt(const std::vector<int>& order);
  std::optional<Status> endDescent();
  void makeTables();
  std::optional<Status> searchAll();
  std::optional<Status> takeFound();
  std::optional<Status> ended() const;
  double totalOf(const Dag& dag) const;
  double pricesOf(const Dag& dag) const;
  bool improvesVariance(const Dag& dag);
  void consider(Dag dag);
  void leaveOutSmall(Dag& dag) const;
  double gap() const;
  std::vector<double> variances() const;

  const Cpu& la_;
  const LearnDagProblem& problem_;
  const LearnDagSettings settings_;
  DagColumns columns_;
  BinaryRows bits_;
  std::unique_ptr<DagConditions> conditions_;
  std::unique_ptr<LocalScores> scores_;
  GaussianScores* gaussian_ = nullptr;  ///< scores_, if these are Gaussian
  std::unique_ptr<OrderSearch> orders_;
  std::unique_ptr<TopoSearch> topo_;
  std::unique_ptr<DagSubsets> subsets_;
  std::unique_ptr<ScoreTables> tables_;
  ConcaveLineSearch line_;
  DagMethod method_ = DagMethod::automatic;
  bool freeVariance_ = false, searchesAll_ = false, searching_ = false;
  double lambda_ = 0;    ///< the precision that all graphs are searched for
  double off_ = 0;       ///< the most that rounding may have done at any of them
  Scored found_, best_;  ///< best_ has edges with small weights left out
  double lowerBound_ = -infinity;
  int starts_ = 0;
};

/// The template that the binding asks for: the solve runs on the CPU.
template <class La>
class LearnDagSolver : public DagSearch {
 public:
  using DagSearch::DagSearch;
};

}  // namespace nonconvex
