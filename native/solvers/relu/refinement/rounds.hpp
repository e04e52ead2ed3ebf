// Refinement: activation patterns that are found, not sampled, so that the network comes near to the best of any width.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "core/memory.hpp"
#include "solvers/relu/refinement/finish.hpp"
#include "solvers/relu/refinement/state.hpp"

namespace nonconvex {

/// Rounds of: price (search for neurons whose addition lowers the objective), add, descend locally, and solve the
/// convex program over the patterns that the local network has, from there. The objective never rises. docs/relu.md,
/// "Refinement".
class ReluRefiner {
 public:
  /// `memory` gives the bytes that a round's convex program may take.
  ReluRefiner(
      const Cpu& la, const ReluProblem& problem, const ReluSettings& settings,
      std::function<double()> memory = [] { return availableMemory(); });

  void start();
  /// Does one round, or what ends the last one.
  std::optional<Status> step();
  std::string explain(Status status) const;
  ReluProgress progress();
  ReluSolution solution() const { return solutionOf(state_); }

 private:
  struct Tuning;

  ReluNeurons warmNetwork(const ReluProblem& problem) const;
  ReluNeurons firstNetwork() const;
  RefinementParts::Accuracy accuracyOfRounds() const;
  RefinementParts::Accuracy accuracyOfFirst() const;
  std::optional<Status> advance();
  bool settled() const;
  bool generatesColumns() const;
  void round();
  void columnRound();

  RefinementState state_;
  ReluNeurons given_;  // neurons of a warm start
  ReluNeurons first_;  // the network from which the first programs begin, until they have ended
  int begun_ = 0;      // parts whose first program was solved, where there is one step for each
  double gain_ = 1;    // relative gain of the last round
  int idle_ = 0;       // rounds in a row that gained next to nothing
  int idleColumnRounds_ = 0;
  std::string shortage_;  // the memory shortage that ended the refinement
};

}  // namespace nonconvex
