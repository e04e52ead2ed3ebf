// Regressions without some of the rows that they were fitted to.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/status.hpp"
#include "linalg/cpu.hpp"
#include "methods/quadratic/normal_equations.hpp"
#include "solvers/contrib/unlearn/problem.hpp"

namespace nonconvex {

/// minimise (1/n) sum_{i not in S} loss(x_i^T b, y_i) + lambda/2 ||b||^2, with n the number of rows with S, from the b
/// that is fitted to all of them. The first step is of Newton's method with the Hessian H of all rows,
///
///   b - (H - X_S^T W X_S)^-1 g = b - H^-1 g - V M^-1 V^T ...,   V = L^-1 X_S^T W^(1/2),  M = I - V^T V,  H = L L^T,
///
/// which for the squared loss and a b fitted exactly is b - H^-1 X_S^T (I - X_S H^-1 X_S^T)^-1 (y_S - X_S b), the fit
/// to the other rows. Further steps of the squared loss refine it; those of the logistic loss have the Hessian of the
/// rows that remain, and backtrack. The intercept has no penalty.
///
/// R. D. Cook, "Influential observations in linear regression", JASA 74, 1979; P. W. Koh, P. Liang, "Understanding
/// black-box predictions via influence functions", ICML 2017.
class RowUnlearning {
 public:
  RowUnlearning(const Cpu& la, const UnlearnProblem& problem, const UnlearnSettings& settings);

  void start();
  std::optional<Status> step();
  Progress progress() const;
  UnlearnSolution solution() const;
  std::string explain(Status status) const;

 private:
  struct Tuning;
  int n() const { return problem_.x.rows; }
  int p() const { return problem_.x.columns; }
  int removed() const { return static_cast<int>(problem_.rows.size()); }
  int unknowns() const { return static_cast<int>(b_.size()); }
  bool logistic() const { return settings_.loss == UnlearnLoss::logistic; }

  double evaluate(const std::vector<double>& b);
  void updateGradient(const std::vector<double>& b);
  bool factor(bool withRemoved);
  void findLeverages();
  void prepareRemoval();
  void findDirection();
  bool advance();

  const Cpu& la_;
  const UnlearnProblem& problem_;
  const UnlearnSettings settings_;
  std::vector<double> b_, trial_, gradient_, direction_;
  std::vector<double> predictions_, slopes_, curvatures_;
  std::vector<char> leftOut_;
  HostMatrix<double> xt_;              // X^T with ones for the intercept
  NormalEquations hessian_;            // n times the Hessian
  HostMatrix<double> v_, complement_;  // V and the factor of M
  std::vector<double> leverages_, influence_, inner_;
  double objective_ = 0, scale_ = 1;
  bool started_ = false, stepped_ = false, downdated_ = false;
};

/// The template that the binding asks for: the solve runs on the CPU.
template <class La>
class UnlearnSolver : public RowUnlearning {
 public:
  static constexpr bool buildsUnread = true;

  using RowUnlearning::RowUnlearning;
};

}  // namespace nonconvex
