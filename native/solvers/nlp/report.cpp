#include "solvers/nlp/report.hpp"

#include <memory>

namespace nonconvex {

NlpProgress reportOf(const BestPoint& best, const ScaledNlp& model, const KktSystem& system, bool withPoint) {
  NlpProgress now;
  now.objective = model.unscaledObjective(best.point());
  now.residual = best.residual();
  now.feasibility = model.unscaledFeasibility(best.point());
  now.evaluations = model.counts().objective;
  if (system.analyzed() && system.solver().steps() > 0) {
    now.innerSteps = static_cast<double>(system.solver().steps());
  }
  if (withPoint) {
    now.x = std::make_shared<std::vector<double>>(best.point().x);
    now.multipliers = std::make_shared<std::vector<double>>(model.unscaledMultipliers(best.point()));
  }
  return now;
}

NlpSolution solutionOf(const BestPoint& best, const ScaledNlp& model, const KktSystem& system) {
  NlpSolution s;
  s.x = best.point().x;
  s.multipliers = model.unscaledMultipliers(best.point());
  s.residual = best.residual();
  s.unscaledResidual = model.unscaledResidual(best.point());
  s.feasibility = model.unscaledFeasibility(best.point());
  s.lowerMultipliers.assign(s.x.size(), 0.0);
  s.upperMultipliers = s.lowerMultipliers;
  s.constraintValues = model.unscaledConstraints(best.point());
  s.objectiveScale = model.objectiveScale();
  s.constraintScales.assign(model.constraintScales().begin(), model.constraintScales().end());
  s.inertia = best.inertia();
  static_cast<EvaluationCounts&>(s.counts) = model.counts();
  s.time.derivatives = model.seconds();
  if (system.analyzed()) {
    const KktSolver& solver = system.solver();
    s.counts.factorization = solver.factorizations();
    s.counts.innerSteps = solver.steps();
    s.counts.fallback = solver.fallbacks();
    s.time.linearAlgebra = solver.seconds();
  }
  return s;
}

}  // namespace nonconvex
