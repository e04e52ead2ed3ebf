// The solver of sums over rows.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "linalg/cpu.hpp"
#include "solvers/smooth/problem.hpp"
#include "solvers/smooth/run.hpp"

namespace nonconvex {

/// Minimises a FiniteSum by a row of the table of methods. An iteration is as many steps as it takes to look at as many
/// rows as there are.
class MinimizeSumSolver {
 public:
  /// The constructor looks at no data.
  static constexpr bool buildsUnread = true;

  MinimizeSumSolver(const Cpu& la, const MinimizeSumProblem& problem, const MinimizeSumSettings& settings);

  std::optional<Status> start();
  std::optional<Status> step();
  MinimizeSumProgress progress();
  MinimizeSumSolution solution();
  std::string explain(Status status) const;

 private:
  /// f and its gradient over all rows, in double precision, and what the solve ends by.
  struct Whole {
    double objective = unknown;
    double gradientNorm = unknown;
  };

  void open();
  template <class T>
  void openIn(std::unique_ptr<FiniteSum<T>> sum);
  void resolve(const SumFacts& facts);
  bool aborted() const;
  std::optional<Status> atCheck();
  Whole whole(const std::vector<double>& x);
  double validationLoss(const std::vector<double>& x);
  void keepBest(double objective, const std::vector<double>& x);
  double epoch() const;
  void answer(std::vector<double>& x) const;

  const Cpu la_;
  const MinimizeSumProblem problem_;
  MinimizeSumSettings settings_;
  int trained_ = 0;                           // rows of the sum
  std::unique_ptr<FiniteSum<double>> exact_;  // made when it is asked for
  std::unique_ptr<SumRun> run_;
  bool single_ = false;
  int iterations_ = 0;
  bool ended_ = false;
  bool diverged_ = false, epochsMet_ = false;
  std::vector<double> safe_, now_;  // the answer at the check before, and at this one
  BestSumPoint best_;
  int since_ = 0;  // checks without a better one on validation rows
  double seenValidation_ = unknown;
  bool looked_ = false;  // `seen_` is of the answer as it is
  Whole seen_;
  double passes_ = 0;
  // Of batches since the report before
  double losses_ = 0, lossSquares_ = 0;
  double batches_ = 0;
};

}  // namespace nonconvex
