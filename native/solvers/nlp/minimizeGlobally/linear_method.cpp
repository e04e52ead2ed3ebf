#include "solvers/nlp/minimizeGlobally/linear_method.hpp"

#include "core/error.hpp"
#include "core/require_memory.hpp"

namespace nonconvex {
namespace {

/// The model, unless its linear programs need more memory than there is.
const GlobalModel& affordable(const GlobalModel& model) {
  const double columns = model.lifted.count();
  requireMemory(sizeof(double) * columns * columns, "linear programs of " + show(columns) + " columns, one for each " +
                                                        "variable, product and function, need");
  return model;
}

}  // namespace

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

}  // namespace nonconvex
