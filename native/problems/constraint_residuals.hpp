// The constraints of a nonlinear program as residuals.
#pragma once

#include <vector>

#include "problems/nlp.hpp"
#include "problems/residuals.hpp"

namespace nonconvex {

/// r_i(x) = factors_i c_i(x), whatever sides the constraints have. Models of expressions and callbacks come to least
/// squares by it.
class ConstraintResiduals final : public Residuals {
 public:
  /// The program must outlive this. Without factors they are 1.
  explicit ConstraintResiduals(Nlp& nlp, std::vector<double> factors = {});

  int variables() const override { return nlp_.variables(); }
  int residuals() const override { return nlp_.constraints(); }
  bool values(In x, Out r) override;
  void moveTo(In x) override { nlp_.moveTo(x); }
  bool jacobian(Mat<double> J) override;
  bool along(In p, Out out) override;
  bool curvature(In weights, Mat<double> S) override;
  const SparsePattern* jacobianPattern() const override { return &nlp_.jacobianPattern(); }
  const SparsePattern* curvaturePattern() const override;
  bool jacobianValues(Out values) override;
  bool curvatureValues(In weights, Out values) override;

  // How often each was evaluated.
  int valueCount() const { return valueCount_; }
  int jacobianCount() const { return jacobianCount_; }
  int curvatureCount() const { return curvatureCount_; }

 private:
  double factor(int i) const { return factors_.empty() ? 1 : factors_[static_cast<std::size_t>(i)]; }

  Nlp& nlp_;
  int valueCount_ = 0, jacobianCount_ = 0, curvatureCount_ = 0;
  const std::vector<double> factors_;
  std::vector<double> jacobian_, hessian_, weights_;
};

}  // namespace nonconvex
