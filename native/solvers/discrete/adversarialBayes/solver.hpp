// The least error under attack that any classifier can have on some rows.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/run.hpp"
#include "linalg/cpu.hpp"
#include "methods/matching/bipartite_matching.hpp"
#include "solvers/discrete/adversarialBayes/conflict_graph.hpp"
#include "solvers/discrete/adversarialBayes/packing_program.hpp"
#include "solvers/discrete/adversarialBayes/problem.hpp"

namespace nonconvex {

/// 1 - max sum_i w_i q_i / sum_i w_i over 0 <= q <= 1 with sum_{i in C} q_i <= 1 for every set C of rows of different
/// classes that an attack can move to one point: q_i is the probability at which a classifier that may toss coins
/// predicts row i right under attack. Two classes: a largest matching of the rows in conflict, whose cover is what the
/// best classifier gives up. More classes: pairs by a matching of two copies of the rows, then sets of more rows where
/// they are violated. A step is a phase of a matching or a linear program.
///
/// N. Garcia Trillos, M. Jacobs, J. Kim, "The multimarginal optimal transport formulation of adversarial multiclass
/// classification", JMLR 24, 2023; for two classes M. S. Pydi, V. Jog, "Adversarial risk via optimal transport and
/// optimal couplings", ICML 2020.
class AdversarialBayesSolver {
 public:
  static constexpr bool decidesSolved = true;

  AdversarialBayesSolver(const Cpu& la, const AdversarialBayesProblem& problem,
                         const AdversarialBayesSettings& settings);

  std::optional<Status> start();
  std::optional<Status> step();
  AdversarialBayesProgress progress() const;
  AdversarialBayesSolution solution() const;
  std::string explain(Status status) const;

 private:
  /// What is known at a radius: chances of the rows, and an attack.
  struct Answer {
    std::vector<double> q;
    std::vector<AttackedRows> attack;
    double error = unknown;
    double bound = 0;
  };

  double radius() const { return problem_.radius[next_]; }
  std::string_view over() const;
  Answer constantClassifier() const;
  void setValues(Answer& answer) const;
  void beginRadius();
  void endMatching();
  std::optional<Status> programRound();
  void endRadius(Answer answer);

  const Cpu& la_;
  const AdversarialBayesProblem& problem_;
  AdversarialBayesSettings settings_;
  std::vector<double> weights_;
  double total_ = 0;
  int present_ = 0;  // classes that some row has
  bool twoClasses_ = false;
  std::optional<ConflictGraph> graph_;
  BipartiteEdges edges_;
  std::vector<int> leftRows_, rightRows_;  // the rows of the nodes
  std::optional<BipartiteMatching> matching_;
  std::optional<PackingProgram> program_;
  Answer pairs_;   // the answer of pairs, and of the program, at this radius
  Answer answer_;  // the answer at the largest radius that was looked at
  std::vector<RobustErrorAtRadius> curve_;
  std::size_t next_ = 0;
  double conflicts_ = 0;
  bool inexact_ = false;  // a linear program was not solved, or an answer has a gap
};

}  // namespace nonconvex
