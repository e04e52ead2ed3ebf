#include "expressions/compiled_model.hpp"

namespace nonconvex {

const SparseJacobian& CompiledModel::jacobian() const {
  std::call_once(jacobianMade_, [&] { jacobian_ = std::make_unique<SparseJacobian>(*this); });
  return *jacobian_;
}

const SparseHessian& CompiledModel::hessian() const {
  std::call_once(hessianMade_, [&] { hessian_ = std::make_unique<SparseHessian>(*this, jacobian()); });
  return *hessian_;
}

}  // namespace nonconvex
