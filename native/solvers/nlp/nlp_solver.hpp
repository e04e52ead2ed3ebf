// The solver of nonlinear programs: which method a problem gets, and what follows where that fails.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "solvers/nlp/conflict.hpp"
#include "solvers/nlp/convex_bound.hpp"
#include "solvers/nlp/problem.hpp"

namespace nonconvex {

class DescentMethod;
class InteriorPointMethod;
class NewtonMethod;
class QuadraticMethod;
class SimplexMethod;

/// The answer for a problem that is aborted before it is opened and evaluated: its start, of which nothing is known.
class NlpUnbuilt {
 public:
  static bool pays(const NlpProblem& problem) { return problem.large; }

  /// `problem` must outlive this.
  NlpUnbuilt(const NlpProblem& problem, const NlpSettings&) : problem_(problem) {}

  static constexpr bool decidesSolved = true;

  std::optional<Status> start() { return std::nullopt; }
  std::optional<Status> step() { return Status::stalled; }
  NlpProgress progress() const { return {}; }
  /// Made when it is asked for: a copy more of large vectors takes as long as all else that an abort waits for.
  NlpSolution solution() const;

 private:
  const NlpProblem& problem_;
};

/// Newton's method on the exact augmented Lagrangian where all constraints are equations, otherwise the interior-point
/// method, or a method for functions without constraints that is asked for. `method: 'auto'` also has that follow,
/// where Newton's method has stalled or found no feasible point; its point is the answer if it solves the problem. An
/// objective that is a sum of squares, under bounds at most, is first left to the method of least squares.
class NlpSolver {
 public:
  using Unbuilt = NlpUnbuilt;

  /// Checks the problem and evaluates it at the start. `la` must outlive this.
  NlpSolver(const Cpu& la, const NlpProblem& problem, const NlpSettings& settings);
  ~NlpSolver();

  static constexpr bool decidesSolved = true;

  std::optional<Status> start();
  std::optional<Status> step();
  NlpProgress progress() const;
  NlpSolution solution() const;
  /// Says why there is no solution; of Newton's method, when it has stalled.
  std::string explain(Status status) const;

 private:
  struct Tuning;
  void choose();
  std::optional<Status> begin();
  std::optional<Status> advance();
  std::optional<Status> squaresStep(std::optional<Status> status);
  std::optional<Status> ended(std::optional<Status> status);
  void findConflict();
  void bound();
  NlpSolution found() const;
  std::optional<Status> follow(Status reason);
  Status proven(Status status);
  std::optional<Status> quadraticStep(std::optional<Status> status);
  std::optional<Status> simplexStep(std::optional<Status> status);
  std::optional<Status> descentStep();
  std::optional<Status> descend();
  std::optional<Status> afterDescent(std::optional<Status> status);
  bool descends() const;
  bool interior() const;
  int patience() const;

  const Cpu& la_;
  const NlpSettings settings_;
  NlpProblem problem_;  ///< opened
  std::unique_ptr<NewtonMethod> newton_;
  std::unique_ptr<InteriorPointMethod> interior_;
  std::unique_ptr<DescentMethod> descent_;
  std::unique_ptr<QuadraticMethod> quadratic_;
  std::unique_ptr<SimplexMethod> simplex_;
  std::unique_ptr<DescentMethod> squares_;  ///< the method of least squares, until it has failed
  Status verdict_ = Status::stalled;        ///< status of Newton's method if the other method follows
  std::optional<Proof> proof_;              ///< proof that the equations cannot be met
  std::optional<Status> end_;               ///< status that has ended the solve
  ConvexBound bound_;                       ///< bound of a solved problem
  FoundConflict conflict_;                  ///< what contradicts what, in an infeasible problem
  int iterations_ = 0;                      ///< iterations of Newton's method
  int squaresSteps_ = 0;                    ///< iterations of the method of least squares
  int followed_ = 0;                        ///< iterations of the interior-point method
  bool failed_ = false;                     ///< what followed did no better
};

}  // namespace nonconvex
