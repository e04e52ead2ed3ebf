// The loss of rows that belong to one of several classes.
#pragma once

#include <span>
#include <vector>

#include "solvers/sparse/data.hpp"
#include "solvers/sparse/losses/loss.hpp"

namespace nonconvex {

/// log sum_k exp(t_k) - sum_k y_k t_k for each row, y in the simplex. With the probabilities p of the classes the
/// derivatives are p - y, and the second derivatives diag(p) - p p^T.
class MultinomialRows final : public RowsLoss {
 public:
  explicit MultinomialRows(const SparseData& data);

  double evaluate(std::span<const double> t, std::span<double> first, std::span<double> second) const override;
  /// Bounds of the largest eigenvalues of the second derivatives at t: their traces, or half of the weights, above
  /// which they are nowhere: D. Boehning, B. G. Lindsay, "Monotonicity of quadratic-approximation algorithms", Annals
  /// of the Institute of Statistical Mathematics 40, 1988.
  void curvatures(std::span<const double> t, std::span<const double> second, double stretch,
                  std::span<double> h) const override;
  double dualValue(std::span<const double> slopes, double share) const override;
  double perfect() const override;
  bool coupled() const override { return true; }
  void multiplyHessian(std::span<const double> first, std::span<const double> second,
                       std::span<double> v) const override;
  void secondDerivatives(std::span<const double> first, std::span<const double> second, int k, int l,
                         std::span<double> h) const override;

 private:
  struct Tuning;
  const SparseData& data_;
  mutable std::vector<double> most_, total_;  ///< of the predictions of a row
};

}  // namespace nonconvex
