#include "solvers/nlp/minimizeGlobally/solver.hpp"

#include <algorithm>
#include <cmath>

#include "core/index.hpp"
#include "core/random.hpp"
#include "core/require_memory.hpp"
#include "expressions/lifted/lifting.hpp"
#include "expressions/program.hpp"

namespace nonconvex {

MinimizeGloballySolver::MinimizeGloballySolver(const Cpu& la, const MinimizeGloballyProblem& problem,
                                               const MinimizeGloballySettings& settings)
    : la_(la), settings_(settings) {
  lift(problem);
  const double columns = model_.lifted.count();
  requireMemory(sizeof(double) * columns * columns, "linear programs of " + show(columns) + " columns, one for each " +
                                                        "variable, product and function, need");
  search_ = std::make_unique<GlobalSearch>(la, model_, settings_);
  for (const std::vector<double>& each : given_) search_->consider(each);
  const TreeSettings tree = {.order = TreeOrder::bestBound,
                             .together = Tuning::together,
                             .mostNodes = settings.maxNodes,
                             .mostOpenSize = settings.memoryLimit};
  tree_ = std::make_unique<TreeSearch<GlobalSearch>>(la, *search_, tree);
}

/// Takes the start and the points beside it.
void MinimizeGloballySolver::takePoints(const MinimizeGloballyProblem& problem, std::size_t n) {
  std::vector<double> start =
      problem.start.empty() && problem.feasibleStart ? problem.feasibleStart->given() : problem.start;
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
  takePoints(problem, n);
  model_.lifted = liftedProgram(*expressions.graph, expressions.parameters, bounds);
  model_.constraints = bounds.constraints;
  model_.open = [nlp, program] { return std::make_shared<Program>(*program); };
}

/// The given points, the middle of the box and random points of it.
std::vector<std::vector<double>> MinimizeGloballySolver::starts() const {
  constexpr double far = 10;  // safeguard: half the width of a box without bounds
  std::vector<std::vector<double>> made = given_;
  const Random random(settings_.seed);
  const std::size_t n = given_.front().size();
  for (int k = 0; k <= Tuning::starts; ++k) {
    std::vector<double> x(n);
    for (std::size_t j = 0; j < n; ++j) {
      const Interval box = model_.lifted.columns[j];
      const double low = std::max(box.low, std::min(box.high, far) - 2 * far);
      const double high = std::min(box.high, low + 2 * far * (std::isfinite(box.high - box.low) ? 1e300 : 1));
      x[j] = low + (k == 0 ? 0.5 : random.uniform(at(k) * n + j)) * (high - low);
    }
    made.push_back(std::move(x));
  }
  return made;
}

std::optional<Status> MinimizeGloballySolver::start() {
  if (empty_ || !search_->begin(starts())) {
    lowerBound_ = std::min(infinity, settings_.cutoff);
    return ended(Status::infeasible);
  }
  if (search_->unbounded()) return Status::unbounded;
  tree_->start();
  return std::nullopt;
}

std::optional<Status> MinimizeGloballySolver::step() {
  const auto status = tree_->step();
  lowerBound_ = std::max(lowerBound_, tree_->lowerBound());
  return ended(status);
}

/// The status: what is excluded with a cutoff or assumed bounds may have points all the same.
std::optional<Status> MinimizeGloballySolver::ended(std::optional<Status> status) const {
  const bool ofAll = std::isinf(settings_.cutoff) && assumed_.empty();
  return status == Status::infeasible && !ofAll ? Status::stalled : status;
}

GlobalProgress MinimizeGloballySolver::progress() const {
  GlobalProgress now;
  now.nodes = tree_->nodes();
  now.open = static_cast<double>(tree_->open());
  const double f = search_->objective(), bound = std::min(f, lowerBound_);
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
  const GlobalPoint& best = search_->best();
  made.x = best.known() ? best.x : given_.front();
  made.nodes = tree_->nodes();
  made.counts = search_->counts();
  made.boundsAssumed = assumed_;
  made.constraintValues.resize(model_.constraints.size());
  const std::shared_ptr<Nlp> nlp = model_.open();
  nlp->moveTo(made.x);
  nlp->constraintValues(made.constraintValues);
  if (!best.known()) return made;
  made.feasibility = best.feasibility;
  const double bound = std::min(best.objective, lowerBound_);
  if (!std::isfinite(bound)) return made;
  made.certificate = boundedBelow(best.objective, bound, gapScale(best.objective),
                                  assumed_.empty() ? std::string_view() : "assumedBounds");
  return made;
}

std::string MinimizeGloballySolver::explain(Status status) const {
  if (status == Status::infeasible) return "The search has excluded all boxes.";
  if (status == Status::unbounded) return "The objective gets better for ever along admissible points.";
  const bool withCutoff = !std::isinf(settings_.cutoff);
  if (status == Status::stalled && withCutoff && !(search_->best().objective < settings_.cutoff)) {
    return "No point better than the cutoff was found.";
  }
  if (status == Status::stalled && !search_->best().known()) {
    if (!assumed_.empty()) return "No admissible point was found within the assumed bounds.";
    return "No admissible point was found in boxes that are too narrow to be split.";
  }
  if (status == Status::stalled) return "Boxes that are too narrow to be split have better bounds than the objective.";
  return {};
}

}  // namespace nonconvex
