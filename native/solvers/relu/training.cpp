#include "solvers/relu/training.hpp"

#include "solvers/relu/refinement/rounds.hpp"
#include "solvers/relu/robust/solver.hpp"

namespace nonconvex {

ReluTraining<Cpu>::ReluTraining(const Cpu& la, const ReluProblem& problem, const ReluSettings& settings)
    : heldOut_(problem, settings) {
  if (problem.adversary) {
    robust_ = std::make_unique<RobustReluSolver>(la, problem, settings);
  } else if (problem.patterns.refine) {
    refiner_ = std::make_unique<ReluRefiner>(la, problem, settings);
  } else {
    convex_ = std::make_unique<ReluSolver<Cpu>>(la, problem, settings);
  }
}

ReluTraining<Cpu>::~ReluTraining() = default;

void ReluTraining<Cpu>::start() {
  if (robust_) return robust_->start();
  refiner_ ? refiner_->start() : convex_->start();
}

std::optional<Status> ReluTraining<Cpu>::step() {
  if (robust_) return robust_->step();
  return refiner_ ? refiner_->step() : convex_->step();
}

ReluProgress ReluTraining<Cpu>::progress() {
  if (robust_) return robust_->progress();
  return refiner_ ? refiner_->progress() : convex_->progress();
}

ReluSolution ReluTraining<Cpu>::solution() {
  ReluSolution found = robust_ ? robust_->solution() : refiner_ ? refiner_->solution() : convex_->solution();
  heldOut_.write(found);
  return found;
}

std::string ReluTraining<Cpu>::explain(Status status) const {
  if (robust_) return robust_->explain(status);
  return refiner_ ? refiner_->explain(status) : std::string();
}

}  // namespace nonconvex
