#include "solvers/nlp/interior_point_method.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/random.hpp"
#include "methods/interior_point/judge.hpp"
#include "solvers/nlp/barrier_explanation.hpp"
#include "solvers/nlp/barrier_report.hpp"

namespace nonconvex {

struct InteriorPointMethod::Tuning {
  static constexpr int laterIterations = 600;  ///< measured: iterations of an attempt after the first
  static constexpr double feasible = 1e-6;     ///< measured: residuals of constraints that hold
};

InteriorPointMethod::InteriorPointMethod(const Cpu& la, const NlpProblem& problem, const NlpSettings& settings)
    : la_(la),
      settings_(settings),
      reportIterates_(problem.reportIterates),
      nlp_(la, problem, {settings.scaling, settings.strictBounds, settings.tolerance}),
      kkt_(la, nlp_),
      state_(nlp_, kkt_),
      unboundedTest_(la, nlp_.model()),
      main_(state_),
      restoration_(state_),
      augmentedLagrangian_(state_),
      multistart_(nlp_.m() > 0, nlp_.finiteSides() > 0, settings.restarts),
      warm_(problem),
      first_{.start = {nlp_.model().beginning().begin(), nlp_.model().beginning().end()}, .end = {}} {
  nlp_.copy(state_.point, best_.point);
  started_ = nlp_.begin(state_.point);
  if (!started_) return;
  nlp_.copy(state_.point, best_.point);
  unboundedTest_.begin(state_.point.at, normInf(state_.point.r));
}

std::optional<Status> InteriorPointMethod::start() {
  if (!started_) return std::nullopt;  // what is not finite ends the solve at its first check
  if (const auto& place = nlp_.contradiction()) {
    record();
    proof_ = contradictionProof(nlp_.n(), nlp_.m(), place->row ? std::nullopt : std::optional(place->index),
                                nlp_.lowerOf(*place) - nlp_.upperOf(*place));
    return Status::infeasible;
  }
  if (warm_.given()) {
    if (const auto status = startWarm(); status || warmError_ > 0 || predictor_) return status;
    if (!nlp_.beginAt(first_.start, state_.point)) return std::nullopt;
  }
  state_.mu = multistart_.now().mu;
  state_.estimateMultipliers();
  main_.begin();
  record();
  return nlp_.solved(state_.point) ? finish() : std::nullopt;
}

/// Begins at a warm start; it may be the solution.
std::optional<Status> InteriorPointMethod::startWarm() {
  for (const bool relaxed : {false, true}) {
    if (!warm_.place(nlp_, state_.point, relaxed)) return std::nullopt;
    if (!(relaxed ? nlp_.solved(state_.point) : nlp_.solvedAsGiven(state_.point))) continue;
    record();
    return finish();
  }
  record();
  milestone_ = {0, error_};
  if (!settings_.polish || nlp_.model().approximateHessian()) return beginInside();
  predictor_ = std::make_unique<ActiveSetPolish>(state_);
  return predictor_->beginSteps() ? std::nullopt : beginInside();
}

/// Takes Newton steps on the active set of a warm start, which changes with them, as long as they lead on.
std::optional<Status> InteriorPointMethod::predictorStep() {
  constexpr int most = 8, patience = 2;
  constexpr double progress = 0.9;
  ++inAttempt_;
  const bool stepped = predictor_->takeStep();
  if (stepped && nlp_.solvedAsGiven(predictor_->point())) {
    state_.point = predictor_->point();
    predictor_ = nullptr;
    record();
    return finish();
  }
  if (predictor_->error() <= progress * milestone_.error) milestone_ = {inAttempt_, predictor_->error()};
  if (stepped && inAttempt_ < most && inAttempt_ - milestone_.iteration < patience) return std::nullopt;
  return beginInside();
}

/// Begins the main phase near a warm start.
std::optional<Status> InteriorPointMethod::beginInside() {
  predictor_ = nullptr;
  inAttempt_ = 0;
  if (!warm_.moveInside(nlp_, state_.point)) return endAttempt(Status::stalled);
  state_.mu = WarmStart::Tuning::mu;
  main_.begin();
  record();
  warmError_ = error_;
  return std::nullopt;
}

/// Returns true if bounds block the first steps from a warm start, so that the error stays, or more of them have not
/// brought half of the way to a solution.
bool InteriorPointMethod::warmInVain() {
  constexpr int few = 4, enough = 10;
  constexpr double still = 0.01, half = 0.5;
  if (warmError_ == 0) return false;
  const bool blocked = inAttempt_ == few && std::abs(error_ - warmError_) <= still * warmError_;
  const bool slow = inAttempt_ > enough && best_.error > half * warmError_;
  if (blocked || inAttempt_ > enough) warmError_ = 0;
  return blocked || slow;
}

std::optional<Status> InteriorPointMethod::step() {
  la_.checkpoint();
  ++iterations_;
  if (predictor_) return predictorStep();
  if (warmInVain() && !begin(multistart_.now())) return endAttempt(Status::stalled);
  const int most = multistart_.first() ? iterationsOfFirst(settings_.maxIterations) : Tuning::laterIterations;
  const bool patient = settings_.restarts == 0 || multistart_.now().from == Attempt::From::interrupted;
  if ((++inAttempt_ > most || idle() || searchedLong()) && !patient) {
    if (multistart_.first() && phase_ == NlpPhase::interiorPoint) {
      first_.end = state_.point;
      first_.mu = state_.mu;
    }
    return endAttempt(Status::stalled);
  }
  switch (phase_) {
    case NlpPhase::restoration:
      return restorationStep();
    case NlpPhase::augmentedLagrangian:
      return augmentedLagrangianStep();
    default:
      return mainStep();
  }
}

/// Returns true if the error at the best point of the attempt has not fallen for so long that another attempt is worth
/// more. Without bounds others differ by their start alone.
bool InteriorPointMethod::idle() {
  constexpr int longest = 200;
  constexpr double progress = 0.9;
  if (nlp_.model().approximateHessian()) return false;  // the error of quasi-Newton methods goes up and down
  if (inAttempt_ == 1) milestone_ = {inAttempt_, std::numeric_limits<double>::infinity()};
  if (error_ <= progress * milestone_.error) milestone_ = {inAttempt_, error_};
  return nlp_.finiteSides() > 0 && inAttempt_ - milestone_.iteration > longest;
}

std::optional<Status> InteriorPointMethod::mainStep() {
  const FilterPhase::Outcome outcome = main_.step();
  record();
  switch (outcome) {
    case FilterPhase::Outcome::solved:
      return finish();
    case FilterPhase::Outcome::moved:
      if (nlp_.solved(state_.point)) return finish();
      return diverges() ? endDivergence() : std::nullopt;
    case FilterPhase::Outcome::restore:
      return beginRestoration();
    case FilterPhase::Outcome::stalled:
      return endAttempt(Status::stalled);
  }
  return std::nullopt;
}

std::optional<Status> InteriorPointMethod::beginRestoration() {
  if (!(normInf(state_.point.r) > 0.1 * settings_.tolerance)) return endAttempt(Status::stalled);
  main_.guardPoint();
  restoration_.begin();
  phase_ = NlpPhase::restoration;
  return std::nullopt;
}

std::optional<Status> InteriorPointMethod::restorationStep() {
  using Outcome = BarrierRestoration::Outcome;
  ++restorationSteps_;
  const Outcome outcome = restoration_.step([&](double theta, double phi) {
    return (!untilFeasible_ || theta <= Tuning::feasible) && main_.accepts(theta, phi);
  });
  switch (outcome) {
    case Outcome::moved:
      return std::nullopt;
    case Outcome::restored:
      untilFeasible_ = false;
      phase_ = NlpPhase::interiorPoint;
      main_.resume();
      record();
      noteFeasible();
      return std::nullopt;
    case Outcome::stationary:
      recordInfeasible();
      return endAttempt(Status::infeasible);
    default:
      return endAttempt(Status::stalled);
  }
}

std::optional<Status> InteriorPointMethod::augmentedLagrangianStep() {
  using Outcome = BarrierAugmentedLagrangian::Outcome;
  const Outcome outcome = augmentedLagrangian_.step();
  record();
  switch (outcome) {
    case Outcome::moved:
      return diverges() ? endDivergence() : std::nullopt;
    case Outcome::solved:
      return finish();
    case Outcome::infeasible:
      recordInfeasible();
      return endAttempt(Status::infeasible);
    default:
      return endAttempt(Status::stalled);
  }
}

/// Returns true if f, or x, has left its range.
bool InteriorPointMethod::diverges() {
  noteFeasible();
  return unboundedTest_.suspects(state_.point.at, normInf(state_.point.r));
}

/// Remembers that a point was met which is feasible, at a distance where rounding does not hide that it is not.
void InteriorPointMethod::noteFeasible() {
  constexpr double near = 1e8;
  const bool isNear = nlp_.m() == 0 || normInf(state_.point.at.x) <= near;
  feasibleSeen_ = feasibleSeen_ || (isNear && normInf(state_.point.r) <= Tuning::feasible);
}

/// Ends an attempt that has led away from everything, if f falls for ever; otherwise it goes on. Far away rounding
/// hides by how much constraints are missed: where no feasible point has been seen, one is looked for from the start.
std::optional<Status> InteriorPointMethod::endDivergence() {
  if (!feasibleSeen_ && !restoredFromStart_) {
    if (!nlp_.beginAt(first_.start, state_.point)) return endAttempt(Status::stalled);
    restoredFromStart_ = untilFeasible_ = true;
    state_.mu = multistart_.now().mu;
    main_.begin();
    restoration_.begin();
    phase_ = NlpPhase::restoration;
    return std::nullopt;
  }
  const bool holds = unboundedTest_.nearlyFeasible(state_.point.at, state_.point.r);
  if (holds && (unboundedSeen_ > 0 || unboundedTest_.confirms(state_.point.at, feasibleSeen_))) {
    return endAttempt(Status::unbounded);
  }
  return unboundedTest_.isLost(state_.point.at) ? endAttempt(Status::stalled) : std::nullopt;
}

/// Begins the next attempt; after the last one, the verdict is what the attempts have found.
std::optional<Status> InteriorPointMethod::endAttempt(Status reason) {
  if (reason == Status::stalled && polishBest()) return judge();
  if (reason == Status::unbounded) {
    if (unboundedSeen_++ > 0) return endUnbounded();
    farthest_ = state_.point;
  }
  const bool linear = nlp_.model().linearConstraints();
  if (linear && reason == Status::infeasible && proveInfeasible(leastInfeasible_.point)) return Status::infeasible;
  do {
    if (searchedLong() || (!multistart_.next() && !searchElsewhere())) {
      if (unboundedSeen_ > 0) return endUnbounded();
      if (saddle_) return endAtSaddle();
      // Gradients in a curved valley stay as large as they are for thousands of steps. Constraints that rounding hides
      // would take all iterations that are left.
      if (nlp_.m() == 0 && first_.end && multistart_.resumeFirst()) continue;
      if (linear) return proveInfeasible(best_.point) ? Status::infeasible : Status::stalled;
      if (!leastInfeasible_.known || nlp_.nearlyFeasible(leastInfeasible_.point)) return Status::stalled;
      best_ = {leastInfeasible_.point, nlp_.errors(leastInfeasible_.point, 0).worst()};
      return Status::infeasible;
    }
  } while (!begin(multistart_.now()));
  return std::nullopt;
}

/// Looks for a proof that linear constraints cannot be met, without which nothing is said of them; the answer is the
/// point that it begins at.
bool InteriorPointMethod::proveInfeasible(const BarrierPoint& from) {
  if (nlp_.m() == 0) return false;
  proof_ = nonconvex::proveInfeasible(state_, from);
  if (proof_) best_ = {from, nlp_.errors(from, 0).worst()};
  return proof_.has_value();
}

/// Adds attempts that look for feasible points elsewhere, where the verdict would be that no feasible point is near.
bool InteriorPointMethod::searchElsewhere() {
  constexpr int small = 100, many = 20;
  if (!leastInfeasible_.known || saddle_ || unboundedSeen_ > 0 || settings_.restarts == 0) return false;
  if (searchEnd_ > 0 || nlp_.model().linearConstraints()) return false;
  searchEnd_ = std::min(2 * iterations_, settings_.maxIterations - 1);
  multistart_.addSearches(nlp_.n() + nlp_.m() <= small ? many : settings_.restarts);
  return multistart_.next();
}

/// Returns true if that search has taken as many iterations as all before it, so that there is a verdict before the
/// limit.
bool InteriorPointMethod::searchedLong() const { return searchEnd_ > 0 && iterations_ >= searchEnd_; }

/// Looks whether Newton steps on its active set make the best point of the attempt a solution, where it is close to
/// one.
bool InteriorPointMethod::polishBest() {
  constexpr double close = 1e-3;
  if (!settings_.polish) return false;
  const BarrierPoint& best = attempt_.point;
  const double multiplier = std::max({1.0, normInf(best.zL), normInf(best.zU)});
  const double rounding =
      BarrierNlp::Tuning::slackRounding * normInf(best.v) * multiplier;  // products with slacks beside large bounds
  if (!(attempt_.error <= std::max(close, rounding))) return false;
  state_.point = attempt_.point;
  auto polish = std::make_unique<ActiveSetPolish>(state_);
  polish->run(true);
  if (!polish->polished() || !nlp_.solvedAsGiven(polish->point()) || !confirmed(nlp_, polish->point())) return false;
  polish_ = std::move(polish);
  return true;
}

Status InteriorPointMethod::endUnbounded() {
  best_ = {farthest_, nlp_.errors(farthest_, 0).worst()};
  return Status::unbounded;
}

bool InteriorPointMethod::begin(const Attempt& attempt) {
  inAttempt_ = 0;
  attempt_.error = std::numeric_limits<double>::infinity();
  restoredFromStart_ = untilFeasible_ = false;
  phase_ = attempt.augmentedLagrangian ? NlpPhase::augmentedLagrangian : NlpPhase::interiorPoint;
  const Vector& start = lower_.x.empty() ? first_.start : lower_.x;
  Vector x = attempt.from == Attempt::From::end ? state_.point.at.x : start;
  if (attempt.from == Attempt::From::random) {
    const Random random(settings_.seed, static_cast<std::uint32_t>(multistart_.randomPoints()));
    for (std::size_t j = 0; j < x.size(); ++j) {
      const double low = std::max(x[j] - std::max(1.0, std::abs(x[j])), nlp_.givenLower()[j]);
      const double high = std::min(x[j] + std::max(1.0, std::abs(x[j])), nlp_.givenUpper()[j]);
      if (low < high) x[j] = low + random.uniform(j) * (high - low);
    }
  }
  kkt_.reset();
  if (attempt.from == Attempt::From::interrupted) {
    state_.point = *first_.end;
    state_.mu = first_.mu;
    main_.begin();
    return true;
  }
  state_.mu = attempt.mu;
  if (!nlp_.beginAt(x, state_.point, attempt.push)) return false;
  unboundedTest_.restart(state_.point.at.x);
  if (attempt.augmentedLagrangian) {
    augmentedLagrangian_.begin();
    return true;
  }
  if (attempt.from == Attempt::From::end) nlp_.cutMultipliers(state_.point, state_.mu, 10);
  state_.estimateMultipliers();
  main_.begin(attempt.rule);
  if (!attempt.restoration || !(state_.point.infeasibility() > Tuning::feasible)) return true;
  untilFeasible_ = true;
  restoration_.begin();
  phase_ = NlpPhase::restoration;
  return true;
}

/// Looks at what kind of point the solution is, and polishes it. An end of the solve meanwhile leaves the answer as it
/// was.
std::optional<Status> InteriorPointMethod::finish() {
  auto polish = std::make_unique<ActiveSetPolish>(state_);
  polish->run(settings_.polish);
  polish_ = std::move(polish);
  return judge();
}

/// Tells whether the polished point is the answer; otherwise the method goes on.
std::optional<Status> InteriorPointMethod::judge() {
  if (const UnitChange* const change = nlp_.rescale(polish_->point())) {
    takeOver(*change);
    if (!polish_->solved()) return resumeRescaled(change->objective);
  }
  const bool better = !saddle_ || belowSaddle() || polish_->minimum();
  if (better && confirmed(nlp_, polish_->point())) {
    if (leaveSaddle()) return std::nullopt;
    if (!polish_->refuted()) return Status::solved;
    stayAtSaddle();
  }
  polish_ = nullptr;
  attempt_.error = std::numeric_limits<double>::infinity();  // its best point has been polished in vain
  return endAttempt(Status::stalled);
}

/// Brings to other units what is kept, and forgets what is not needed any more beside a point that was nearly the
/// answer.
void InteriorPointMethod::takeOver(const UnitChange& change) {
  polish_->convert(change);
  if (saddle_) saddle_->convert(change);
  nlp_.convert(change, state_.point);
  leastInfeasible_.known = false;
  best_.error = attempt_.error = milestone_.error = std::numeric_limits<double>::infinity();
}

/// Goes on with the main phase where the polished point is no solution by the scales that belong to it.
std::optional<Status> InteriorPointMethod::resumeRescaled(double objectiveFactor) {
  constexpr double inside = 1e-10, largestMu = 0.1;  // sides that were relaxed less move slacks by rounding
  polish_ = nullptr;
  kkt_.reset();
  phase_ = NlpPhase::interiorPoint;
  nlp_.moveInside(state_.point.v, inside);
  if (!nlp_.evaluateValues(state_.point) || !nlp_.evaluateDerivatives(state_.point)) {
    return endAttempt(Status::stalled);
  }
  state_.mu = std::min(largestMu, objectiveFactor * state_.mu);
  nlp_.cutMultipliers(state_.point, state_.mu);
  main_.begin();
  record();
  return std::nullopt;
}

/// Returns true if f of the polished point is lower than at the saddle that was left last.
bool InteriorPointMethod::belowSaddle() const {
  constexpr double rounding = 1e-9;
  const double before = saddle_->point().at.f;
  return polish_->point().at.f < before - rounding * std::max(1.0, std::abs(before));
}

/// Begins again beside a solution that is a saddle, where f is lower; false where it is none, or nothing lower is
/// found.
bool InteriorPointMethod::leaveSaddle() {
  constexpr int most = 50;
  if (!polish_->saddle()) return false;
  Vector x(at(nlp_.n()));
  if (!polish_->findDescent(x) || settings_.restarts == 0 || ++saddles_ > most) return false;
  inAttempt_ = 0;
  phase_ = NlpPhase::interiorPoint;
  kkt_.reset();
  state_.mu = 1e-3;
  if (!nlp_.beginAt(x, state_.point, 1e-4)) return false;
  nlp_.cutMultipliers(state_.point, state_.mu, 10);
  state_.estimateMultipliers();
  main_.begin();
  stayAtSaddle();
  lower_.x = std::move(x);
  return true;
}

/// Keeps the polished point, a saddle, as the end of the solve where there is nothing better.
void InteriorPointMethod::stayAtSaddle() {
  saddle_ = std::move(polish_);
  lower_ = {{}, nlp_.unscaledObjective(saddle_->point())};
}

/// Ends the solve at the saddle that was left last, which is no minimum.
Status InteriorPointMethod::endAtSaddle() {
  polish_ = std::move(saddle_);
  return Status::stalled;
}

/// Remembers the point if it is the best one that was seen.
void InteriorPointMethod::record() {
  error_ = nlp_.errors(state_.point, 0).worst();
  recordLower();
  if (error_ < attempt_.error) {
    attempt_.error = error_;
    nlp_.copy(state_.point, attempt_.point);
  }
  if (!(error_ < best_.error)) return;
  best_.error = error_;
  torn_ = true;
  nlp_.copy(state_.point, best_.point);
  torn_ = false;
}

/// Remembers the point if f is lower than at the last saddle and at all feasible points since.
void InteriorPointMethod::recordLower() {
  if (!saddle_ || !(normInf(state_.point.r) <= settings_.tolerance)) return;
  const double f = nlp_.unscaledObjective(state_.point);
  if (f < lower_.f) lower_ = {state_.point.at.x, f};
}

/// Remembers a stationary point of the infeasibility, if it is the least infeasible one so far.
void InteriorPointMethod::recordInfeasible() {
  const double residual = normInf(state_.point.r);
  if (leastInfeasible_.known && !(residual < leastInfeasible_.residual)) return;
  leastInfeasible_ = {true, residual, state_.point};
}

NlpProgress InteriorPointMethod::progress() const {
  NlpProgress now;
  if (!started_) {
    now.objective = unknown;
    return now;
  }
  if (polish_) return reportOf(state_, polish_->point(), polish_->residual(), phase_, reportIterates_);
  return reportOf(state_, bestPoint(), best_.error, phase_, reportIterates_);
}

NlpSolution InteriorPointMethod::solution() const {
  NlpSolution s = polish_ ? solutionOf(state_, *polish_) : solutionOf(state_, bestPoint(), best_.error);
  s.phase = phase_;
  s.counts.restoration = restorationSteps_;
  s.counts.correction = main_.corrections();
  s.counts.phases = multistart_.count();
  s.certificate.proof = proof_ ? *proof_ : unboundedTest_.proof();
  return s;
}

std::string InteriorPointMethod::explain(Status status) const {
  if (status == Status::solved || status == Status::infeasible) return {};
  if (status == Status::stalled && polish_) return explainSaddle(polish_->inertia(), multistart_.made());
  const bool stalled = status == Status::stalled;
  return unboundedTest_.addTo(stalled ? explainStalled(nlp_, bestPoint(), best_.error, multistart_.made()) : "");
}

}  // namespace nonconvex
