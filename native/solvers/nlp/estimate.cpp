#include "solvers/nlp/estimate.hpp"

#include <algorithm>
#include <cmath>

#include "problems/quadratic_model.hpp"

namespace nonconvex {
namespace {

/// Operations of an iteration that are no evaluations: a factorisation of K, which takes longer if it is sparse, and
/// the rest.
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
    most = std::max(most, std::abs(gradient[j] - point.gradient()[j] / model.objectiveScale()));
  }
  return most;
}

/// Returns true if quadratic models of f are worth their minima; not where constraints are linear, as a Newton step is
/// that minimum.
bool worthModels(const ScaledNlp& model) {
  constexpr double factorizations = 5;
  return model.device() == nullptr && !model.linearConstraints() &&
         model.work().iteration() > factorizations * overheadOf(model);
}

}  // namespace

ObjectiveEstimates::ObjectiveEstimates(const Cpu& la, ScaledNlp& model, const NlpSettings& settings,
                                       EstimateMinimizer minimize)
    : la_(la),
      model_(model),
      settings_(settings),
      minimize_(minimize),
      modelPays_(settings.reuseHessian && worthModels(model)) {}

bool ObjectiveEstimates::minimizeSample(const NlpPoint& point, NlpPoint& trial) {
  const EstimateMinimum found = overSample(point);
  sampledSteps_ += found.sampledSteps;
  return moveTo(found, point, 1, trial);
}

bool ObjectiveEstimates::minimizeModel(KktSystem& system, const NlpPoint& point, NlpPoint& trial) {
  constexpr double near = 0.5;   // share of the residual that it may leave
  constexpr double later = 0.1;  // share of a residual at which a model failed: where the next is tried
  if (!modelPays_ || system.solver().matrixFree()) return false;
  const double residual = model_.residual(point);
  if (!(residual <= modelBelow_)) return false;
  const auto H = system.objectiveHessian(point);
  if (!H) return false;
  if (moveTo(ofModel(point, *H), point, near, trial)) {
    system.forget();
    return true;
  }
  modelBelow_ = later * residual;
  return false;
}

/// Moves `trial` there; returns true if its residual is less than `share` of that at the point.
bool ObjectiveEstimates::moveTo(const EstimateMinimum& found, const NlpPoint& point, double share, NlpPoint& trial) {
  time_.derivatives += found.time.derivatives;
  time_.linearAlgebra += found.time.linearAlgebra;
  if (found.x.empty()) return false;
  std::copy(found.x.begin(), found.x.end(), trial.x.begin());
  model_.setMultipliers(found.multipliers, trial);
  if (!model_.evaluateValues(trial) || !model_.evaluateDerivatives(trial)) return false;
  return model_.residual(trial) < share * model_.residual(point);
}

EstimateMinimum ObjectiveEstimates::overSample(const NlpPoint& point) {
  constexpr double share = 0.01;  // share of the error; the last steps are cheap as well
  const auto estimate = model_.sample(overheadOf(model_));
  if (!estimate) return {};
  lendThreads(*estimate, la_);
  const double error = errorOf(*estimate, model_, point) * model_.objectiveScale() * model_.gradientScale();
  if (!std::isfinite(error)) return {};
  NlpSettings settings = settings_;
  settings.tolerance = std::max(settings_.tolerance, share * error);
  NlpProblem problem;
  problem.nlp = estimate;
  problem.start = point.x;
  return minimize_(la_, problem, settings);
}

EstimateMinimum ObjectiveEstimates::ofModel(const NlpPoint& point, std::span<const double> H) {
  constexpr double share = 1e-3;  // share of the residual
  const double scale = model_.objectiveScale();
  QuadraticModel::Terms terms{point.x, point.f / scale, point.gradient(), {H.begin(), H.end()}};
  for (double& value : terms.g) value /= scale;
  for (double& value : terms.H) value /= scale;
  const std::shared_ptr<Nlp> nlp = model_.withObjective(
      std::make_unique<QuadraticModel>(model_.hessianPattern(), std::move(terms), model_.convexObjective()));
  if (!nlp) return {};
  NlpProblem problem;
  problem.nlp = nlp;
  problem.start = point.x;
  problem.multipliers = model_.unscaledMultipliers(point);
  NlpSettings settings = settings_;
  settings.sampleStart = false;
  settings.reuseHessian = false;
  settings.scaling = false;
  settings.tolerance =
      std::max(0.1 * settings_.tolerance / (scale * model_.gradientScale()), share * model_.unscaledResidual(point));
  return minimize_(la_, problem, settings);
}

}  // namespace nonconvex
