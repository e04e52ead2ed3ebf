// The constraints of a nonlinear program as residuals.
#pragma once

#include <vector>

#include "problems/nlp.hpp"
#include "problems/residuals.hpp"

namespace nonconvex {

/// r(x) = c(x), whatever sides the constraints have. Models of expressions and callbacks come to least squares by it.
class NlpResiduals final : public Residuals {
 public:
  /// `nlp` must outlive this.
  explicit NlpResiduals(Nlp& nlp);

  int variables() const override { return nlp_.variables(); }
  int residuals() const override { return nlp_.constraints(); }
  bool values(In x, Out r) override;
  bool jacobian(Mat<double> J) override;
  bool curvature(In weights, Mat<double> S) override;

 private:
  Nlp& nlp_;
  std::vector<double> jacobian_, hessian_;
};

}  // namespace nonconvex
