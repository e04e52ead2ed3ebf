#include "solvers/newton_sample.hpp"

#include <algorithm>
#include <cmath>

#include "solvers/newton_step.hpp"

namespace nonconvex {
namespace {

/// Operations of an iteration beside evaluations: a factorisation of K, which takes longer if it is sparse, and more.
double overheadOf(const NewtonModel& model) {
  constexpr double least = 1e5;
  constexpr double slower = 3;
  constexpr double full = 0.4;
  const double order = model.n() + model.m();
  const bool dense = static_cast<double>(model.hessianPattern().nonzeros()) > full * 0.5 * order * order;
  return least + (dense ? 1 : slower) * order * order * order / 3;
}

/// max |grad f - grad of the estimate| at the point.
double errorOf(Oracle& estimate, const NewtonModel& model, const NewtonPoint& point) {
  Vector gradient(point.x.size());
  estimate.moveTo(point.x);
  estimate.gradient(gradient);
  double most = 0;
  for (std::size_t j = 0; j < gradient.size(); ++j) {
    most = std::max(most, std::abs(gradient[j] - point.gradient[j] / model.objectiveScale()));
  }
  return most;
}

}  // namespace

SampledStart minimizeSample(const Cpu& la, NewtonModel& model, const NewtonPoint& point, const NewtonSettings& given) {
  constexpr double share = 0.01;  // of the error: the last steps are cheap, too
  constexpr int mostSteps = 30;
  SampledStart found;
  const auto estimate = model.sample(overheadOf(model));
  if (!estimate) return found;
  estimate->runOn(la);
  NewtonSettings settings = given;
  const double error = errorOf(*estimate, model, point) * model.objectiveScale();
  settings.tolerance = std::max(given.tolerance, share * error);
  if (!std::isfinite(error)) return found;
  NewtonMethod method(la, {.oracle = estimate, .start = point.x, .multipliers = {}}, settings);
  method.start();
  const auto solved = [&] { return method.progress().residual <= settings.tolerance; };
  int steps = 0;
  while (!solved() && steps < mostSteps) {
    ++steps;
    if (method.step()) break;
  }
  NewtonSolution solution = method.solution();
  found.steps = steps + solution.counts.sampled;
  found.time = solution.time;
  if (!solved()) return found;
  found.x = std::move(solution.x);
  found.multipliers = std::move(solution.multipliers);
  return found;
}

}  // namespace nonconvex
