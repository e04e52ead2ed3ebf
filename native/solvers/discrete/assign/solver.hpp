// The linear assignment problem with a proof.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/run.hpp"
#include "linalg/cpu.hpp"
#include "methods/assignment/linear_assignment.hpp"
#include "solvers/discrete/assign/problem.hpp"

namespace nonconvex {

/// min or max sum of cost_ij over pairs (i, j), each row and each column in at most one of them, and each of the fewer
/// ones in one.
///
/// LinearAssignment on the costs, on their transpose where there are more rows than columns, and on their negatives
/// where the sum is maximised.
class AssignSearch {
 public:
  static constexpr bool decidesSolved = true;

  AssignSearch(const Cpu& la, const AssignProblem& problem, const AssignSettings& settings);

  std::optional<Status> start();
  std::optional<Status> step();
  AssignProgress progress() const;
  AssignSolution solution() const;
  std::string explain(Status status) const;

 private:
  /// An assignment of the lines of the shorter side, what it costs, and the size of that.
  struct Assigned {
    std::vector<int> of;
    double objective = unknown;
    double size = 0;
  };

  double turned(double value) const { return settings_.maximize ? 0 - value : value; }
  bool needsCopy() const;
  void copyCosts();
  void readCosts();
  std::vector<int> startPairs() const;
  void begin();
  Assigned valued(std::vector<int> of) const;
  void completeByNearest();
  void takeStart(std::vector<int> of);
  Status finish();
  void prove(Certificate& certificate) const;

  const Cpu& la_;
  const AssignProblem& problem_;
  const AssignSettings settings_;
  bool turnedRound_;  // rows of the method are columns of the problem
  int rows_, columns_;
  std::vector<double> copy_;
  const double* costs_ = nullptr;
  LinearAssignment method_;
  Assigned best_;
  double bound_ = unknown;  // a lower bound of the costs as the method has them
  AssignmentMultipliers multipliers_;
};

/// The template that the binding asks for: the solve runs on the CPU.
template <class La>
class AssignSolver : public AssignSearch {
 public:
  using AssignSearch::AssignSearch;
};

}  // namespace nonconvex
