// The training of two-layer ReLU networks: the convex program alone, refinement around it, or the program with an
// adversary.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "solvers/relu/aborted_before_start.hpp"
#include "solvers/relu/held_out_outputs.hpp"
#include "solvers/relu/refinement/rounds.hpp"
#include "solvers/relu/robust/solver.hpp"
#include "solvers/relu/solver.hpp"

namespace nonconvex {

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

  ReluTraining(const Cpu& la, const ReluProblem& problem, const ReluSettings& settings) : heldOut_(problem, settings) {
    if (problem.adversary) {
      robust_ = std::make_unique<RobustReluSolver>(la, problem, settings);
    } else if (problem.patterns.refine) {
      refiner_ = std::make_unique<ReluRefiner>(la, problem, settings);
    } else {
      convex_ = std::make_unique<ReluSolver<Cpu>>(la, problem, settings);
    }
  }

  /// ReluSolver::keepsBest
  bool keepsBest() const { return convex_ != nullptr; }

  void start() {
    if (robust_) return robust_->start();
    refiner_ ? refiner_->start() : convex_->start();
  }
  std::optional<Status> step() {
    if (robust_) return robust_->step();
    return refiner_ ? refiner_->step() : convex_->step();
  }
  ReluProgress progress() {
    if (robust_) return robust_->progress();
    return refiner_ ? refiner_->progress() : convex_->progress();
  }
  ReluSolution solution() {
    ReluSolution found = robust_ ? robust_->solution() : refiner_ ? refiner_->solution() : convex_->solution();
    heldOut_.write(found);
    return found;
  }
  std::string explain(Status status) const {
    if (robust_) return robust_->explain(status);
    return refiner_ ? refiner_->explain(status) : std::string();
  }

 private:
  ReluHeldOutOutputs heldOut_;
  std::unique_ptr<ReluSolver<Cpu>> convex_;
  std::unique_ptr<ReluRefiner> refiner_;
  std::unique_ptr<RobustReluSolver> robust_;
};

}  // namespace nonconvex
