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
  const SparsePattern& pattern = nlp_.jacobianPattern();
  jacobian_.resize(pattern.nonzeros());
  if (!jacobianValues(jacobian_)) return false;
  for (int j = 0; j < J.cols; ++j) std::fill_n(J.column(j), J.rows, 0.0);
  std::size_t k = 0;
  for (int i = 0; i < J.rows; ++i) {
    for (const int j : pattern.line(i)) J(i, j) = jacobian_[k++];
  }
  return true;
}

bool ConstraintResiduals::jacobianValues(Out values) {
  ++jacobianCount_;
  nlp_.jacobian(values);
  if (!factors_.empty()) {
    std::size_t k = 0;
    for (int i = 0; i < residuals(); ++i) {
      for (std::size_t l = nlp_.jacobianPattern().line(i).size(); l > 0; --l) values[k++] *= factor(i);
    }
  }
  return finite(values);
}

bool ConstraintResiduals::along(In p, Out out) {
  auto* const known = nlp_.find<CurvatureAlong>();
  if (known == nullptr) return false;
  known->constraintsAlong(p, out);
  for (std::size_t i = 0; i < factors_.size(); ++i) out[i] *= factors_[i];
  return finite(out);
}

const SparsePattern* ConstraintResiduals::curvaturePattern() const {
  const NlpFacts facts = nlp_.facts();
  return facts.approximateHessian || facts.hessianByProducts ? nullptr : &nlp_.hessianPattern();
}

bool ConstraintResiduals::curvature(In weights, Mat<double> S) {
  const SparsePattern* pattern = curvaturePattern();
  if (pattern == nullptr) return false;
  hessian_.resize(pattern->nonzeros());
  if (!curvatureValues(weights, hessian_)) return false;
  for (int j = 0; j < S.cols; ++j) std::fill_n(S.column(j), S.rows, 0.0);
  std::size_t k = 0;
  for (int j = 0; j < S.cols; ++j) {
    for (const int i : pattern->line(j)) S(i, j) = S(j, i) = hessian_[k++];
  }
  return true;
}

bool ConstraintResiduals::curvatureValues(In weights, Out values) {
  ++curvatureCount_;
  weights_.assign(weights.begin(), weights.end());
  for (std::size_t i = 0; i < factors_.size(); ++i) weights_[i] *= factors_[i];
  nlp_.hessian(0, weights_, values);
  return finite(values);
}

}  // namespace nonconvex
