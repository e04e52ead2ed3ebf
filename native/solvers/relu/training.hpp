// What trains two-layer ReLU networks: the convex program alone, or refinement around it.
#pragma once

#include <memory>
#include <optional>

#include "solvers/relu/refiner.hpp"
#include "solvers/relu/solver.hpp"

namespace nonconvex {

/// A device solves the convex program.
template <LinAlg La>
class ReluTraining : public ReluSolver<La> {
 public:
  ReluTraining(const La& la, const ReluProblem& problem, const ReluSettings& settings)
      : ReluSolver<La>(la, refusingRefinement(problem), settings) {}

 private:
  static const ReluProblem& refusingRefinement(const ReluProblem& problem) {
    if (problem.patterns.refine) {
      throw Error(ErrorKind::solver, "patterns 'refine' is solved on the CPU alone", "DEVICE_UNAVAILABLE");
    }
    return problem;
  }
};

template <>
class ReluTraining<Cpu> {
 public:
  ReluTraining(const Cpu& la, const ReluProblem& problem, const ReluSettings& settings) {
    if (problem.patterns.refine) {
      refiner_ = std::make_unique<ReluRefiner>(la, problem, settings);
    } else {
      convex_ = std::make_unique<ReluSolver<Cpu>>(la, problem, settings);
    }
  }

  void start() { refiner_ ? refiner_->start() : convex_->start(); }
  std::optional<Status> step() { return refiner_ ? refiner_->step() : convex_->step(); }
  ReluProgress progress() { return refiner_ ? refiner_->progress() : convex_->progress(); }
  ReluSolution solution() { return refiner_ ? refiner_->solution() : convex_->solution(); }

 private:
  std::unique_ptr<ReluSolver<Cpu>> convex_;
  std::unique_ptr<ReluRefiner> refiner_;
};

}  // namespace nonconvex
