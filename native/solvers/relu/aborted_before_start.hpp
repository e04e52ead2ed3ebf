// The answer of a training that is aborted before it has read its data: the network without neurons.
#pragma once

#include <optional>

#include "core/status.hpp"
#include "solvers/relu/problem.hpp"

namespace nonconvex {

/// The network without neurons as a solver for `iterate`: its objective needs the targets alone, and 0 is a bound.
class ReluAbortedBeforeStart {
 public:
  ReluAbortedBeforeStart(const ReluProblem& problem, const ReluSettings& settings);

  void start() {}
  std::optional<Status> step() { return Status::stalled; }
  ReluProgress progress() const;
  ReluSolution solution() const;

 private:
  const ReluProblem& problem_;
  const ReluSettings& settings_;
  double objective_ = 0;
};

}  // namespace nonconvex
