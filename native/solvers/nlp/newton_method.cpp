#include "solvers/nlp/newton_method.hpp"

#include <limits>
#include <utility>

#include "core/random.hpp"
#include "methods/globalization/negative_curvature.hpp"
#include "solvers/nlp/estimate.hpp"

namespace nonconvex {
namespace {

constexpr int largeOrder = 100;  // from where on other starts are dear
constexpr int fewRestarts = 6;
constexpr int manyRestarts = 20;
constexpr int mostFullSteps = 10;
constexpr int mostSaddles = 50;
constexpr double feasibleShare = 1e-6;  // of ||x||, where f falls for ever
constexpr double leastAlpha = 1e-9;
constexpr double infinity = std::numeric_limits<double>::infinity();

void copyPoint(const NlpPoint& from, NlpPoint& to) {
  std::copy(from.x.begin(), from.x.end(), to.x.begin());
  std::copy(from.lambda.begin(), from.lambda.end(), to.lambda.begin());
  std::copy(from.c.begin(), from.c.end(), to.c.begin());
  std::copy(from.g.begin(), from.g.end(), to.g.begin());
  to.f = from.f;
}

/// Whether the settings ask for a rule of the paper, whose method has all its Hessians at the point.
bool published(const NlpSettings& settings) {
  return settings.accuracy == KktAccuracy::paper || settings.shift == ShiftRule::paper;
}

}  // namespace

NewtonMethod::NewtonMethod(const Cpu& la, const NlpProblem& problem, const NlpSettings& settings)
    : la_(la),
      settings_(settings),
      sampleStart_(settings.sampleStart && !published(settings)),
      reuseHessian_(settings.reuseHessian && !published(settings)),
      multipliersKnown_(!problem.multipliers.empty()),
      reportIterates_(problem.reportIterates),
      model_(la, problem, settings.scaling),
      square_(model_.n() == model_.m()),
      point_(model_.makePoint()),
      trial_(model_.makePoint()),
      first_(model_.makePoint()),
      system_(la, model_, settings.kkt(), reuseHessian_),
      multipliers_(model_),
      merit_(model_, {settings.constraintPenalty, settings.gradientPenalty, settings.penaltyFactor}),
      direction_(model_, settings),
      restoration_(model_),
      correction_(static_cast<std::size_t>(model_.n() + model_.m())),
      leastInfeasibility_(infinity),
      leastInfeasible_(model_.makePoint()) {
  best_.point = model_.makePoint();
  started_ = model_.begin(point_);
  copyPoint(point_, first_);
  if (started_) recordBest();
}

void NewtonMethod::start() {
  if (!started_) return;
  modelPays_ = reuseHessian_ && modelPays(model_);
  if (sampleStart_ && !multipliersKnown_ && settings_.maxIterations > 0) beginOnSample();
  model_.linearize(point_);
  system_.analyze(point_);
  if (!multipliersKnown_) multipliers_.takeFirst(system_, point_);
  beginRecord();
  recordBest();
  if (best_.residual <= settings_.tolerance) checkSecondOrder();
}

/// At the minimum of an estimate of f from a sample, if that is nearer to a solution.
void NewtonMethod::beginOnSample() {
  if (!tryEstimate(minimizeSample(la_, model_, point_, settings_), 1)) return;
  std::swap(point_, trial_);
  multipliersKnown_ = true;
}

/// To the minimum of the quadratic model of f under the constraints as they are, where data make f dear; false if that
/// is not much nearer to a solution.
bool NewtonMethod::modelStep() {
  constexpr double near = 0.5;
  if (!modelPays_ || restarts_ > 0 || system_.solver().matrixFree()) return false;
  const double before = model_.residual(point_);
  if (!(before <= modelBelow_)) return false;
  const auto H = system_.objectiveHessian(point_);
  if (!H) return false;
  if (!tryEstimate(minimizeModel(la_, model_, point_, *H, settings_), near)) {
    constexpr double later = 0.1;
    modelBelow_ = later * before;
    return false;
  }
  system_.forget();
  double squaredStep = 0;
  for (std::size_t j = 0; j < point_.x.size(); ++j) squaredStep += std::pow(trial_.x[j] - point_.x[j], 2);
  accept(std::sqrt(squaredStep));
  system_.noteStep(before, model_.residual(point_));
  return true;
}

/// In trial_: whether its residual is less than `share` of that here.
bool NewtonMethod::tryEstimate(const EstimateMinimum& found, double share) {
  sampledSteps_ += found.sampledSteps;
  estimateTime_.derivatives += found.time.derivatives;
  estimateTime_.linearAlgebra += found.time.linearAlgebra;
  if (found.x.empty()) return false;
  std::copy(found.x.begin(), found.x.end(), trial_.x.begin());
  model_.setMultipliers(found.multipliers, trial_);
  if (!model_.evaluateValues(trial_) || !model_.evaluateDerivatives(trial_)) return false;
  return model_.residual(trial_) < share * model_.residual(point_);
}

std::optional<Status> NewtonMethod::step() {
  la_.checkpoint();
  if (restoration_.active()) return restorationStep();
  if (!modelStep()) return newtonStep();
  return best_.residual <= settings_.tolerance ? checkSecondOrder() : std::nullopt;
}

std::optional<Status> NewtonMethod::newtonStep() {
  constexpr double shortStep = 0.1;
  constexpr double hardlyLess = 0.9;
  constexpr int mostShort = 4;
  constexpr int mostIdle = 30;
  constexpr int mostLingering = 10;
  if (!system_.assemble(point_)) return recoverFromFailedStep();
  const double before = model_.residual(point_);
  do {
    if (!system_.factor(point_)) break;
    const bool descends = direction_.compute(system_, point_, merit_);
    // Where J has lost rank and c = 0, the constraints leave a choice after all.
    const bool square = square_ && (system_.shift().dual == 0 || normInf(point_.c) > settings_.tolerance);
    const double alpha = !descends && !square ? 0 : fullSteps_ > 0 ? fullStep() : square ? searchSquare() : search();
    if (alpha > 0) {
      const bool poor =
          square ? trial_.squaredC() > hardlyLess * point_.squaredC() : alpha < shortStep * largestDefinedStep_;
      shortSteps_ = poor ? shortSteps_ + 1 : 0;
      if (fullSteps_ > 0) --fullSteps_;
      backtracked_ = alpha < largestDefinedStep_ ? backtracked_ + 1 : 0;
      if (backtracked_ >= backtrackLimit_ && merit_.soften(direction_.slope(), point_)) {
        backtracked_ = 0;
        backtrackLimit_ *= 2;
      }
      const bool idle = stepWithinNoise();
      const bool lingers = system_.shift().primal > 0 && slowProgress();
      accept(alpha * std::sqrt(norm2Squared(direction_.dx())));
      system_.noteStep(before, model_.residual(point_));
      if (best_.residual <= settings_.tolerance) return checkSecondOrder();
      noiseSteps_ = idle ? noiseSteps_ + 1 : 0;
      if (noiseSteps_ >= mostIdle) {
        obstacle_ = StallReason::rounding;
        return acceptRelaxedTolerance();
      }
      if (objectiveDiverges()) {
        if (nearlyFeasible()) return unbounded();
        restoration_.begin(point_, feasibleShare * normInf(point_.x));  // is there a feasible point near?
        return std::nullopt;
      }
      slowSteps_ = lingers ? slowSteps_ + 1 : 0;
      if (slowSteps_ >= mostLingering) {
        slowSteps_ = 0;
        negativeCurvatureStep();
        return std::nullopt;
      }
      if (shortSteps_ >= mostShort) {
        shortSteps_ = 0;
        if (normInf(point_.c) > std::max(settings_.tolerance, 1e-8))
          restoration_.begin(point_, 0.1 * settings_.tolerance);
      }
      return std::nullopt;
    }
  } while (system_.sharpen(point_, normInf(point_.c) <= settings_.tolerance));
  return recoverFromFailedStep();
}

/// The step to trial_ lowers M by no more than rounding may, and ||F|| and ||c|| not below the least so far.
bool NewtonMethod::stepWithinNoise() const {
  constexpr double hardlyLess = 0.9;
  if (std::sqrt(trial_.squaredF()) < hardlyLess * leastF_) return false;
  if (std::sqrt(trial_.squaredC()) < hardlyLess * leastC_) return false;
  return merit_.value(point_) - merit_.value(trial_) <= 10 * merit_.noise(trial_);
}

/// The step to trial_ lowers ||F||, but not by much.
bool NewtonMethod::slowProgress() const {
  constexpr double hardlyLess = 0.7;
  const double rate = std::sqrt(trial_.squaredF() / point_.squaredF());
  return rate > hardlyLess && rate <= 1;
}

/// So low that f can hardly be bounded below, if the point is feasible.
bool NewtonMethod::objectiveDiverges() const {
  return point_.f < -1e12 * std::max({1.0, std::abs(first_.f), 0.01 * normInf(first_.g)});
}

/// Up to what rounding may do to the terms of a constraint, which J_i x tells of.
bool NewtonMethod::nearlyFeasible() const {
  const SparsePattern& rows = model_.jacobianPattern();
  for (int i = 0; i < rows.lines; ++i) {
    const auto columns = rows.line(i);
    const double* J = point_.jacobian.data() + rows.offsets[static_cast<std::size_t>(i)];
    double terms = 1;
    for (std::size_t k = 0; k < columns.size(); ++k) {
      terms = std::max(terms, std::abs(J[k] * point_.x[static_cast<std::size_t>(columns[k])]));
    }
    if (std::abs(point_.c[static_cast<std::size_t>(i)]) > feasibleShare * terms) return false;
  }
  return true;
}

/// Less than was asked for will do where rounding allows no more: accuracy by the scale of the start.
std::optional<Status> NewtonMethod::acceptRelaxedTolerance() {
  if (model_.gradientScale() == 1) return Status::stalled;
  model_.rescaleByStart();
  recordBest(true);
  return best_.residual <= settings_.tolerance ? checkSecondOrder() : Status::stalled;
}

std::optional<Status> NewtonMethod::unbounded() {
  recordBest(true);
  return Status::unbounded;
}

/// No step is possible from here.
std::optional<Status> NewtonMethod::recoverFromFailedStep() {
  if (multipliers_.improve(system_, point_)) {
    merit_.reset();
    shortSteps_ = 0;
    recordBest();
    return best_.residual <= settings_.tolerance ? checkSecondOrder() : std::nullopt;
  }
  if (normInf(point_.c) > settings_.tolerance) {
    restoration_.begin(point_, 0.1 * settings_.tolerance);
    return std::nullopt;
  }
  constexpr double close = 10;
  obstacle_ = largestDefinedStep_ < 0.1 ? StallReason::domain : StallReason::search;
  if (best_.residual <= close * model_.gradientScale() * settings_.tolerance) return acceptRelaxedTolerance();
  return restart(Status::stalled);
}

/// The trial point by Armijo's condition on M; where rounding hides the decrease, ||F|| must fall. What brings ||c||
/// below `restoring` is taken whatever M says, as long as ||F|| stays in bounds.
NewtonMethod::Trial NewtonMethod::testTrial(double promised, double bound, double normF, double restoring) {
  constexpr double growth = 100;
  const bool hidden = promised <= merit_.noise(point_);
  const auto tooHigh = [&] {
    const bool restores = std::sqrt(trial_.squaredC()) < restoring;
    return !hidden && !restores && merit_.valueWithoutGradient(trial_) > bound;
  };
  if (model_.convexObjective()) {
    // Most steps that fail do so by c: then f need not be computed, as it lies above its tangent.
    if (!model_.evaluateConstraints(trial_)) return Trial::undefined;
    trial_.f = point_.f;
    for (std::size_t j = 0; j < trial_.x.size(); ++j) trial_.f += point_.gradient[j] * (trial_.x[j] - point_.x[j]);
    if (tooHigh()) return Trial::refused;
  }
  if (!model_.evaluateValues(trial_)) return Trial::undefined;
  if (tooHigh()) return Trial::refused;
  const bool restores = std::sqrt(trial_.squaredC()) < restoring;
  if (!model_.evaluateDerivatives(trial_)) return Trial::undefined;
  const double trialF = std::sqrt(trial_.squaredF());
  const bool accepted =
      merit_.value(trial_) <= bound || (hidden && trialF <= 0.9 * normF) || (restores && trialF <= growth * leastF_);
  return accepted ? Trial::accepted : Trial::refused;
}

void NewtonMethod::setTrial(double alpha) {
  addScaled(point_.x, alpha, direction_.dx(), trial_.x);
  addScaled(point_.lambda, alpha, direction_.dlambda(), trial_.lambda);
}

/// A share of the largest step that stays where functions are defined, which they are not at alpha.
double NewtonMethod::withinDomain(double alpha) {
  constexpr double share = 0.9;
  constexpr double exact = 0.8;
  double inside = 0;
  while (inside < exact * alpha && alpha >= leastAlpha) {
    const double middle = 0.5 * (inside + alpha);
    setTrial(middle);
    (model_.evaluateValues(trial_) ? inside : alpha) = middle;
  }
  return share * inside;
}

/// The second-order correction of the trial point: towards c = (1 - alpha) c(x), where the straight line leads to first
/// order. False if it is too long beside the step.
bool NewtonMethod::correct(double alpha) {
  if (trial_.c.empty()) return false;
  const auto n = point_.x.size();
  std::fill(correction_.begin(), correction_.begin() + static_cast<std::ptrdiff_t>(n), 0.0);
  for (std::size_t i = 0; i < trial_.c.size(); ++i) correction_[n + i] = (1 - alpha) * point_.c[i] - trial_.c[i];
  system_.solver().solve(correction_);
  const auto dx = std::span<const double>(correction_).first(n);
  const double longest = (square_ ? 1 : 0.5) * alpha;
  const bool small = norm2Squared(dx) <= longest * longest * norm2Squared(direction_.dx());
  if (!small || !finite(correction_)) return false;
  axpy(1, dx, trial_.x);
  axpy(1, std::span<const double>(correction_).subspan(n), trial_.lambda);
  return true;
}

/// As far as functions are defined, whatever M says.
double NewtonMethod::fullStep() {
  double alpha = 1;
  setTrial(alpha);
  if (!model_.evaluateValues(trial_)) setTrial(alpha = withinDomain(alpha));
  largestDefinedStep_ = alpha;
  return model_.evaluateValues(trial_) && model_.evaluateDerivatives(trial_) ? alpha : 0;
}

/// From alpha = 1 down, each also with a second-order correction; `judged(alpha, corrected)` looks at trial_. Leaves
/// the new point there. 0: no step.
template <class Judge>
double NewtonMethod::backtrack(Judge&& judged) {
  double alpha = 1;
  largestDefinedStep_ = 1;
  while (alpha >= leastAlpha) {
    la_.checkpoint();
    setTrial(alpha);
    const Trial trial = judged(alpha, false);
    if (trial == Trial::accepted) return alpha;
    if (trial == Trial::refused && correct(alpha) && judged(alpha, true) == Trial::accepted) return alpha;
    alpha = trial == Trial::undefined ? largestDefinedStep_ = withinDomain(alpha) : alpha / 2;
  }
  return 0;
}

/// By Armijo's condition on M.
double NewtonMethod::search() {
  constexpr double longStep = 0.4;
  const double value = merit_.value(point_);
  const double slope = merit_.at(direction_.slope());
  const double noise = merit_.noise(point_);
  const double normF = std::sqrt(point_.squaredF());
  const bool unshifted = !system_.shifted();
  const bool infeasible = leastC_ > 1e-5 * settings_.tolerance;  // not by rounding alone, which may fall by chance
  const auto judged = [&](double alpha, bool corrected) {
    const bool far = !corrected && unshifted && infeasible && alpha >= longStep * largestDefinedStep_;
    return testTrial(-alpha * slope, value + settings_.sufficientDecrease * alpha * slope + noise, normF,
                     far ? (1 - 0.1 * alpha) * leastC_ : 0);
  };
  return backtrack(judged);
}

/// The same for n = m, where the constraints leave no choice: by ||c|| alone, so that with their corrections steps
/// follow the curve on which c is a multiple of what it was.
double NewtonMethod::searchSquare() {
  const double squaredC = point_.squaredC();
  const double squaredF = point_.squaredF();
  const auto judged = [&](double alpha, bool) {
    if (!model_.evaluateValues(trial_)) return Trial::undefined;
    const bool falls = trial_.squaredC() <= (1 - settings_.sufficientDecrease * alpha) * squaredC;
    if (!falls && normInf(trial_.c) > settings_.tolerance) return Trial::refused;
    if (!model_.evaluateDerivatives(trial_)) return Trial::undefined;
    if (normInf(trial_.gradient) == 0) {
      std::fill(trial_.lambda.begin(), trial_.lambda.end(), 0.0);
      model_.updateLagrangian(trial_);
    }
    return falls || trial_.squaredF() < squaredF ? Trial::accepted : Trial::refused;
  };
  return backtrack(judged);
}

void NewtonMethod::beginRecord() {
  leastC_ = std::sqrt(point_.squaredC());
  leastF_ = std::sqrt(point_.squaredF());
}

void NewtonMethod::accept(double length) {
  std::swap(point_, trial_);
  leastC_ = std::min(leastC_, std::sqrt(point_.squaredC()));
  leastF_ = std::min(leastF_, std::sqrt(point_.squaredF()));
  lastStep_ = length;
  merit_.relax(std::sqrt(point_.squaredF()));
  recordBest();
}

/// Keeps the point if its residual is the least, or if f is lower and ||c|| no larger.
void NewtonMethod::recordBest(bool always) {
  const double residual = model_.residual(point_);
  const double allowed = std::max(normInf(best_.point.c), settings_.tolerance);
  const bool lower = point_.f < best_.point.f && normInf(point_.c) <= allowed;
  if (!always && !best_.refused && residual >= best_.residual && !lower) return;
  copyPoint(point_, best_.point);
  best_.residual = residual;
  best_.refused = false;
  best_.inertia = {};
}

/// At a stationary point: is it a minimum?
std::optional<Status> NewtonMethod::checkSecondOrder() {
  const std::optional<ReducedInertia> inertia = system_.reducedInertia(point_, trial_.jacobian);
  if (!inertia) return std::nullopt;
  best_.inertia = *inertia;
  if (inertia->negative <= 0) return std::nullopt;
  recordBest(true);
  best_.refused = true;
  best_.inertia = *inertia;
  return leaveSaddle();
}

std::optional<Status> NewtonMethod::leaveSaddle() {
  obstacle_ = StallReason::saddle;
  if (++saddles_ > mostSaddles) return restart(Status::stalled);
  if (!system_.factorLoaded()) return restart(Status::stalled);
  return negativeCurvatureStep() ? std::nullopt : restart(Status::stalled);
}

/// Along the mode of the most negative curvature, by the factors at hand.
bool NewtonMethod::negativeCurvatureStep() {
  const double rho = system_.leastEigenvector();
  if (!(rho < 0)) return false;
  // M curves by rho + eta2 rho^2 along (v, y).
  merit_.limitEta2(0.25 / -rho);
  const double value = merit_.value(point_);
  const double length = searchNegativeCurvature(point_.x, [&](double alpha) {
    la_.checkpoint();
    addScaled(point_.x, alpha, system_.eigenvector(), trial_.x);
    addScaled(point_.lambda, alpha, system_.eigenvectorMultipliers(), trial_.lambda);
    if (!model_.evaluateValues(trial_) || !model_.evaluateDerivatives(trial_)) return false;
    return merit_.value(trial_) <= value + 0.25 * settings_.sufficientDecrease * alpha * alpha * rho;
  });
  if (length > 0) accept(length);
  return length > 0;
}

std::optional<Status> NewtonMethod::restorationStep() {
  using Outcome = FeasibilityRestoration::Outcome;
  ++restorationSteps_;
  system_.forget();
  const Outcome outcome = restoration_.step(model_, system_.solver(), point_, trial_, system_.workspace());
  if (outcome == Outcome::stationary || outcome == Outcome::stuck) {
    restoration_.end();
    obstacle_ = restoration_.leavesDomain() ? StallReason::domain : StallReason::restoration;
    const double size = normInf(point_.c);
    if (size < leastInfeasibility_) {
      leastInfeasibility_ = size;
      copyPoint(point_, leastInfeasible_);
    }
    return restart(outcome == Outcome::stuck ? Status::stalled : Status::infeasible);
  }
  if (outcome == Outcome::restored) {
    if (objectiveDiverges() && !nearlyFeasible()) return std::nullopt;
    restoration_.end();
    resetAtPoint();
    if (objectiveDiverges()) return unbounded();
  }
  recordBest();
  if (best_.residual <= settings_.tolerance) return checkSecondOrder();
  return std::nullopt;
}

void NewtonMethod::resetAtPoint() {
  multipliers_.takeLeastSquares(system_, point_);
  beginRecord();
  merit_.reset();
  shortSteps_ = backtracked_ = noiseSteps_ = slowSteps_ = 0;
  backtrackLimit_ = 2;
  system_.forget();
}

/// First from the same start with some full steps, then from others around it, from near to far. If there are none
/// left, the reason is why there is no solution.
std::optional<Status> NewtonMethod::restart(Status reason) {
  if (reason == Status::stalled) verdict_ = reason;
  constexpr int radii = 6;
  const int most = model_.n() + model_.m() > largeOrder ? fewRestarts : manyRestarts;
  system_.resetShifts();
  while (restarts_ <= most) {
    const int other = restarts_++;
    fullSteps_ = other == 0 ? mostFullSteps : 0;
    std::copy(first_.x.begin(), first_.x.end(), point_.x.begin());
    if (other > 0) {
      const double radius = 0.1 * std::pow(4.0, (other - 1) % radii);
      const Random random(settings_.seed, static_cast<std::uint32_t>(other));
      for (std::size_t j = 0; j < point_.x.size(); ++j) {
        const double u = 2 * random.uniform(j) - 1;
        point_.x[j] += radius * std::max(1.0, std::abs(first_.x[j])) * 0.5 * (u + std::copysign(1.0, u));
      }
    }
    if (!model_.evaluateValues(point_) || !model_.evaluateDerivatives(point_)) continue;
    resetAtPoint();
    recordBest();
    if (best_.residual <= settings_.tolerance) return checkSecondOrder();
    return std::nullopt;
  }
  if (verdict_ == Status::infeasible) {
    copyPoint(leastInfeasible_, best_.point);
    best_.residual = model_.residual(leastInfeasible_);
    best_.refused = false;
    best_.inertia = {};
  }
  return verdict_;
}

Progress NewtonMethod::progress() const {
  Progress now;
  if (!started_) return now;
  now.objective = model_.unscaledObjective(best_.point);
  if (!best_.refused) now.residual = best_.residual;
  now.feasibility = model_.unscaledFeasibility(best_.point);
  now.step = lastStep_;
  if (system_.analyzed() && system_.solver().steps() > 0) {
    now.innerSteps = static_cast<double>(system_.solver().steps());
  }
  if (reportIterates_) {
    now.iterate = std::make_shared<Iterate>(Iterate{best_.point.x, model_.unscaledMultipliers(best_.point)});
  }
  return now;
}

std::string NewtonMethod::explain() const { return nonconvex::explain(obstacle_, model_, best_.point); }

NlpSolution NewtonMethod::solution() const {
  NlpSolution s;
  s.x = best_.point.x;
  s.multipliers = model_.unscaledMultipliers(best_.point);
  s.residual = best_.residual;
  s.unscaledResidual = model_.unscaledResidual(best_.point);
  s.feasibility = model_.unscaledFeasibility(best_.point);
  s.inertia = best_.inertia;
  static_cast<EvaluationCounts&>(s.counts) = model_.counts();
  s.counts.restoration = restorationSteps_;
  s.counts.sampled = sampledSteps_;
  s.time.derivatives = estimateTime_.derivatives + model_.seconds();
  s.time.linearAlgebra = estimateTime_.linearAlgebra;
  if (system_.analyzed()) {
    const KktSolver& solver = system_.solver();
    s.counts.factorization = solver.factorizations();
    s.counts.innerSteps = solver.steps();
    s.counts.fallback = solver.fallbacks();
    s.time.linearAlgebra += solver.seconds();
  }
  s.constraintPenalty = merit_.eta1();
  s.gradientPenalty = merit_.eta2();
  return s;
}

}  // namespace nonconvex
