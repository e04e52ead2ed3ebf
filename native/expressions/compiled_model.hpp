// What a graph is compiled to. It does not change any more: any number of programs share it, on any threads.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>

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

  const SparseJacobian& jacobian() const;
  /// Throws Interrupted where the solve that `la` belongs to is aborted while it is made: the next one who asks makes
  /// it.
  const SparseHessian& hessian(const Cpu& la = Cpu()) const;

 private:
  mutable std::once_flag jacobianMade_;
  mutable std::unique_ptr<SparseJacobian> jacobian_;
  mutable Once<SparseHessian> hessian_;
  mutable std::atomic<const SparseHessian*> readyHessian_ = nullptr;  // what `hessian_` has, asked at each evaluation
};

}  // namespace nonconvex
