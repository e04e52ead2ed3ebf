#include "solvers/nlp/descent_method.hpp"

#include <cmath>
#include <utility>

#include "core/numbers.hpp"
#include "methods/globalization/negative_curvature.hpp"
#include "methods/interior_point/farkas.hpp"
#include "solvers/nlp/report.hpp"

namespace nonconvex {
namespace {

/// The face of the program's box, if it has one. The program has to be without constraints.
std::shared_ptr<TwoMetricProjection> faceOf(const NlpProblem& problem, NlpMethod method) {
  const std::shared_ptr<Nlp> nlp = problem.nlp.open();
  require(nlp->constraints() == 0, "method", nameOf(method),
          "expected 'auto' or 'interiorPoint', as this method takes functions without constraints, and the problem "
          "has " +
              show(nlp->constraints()) + " constraints");
  return twoMetricProjectionOf(nlp);
}

/// The problem with the face instead of the program.
NlpProblem facing(const std::shared_ptr<TwoMetricProjection>& box, const NlpProblem& problem) {
  NlpProblem faced = problem;
  if (box) faced.nlp = box;
  return faced;
}

std::unique_ptr<Descent> descentOf(const DescentSetting& of, const NlpSettings& settings,
                                   std::optional<SumOfSquares::Squares> squares) {
  if (squares) return leastSquaresDescent(of, std::move(*squares));
  switch (settings.method) {
    case NlpMethod::trustRegion:
      return trustRegionDescent(of, settings.inner == KktMethod::exact ? BallMethod::exact : BallMethod::krylov);
    case NlpMethod::gradientRegularized:
      return gradientRegularizedDescent(of);
    case NlpMethod::saddleFree:
      return saddleFreeDescent(of);
    case NlpMethod::oasis:
      return oasisDescent(of);
    default:
      return limitedMemoryDescent(of);
  }
}

}  // namespace

DescentMethod::DescentMethod(const Cpu& la, const NlpProblem& problem, const NlpSettings& settings,
                             std::optional<SumOfSquares::Squares> squares)
    : la_(la),
      settings_(settings),
      reportIterates_(problem.reportIterates),
      box_(faceOf(problem, settings.method)),
      model_(la, facing(box_, problem), settings.scaling),
      point_(model_.makePoint()),
      trial_(model_.makePoint()),
      system_(la, model_, settings.kkt(), false),
      merit_(model_, {settings.constraintPenalty, settings.gradientPenalty, settings.penaltyFactor}),
      unboundedTest_(la, model_, box_ ? NlpBounds{box_->lower(), box_->upper()} : NlpBounds{}),
      best_(model_, settings.tolerance),
      descent_(descentOf({la, model_, box_.get(), settings.seed}, settings, std::move(squares))) {
  requireInnerOfDescent(settings);
  if (box_) box_->project(model_.beginning());
  started_ = model_.begin(point_);
  unboundedTest_.begin(point_, 0);
  if (started_) best_.record(point_);
}

std::optional<Status> DescentMethod::start() {
  if (box_ && box_->contradiction()) return Status::infeasible;
  return started_ ? finishOrContinue() : std::nullopt;
}

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
  if (unboundedTest_.suspects(point_, 0) && unboundedTest_.confirms(point_)) {
    best_.take(point_);
    return Status::unbounded;
  }
  return finishOrContinue();
}

std::optional<Status> DescentMethod::finishOrContinue() { return arrived() ? checkSecondOrder() : std::nullopt; }

/// Takes over the scale of the point, where that of a start far away was smaller; returns true if that has changed
/// anything.
bool DescentMethod::rescaleHere() {
  const UnitChange* const change = model_.rescale(point_);
  if (change == nullptr) return false;
  model_.convert(*change, point_);
  best_.beginAgain(point_);
  merit_.reset();
  descent_->forget();
  return true;
}

/// Returns true if factors of the Hessian are worth their cost: where it is known and has few entries, or few columns.
bool DescentMethod::mayFactor() const {
  constexpr int fewColumns = 1000;
  constexpr std::size_t fewEntries = 20;  // a column
  if (model_.approximateHessian() || model_.productsOnly()) return false;
  return model_.n() <= fewColumns ||
         model_.hessianPattern().nonzeros() <= fewEntries * static_cast<std::size_t>(model_.n());
}

/// Tells whether the point, which is stationary, is a minimum; leaves it if not.
std::optional<Status> DescentMethod::checkSecondOrder() {
  constexpr int mostSaddles = 50;
  best_.settle();
  if (rescaleHere() && !arrived()) return std::nullopt;
  if (!mayFactor()) return Status::solved;
  const std::optional<ReducedInertia> found = inertia();
  if (!found) return Status::solved;
  best_.setInertia(*found);
  if (found->negative <= 0) {
    degenerate_ = multiplierVanishes();
    return Status::solved;
  }
  best_.refuse(point_, *found);
  if (++saddles_ <= mostSaddles && leaveSaddle()) return std::nullopt;
  degenerate_ = weaklyHeld();
  saddle_ = !degenerate_;
  return degenerate_ ? Status::solved : Status::stalled;
}

/// Eigenvalues of the Hessian over the variables that are not held, at the point.
std::optional<ReducedInertia> DescentMethod::inertia() {
  model_.linearize(point_);
  if (!system_.analyzed()) system_.analyze(point_);
  std::optional<ReducedInertia> found = system_.reducedInertia(point_, trial_.jacobian);
  if (!found || !found->known() || !box_) return found;
  for (std::size_t j = 0; j < point_.x.size(); ++j) {
    if (box_->held(j, smoothPoint(point_))) --found->positive;
  }
  return found;
}

/// Returns true if a bound may hold without a multiplier, so that negative curvature may lead out of the box alone.
bool DescentMethod::weaklyHeld() const {
  for (std::size_t j = 0; box_ && j < point_.x.size(); ++j) {
    if (box_->atBound(j, point_.x[j]) && std::abs(point_.g[j]) <= settings_.tolerance) return true;
  }
  return false;
}

/// Returns true if a bound holds whose multiplier is about 0.
bool DescentMethod::multiplierVanishes() const {
  if (!box_) return false;
  Vector taken(point_.x.size());
  box_->takenByBounds(point_.x, taken);
  for (std::size_t j = 0; j < taken.size(); ++j) {
    if (box_->atBound(j, point_.x[j]) && std::abs(taken[j]) <= settings_.tolerance) return true;
  }
  return false;
}

/// Goes along negative curvature from the point to one where f is lower; returns false if none is found.
bool DescentMethod::leaveSaddle() {
  if (!system_.factorLoaded()) return false;
  const double length =
      negativeCurvatureStep(la_, model_, system_, merit_, settings_.sufficientDecrease, point_, trial_);
  if (!(length > 0)) return false;
  if (box_) box_->project(trial_.x);
  lastStep_ = length;
  std::swap(point_, trial_);
  best_.recordStep(point_, trial_);
  descent_->forget();
  return true;
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
  s.degenerate = degenerate_;
  s.certificate.proof = unboundedTest_.proof();
  if (box_) addBounds(s);
  return s;
}

/// Adds the multipliers of bounds, which of them hold, and the proof by two that contradict each other.
void DescentMethod::addBounds(NlpSolution& s) const {
  if (const std::optional<int> j = box_->contradiction()) {
    const auto k = static_cast<std::size_t>(*j);
    s.certificate.proof = contradictionProof(model_.n(), 0, j, box_->lower()[k] - box_->upper()[k]);
  }
  Vector taken(s.x.size());
  box_->takenByBounds(s.x, taken);
  for (std::size_t j = 0; j < s.x.size(); ++j) {
    s.lowerMultipliers[j] = std::max(0.0, taken[j]);
    s.upperMultipliers[j] = std::max(0.0, -taken[j]);
    if (s.x[j] <= box_->lower()[j]) s.activeLower.push_back(static_cast<std::int32_t>(j));
    if (s.x[j] >= box_->upper()[j]) s.activeUpper.push_back(static_cast<std::int32_t>(j));
    s.feasibility = std::max({s.feasibility, box_->lower()[j] - s.x[j], s.x[j] - box_->upper()[j]});
  }
}

std::string DescentMethod::explain(Status status) const {
  if (const std::optional<int> j = box_ ? box_->contradiction() : std::nullopt) {
    const auto at = static_cast<std::size_t>(*j);
    return "lower[" + show(*j) + "] = " + show(box_->lower()[at]) + " is above upper[" + show(*j) +
           "] = " + show(box_->upper()[at]) + ".";
  }
  if (status == Status::solved) return {};
  if (status != Status::stalled) return unboundedTest_.addTo({});
  return unboundedTest_.addTo(saddle_ ? "The point is a saddle that no step along negative curvature leaves."
                                      : "Rounding hides what further steps would bring.");
}

}  // namespace nonconvex
