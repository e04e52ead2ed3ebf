// A problem under bounds that a solve brings along.
#pragma once

#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "problems/nlp.hpp"

namespace nonconvex {

/// Bounds on x (n numbers each) and on c(x) (m numbers each) that replace those of a problem; a vector that is empty
/// leaves the problem's own.
struct GivenBounds {
  std::vector<double> lower, upper;
  std::vector<double> constraintLower, constraintUpper;

  bool empty() const { return lower.empty() && upper.empty() && constraintLower.empty() && constraintUpper.empty(); }
};

/// A problem under other bounds. It has the abilities of that problem.
class BoundedNlp final : public Nlp {
 public:
  /// Throws a RangeError that names a vector of the wrong length, or a bound that is NaN.
  BoundedNlp(std::shared_ptr<Nlp> nlp, GivenBounds bounds);

  int variables() const override { return nlp_->variables(); }
  int constraints() const override { return nlp_->constraints(); }
  NlpBounds variableBounds() const override { return {bounds_.lower, bounds_.upper}; }
  NlpBounds constraintBounds() const override { return {bounds_.constraintLower, bounds_.constraintUpper}; }
  NlpFacts facts() const override { return nlp_->facts(); }
  const SparsePattern& jacobianPattern() const override { return nlp_->jacobianPattern(); }
  const SparsePattern& hessianPattern() const override { return nlp_->hessianPattern(); }

  void moveTo(std::span<const double> x) override { nlp_->moveTo(x); }
  double objective() override { return nlp_->objective(); }
  void gradient(std::span<double> g) override { nlp_->gradient(g); }
  void constraintValues(std::span<double> c) override { nlp_->constraintValues(c); }
  void jacobian(std::span<double> values) override { nlp_->jacobian(values); }
  void hessian(double sigma, std::span<const double> lambda, std::span<double> values) override {
    nlp_->hessian(sigma, lambda, values);
  }
  double largestOfHessian(std::span<const double> values) const override { return nlp_->largestOfHessian(values); }
  void jacobianProduct(std::span<const double> v, std::span<double> out) override { nlp_->jacobianProduct(v, out); }
  void jacobianTransposedProduct(std::span<const double> v, std::span<double> out) override {
    nlp_->jacobianTransposedProduct(v, out);
  }
  void hessianProduct(double sigma, std::span<const double> lambda, std::span<const double> v,
                      std::span<double> out) override {
    nlp_->hessianProduct(sigma, lambda, v, out);
  }

 private:
  const Capable* wrapped() const override { return nlp_.get(); }

  std::shared_ptr<Nlp> nlp_;
  GivenBounds bounds_;
};

/// Returns true if x is free and all constraints are equations c(x) = 0.
bool hasEqualityConstraintsOnly(const Nlp& nlp);

}  // namespace nonconvex
