// What a graph is compiled to. It does not change any more: any number of programs share it, on any threads.
#pragma once

#include <memory>
#include <mutex>

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
  const SparseHessian& hessian() const;

 private:
  mutable std::once_flag jacobianMade_;
  mutable std::once_flag hessianMade_;
  mutable std::unique_ptr<SparseJacobian> jacobian_;
  mutable std::unique_ptr<SparseHessian> hessian_;
};

}  // namespace nonconvex
