// The answer of a nonlinear program that was not looked at.
#include <algorithm>

#include "core/index.hpp"
#include "solvers/nlp/nlp_solver.hpp"

namespace nonconvex {

NlpSolution NlpUnbuilt::solution() const {
  const NlpProblem& problem = problem_;
  const std::size_t m = at(problem.constraints);
  const auto given = [](const std::vector<double>& values, std::size_t size, double other) {
    return values.size() == size ? values : std::vector<double>(size, other);
  };
  NlpSolution s;
  s.x = problem.start.empty() && problem.feasibleStart ? problem.feasibleStart->given() : problem.start;
  s.multipliers = given(problem.multipliers, m, 0);
  s.lowerMultipliers = given(problem.lowerMultipliers, s.x.size(), 0);
  s.upperMultipliers = given(problem.upperMultipliers, s.x.size(), 0);
  s.constraintValues.assign(m, unknown);
  s.residual = s.unscaledResidual = s.feasibility = s.complementarity = unknown;
  s.objectiveScale = problem.objectiveScale > 0 ? problem.objectiveScale : 1;
  s.constraintScales = given(problem.constraintScales, m, 1);
  return s;
}

}  // namespace nonconvex
