// Minima of estimates of an objective that takes long, where constraints are cheap: section 1.8 of docs/nlp-methods.md.
#pragma once

#include <limits>
#include <utility>

#include "core/run.hpp"
#include "linalg/cpu.hpp"
#include "methods/kkt/kkt_system.hpp"
#include "methods/nlp/scaled_nlp.hpp"
#include "solvers/nlp/problem.hpp"

namespace nonconvex {

struct EstimateMinimum {
  Vector x;            ///< empty if no minimum was found
  Vector multipliers;  ///< multipliers of the problem without scaling
  int sampledSteps = 0;
  NlpSolution::Time time;
};

/// Minimises a problem to the tolerance of the settings, in few iterations or not at all.
using EstimateMinimizer = EstimateMinimum (*)(const Cpu& la, const NlpProblem& problem, const NlpSettings& settings);

/// Minimises an estimate by the method that it serves: a solve inside the one that runs on `la`, with which it ends.
template <class Method>
EstimateMinimum minimizeBy(const Cpu& la, const NlpProblem& problem, const NlpSettings& given) {
  NlpSettings settings = given;
  settings.maxIterations = 30;
  settings.maxEvaluations = std::numeric_limits<double>::infinity();  // evaluations of an estimate are cheap
  Monitor monitor = la.childMonitor();
  const Cpu inside = la.watchedBy(monitor);
  Method method(inside, problem, settings);
  const Outcome outcome = iterate(method, settings, monitor);
  la.checkpoint();
  NlpSolution solution = method.solution();
  EstimateMinimum found;
  found.sampledSteps = outcome.progress.iteration + solution.counts.sampled;
  found.time = solution.time;
  if (outcome.status != Status::solved) return found;
  found.x = std::move(solution.x);
  found.multipliers = std::move(solution.multipliers);
  return found;
}

/// Two problems with the same constraints that are cheaper to solve: one with a sample of the data, one with the
/// quadratic model of f. Each is asked for a point that is nearer to a solution.
class ObjectiveEstimates {
 public:
  /// `la` and `model` must outlive this.
  ObjectiveEstimates(const Cpu& la, ScaledNlp& model, const NlpSettings& settings, EstimateMinimizer minimize);

  /// Moves `trial` to the minimum over a sample of the data, found from `point` on, as far as the sample is known to be
  /// right. False if it is no nearer to a solution; then `trial` is of no use.
  bool minimizeSample(const NlpPoint& point, NlpPoint& trial);

  /// Moves `trial` to the minimum of the quadratic model of f at `point` under the true constraints; `system` forgets
  /// its factors then. False if that would not pay, or is not much nearer to a solution; then `trial` is of no use.
  bool minimizeModel(KktSystem& system, const NlpPoint& point, NlpPoint& trial);

  /// Iterations over samples.
  int sampledSteps() const { return sampledSteps_; }
  const NlpSolution::Time& time() const { return time_; }

 private:
  bool moveTo(const EstimateMinimum& found, const NlpPoint& point, double share, NlpPoint& trial);
  EstimateMinimum overSample(const NlpPoint& point);
  EstimateMinimum ofModel(const NlpPoint& point, std::span<const double> H);

  const Cpu& la_;
  ScaledNlp& model_;
  const NlpSettings settings_;
  const EstimateMinimizer minimize_;
  const bool modelPays_;  // minimising a quadratic model of f, as evaluations of f take long
  double modelBelow_ = std::numeric_limits<double>::infinity();  // residuals at which a model may be tried
  int sampledSteps_ = 0;
  NlpSolution::Time time_;
};

}  // namespace nonconvex
