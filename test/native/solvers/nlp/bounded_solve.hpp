// Solves of problems with bounds and inequalities that are written as formulas.
#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "core/numbers.hpp"
#include "core/run.hpp"
#include "expressions/expressions.hpp"
#include "expressions/program.hpp"
#include "solvers/nlp/solver.hpp"

namespace nonconvex {

struct Result {
  Outcome<ProgressOf<NlpSolution>> outcome;
  NlpSolution solution;
};

template <class F>
Result solve(const std::vector<double>& start, const GivenBounds& bounds, F&& formulas,
             const NlpSettings& settings = {}) {
  const Cpu la;
  Monitor monitor;
  NlpProblem problem;
  problem.nlp = std::make_shared<Program>(expressions::graphOf(static_cast<int>(start.size()), formulas));
  problem.start = start;
  problem.bounds = bounds;
  NlpSolver solver(la, problem, settings);
  Outcome outcome = iterate(solver, settings, monitor);
  return {std::move(outcome), solver.solution()};
}

}  // namespace nonconvex
