// Problems without second derivatives, by quasi-Newton updates.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "problems/nlp.hpp"
#include "problems/quasi_newton_matrix.hpp"

namespace nonconvex {

/// A problem with an approximation B instead of the Hessian of L = f + lambda^T c / sigma (QuasiNewtonMatrix), which
/// learns from the gradients of L at the points where a method asks for a Hessian, one after the other. `hessian`
/// writes sigma B, but for its terms of low rank. Where sigma = 0 it writes zeros, which makes a Gauss-Newton method of
/// one that minimises a norm of c.
class QuasiNewtonNlp final : public Nlp, public LowRankHessian {
 public:
  explicit QuasiNewtonNlp(std::shared_ptr<Nlp> of);

  int variables() const override { return of_->variables(); }
  int constraints() const override { return of_->constraints(); }
  NlpBounds variableBounds() const override { return of_->variableBounds(); }
  NlpBounds constraintBounds() const override { return of_->constraintBounds(); }
  NlpFacts facts() const override;
  const SparsePattern& jacobianPattern() const override { return of_->jacobianPattern(); }
  const SparsePattern& hessianPattern() const override { return B_->pattern(); }
  std::span<const RankOneTerm> lowRankTerms() const override { return terms_; }

  void moveTo(std::span<const double> x) override;
  double objective() override { return of_->objective(); }
  void gradient(std::span<double> g) override;
  void constraintValues(std::span<double> c) override { of_->constraintValues(c); }
  void jacobian(std::span<double> values) override;
  void hessian(double sigma, std::span<const double> lambda, std::span<double> values) override;
  void jacobianProduct(std::span<const double> v, std::span<double> out) override { of_->jacobianProduct(v, out); }
  void jacobianTransposedProduct(std::span<const double> v, std::span<double> out) override {
    of_->jacobianTransposedProduct(v, out);
  }
  void hessianProduct(double sigma, std::span<const double> lambda, std::span<const double> v,
                      std::span<double> out) override;

 private:
  /// First derivatives at a point.
  struct Point {
    std::vector<double> x, gradient, jacobian;
    bool gradientKnown = false, jacobianKnown = false;
  };

  const Capable* wrapped() const override { return of_.get(); }
  const std::vector<double>& gradientHere();
  const std::vector<double>& jacobianHere();
  void lagrangian(const Point& point, double sigma, std::span<const double> lambda, std::span<double> g) const;
  /// Takes what the derivatives say that have changed since the last point.
  void update(double sigma, std::span<const double> lambda);

  const std::shared_ptr<Nlp> of_;
  const std::unique_ptr<QuasiNewtonMatrix> B_;
  std::vector<RankOneTerm> terms_;  // times sigma
  Point here_, last_;
  bool lastKnown_ = false;
  std::vector<double> step_, change_, other_;
};

}  // namespace nonconvex
