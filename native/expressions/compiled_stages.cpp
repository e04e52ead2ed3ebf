#include "expressions/compiled_stages.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace nonconvex {

CompiledStages::CompiledStages(const Graph& graph, const Cpu& la) : plan_(planOf(graph, la)) {
  parametersEnd_ = plan_.variables + static_cast<int>(graph.parameterValues().size());
  firstStage_ = plan_.stages.empty() ? static_cast<int>(plan_.values.size()) : plan_.stages.front().output;
  for (const Stage& stage : plan_.stages) {
    la.abortPoint();
    const auto index = static_cast<std::size_t>(stage.index);
    if (stage.kind == Stage::Kind::kernel) {
      kernels_.emplace_back(std::move(plan_.kernels[index]), stage.output, firstStage_, entries_, seconds_, weights_);
    }
    if (stage.kind == Stage::Kind::dense) widestDense_ = std::max(widestDense_, plan_.dense[index].inputSize());
  }
  plan_.kernels.clear();
  linearConstraints_ = plan_.linearConstraints();
  findReach();
  findTerms();
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

void CompiledStages::findTerms() {
  std::vector<char> taken(plan_.values.size());
  const auto take = [&](int position) { taken[static_cast<std::size_t>(position)] = 1; };
  const auto takeAll = [&](const IndexMap& map) {
    for (int r = 0; r < map.rows(); ++r) take(map.at(r));
  };
  for (const int position : plan_.constraintRows.indices) take(position);
  for (const LinearRows& linear : plan_.linear) std::for_each(linear.indices.begin(), linear.indices.end(), take);
  for (const DenseStage& dense : plan_.dense) takeAll(dense.input);
  for (const MaximumStage& maximum : plan_.maxima) takeAll(maximum.input);
  for (const Kernel& kernel : kernels_) {
    for (int k = 0; k < kernel.inputs(); ++k) takeAll(kernel.input(k));
  }
  for (const Stage& stage : plan_.stages) {
    const auto begin = taken.begin() + stage.output;
    const bool term = stage.active && stage.kind == Stage::Kind::kernel &&
                      std::none_of(begin, begin + stage.size, [](char each) { return each != 0; });
    const double none = std::numeric_limits<double>::quiet_NaN();
    termCoefficients_.push_back(term ? commonCoefficient(stage) : none);
    separable_ = separable_ && (!stage.active || !std::isnan(termCoefficients_.back()));
  }
}

/// The coefficient that the objective has for all values of a kernel; NaN if there are several, or the kernel has a
/// derivative by anything but variables.
double CompiledStages::commonCoefficient(const Stage& stage) const {
  const double none = std::numeric_limits<double>::quiet_NaN();
  const Kernel& kernel = this->kernel(stage);
  for (const Kernel::Partial& partial : kernel.partials()) {
    const IndexMap& input = kernel.input(partial.input);
    if (input.anyAtLeast(plan_.variables)) return none;
  }
  const std::vector<int>& indices = plan_.objective.indices;
  const auto found = std::lower_bound(indices.begin(), indices.end(), stage.output);
  const auto first = found - indices.begin();
  if (indices.end() - found < stage.size || *(found + stage.size - 1) != stage.output + stage.size - 1) return none;
  const auto coefficient = plan_.objective.coefficients.begin() + first;
  const bool same = std::all_of(coefficient, coefficient + stage.size, [&](double c) { return c == *coefficient; });
  return same ? *coefficient : none;
}

}  // namespace nonconvex
