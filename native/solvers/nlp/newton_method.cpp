#include "solvers/nlp/newton_method.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "methods/globalization/negative_curvature.hpp"
#include "solvers/nlp/report.hpp"

namespace nonconvex {
namespace {

/// The settings, without estimates where a rule of the paper is asked for: its method has all Hessians at the point.
NlpSettings consistent(NlpSettings settings) {
  if (settings.accuracy == KktAccuracy::paper || settings.shift == ShiftRule::paper) {
    settings.sampleStart = settings.reuseHessian = false;
  }
  return settings;
}

}  // namespace

struct NewtonMethod::Tuning {
  /// measured: share of the tolerance, where ||c||_inf ends a restoration.
  static constexpr double restoredShare = 0.1;
};

NewtonMethod::NewtonMethod(const Cpu& la, const NlpProblem& problem, const NlpSettings& settings)
    : la_(la),
      settings_(consistent(settings)),
      multipliersKnown_(!problem.multipliers.empty()),
      reportIterates_(problem.reportIterates),
      model_(la, problem, settings.scaling),
      point_(model_.makePoint()),
      trial_(model_.makePoint()),
      system_(la, model_, settings_.kkt(), settings_.reuseHessian),
      multipliers_(model_),
      merit_(model_, {settings.constraintPenalty, settings.gradientPenalty, settings.penaltyFactor}),
      direction_(model_, settings_),
      lineSearch_(la, model_, {settings.tolerance, settings.sufficientDecrease}),
      restoration_(model_),
      unboundedTest_(la, model_),
      restarts_(model_.n(), model_.m(), settings.seed),
      best_(model_, settings.tolerance),
      estimates_(la, model_, settings_, minimizeBy<NewtonMethod>) {
  started_ = model_.begin(point_);
  unboundedTest_.begin(point_, normInf(point_.c));
  restarts_.setStart(point_.x);
  if (started_) best_.record(point_);
}

std::optional<Status> NewtonMethod::start() {
  if (!started_) return std::nullopt;
  const bool mayBeginElsewhere = settings_.sampleStart && !multipliersKnown_ && settings_.maxIterations > 0;
  if (mayBeginElsewhere && estimates_.minimizeSample(point_, trial_)) {
    std::swap(point_, trial_);
    multipliersKnown_ = true;
  }
  model_.linearize(point_);
  system_.analyze(point_);
  if (!multipliersKnown_) multipliers_.takeFirst(system_, point_);
  least_.begin(point_);
  best_.record(point_);
  return finishOrContinue();
}

std::optional<Status> NewtonMethod::step() {
  la_.checkpoint();
  if (restoration_.active()) return restorationStep();
  return modelStep() ? finishOrContinue() : newtonStep();
}

/// Searches along the direction of a KKT system, first of the cheapest one that may do, then of sharper ones.
std::optional<Status> NewtonMethod::newtonStep() {
  if (!system_.assemble(point_)) return recoverFromFailedStep();
  do {
    if (!system_.factor(point_)) break;
    const SearchDirection direction = direction_.compute(system_, point_, merit_);
    const double alpha = lineSearch_.run(point_, direction, merit_, least_, system_.solver(), trial_);
    if (alpha > 0) return acceptStep(direction, alpha);
  } while (system_.sharpen(point_, normInf(point_.c) <= settings_.tolerance));
  return recoverFromFailedStep();
}

/// Takes the step to the trial point, and does something else next where steps lead nowhere.
std::optional<Status> NewtonMethod::acceptStep(const SearchDirection& direction, double alpha) {
  constexpr double leastRestorable = 1e-8;  // ||c||_inf, whatever the tolerance
  const double before = model_.residual(point_);
  watchdog_.beforeStep({point_, trial_, direction, alpha, lineSearch_.largestDefinedStep()}, least_, merit_);
  moveToTrial(alpha * std::sqrt(norm2Squared(direction.dx)));
  system_.noteStep(before, model_.residual(point_));
  if (arrived()) return checkSecondOrder();
  const Watchdog::Advice advice = watchdog_.afterStep();
  if (advice == Watchdog::Advice::stop) {
    stallReason_ = StallReason::rounding;
    return acceptRelaxedTolerance();
  }
  if (suspectsUnbounded()) {
    const bool holds = unboundedTest_.nearlyFeasible(point_);
    if (holds && unboundedTest_.confirms(point_)) return endHere(Status::unbounded);
    // Is there a feasible point near?
    if (!holds) restoration_.begin(point_, unboundedTest_.allowedInfeasibility(point_));
  } else if (advice == Watchdog::Advice::leaveSaddle) {
    if (negativeCurvatureStep()) return resumeBesideSaddle();
  } else if (advice == Watchdog::Advice::restore) {
    const bool infeasible = normInf(point_.c) > std::max(settings_.tolerance, leastRestorable);
    if (infeasible) restoration_.begin(point_, Tuning::restoredShare * settings_.tolerance);
  }
  return std::nullopt;
}

/// Moves to the minimum of the quadratic model of f under the constraints as they are, where data make f dear; false if
/// that is not much nearer to a solution.
bool NewtonMethod::modelStep() {
  if (restarts_.count() > 0 || !estimates_.minimizeModel(system_, point_, trial_)) return false;
  const double before = model_.residual(point_);
  double squaredStep = 0;
  for (std::size_t j = 0; j < point_.x.size(); ++j) squaredStep += std::pow(trial_.x[j] - point_.x[j], 2);
  moveToTrial(std::sqrt(squaredStep));
  system_.noteStep(before, model_.residual(point_));
  return true;
}

void NewtonMethod::moveToTrial(double length) {
  std::swap(point_, trial_);
  least_.note(point_);
  lastStep_ = length;
  merit_.relax(std::sqrt(point_.squaredF()));
  best_.recordStep(point_, trial_);
}

/// Returns true if the point meets the tolerance, and its constraints hold in the units of the problem as given.
bool NewtonMethod::arrived() const {
  return model_.residual(point_) <= settings_.tolerance && model_.nearlyFeasible(point_);
}

/// Takes over the scales of the point, where those of a start far away were smaller; returns true if that has changed
/// anything.
bool NewtonMethod::rescaleHere() {
  const UnitChange* const change = model_.rescale(point_);
  if (change == nullptr) return false;
  model_.convert(*change, point_);
  best_.beginAgain(point_);
  least_.begin(point_);
  merit_.reset();
  watchdog_.reset();
  system_.forget();
  system_.resetShifts();
  return true;
}

/// Tells whether the point, which is stationary, is a minimum; leaves it if not.
std::optional<Status> NewtonMethod::checkSecondOrder() {
  if (rescaleHere() && !arrived()) return std::nullopt;
  best_.take(point_);
  const std::optional<ReducedInertia> inertia = system_.reducedInertia(point_, trial_.jacobian);
  if (!inertia) return Status::solved;
  best_.setInertia(*inertia);
  if (inertia->negative <= 0) return Status::solved;
  best_.refuse(point_, *inertia);
  return leaveSaddle();
}

/// Factors the system at the saddle and steps along negative curvature; begins again where that does not help.
std::optional<Status> NewtonMethod::leaveSaddle() {
  constexpr int mostSaddles = 50;
  stallReason_ = StallReason::saddle;
  const bool left = ++saddles_ <= mostSaddles && system_.factorLoaded() && negativeCurvatureStep();
  return left ? resumeBesideSaddle() : restart(Status::stalled);
}

/// Goes on after a step away from a saddle. Where a short one is enough for M to fall and ends at a stationary point,
/// the negative curvature was that of rounding, as of multipliers of about 0, and second order is not looked at again.
std::optional<Status> NewtonMethod::resumeBesideSaddle() {
  constexpr double shortStep = 1e-3;
  if (arrived() && lastStep_ <= shortStep * (1 + normInf(point_.x))) return Status::solved;
  return finishOrContinue();
}

/// Moves along the direction of the most negative curvature, by the factors at hand; false where M does not fall.
bool NewtonMethod::negativeCurvatureStep() {
  const double length =
      nonconvex::negativeCurvatureStep(la_, model_, system_, merit_, settings_.sufficientDecrease, point_, trial_);
  if (length > 0) moveToTrial(length);
  return length > 0;
}

/// Does something else where no step is possible: other multipliers, a restoration, less accuracy or another start.
std::optional<Status> NewtonMethod::recoverFromFailedStep() {
  constexpr double close = 10;      // times the tolerance
  constexpr double atBorder = 0.1;  // share of a step: a shorter step is one that left the domain
  best_.settle();
  if (multipliers_.improve(system_, point_)) {
    merit_.reset();
    watchdog_.forgetShortSteps();
    best_.record(point_);
    return finishOrContinue();
  }
  if (normInf(point_.c) > settings_.tolerance) {
    restoration_.begin(point_, Tuning::restoredShare * settings_.tolerance);
    return std::nullopt;
  }
  stallReason_ = lineSearch_.largestDefinedStep() < atBorder ? StallReason::domain : StallReason::search;
  if (best_.residual() <= close * model_.gradientScale() * settings_.tolerance) return acceptRelaxedTolerance();
  return restart(Status::stalled);
}

/// Takes less accuracy than was asked for where rounding allows no more: that which the scale of the start gives.
std::optional<Status> NewtonMethod::acceptRelaxedTolerance() {
  if (model_.gradientScale() == 1) return Status::stalled;
  model_.rescaleByStart();
  return endHere(Status::stalled);
}

std::optional<Status> NewtonMethod::endHere(Status reason) {
  best_.take(point_);
  return arrived() ? checkSecondOrder() : reason;
}

std::optional<Status> NewtonMethod::restorationStep() {
  using Outcome = FeasibilityRestoration::Outcome;
  best_.settle();
  ++restorationSteps_;
  system_.forget();
  const Outcome outcome = restoration_.step(model_, system_.solver(), point_, trial_, system_.workspace());
  if (outcome == Outcome::stationary || outcome == Outcome::stuck) {
    restoration_.end();
    stallReason_ = restoration_.leavesDomain() ? StallReason::domain : StallReason::restoration;
    best_.recordInfeasible(point_);
    return restart(outcome == Outcome::stuck ? Status::stalled : Status::infeasible);
  }
  if (outcome == Outcome::restored) {
    const bool low = suspectsUnbounded();
    if (low && !unboundedTest_.nearlyFeasible(point_)) return std::nullopt;
    restoration_.end();
    resetAtPoint();
    if (low && unboundedTest_.confirms(point_)) return endHere(Status::unbounded);
  }
  best_.record(point_);
  return finishOrContinue();
}

void NewtonMethod::resetAtPoint() {
  multipliers_.takeLeastSquares(system_, point_);
  least_.begin(point_);
  merit_.reset();
  watchdog_.reset();
  system_.forget();
}

/// Begins again, from the same start with some full steps and then from others. If there are none left, the reason is
/// why there is no solution.
std::optional<Status> NewtonMethod::restart(Status reason) {
  constexpr int mostFullSteps = 10;
  if (reason == Status::stalled) verdict_ = reason;
  best_.settle();
  system_.resetShifts();
  while (restarts_.next(point_.x)) {
    lineSearch_.takeFullSteps(restarts_.count() == 1 ? mostFullSteps : 0);
    if (!model_.evaluateValues(point_) || !model_.evaluateDerivatives(point_)) continue;
    resetAtPoint();
    best_.record(point_);
    return finishOrContinue();
  }
  if (verdict_ == Status::infeasible) best_.takeLeastInfeasible();
  return verdict_;
}

std::string NewtonMethod::explain(Status status) const {
  if (status == Status::solved || status == Status::infeasible) return {};
  return unboundedTest_.addTo(status == Status::stalled ? nonconvex::explain(stallReason_, model_, best_.point()) : "");
}

NlpProgress NewtonMethod::progress() const {
  if (!started_) {
    NlpProgress none;
    none.objective = unknown;  // f, c or a derivative is not finite
    return none;
  }
  NlpProgress now = reportOf(best_, model_, system_, reportIterates_);
  now.step = lastStep_;
  return now;
}

NlpSolution NewtonMethod::solution() const {
  NlpSolution s = solutionOf(best_, model_, system_);
  s.counts.restoration = restorationSteps_;
  s.counts.sampled = estimates_.sampledSteps();
  s.time.derivatives += estimates_.time().derivatives;
  s.time.linearAlgebra += estimates_.time().linearAlgebra;
  s.constraintPenalty = merit_.eta1();
  s.gradientPenalty = merit_.eta2();
  s.certificate.proof = unboundedTest_.proof();
  return s;
}

}  // namespace nonconvex
