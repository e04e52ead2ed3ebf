// The constraints of a nonlinear program as residuals.
#pragma once

#include <vector>

#include "problems/nlp.hpp"
#include "problems/residuals.hpp"

namespace nonconvex {

/// r(x) = c(x), whatever sides the constraints have. Models of expressions and callbacks come to least squares by it.
class ConstraintResiduals final : public Residuals {
 public:
  /// The program must outlive this.
  explicit ConstraintResiduals(Nlp& nlp);

  int variables() const override { return nlp_.variables(); }
  int residuals() const override { return nlp_.constraints(); }
  bool values(In x, Out r) override;
  bool jacobian(Mat<double> J) override;
  bool curvature(In weights, Mat<double> S) override;

  // How often each was evaluated.
  int valueCount() const { return valueCount_; }
  int jacobianCount() const { return jacobianCount_; }
  int curvatureCount() const { return curvatureCount_; }

 private:
  Nlp& nlp_;
  int valueCount_ = 0, jacobianCount_ = 0, curvatureCount_ = 0;
  std::vector<double> jacobian_, hessian_;
};

}  // namespace nonconvex
