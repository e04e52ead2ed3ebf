#include "solvers/relu/refinement/state.hpp"

#include <string>
#include <utility>

#include "core/error.hpp"

namespace nonconvex {
namespace {

void refuseWithout(const ReluSettings& settings, int outputs) {
  const char* const expected = "expected, with patterns 'refine', ";
  require(settings.activation == ReluActivation::relu, "activation", "gated", std::string(expected) + "'relu'");
  require(settings.method == ReluMethod::admm, "method", "sampled", std::string(expected) + "'admm'");
  require(settings.splitting == ReluSplitting::cone, "splitting", "slack", std::string(expected) + "'cone'");
  require(settings.coupling == ReluCoupling::oneVsAll || outputs == 1, "coupling", "frobenius",
          std::string(expected) + "'oneVsAll'");
}

ReluData refinedData(const Cpu& la, const ReluProblem& problem, const ReluSettings& settings) {
  refuseWithout(settings, problem.outputs);
  return {problem, settings, la.availableMemory(), sizeof(double)};
}

/// Outputs that have convex programs of their own: all where programs of all patterns would be large, where one program
/// is the end, and where that is asked for.
int partsOf(const ReluData& data, const RefinementEffort& effort, const ReluRefinement& wanted) {
  const bool apart = !data.loss.coupled() && !data.loss.weighted;
  return apart && (effort.batch > 0 || wanted.rounds == 0 || wanted.ownPatterns) ? data.c : 1;
}

}  // namespace

RefinementState::RefinementState(const Cpu& linearAlgebra, const ReluProblem& problem, const ReluSettings& chosen,
                                 std::function<double()> memory)
    : la(linearAlgebra),
      settings(chosen),
      wanted(problem.patterns.refine.value()),
      clock(wanted.timeLimit),
      data(refinedData(la, problem, settings)),
      effort(RefinementEffort::of(data, wanted)),
      starts(wanted.starts().value_or(effort.starts)),
      parts(la, data, settings, clock, std::move(memory), partsOf(data, effort, wanted)),
      prices(la, data, settings, clock) {}

}  // namespace nonconvex
