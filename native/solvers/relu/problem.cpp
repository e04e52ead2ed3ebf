// Choices of settings, and claims of results, of the training of two-layer ReLU networks: compiled once for all
// devices.
#include "solvers/relu/problem.hpp"

namespace nonconvex {

std::vector<Choice> ReluSettings::choices() {
  return {choice<ReluHuberSettings>("loss", nameOf(ReluLoss::huber)),
          choice<ReluSplittingSettings, ReluAdmmSettings>("method", nameOf(ReluMethod::admm)),
          choice<ReluAdmmSettings>("method", nameOf(ReluMethod::sampled))};
}

Claims ReluSolution::claims() {
  using enum CertificateKind;
  return {.verbs = {"trainReluNetwork"},
          .kinds = {bounded, global},
          .over = {{overPatterns, "networks whose neurons have activation patterns of the convex program"},
                   {overOwnPatterns,
                    "networks of which each output's neurons have patterns that this output's neurons have"}},
          .gapScale = "the objective",
          .remark =
              "Networks of any width with `patterns: { exact: true }` and one output, and with refinement of up "
              "to six columns."};
}

}  // namespace nonconvex
