#include "solvers/nlp/minimizeGlobally/solver.hpp"

#include <algorithm>
#include <cmath>

#include "core/error.hpp"
#include "core/index.hpp"
#include "core/monitor.hpp"
#include "core/random.hpp"
#include "core/require_memory.hpp"
#include "expressions/program.hpp"
#include "solvers/nlp/minimizeGlobally/convex_tangent.hpp"
#include "solvers/nlp/minimizeGlobally/explanation.hpp"
#include "solvers/nlp/minimizeGlobally/linear_method.hpp"
#include "solvers/nlp/minimizeGlobally/point_proof.hpp"
#include "solvers/nlp/minimizeGlobally/quadratic_search.hpp"
#include "solvers/nlp/minimizeGlobally/recognized_quadratic.hpp"

namespace nonconvex {

namespace {

/// The box that starts are drawn from: the whole one where it is finite, else its part near 0 or near its bound.
Interval startsOf(Interval box, double far) {
  if (std::isfinite(box.high - box.low)) return box;
  if (std::isfinite(box.low)) return {box.low, box.low + 2 * far};
  if (std::isfinite(box.high)) return {box.high - 2 * far, box.high};
  return {-far, far};
}

/// The largest difference of entries, relative to those of x that are above 1.
double distance(std::span<const double> x, std::span<const double> other) {
  double most = 0;
  for (std::size_t j = 0; j < x.size(); ++j) {
    most = std::max(most, std::abs(x[j] - other[j]) / std::max(1.0, std::abs(x[j])));
  }
  return most;
}

}  // namespace

bool GlobalUnbuilt::pays(const MinimizeGloballyProblem& problem) {
  constexpr std::size_t few = 100;  // safeguard: dense products of as many variables take milliseconds
  return problem.large || problem.first().size() > few;
}

MinimizeGloballySolution GlobalUnbuilt::solution() const {
  MinimizeGloballySolution made;
  made.x = problem_.first();
  return made;
}

MinimizeGloballySolver::MinimizeGloballySolver(const Cpu& la, const MinimizeGloballyProblem& problem,
                                               const MinimizeGloballySettings& settings)
    : la_(la), settings_(settings) {
  lift(problem);
  follows_ = !problem.debugSolution.empty();
  method_ = follows_ ? following(problem.debugSolution) : chosenMethod();
  triesOther_ = !follows_ && settings_.relaxation == GlobalRelaxation::automatic && !model_.constraints.empty() &&
                given_.front().size() <= Tuning::mostTried;
  for (const std::vector<double>& each : given_) method_->consider(each);
}

/// A method that follows a known solution.
std::unique_ptr<GlobalMethod> MinimizeGloballySolver::following(std::span<const double> solution) const {
  require(settings_.relaxation != GlobalRelaxation::semidefinite, "relaxation", "semidefinite",
          "expected 'linear' beside debugSolution");
  auto made = std::make_unique<LinearMethod>(la_, model_, settings_);
  made->follow(solution);
  return made;
}

/// The method whose bounds are better for the model, or the one that the settings name.
std::unique_ptr<GlobalMethod> MinimizeGloballySolver::chosenMethod() const {
  const bool named = settings_.relaxation == GlobalRelaxation::semidefinite;
  if (triesSemidefinite(model_.constraints.size())) {
    const RecognizedQuadratic found = RecognizedQuadratic::of(la_, model_.lifted);
    if (named && !found.refused.empty()) {
      throw Error(
          ErrorKind::solver,
          "relaxation: 'semidefinite' is for quadratic programs in finite boxes; the problem has " + found.refused,
          "UNSUPPORTED");
    }
    if (found.refused.empty()) {
      return std::make_unique<QuadraticSearch>(la_, model_, found.problem, settings_);
    }
  }
  return std::make_unique<LinearMethod>(la_, model_, settings_);
}

/// Returns true if semidefinite relaxations pay, or are asked for, where the model is quadratic.
bool MinimizeGloballySolver::triesSemidefinite(std::size_t constraints) const {
  const bool pays = settings_.relaxation == GlobalRelaxation::automatic && constraints == 0;
  return pays || settings_.relaxation == GlobalRelaxation::semidefinite;
}

/// Ends a lifting when the solve is to end, and before its columns need more memory than there is.
LiftingWatch MinimizeGloballySolver::watchFor(std::size_t n, std::size_t m) const {
  const bool linear = !triesSemidefinite(m) || n > at(RecognizedQuadratic::Tuning::mostVariables);
  const Stopwatch watch;
  double looked = 0;  // bytes that were there
  return [this, linear, watch, looked](std::size_t columns, std::size_t terms) mutable {
    la_.checkpoint();
    if (la_.ending() && watch.seconds() > Tuning::patience) throw Interrupted{};
    const double bytes =
        Tuning::bytesOfColumn * static_cast<double>(columns) + Tuning::bytesOfTerm * static_cast<double>(terms);
    if (bytes <= looked) return;
    looked = 2 * bytes;
    if (linear) LinearMethod::requireMemoryFor(columns);
    requireMemory(looked, "relaxations of " + show(columns) + " or more variables, products and functions need");
  };
}

/// Takes the start and the points beside it.
void MinimizeGloballySolver::takePoints(const MinimizeGloballyProblem& problem, std::size_t n) {
  std::vector<double> start = problem.first();
  start.resize(n, 0.0);
  given_.push_back(std::move(start));
  for (std::size_t from = 0; from + n <= problem.points.size() && n > 0; from += n) {
    given_.emplace_back(problem.points.begin() + static_cast<std::ptrdiff_t>(from),
                        problem.points.begin() + static_cast<std::ptrdiff_t>(from + n));
  }
}

void MinimizeGloballySolver::lift(const MinimizeGloballyProblem& problem) {
  const std::shared_ptr<Nlp> nlp = problem.nlp.open(la_);
  const Program* const program = nlp->find<Program>();
  if (program == nullptr || expressionsOf(*program).graph == nullptr) {
    throw Error(ErrorKind::solver,
                "problem: expected a Model or an .nl file, whose expressions are known: no bound is known of others",
                "UNSUPPORTED");
  }
  const Expressions expressions = expressionsOf(*program);
  const std::size_t n = at(nlp->variables()), m = at(nlp->constraints());
  takePoints(problem, n);
  const LiftedBounds bounds = boundsOf(problem, n, m);
  model_.lifted = liftedProgram(*expressions.graph, expressions.parameters, bounds, watchFor(n, m));
  model_.constraints = bounds.constraints;
  model_.open = [nlp, program] { return std::make_shared<Program>(*program); };
}

/// Bounds as given, those that are assumed, and those of integers rounded inward.
LiftedBounds MinimizeGloballySolver::boundsOf(const MinimizeGloballyProblem& problem, std::size_t n, std::size_t m) {
  LiftedBounds bounds;
  const GivenBounds& given = problem.bounds;
  for (std::size_t j = 0; j < n; ++j) {
    Interval box = {boundAt(given.lower, j, -infinity), boundAt(given.upper, j, infinity)};
    if ((std::isinf(box.low) || std::isinf(box.high)) && !std::isinf(settings_.assumeBounds)) {
      assumed_.push_back(static_cast<int>(j));
      const Interval within = intersection(box, {-settings_.assumeBounds, settings_.assumeBounds});
      empty_ = empty_ || within.isEmpty();
      if (!within.isEmpty()) box = within;
    }
    bounds.variables.push_back(box);
  }
  for (std::size_t i = 0; i < m; ++i) {
    bounds.constraints.push_back({boundAt(given.constraintLower, i, 0), boundAt(given.constraintUpper, i, 0)});
  }
  bounds.integers = problem.integers;
  for (const int j : bounds.integers) {
    Interval& box = bounds.variables[at(j)];
    const Interval whole = {std::ceil(box.low), std::floor(box.high)};
    empty_ = empty_ || whole.isEmpty();
    if (!whole.isEmpty()) box = whole;
  }
  return bounds;
}

/// The given points, the middle of the box and random points of it.
std::vector<std::vector<double>> MinimizeGloballySolver::starts() const {
  std::vector<std::vector<double>> made = given_;
  const Random random(settings_.seed);
  const std::size_t n = given_.front().size();
  for (int k = 0; k <= Tuning::starts; ++k) {
    std::vector<double> x(n);
    for (std::size_t j = 0; j < n; ++j) {
      const Interval box = startsOf(model_.lifted.columns[j], Tuning::far);
      const double share = k == 0 ? 0.5 : random.uniform(at(k) * n + j);
      x[j] = box.low + share * (box.high - box.low);
    }
    made.push_back(std::move(x));
  }
  return made;
}

std::optional<Status> MinimizeGloballySolver::start() {
  if (empty_ || !method_->begin(starts())) {
    lowerBound_ = settings_.cutoff;
    return ended(Status::infeasible);
  }
  if (method_->unbounded()) return Status::unbounded;
  if (!closesByConvexity()) return std::nullopt;
  conclude();
  return ended(Status::solved);
}

/// Takes the bound of a convex model, and returns true if it closes the gap.
bool MinimizeGloballySolver::closesByConvexity() {
  const GlobalPoint& best = method_->best();
  if (follows_ || !best.known()) return false;
  lowerBound_ = std::max(lowerBound_, convexTangent(model_.lifted, best));
  return lowerBound_ >= goalOf(best.objective, settings_.absoluteGap, settings_.tolerance);
}

/// Compares the bound by linear programs with that by a semidefinite one, where the model is quadratic, and
/// goes on with the better one.
std::optional<Status> MinimizeGloballySolver::tryOther() {
  triesOther_ = false;
  const double left = settings_.maxNodes - method_->nodes();
  if (!(left > 0)) return std::nullopt;
  const RecognizedQuadratic found = RecognizedQuadratic::of(la_, model_.lifted);
  if (!found.refused.empty()) return std::nullopt;
  MinimizeGloballySettings settings = settings_;
  settings.maxNodes = left;
  std::unique_ptr<GlobalMethod> other = std::make_unique<QuadraticSearch>(la_, model_, found.problem, settings);
  const std::vector<double> best = method_->best().x;
  const double bound = method_->nodes() > 0 ? method_->lowerBound() : method_->quickBound();
  if (!other->begin({best.empty() ? given_.front() : best})) return std::nullopt;
  const auto status = other->step();
  lowerBound_ = std::max(lowerBound_, other->lowerBound());
  if (other->best().known()) method_->consider(other->best().x);
  const bool isBetter = other->lowerBound() > bound;
  if (isBetter) std::swap(method_, other);
  nodesOfOther_ = other->nodes();
  countsOfOther_ = other->counts();
  return isBetter ? status : std::nullopt;
}

std::optional<Status> MinimizeGloballySolver::step() {
  std::optional<Status> status;
  if (triesOther_ && model_.lifted.count() > Tuning::large) status = tryOther();
  if (!status) status = method_->step();
  const bool isLong = method_->nodes() >= Tuning::triedAfter && method_->open() > 0;
  if (!status && triesOther_ && isLong) status = tryOther();
  lowerBound_ = std::max(lowerBound_, method_->lowerBound());
  if (status) conclude();
  return ended(status);
}

/// Looks for the multipliers of the best point.
void MinimizeGloballySolver::conclude() {
  if (!method_->best().known() || follows_) return;
  PointSearch points(la_, model_.open(), model_.lifted.integer, model_.constraints);
  try {
    const auto found = points.descend(method_->best().x, model_.lifted.columns);
    if (!found) return;
    method_->consider(found->x);
    const double away = distance(method_->best().x, found->x);
    if (!(away <= Tuning::near)) return;
    facts_ = points.facts();
    facts_.polished = facts_.polished && away <= Tuning::same;
  } catch (const Interrupted&) {
    // The search has ended before: its answer stands without multipliers.
  }
}

/// The status: what is excluded with a cutoff or assumed bounds may have points all the same.
std::optional<Status> MinimizeGloballySolver::ended(std::optional<Status> status) const {
  if (follows_ && status) return status == Status::iterationLimit ? status : Status::stalled;
  const bool ofAll = std::isinf(settings_.cutoff) && assumed_.empty();
  if (status == Status::infeasible && !ofAll) return Status::stalled;
  return status == Status::solved && !isBelowCutoff() ? Status::stalled : status;
}

bool MinimizeGloballySolver::isBelowCutoff() const {
  return std::isinf(settings_.cutoff) || method_->best().objective < settings_.cutoff;
}

GlobalProgress MinimizeGloballySolver::progress() const {
  GlobalProgress now;
  now.nodes = nodesOfOther_ + method_->nodes();
  now.open = method_->open();
  const double f = method_->best().objective, bound = follows_ ? -infinity : std::min(f, lowerBound_);
  if (std::isfinite(bound)) now.lowerBound = bound;
  if (!std::isfinite(f)) return now;
  now.objective = f;
  if (std::isfinite(bound)) now.residual = (f - bound) / gapScale(f);
  return now;
}

/// The size that the gap is relative to: with it a gap within `tolerance` is one that either setting accepts.
double MinimizeGloballySolver::gapScale(double objective) const {
  const double least = settings_.tolerance > 0 ? settings_.absoluteGap / settings_.tolerance : 0;
  return std::max(std::abs(objective), least);
}

MinimizeGloballySolution MinimizeGloballySolver::solution() const {
  MinimizeGloballySolution made;
  const GlobalPoint& best = method_->best();
  made.x = best.known() ? best.x : given_.front();
  made.nodes = nodesOfOther_ + method_->nodes();
  made.counts = method_->counts();
  made.counts.add(countsOfOther_);
  made.boundsAssumed = assumed_;
  const bool isOpen = lowerBound_ < goalOf(best.objective, settings_.absoluteGap, settings_.tolerance);
  if (isOpen && !follows_) made.openBoxes = method_->openBoxes();
  made.constraintValues.resize(model_.constraints.size());
  const std::shared_ptr<Nlp> nlp = model_.open();
  nlp->moveTo(made.x);
  nlp->constraintValues(made.constraintValues);
  if (!best.known()) return made;
  made.feasibility = best.feasibility;
  made.multipliers = facts_.multipliers;
  made.lowerMultipliers = facts_.lowerMultipliers;
  made.upperMultipliers = facts_.upperMultipliers;
  made.inertia = facts_.inertia;
  made.polished = facts_.polished;
  if (settings_.verify) verify(best.x, made);
  const double bound = std::min(best.objective, lowerBound_);
  if (!std::isfinite(bound) || follows_) return made;
  made.certificate = boundedBelow(best.objective, bound, gapScale(best.objective),
                                  assumed_.empty() ? std::string_view() : "assumedBounds");
  return made;
}

void MinimizeGloballySolver::verify(std::span<const double> x, MinimizeGloballySolution& made) const {
  const auto found = PointProof(model_).of(x);
  made.verified = found.has_value();
  if (!found) return;
  made.verifiedRadius = found->radius;
  made.verifiedObjective = found->objective;
}

/// A sentence about boxes that are not split, and one about what keeps them from being closed.
std::string MinimizeGloballySolver::withMore(std::string sentence) const {
  const std::string more = whatIsStalled(model_.lifted, method_->stalledAtoms());
  return more.empty() ? sentence : sentence + " " + more;
}

std::string MinimizeGloballySolver::explain(Status status) const {
  if (follows_ && status == Status::stalled) return "The search has kept the debug solution, and proves nothing else.";
  if (status == Status::infeasible) return "The search has excluded all boxes.";
  if (status == Status::unbounded) return "The objective gets better for ever along admissible points.";
  if (std::isinf(lowerBound_) && lowerBound_ < 0 && status != Status::solved) {
    return whatHasNoBounds(model_.lifted, method_->best().objective);
  }
  if (status == Status::stalled && !isBelowCutoff()) return "No point better than the cutoff was found.";
  if (status == Status::stalled && !method_->best().known()) {
    if (!assumed_.empty()) return "No admissible point was found within the assumed bounds.";
    return withMore("No admissible point was found in boxes that are too narrow to be split.");
  }
  if (status == Status::stalled) {
    return withMore("Boxes that are too narrow to be split have better bounds than the objective.");
  }
  return {};
}

}  // namespace nonconvex
