// Classification by a product of linear scores: a board of squares in two colours.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/random.hpp"
#include "core/status.hpp"
#include "linalg/cpu.hpp"
#include "methods/quadratic/normal_equations.hpp"
#include "solvers/contrib/checkeredRegression/problem.hpp"

namespace nonconvex {

/// P(y | x) = (1 + y prod_k tanh(z_k / 2)) / 2 with z_k = w_k^T x + b_k: minimises the mean of -log P(y_i | x_i) and
/// lambda / 2 ||w||^2, intercepts included.
///
/// P is a sum over the sign patterns of K factors whose product is y, of products of sigmoids. With the posterior share
///   q_ik = sigmoid(z_ik) (1 + y_i prod_{j != k} t_ij) / (1 + y_i prod_j t_ij),   t = tanh(z / 2),
/// of the patterns in which factor k is positive, the objective is at most a constant and K logistic regressions with
/// the shares as responses, and touches it at the present point. 'em' takes one step of Newton's method on these, 'gd'
/// a step along the gradient; both backtrack, so that the objective never rises. Zero is stationary: starts are drawn.
///
/// M. Achab, "Checkered regression", 2023.
class CheckeredDescent {
 public:
  static constexpr bool decidesSolved = true;

  CheckeredDescent(const Cpu& la, const CheckeredRegressionProblem& problem,
                   const CheckeredRegressionSettings& settings);

  void start();
  std::optional<Status> step();
  Progress progress() const;
  CheckeredRegressionSolution solution() const;

 private:
  int n() const { return problem_.x.rows; }
  int p() const { return problem_.x.columns; }
  int factors() const { return settings_.factors; }

  void draw();
  double evaluate(const HostMatrix<double>& weights);
  double expand(int row);
  void updateGradient();
  bool findDirection();
  bool advance();
  void keepBest();
  std::optional<Status> next();

  const Cpu& la_;
  const CheckeredRegressionProblem& problem_;
  const CheckeredRegressionSettings settings_;
  HostMatrix<double> xt_;                                      // (p + 1) x n
  NormalEquations hessian_;                                    // Hessian of the logistic regression of one factor
  HostMatrix<double> weights_, trial_, gradient_, direction_;  // (p + 1) x K
  HostMatrix<double> scores_, slopes_, curvatures_;  // n x K: z, derivatives in it, of the logistic regressions
  HostMatrix<double> best_;
  std::vector<double> units_, losses_, objectives_;
  double objective_ = 0, residual_ = unknown, length_ = 1;
  double bestObjective_ = unknown, bestResidual_ = unknown;
  int begun_ = 0, steps_ = 0;
  bool finishing_ = false;
};

/// The template that the binding asks for: the solve runs on the CPU.
template <class La>
class CheckeredRegressionSolver : public CheckeredDescent {
 public:
  static constexpr bool buildsUnread = true;

  using CheckeredDescent::CheckeredDescent;
};

}  // namespace nonconvex
