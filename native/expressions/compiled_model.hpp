// The compiled form of a graph. It no longer changes: any number of programs share it, on any threads.
#pragma once

#include <atomic>
#include <memory>

#include "core/lazy_shared.hpp"
#include "expressions/compiled_stages.hpp"
#include "expressions/sparse_hessian.hpp"
#include "expressions/sparse_jacobian.hpp"

namespace nonconvex {

/// Compiled stages, and the sparse matrices of their derivatives, made when first asked for: then a SolverError
/// TOO_LARGE says that there are more entries than an int counts.
class CompiledModel : public CompiledStages {
 public:
  using CompiledStages::CompiledStages;

  // Both throw Interrupted if the solve that `la` belongs to is aborted while they are made: the next call makes them.
  const SparseJacobian& jacobian(const Cpu& la = Cpu()) const;
  const SparseHessian& hessian(const Cpu& la = Cpu()) const;

  /// The model whose constraints are these nodes of the graph that this one was compiled from, made at the first call;
  /// all calls have the same nodes.
  std::shared_ptr<const CompiledModel> ofNodes(std::span<const int> nodes, const Graph& graph, const Cpu& la) const;

 private:
  /// An object that is made once, and read at each evaluation.
  template <class T>
  struct Lazy {
    Once<T> made;
    std::atomic<const T*> ready = nullptr;
  };
  template <class T, class Make>
  static const T& get(Lazy<T>& lazy, const Cpu& la, Make&& make);

  mutable Lazy<SparseJacobian> jacobian_;
  mutable Lazy<SparseHessian> hessian_;
  mutable Once<CompiledModel> nodes_;
};

}  // namespace nonconvex
