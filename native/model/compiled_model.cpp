#include "model/compiled_model.hpp"

#include <algorithm>
#include <utility>

#include "model/sparse_hessian.hpp"
#include "model/sparse_jacobian.hpp"

namespace nonconvex {

CompiledModel::CompiledModel(const Graph& graph) : plan_(planOf(graph)) {
  parametersEnd_ = plan_.variables + static_cast<int>(graph.parameterValues().size());
  firstStage_ = plan_.stages.empty() ? static_cast<int>(plan_.values.size()) : plan_.stages.front().output;
  for (const Stage& stage : plan_.stages) {
    const auto index = static_cast<std::size_t>(stage.index);
    if (stage.kind == Stage::Kind::kernel) {
      kernels_.emplace_back(std::move(plan_.kernels[index]), stage.output, firstStage_, entries_, seconds_, weights_);
    }
    if (stage.kind == Stage::Kind::dense) widestDense_ = std::max(widestDense_, plan_.dense[index].inputSize());
  }
  plan_.kernels.clear();
  linearConstraints_ = plan_.linearConstraints();
}

CompiledModel::~CompiledModel() = default;

const SparseJacobian& CompiledModel::jacobian() const {
  std::call_once(jacobianMade_, [&] { jacobian_ = std::make_unique<SparseJacobian>(*this); });
  return *jacobian_;
}

const SparseHessian& CompiledModel::hessian() const {
  std::call_once(hessianMade_, [&] { hessian_ = std::make_unique<SparseHessian>(*this); });
  return *hessian_;
}

}  // namespace nonconvex
