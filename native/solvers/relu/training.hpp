// The training of two-layer ReLU networks: the convex program alone, refinement around it, or the program with an
// adversary.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "solvers/relu/aborted_before_start.hpp"
#include "solvers/relu/held_out_outputs.hpp"
#include "solvers/relu/solver.hpp"

namespace nonconvex {

class ReluRefiner;
class RobustReluSolver;

/// A device solves the convex program.
template <LinAlg La>
class ReluTraining : public ReluSolver<La> {
 public:
  ReluTraining(const La& la, const ReluProblem& problem, const ReluSettings& settings)
      : ReluSolver<La>(la, refusingOthers(problem), settings), heldOut_(problem, settings) {}

  ReluSolution solution() {
    ReluSolution found = ReluSolver<La>::solution();
    heldOut_.write(found);
    return found;
  }

 private:
  static const ReluProblem& refusingOthers(const ReluProblem& problem) {
    if (problem.patterns.refine || problem.adversary) {
      const char* const what = problem.adversary ? "training with an adversary" : "patterns 'refine'";
      throw Error(ErrorKind::solver, std::string(what) + " is solved on the CPU alone", "DEVICE_UNAVAILABLE");
    }
    return problem;
  }

  ReluHeldOutOutputs heldOut_;
};

template <>
class ReluTraining<Cpu> {
 public:
  using Unbuilt = ReluAbortedBeforeStart;

  ReluTraining(const Cpu& la, const ReluProblem& problem, const ReluSettings& settings);
  ~ReluTraining();

  /// ReluSolver::keepsBest
  bool keepsBest() const { return convex_ != nullptr; }

  void start();
  std::optional<Status> step();
  ReluProgress progress();
  ReluSolution solution();
  std::string explain(Status status) const;

 private:
  ReluHeldOutOutputs heldOut_;
  std::unique_ptr<ReluSolver<Cpu>> convex_;
  std::unique_ptr<ReluRefiner> refiner_;
  std::unique_ptr<RobustReluSolver> robust_;
};

}  // namespace nonconvex
