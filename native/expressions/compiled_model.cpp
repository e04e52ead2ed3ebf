#include "expressions/compiled_model.hpp"

namespace nonconvex {

const SparseJacobian& CompiledModel::jacobian() const {
  std::call_once(jacobianMade_, [&] { jacobian_ = std::make_unique<SparseJacobian>(*this); });
  return *jacobian_;
}

const SparseHessian& CompiledModel::hessian(const Cpu& la) const {
  if (const SparseHessian* const ready = readyHessian_.load(std::memory_order_acquire)) return *ready;
  const auto make = [&] { return std::make_shared<const SparseHessian>(*this, jacobian(), la); };
  const auto goOn = [&] {
    la.abortPoint();
    return false;
  };
  const SparseHessian* const made = hessian_.get(make, goOn).get();
  readyHessian_.store(made, std::memory_order_release);
  return *made;
}

}  // namespace nonconvex
