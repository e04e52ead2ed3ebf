#include "solvers/nlp/minimizeGlobally/linear_method.hpp"

#include "core/error.hpp"
#include "core/require_memory.hpp"

namespace nonconvex {
namespace {

/// The model, unless its linear programs need more memory than there is.
const GlobalModel& affordable(const GlobalModel& model) {
  LinearMethod::requireMemoryFor(static_cast<std::size_t>(model.lifted.count()));
  return model;
}

}  // namespace

void LinearMethod::requireMemoryFor(std::size_t columns) {
  const auto count = static_cast<double>(columns);
  requireMemory(sizeof(double) * count * count, "linear programs of " + show(count) + " columns, one for each " +
                                                    "variable, product and function, need");
}

LinearMethod::LinearMethod(const Cpu& la, const GlobalModel& model, const MinimizeGloballySettings& settings)
    : search_(la, affordable(model), settings),
      tree_(la, search_,
            {.order = TreeOrder::bestBound,
             .together = Tuning::together,
             .mostNodes = settings.maxNodes,
             .mostOpenSize = settings.memoryLimit}) {}

bool LinearMethod::begin(const std::vector<std::vector<double>>& starts) {
  if (!search_.begin(starts)) return false;
  tree_.start();
  return true;
}

OpenBoxes LinearMethod::openBoxes() const {
  OpenBoxes boxes = search_.stalledBoxes();
  tree_.forEachOpen([&](const GlobalNode& node, double bound) { search_.addBox(node, bound, boxes); });
  return boxes;
}

}  // namespace nonconvex
