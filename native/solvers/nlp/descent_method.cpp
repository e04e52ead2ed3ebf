#include "solvers/nlp/descent_method.hpp"

#include <cmath>
#include <utility>

#include "core/numbers.hpp"
#include "methods/globalization/negative_curvature.hpp"
#include "solvers/nlp/report.hpp"

namespace nonconvex {
namespace {

/// The program, which has to be without constraints and bounds.
const NlpProblem& unconstrained(const NlpProblem& problem, NlpMethod method) {
  const std::shared_ptr<Nlp> nlp = problem.nlp.open();
  const std::string expected =
      "expected 'auto' or 'interiorPoint', as this method takes functions without constraints, "
      "and the problem has ";
  require(nlp->constraints() == 0, "method", nameOf(method), expected + show(nlp->constraints()) + " constraints");
  const NlpBounds bounds = nlp->variableBounds();
  for (std::size_t i = 0; i < bounds.lower.size(); ++i) {
    const bool free = bounds.lower[i] == -infinity && bounds.upper[i] == infinity;
    require(free, "method", nameOf(method), expected + "a bound of x[" + show(i) + "]");
  }
  return problem;
}

std::unique_ptr<Descent> descentOf(const Cpu& la, ScaledNlp& model, const NlpSettings& settings) {
  switch (settings.method) {
    case NlpMethod::trustRegion:
      return trustRegionDescent(la, model);
    case NlpMethod::gradientRegularized:
      return gradientRegularizedDescent(la, model);
    case NlpMethod::saddleFree:
      return saddleFreeDescent(la, model, settings.seed);
    case NlpMethod::oasis:
      return oasisDescent(la, model, settings.seed);
    default:
      return limitedMemoryDescent(la, model);
  }
}

}  // namespace

DescentMethod::DescentMethod(const Cpu& la, const NlpProblem& problem, const NlpSettings& settings)
    : la_(la),
      settings_(settings),
      reportIterates_(problem.reportIterates),
      model_(la, unconstrained(problem, settings.method), settings.scaling),
      point_(model_.makePoint()),
      trial_(model_.makePoint()),
      system_(la, model_, settings.kkt(), false),
      merit_(model_, {settings.constraintPenalty, settings.gradientPenalty, settings.penaltyFactor}),
      unboundedTest_(model_),
      best_(model_, settings.tolerance),
      descent_(descentOf(la, model_, settings)) {
  requireNoInnerSolver(settings, ", since method '" + std::string(nameOf(settings.method)) + "' has no such systems");
  started_ = model_.begin(point_);
  unboundedTest_.begin(point_);
  if (started_) best_.record(point_);
}

std::optional<Status> DescentMethod::start() { return started_ ? goOn() : std::nullopt; }

std::optional<Status> DescentMethod::step() {
  la_.checkpoint();
  if (!descent_->step(point_, trial_)) {
    best_.settle();
    return Status::stalled;
  }
  double squared = 0;
  for (std::size_t j = 0; j < point_.x.size(); ++j) squared += square(trial_.x[j] - point_.x[j]);
  lastStep_ = std::sqrt(squared);
  std::swap(point_, trial_);
  best_.recordStep(point_, trial_);
  if (unboundedTest_.diverges(point_)) {
    best_.take(point_);
    return Status::unbounded;
  }
  return goOn();
}

std::optional<Status> DescentMethod::goOn() {
  return best_.residual() <= settings_.tolerance ? checkSecondOrder() : std::nullopt;
}

/// Whether factors of the Hessian are worth their cost: where it is known and has few entries, or few columns.
bool DescentMethod::mayFactor() const {
  constexpr int fewColumns = 1000;
  constexpr std::size_t fewEntries = 20;  // a column
  if (model_.approximateHessian()) return false;
  return model_.n() <= fewColumns ||
         model_.hessianPattern().nonzeros() <= fewEntries * static_cast<std::size_t>(model_.n());
}

/// Tells whether the point, which is stationary, is a minimum; leaves it if not.
std::optional<Status> DescentMethod::checkSecondOrder() {
  constexpr int mostSaddles = 50;
  best_.settle();
  if (!mayFactor()) return Status::solved;
  model_.linearize(point_);
  if (!system_.analyzed()) system_.analyze(point_);
  const std::optional<ReducedInertia> inertia = system_.reducedInertia(point_, trial_.jacobian);
  if (!inertia) return Status::solved;
  best_.setInertia(*inertia);
  if (inertia->negative <= 0) return Status::solved;
  best_.refuse(point_, *inertia);
  if (++saddles_ <= mostSaddles && system_.factorLoaded()) {
    const double length =
        negativeCurvatureStep(la_, model_, system_, merit_, settings_.sufficientDecrease, point_, trial_);
    if (length > 0) {
      lastStep_ = length;
      std::swap(point_, trial_);
      best_.recordStep(point_, trial_);
      descent_->forget();
      return std::nullopt;
    }
  }
  saddle_ = true;
  return Status::stalled;
}

NlpProgress DescentMethod::progress() const {
  if (!started_) {
    NlpProgress none;
    none.objective = unknown;
    return none;
  }
  NlpProgress now = reportOf(best_, model_, system_, reportIterates_);
  now.step = lastStep_;
  if (descent_->products() > 0) now.innerSteps = static_cast<double>(descent_->products());
  return now;
}

NlpSolution DescentMethod::solution() const {
  NlpSolution s = solutionOf(best_, model_, system_);
  s.phase = NlpPhase::descent;
  s.counts.factorization += descent_->factorizations();
  s.counts.innerSteps += descent_->products();
  return s;
}

std::string DescentMethod::explain() const {
  if (saddle_) return "The point is a saddle that no step along negative curvature leaves.";
  return "Rounding hides what further steps would bring.";
}

}  // namespace nonconvex
