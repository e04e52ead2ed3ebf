#include "solvers/sparse/path/engines.hpp"

#include "solvers/sparse/path/gradient_path.hpp"
#include "solvers/sparse/path/proximal_path.hpp"
#include "solvers/sparse/path/working_set_path.hpp"
#include "solvers/sparse/subsets/subset_path.hpp"

namespace nonconvex {
namespace {

/// Whether a penalty is l |b| and a rest whose slope changes at a bounded rate.
bool isBent(SparsePenalty kind) {
  return kind == SparsePenalty::lasso || kind == SparsePenalty::mcp || kind == SparsePenalty::scad;
}

}  // namespace

std::unique_ptr<PathEngine> makePathEngine(const Cpu& la, const SparseData& data, const SparseProblem& problem,
                                           const SparseSettings& settings) {
  const SparsePenalty penalty = settings.penalty;
  const bool byProducts = settings.method != PathMethod::coordinateDescent;
  const bool byCoordinates =
      data.family == SparseFamily::huber || data.family == SparseFamily::quantile || data.family == SparseFamily::cox;
  const std::string forFamily = " for family '" + std::string(nameOf(data.family)) + "'";
  require(!byCoordinates || hasStruct(penalty) || isOfGroups(penalty), "penalty", nameOf(penalty),
          "expected a penalty of single coefficients or of groups, such as lasso() or groupLasso()," + forFamily);
  require(!byCoordinates || !byProducts, "method", nameOf(settings.method), "expected 'coordinateDescent'" + forFamily);
  require(!byProducts || isBent(penalty), "method", nameOf(settings.method),
          "expected 'coordinateDescent' for " + std::string(nameOf(penalty)));
  require(!byProducts || data.responses() == 1, "method", nameOf(settings.method),
          "expected 'coordinateDescent' for several responses");
  if (byProducts) return std::make_unique<GradientPath>(la, data, settings);
  if (isOfGroups(penalty) || (data.responses() > 1 && hasStruct(penalty))) {
    return std::make_unique<WorkingSetPath>(la, data, settings);
  }
  require(
      data.responses() == 1, "penalty", nameOf(penalty),
      "expected a penalty of single coefficients or of groups, such as lasso() or groupLasso(), for several responses");
  if (penalty == SparsePenalty::bestSubset) return std::make_unique<SubsetPath>(la, data, settings);
  if (!hasStruct(penalty)) return std::make_unique<ProximalPath>(la, data, problem, settings);
  return std::make_unique<WorkingSetPath>(la, data, settings);
}

}  // namespace nonconvex
