#include "problems/constraint_residuals.hpp"

#include <algorithm>
#include <utility>

#include "linalg/vectors.hpp"

namespace nonconvex {

ConstraintResiduals::ConstraintResiduals(Nlp& nlp, std::vector<double> factors)
    : nlp_(nlp), factors_(std::move(factors)) {}

bool ConstraintResiduals::values(In x, Out r) {
  ++valueCount_;
  nlp_.moveTo(x);
  nlp_.constraintValues(r);
  for (std::size_t i = 0; i < factors_.size(); ++i) r[i] *= factors_[i];
  return finite(r);
}

bool ConstraintResiduals::jacobian(Mat<double> J) {
  ++jacobianCount_;
  const SparsePattern& pattern = nlp_.jacobianPattern();
  jacobian_.resize(pattern.nonzeros());
  nlp_.jacobian(jacobian_);
  if (!finite(jacobian_)) return false;
  for (int j = 0; j < J.cols; ++j) std::fill_n(J.column(j), J.rows, 0.0);
  std::size_t k = 0;
  for (int i = 0; i < J.rows; ++i) {
    for (const int j : pattern.line(i)) J(i, j) = factor(i) * jacobian_[k++];
  }
  return true;
}

bool ConstraintResiduals::along(In p, Out out) {
  auto* const known = nlp_.find<CurvatureAlong>();
  if (known == nullptr) return false;
  known->constraintsAlong(p, out);
  for (std::size_t i = 0; i < factors_.size(); ++i) out[i] *= factors_[i];
  return finite(out);
}

bool ConstraintResiduals::curvature(In weights, Mat<double> S) {
  const NlpFacts facts = nlp_.facts();
  if (facts.approximateHessian || facts.hessianByProducts) return false;
  ++curvatureCount_;
  const SparsePattern& pattern = nlp_.hessianPattern();
  hessian_.resize(pattern.nonzeros());
  weights_.assign(weights.begin(), weights.end());
  for (std::size_t i = 0; i < factors_.size(); ++i) weights_[i] *= factors_[i];
  nlp_.hessian(0, weights_, hessian_);
  if (!finite(hessian_)) return false;
  for (int j = 0; j < S.cols; ++j) std::fill_n(S.column(j), S.rows, 0.0);
  std::size_t k = 0;
  for (int j = 0; j < S.cols; ++j) {
    for (const int i : pattern.line(j)) S(i, j) = S(j, i) = hessian_[k++];
  }
  return true;
}

}  // namespace nonconvex
