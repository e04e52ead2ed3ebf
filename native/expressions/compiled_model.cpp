#include "expressions/compiled_model.hpp"

#include "expressions/squares.hpp"

namespace nonconvex {

template <class T, class Make>
const T& CompiledModel::get(Lazy<T>& lazy, const Cpu& la, Make&& make) {
  if (const T* const ready = lazy.ready.load(std::memory_order_acquire)) return *ready;
  const auto checkpoint = [&] {
    la.abortPoint();
    return false;
  };
  const T* const made = lazy.made.get(make, checkpoint).get();
  lazy.ready.store(made, std::memory_order_release);
  return *made;
}

const SparseJacobian& CompiledModel::jacobian(const Cpu& la) const {
  return get(jacobian_, la, [&] { return std::make_shared<const SparseJacobian>(*this, la); });
}

const SparseHessian& CompiledModel::hessian(const Cpu& la) const {
  return get(hessian_, la, [&] { return std::make_shared<const SparseHessian>(*this, jacobian(la), la); });
}

std::shared_ptr<const CompiledModel> CompiledModel::ofNodes(std::span<const int> nodes, const Graph& graph,
                                                            const Cpu& la) const {
  const auto checkpoint = [&] {
    la.abortPoint();
    return false;
  };
  return nodes_.get([&] { return std::make_shared<const CompiledModel>(graphOf(nodes, graph), la); }, checkpoint);
}

}  // namespace nonconvex
