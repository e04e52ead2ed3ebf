#include "solvers/relu/aborted_before_start.hpp"

#include <algorithm>
#include <vector>

#include "core/index.hpp"
#include "solvers/relu/held_out_outputs.hpp"
#include "solvers/relu/loss.hpp"

namespace nonconvex {

ReluAbortedBeforeStart::ReluAbortedBeforeStart(const ReluProblem& problem, const ReluSettings& settings)
    : problem_(problem), settings_(settings) {
  const int c = problem.outputs;
  const ReluRowLoss loss{.kind = settings.loss, .delta = settings.huberDelta, .c = c, .stride = 1};
  const std::vector<double> zero(at(c));
  for (int k = 0; k < problem.n; ++k) {
    objective_ += problem.weight(k) * loss.value(zero.data(), problem.y + at(problem.row(k)) * at(c));
  }
  if (problem.ranks) objective_ = problem.ranks->sum(objective_);
}

ReluProgress ReluAbortedBeforeStart::progress() const {
  ReluProgress now;
  now.objective = objective_;
  now.lowerBound = 0;
  now.residual = objective_ > 0 ? 1 : 0;
  now.feasibility = 0;
  now.step = 0;
  return now;
}

/// No patterns were drawn, so the solution has none to start another solve with.
ReluSolution ReluAbortedBeforeStart::solution() const {
  const int d = problem_.d;
  const int c = problem_.outputs;
  ReluSolution s;
  s.hiddenWeights = HostMatrix<double>(d, 0);
  s.outputWeights = HostMatrix<double>(0, c);
  s.inputShift = HostBuffer<double>(at(d));
  s.inputScale = HostBuffer<double>(at(d));
  std::fill(s.inputScale.begin(), s.inputScale.end(), 1.0);
  s.gates = HostMatrix<double>(d + (settings_.bias ? 1 : 0), 0);
  s.weights = HostMatrix<double>(d + (settings_.bias ? 1 : 0), 0);
  s.dual = HostMatrix<double>(problem_.n, c);
  s.networkObjective = objective_;
  s.certificate = boundedBelow(objective_, 0, objective_, overPatterns);
  ReluHeldOutOutputs(problem_, settings_).write(s);
  return s;
}

}  // namespace nonconvex
