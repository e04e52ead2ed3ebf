// The constraints of a problem alone, without its objective.
#pragma once

#include <algorithm>
#include <memory>
#include <span>
#include <utility>

#include "solvers/nlp/least_violation.hpp"
#include "solvers/nlp/problem.hpp"

namespace nonconvex {

/// min 0 under the constraints of a problem with other sides and bounds. One at a time may be in use.
class FeasibilityNlp final : public Nlp {
 public:
  /// `nlp` must outlive this.
  FeasibilityNlp(Nlp& nlp, RowSides sides) : nlp_(nlp), sides_(std::move(sides)) {}

  int variables() const override { return nlp_.variables(); }
  int constraints() const override { return nlp_.constraints(); }
  NlpBounds variableBounds() const override { return {sides_.lower, sides_.upper}; }
  NlpBounds constraintBounds() const override { return {sides_.low, sides_.high}; }
  const SparsePattern& jacobianPattern() const override { return nlp_.jacobianPattern(); }
  const SparsePattern& hessianPattern() const override { return nlp_.hessianPattern(); }

  void moveTo(std::span<const double> x) override { nlp_.moveTo(x); }
  double objective() override { return 0; }
  void gradient(std::span<double> g) override { std::ranges::fill(g, 0.0); }
  void constraintValues(std::span<double> c) override { nlp_.constraintValues(c); }
  void jacobian(std::span<double> values) override { nlp_.jacobian(values); }
  void hessian(double, std::span<const double> lambda, std::span<double> values) override {
    nlp_.hessian(0, lambda, values);
  }
  void jacobianProduct(std::span<const double> v, std::span<double> out) override { nlp_.jacobianProduct(v, out); }
  void jacobianTransposedProduct(std::span<const double> v, std::span<double> out) override {
    nlp_.jacobianTransposedProduct(v, out);
  }
  void hessianProduct(double, std::span<const double> lambda, std::span<const double> v,
                      std::span<double> out) override {
    nlp_.hessianProduct(0, lambda, v, out);
  }

 private:
  Nlp& nlp_;
  const RowSides sides_;
};

}  // namespace nonconvex
