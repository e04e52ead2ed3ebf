#include "solvers/nlp/estimate.hpp"

#include <algorithm>
#include <cmath>

#include "problems/quadratic_model.hpp"
#include "solvers/nlp/newton_method.hpp"

namespace nonconvex {
namespace {

/// Operations of an iteration beside evaluations: a factorisation of K, which takes longer if it is sparse, and more.
double overheadOf(const ScaledNlp& model) {
  constexpr double least = 1e5;
  constexpr double slower = 3;
  constexpr double full = 0.4;
  const double order = model.n() + model.m();
  const bool dense = static_cast<double>(model.hessianPattern().nonzeros()) > full * 0.5 * order * order;
  return least + (dense ? 1 : slower) * order * order * order / 3;
}

/// max |grad f - grad of the estimate| at the point.
double errorOf(Nlp& estimate, const ScaledNlp& model, const NlpPoint& point) {
  Vector gradient(point.x.size());
  estimate.moveTo(point.x);
  estimate.gradient(gradient);
  double most = 0;
  for (std::size_t j = 0; j < gradient.size(); ++j) {
    most = std::max(most, std::abs(gradient[j] - point.gradient[j] / model.objectiveScale()));
  }
  return most;
}

/// To the tolerance of the settings.
EstimateMinimum minimize(const Cpu& la, const NlpProblem& problem, const NlpSettings& settings) {
  constexpr int mostSteps = 30;
  NewtonMethod method(la, problem, settings);
  method.start();
  const auto solved = [&] { return method.progress().residual <= settings.tolerance; };
  EstimateMinimum found;
  int steps = 0;
  for (; !solved() && steps < mostSteps; ++steps) {
    if (method.step()) break;
  }
  NlpSolution solution = method.solution();
  found.sampledSteps = steps + solution.counts.sampled;
  found.time = solution.time;
  if (!solved()) return found;
  found.x = std::move(solution.x);
  found.multipliers = std::move(solution.multipliers);
  return found;
}

}  // namespace

EstimateMinimum minimizeSample(const Cpu& la, ScaledNlp& model, const NlpPoint& point, const NlpSettings& given) {
  constexpr double share = 0.01;  // of the error: the last steps are cheap, too
  const auto estimate = model.sample(overheadOf(model));
  if (!estimate) return {};
  lendThreads(*estimate, la);
  const double error = errorOf(*estimate, model, point) * model.objectiveScale() * model.gradientScale();
  if (!std::isfinite(error)) return {};
  NlpSettings settings = given;
  settings.tolerance = std::max(given.tolerance, share * error);
  NlpProblem problem;
  problem.nlp = estimate;
  problem.start = point.x;
  return minimize(la, problem, settings);
}

bool modelPays(const ScaledNlp& model) {
  constexpr double factorizations = 5;
  return model.device() == nullptr && !model.linearConstraints() &&
         model.work().iteration() > factorizations * overheadOf(model);
}

EstimateMinimum minimizeModel(const Cpu& la, ScaledNlp& model, const NlpPoint& point, std::span<const double> H,
                              const NlpSettings& given) {
  constexpr double share = 1e-3;  // of the residual
  const double scale = model.objectiveScale();
  QuadraticModel::Terms terms{point.x, point.f / scale, point.gradient, {H.begin(), H.end()}};
  for (double& value : terms.g) value /= scale;
  for (double& value : terms.H) value /= scale;
  const std::shared_ptr<Nlp> nlp = model.withObjective(
      std::make_unique<QuadraticModel>(model.hessianPattern(), std::move(terms), model.convexObjective()));
  if (!nlp) return {};
  NlpProblem problem;
  problem.nlp = nlp;
  problem.start = point.x;
  problem.multipliers = model.unscaledMultipliers(point);
  NlpSettings settings = given;
  settings.sampleStart = false;
  settings.reuseHessian = false;
  settings.scaling = false;
  settings.tolerance =
      std::max(0.1 * given.tolerance / (scale * model.gradientScale()), share * model.unscaledResidual(point));
  EstimateMinimum found = minimize(la, problem, settings);
  found.sampledSteps = 0;
  return found;
}

}  // namespace nonconvex
