#include "solvers/nlp/nlp_solver.hpp"

#include <utility>

namespace nonconvex {

NlpSolver::NlpSolver(const Cpu& la, const NlpProblem& given, const NlpSettings& settings) {
  NlpProblem problem = given;
  std::shared_ptr<Nlp> nlp = given.nlp.open();
  if (!given.bounds.empty()) nlp = std::make_shared<BoundedNlp>(std::move(nlp), std::exchange(problem.bounds, {}));
  problem.nlp = nlp;
  if (hasEqualityConstraintsOnly(*nlp) && nlp->constraints() <= nlp->variables()) {
    newton_ = std::make_unique<NewtonMethod>(la, problem, settings);
  } else {
    interior_ = std::make_unique<InteriorPointMethod>(la, problem, settings);
  }
}

std::optional<Status> NlpSolver::start() { return newton_ ? newton_->start() : interior_->start(); }
std::optional<Status> NlpSolver::step() { return newton_ ? newton_->step() : interior_->step(); }
NlpProgress NlpSolver::progress() const { return newton_ ? newton_->progress() : interior_->progress(); }
NlpSolution NlpSolver::solution() const { return newton_ ? newton_->solution() : interior_->solution(); }
std::string NlpSolver::explain() const { return newton_ ? newton_->explain() : interior_->explain(); }

}  // namespace nonconvex
