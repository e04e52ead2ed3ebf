#include "solvers/sparse/subsets/subset_path.hpp"

#include <algorithm>
#include <cmath>

#include "core/index.hpp"
#include "core/numbers.hpp"

namespace nonconvex {
namespace {

double largestOf(const Subset& subset) {
  double most = 0;
  for (const double value : subset.values) most = std::max(most, std::abs(value));
  return most;
}

}  // namespace

struct SubsetPath::Tuning {
  static constexpr double leadStep = 0.8;      ///< measured: ratio of the lambdas that lead to the first one
  static constexpr double largestShare = 1.5;  ///< measured: bound of coefficients beside the largest one found
  static constexpr double onCap =
      1 - 1e-6;                        ///< rounding: share of the bound from where a coefficient may be held by it
  static constexpr double raised = 2;  ///< measured: bound beside the largest coefficient found without it
  static constexpr int mostCaps = 20;  ///< safeguard: bounds in turn, a million times the first
  static constexpr double shareOfNodes =
      0.5;  ///< safeguard: share of the nodes left for an enumeration that may not end
  static constexpr double shareOfTolerance = 0.9;  ///< rounding: share of the tolerance that the search leaves
};

SubsetPath::SubsetPath(const Cpu& la, const SparseData& data, const SparseSettings& settings)
    : PathEngine(data),
      la_(la),
      data_(data),
      settings_(settings),
      gram_(la, data, settings.intercept),
      search_(la, gram_),
      tree_(la, gram_, search_),
      nodesLeft_(settings.maxNodes) {
  require(data.family == SparseFamily::gaussian, "family", nameOf(settings.family),
          "expected 'gaussian' for bestSubset");
  for (std::size_t j = 0; j < data.lower.size(); ++j) {
    const bool free = std::isinf(data.lower[j]) && std::isinf(data.upper[j]);
    const bool out = data.lower[j] == 0 && data.upper[j] == 0;
    require(free || out, "lowerBounds, upperBounds", "given", "expected none for bestSubset");
  }
}

SubsetObjective SubsetPath::objectiveAt(double lambda) const {
  return {lambda, settings_.ridge, isKnown(settings_.largest) ? settings_.largest : infinity, data_.factor};
}

void SubsetPath::fitNull() {
  nullLoss_ = gram_.squares() / 2;
  for (int j = 0; j < gram_.size(); ++j) {
    if (!gram_.usable(j)) continue;
    const SubsetObjective objective = objectiveAt(1);
    const double c = gram_.diagonal(j) + settings_.ridge;
    const double b = std::min(std::abs(gram_.correlation(j)) / c, objective.largest);
    const double gain = (std::abs(gram_.correlation(j)) - c / 2 * b) * b;
    lambdaMax_ = std::max(lambdaMax_, gain / data_.factor[at(j)]);
  }
}

void SubsetPath::begin(std::span<const double> coefficients, std::span<const double> /*intercepts*/) {
  before_ = {};
  for (int j = 0; j < data_.p(); ++j) {
    if (coefficients[at(j)] == 0 || !gram_.usable(j)) continue;
    before_.columns.push_back(j);
    before_.values.push_back(coefficients[at(j)] * data_.scale[at(j)]);
  }
  start_ = before_;
  begun_ = true;
}

/// Searches along larger lambdas, so that the first one has a subset to begin with.
void SubsetPath::lead(double lambda) {
  for (double each = lambdaMax_ * Tuning::leadStep; each > lambda && each > 1e-4 * lambdaMax_;
       each *= Tuning::leadStep) {
    la_.abortPoint();
    if (la_.ending()) break;
    before_ = search_.improve(objectiveAt(each), before_);
  }
  begun_ = true;
}

/// Whether nothing but a bound of coefficients keeps those of the relaxation from growing.
bool SubsetPath::needsCap() {
  return !isKnown(settings_.largest) && settings_.ridge == 0 && !(tree_.definite() && !gram_.leavesOutNearly());
}

/// More than the largest coefficient of a subset that was the best, and no less than that of least squares on any
/// single column.
double SubsetPath::capFor(const Subset& found) {
  double alone = 0, most = 0;
  for (int j = 0; j < gram_.size(); ++j) {
    if (!gram_.usable(j)) continue;
    alone = std::max(alone, std::abs(gram_.correlation(j)) / gram_.diagonal(j));
    most = std::max(most, std::sqrt(gram_.squares() / gram_.diagonal(j)));
  }
  largestFound_ = std::max(largestFound_, largestOf(found));
  // Where no column explains anything by itself, what one could explain at most.
  const double known = largestFound_ > 0 ? largestFound_ : alone > 0 ? alone : most;
  return std::max({Tuning::largestShare * known, alone, 1e-300});
}

std::vector<PathModel> SubsetPath::fit(std::span<const double> lambdas) {
  const double lambda = lambdas.front();
  if (!begun_) lead(lambda);
  const SubsetObjective objective = objectiveAt(lambda);
  return {solve(objective, search_.improve(objective, before_))};
}

PathModel SubsetPath::fitSize(int size) {
  SubsetObjective objective = objectiveAt(0);
  objective.size = size;
  Subset best = search_.improve(objective, before_);
  for (const Subset& from : {Subset{}, start_}) {
    if (la_.ending()) break;
    Subset other = search_.improve(objective, from);
    if (other.objective < best.objective) best = std::move(other);
  }
  return solve(objective, std::move(best));
}

/// Looks for better subsets than the best one, with a bound of them.
PathModel SubsetPath::solve(SubsetObjective objective, Subset best) {
  const double tolerance = Tuning::shareOfTolerance * settings_.tolerance * (nullLoss_ - perfect_);
  SubsetTree::Outcome outcome{std::move(best), 0, 0};
  bool capped = needsCap();
  if (!capped) outcome = searchTree(objective, tolerance, std::move(outcome));
  // Sweeps may take too long to close the gap where columns nearly depend on each other.
  const bool open = capped || outcome.best.objective - outcome.bound > settings_.tolerance * (nullLoss_ - perfect_);
  if (open && enumerate(objective, tolerance, outcome)) capped = false;
  if (capped) outcome = searchWithinCap(objective, tolerance, std::move(outcome));
  before_ = outcome.best;
  PathModel made = model(objective, outcome);
  if (!capped || largestOf(outcome.best) < Tuning::onCap * objective.largest) return made;
  made.onCap = true;
  made.gap = unknown;
  made.reached = false;
  return made;
}

/// Looks at all subsets, if columns are few; whether that came to an end.
bool SubsetPath::enumerate(const SubsetObjective& objective, double tolerance, SubsetTree::Outcome& outcome) {
  if (isKnown(settings_.largest) || settings_.ridge > 0) return false;
  if (!enumeration_ && SubsetEnumeration::isFor(data_)) {
    enumeration_.emplace(la_, data_, settings_.intercept);
    enumerates_ = true;
  }
  if (!enumerates_) return false;
  SubsetEnumeration::Outcome found =
      enumeration_->search(objective, outcome.best, tolerance, Tuning::shareOfNodes * nodesLeft_);
  nodesLeft_ -= found.nodes;
  const double bound = found.complete ? std::max(outcome.bound, found.bound) : outcome.bound;
  outcome = {std::move(found.best), bound, outcome.nodes + found.nodes};
  // The next models have smaller lambdas or larger sizes, and take more.
  enumerates_ = found.complete;
  return found.complete;
}

/// Searches by the tree, from the best subset so far.
SubsetTree::Outcome SubsetPath::searchTree(const SubsetObjective& objective, double tolerance,
                                           SubsetTree::Outcome before) {
  SubsetTree::Outcome outcome = tree_.search(objective, std::move(before.best), tolerance, nodesLeft_);
  nodesLeft_ -= outcome.nodes;
  outcome.nodes += before.nodes;
  return outcome;
}

/// Searches with coefficients up to a cap, and again with a larger one while it holds any of the best subset.
SubsetTree::Outcome SubsetPath::searchWithinCap(SubsetObjective& objective, double tolerance,
                                                SubsetTree::Outcome outcome) {
  SubsetObjective free = objective;
  objective.largest = capFor(outcome.best);
  for (int caps = 1;; ++caps) {
    outcome = searchTree(objective, tolerance, std::move(outcome));
    const bool held = largestOf(outcome.best) >= Tuning::onCap * objective.largest;
    if (!held || caps == Tuning::mostCaps || nodesLeft_ <= 0 || la_.ending()) break;
    Subset without = search_.refit(free, outcome.best.columns);
    largestFound_ = std::max(largestFound_, largestOf(without));
    objective.largest = Tuning::raised * std::max(objective.largest, largestOf(without));
    outcome.best = search_.improve(objective, without.objective < outcome.best.objective ? without : outcome.best);
  }
  return outcome;
}

PathModel SubsetPath::model(const SubsetObjective& objective, const SubsetTree::Outcome& outcome) {
  PathModel made;
  made.lambda = objective.lambda;
  double intercept = gram_.meanResponse();
  made.objective = made.loss = outcome.best.objective;
  made.nodes = outcome.nodes;
  made.bounded = objective.largest;
  const std::vector<int>& columns = outcome.best.columns;
  const std::vector<double>& values = outcome.best.values;
  for (std::size_t k = 0; k < columns.size(); ++k) {
    if (values[k] == 0) continue;
    made.columns.push_back(columns[k]);
    made.values.push_back(values[k]);
    made.loss -= objective.cost(columns[k]) + objective.ridge / 2 * square(values[k]);
    if (std::abs(values[k]) >= objective.largest) continue;
    double slope = objective.ridge * values[k] - gram_.correlation(columns[k]);
    const double* column = gram_.column(columns[k]);
    for (std::size_t l = 0; l < columns.size(); ++l) slope += column[columns[l]] * values[l];
    made.violation = std::max(made.violation, std::abs(slope));
  }
  gram_.addFree(made.columns, made.values);
  for (std::size_t k = 0; k < made.columns.size(); ++k) intercept -= gram_.mean(made.columns[k]) * made.values[k];
  const double scale = nullLoss_ - perfect_;
  made.intercepts.assign(1, intercept);
  made.gap = scale > 0 ? std::max(0.0, made.objective - outcome.bound) / scale : 0;
  made.reached = made.gap <= settings_.tolerance;
  return made;
}

}  // namespace nonconvex
