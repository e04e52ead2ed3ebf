// Linear models whose errors have heavy tails, with an intercept for each group.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/status.hpp"
#include "linalg/cpu.hpp"
#include "methods/quadratic/normal_equations.hpp"
#include "solvers/contrib/robustMixedModel/problem.hpp"

namespace nonconvex {

/// minimise the negative log-likelihood of y_g ~ t_nu(X_g b, sigma^2 (I + tau J)) over the groups g, with nu known and
/// J the matrix of ones: Student's distribution in as many dimensions as the group has rows, n_g; tau sigma^2 is the
/// squared scale of the intercepts of groups. Without groups each row is one, and tau is 0.
///
/// Expectation and conditional maximisations: with r = y - X b and the squared Mahalanobis distance
///   u_g = (||r_g||^2 - tau (1^T r_g)^2 / (1 + tau n_g)) / sigma^2    a group has weight w_g = (nu + n_g) / (nu + u_g),
/// then b is that of generalised least squares with these weights, and tau and sigma^2 minimise what is left with b.
/// The objective never rises.
///
/// K. Lange, R. Little, J. Taylor, "Robust statistical modeling using the t distribution", JASA 84, 1989; J. Pinheiro,
/// C. Liu, Y. Wu, "Efficient algorithms for robust estimation in linear mixed-effects models using the multivariate t
/// distribution", JCGS 10, 2001.
class StudentMixedModel {
 public:
  StudentMixedModel(const Cpu& la, const RobustMixedModelProblem& problem, const RobustMixedModelSettings& settings);

  void start();
  std::optional<Status> step();
  Progress progress() const;
  RobustMixedModelSolution solution() const;
  std::string explain(Status status) const;

 private:
  struct Tuning;
  int n() const { return problem_.x.rows; }
  int unknowns() const { return static_cast<int>(b_.size()); }
  int groups() const { return static_cast<int>(sizes_.size()); }
  bool grouped() const { return groups() < n(); }
  std::size_t groupOf(int row) const {
    return static_cast<std::size_t>(problem_.groups.empty() ? row : problem_.groups[static_cast<std::size_t>(row)]);
  }

  void sumResiduals();
  void weigh();
  void measure();
  bool solveCoefficients();
  double scatter(double tau) const;
  double slopeInTau(double tau) const;
  double profile(double tau) const;
  void chooseTau();

  const Cpu& la_;
  const RobustMixedModelProblem& problem_;
  const RobustMixedModelSettings settings_;
  HostMatrix<double> xt_, means_;  // unknowns x n, x groups
  NormalEquations normal_;
  std::vector<double> b_, change_, residuals_, work_, units_;
  std::vector<double> sizes_, sums_, squares_, weights_, shares_, roots_;  // a number for each group
  double variance_ = unknown, tau_ = 0;
  double least_ = 0;  // variances below this are those of rows that are fitted exactly
  double objective_ = unknown, residual_ = unknown;
  bool started_ = false;
};

/// The template that the binding asks for: the solve runs on the CPU.
template <class La>
class RobustMixedModelSolver : public StudentMixedModel {
 public:
  static constexpr bool buildsUnread = true;

  using StudentMixedModel::StudentMixedModel;
};

}  // namespace nonconvex
