// Problems without second derivatives, by quasi-Newton updates.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "problems/nlp.hpp"

namespace nonconvex {

/// A problem with an approximation B, symmetric and positive definite, in place of the Hessian of L = f + lambda^T c /
/// sigma: damped BFGS updates (M. J. D. Powell, 1978; J. Nocedal, S. J. Wright, "Numerical Optimization", 2006,
/// procedure 18.2) from the gradients of the points at which a method asks for a Hessian, one after the other.
/// `hessian` writes sigma B. Where sigma = 0 it writes zeros, which makes a Gauss-Newton method of one that minimises a
/// norm of c.
class QuasiNewtonNlp final : public Nlp {
 public:
  explicit QuasiNewtonNlp(std::shared_ptr<Nlp> of);

  int variables() const override { return of_->variables(); }
  int constraints() const override { return of_->constraints(); }
  NlpBounds variableBounds() const override { return of_->variableBounds(); }
  NlpBounds constraintBounds() const override { return of_->constraintBounds(); }
  NlpFacts facts() const override;
  const SparsePattern& jacobianPattern() const override { return of_->jacobianPattern(); }
  const SparsePattern& hessianPattern() const override { return pattern_; }

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
  void setMultiple(double diagonal);
  void add(double factor, std::span<const double> v);

  const std::shared_ptr<Nlp> of_;
  SparsePattern pattern_;
  std::vector<double> B_;  // its lower triangle by columns
  bool updated_ = false;
  Point here_, last_;
  bool lastKnown_ = false;
  std::vector<double> step_, change_, product_, other_;
};

}  // namespace nonconvex
