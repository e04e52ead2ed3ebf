#include "expressions/compiled_stages.hpp"

#include <algorithm>
#include <utility>

namespace nonconvex {

CompiledStages::CompiledStages(const Graph& graph) : plan_(planOf(graph)) {
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
  findReach();
}

void CompiledStages::findReach() {
  enum : char { objective = 1, constraints = 2 };
  std::vector<char> reach(plan_.values.size());
  const auto at = [&](int position) -> char& { return reach[static_cast<std::size_t>(position)]; };
  for (const int position : plan_.objective.indices) at(position) |= objective;
  for (const int position : plan_.constraintRows.indices) at(position) |= constraints;
  reach_.resize(plan_.stages.size());
  for (std::size_t s = plan_.stages.size(); s-- > 0;) {
    const Stage& stage = plan_.stages[s];
    const auto index = static_cast<std::size_t>(stage.index);
    char all = 0;
    for (int k = 0; k < stage.size; ++k) all |= at(stage.output + k);
    reach_[s] = {(all & objective) != 0, (all & constraints) != 0};
    if (all == 0) continue;
    switch (stage.kind) {
      case Stage::Kind::kernel: {
        const Kernel& kernel = kernels_[index];
        for (const Kernel::Partial& partial : kernel.partials()) {
          for (int r = 0; r < kernel.rows(); ++r) at(kernel.input(partial.input).at(r)) |= all;
        }
        break;
      }
      case Stage::Kind::linear:
        for (const int position : plan_.linear[index].indices) at(position) |= all;
        break;
      case Stage::Kind::dense: {
        const DenseStage& dense = plan_.dense[index];
        for (int k = 0; k < dense.inputSize(); ++k) at(dense.input.at(k)) |= all;
        break;
      }
      case Stage::Kind::maximum:
        break;
    }
  }
}

}  // namespace nonconvex
