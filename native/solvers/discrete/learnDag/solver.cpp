#include "solvers/discrete/learnDag/solver.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/error.hpp"
#include "core/index.hpp"
#include "core/memory.hpp"
#include "core/require_memory.hpp"
#include "sketching/permutations.hpp"
#include "solvers/discrete/learnDag/dag_pattern.hpp"

namespace nonconvex {

struct DagSearch::Tuning {
  static constexpr int mostExact = 20;          ///< safeguard: columns of which `auto` searches all graphs
  static constexpr double mostWork = 3e7;       ///< safeguard: logistic fits by rows for which `auto` does so
  static constexpr double swapped = 0.2;        ///< safeguard: swaps that the best order is changed by, by columns
  static constexpr int randomOne = 5;           ///< safeguard: each start of this number is a random order
  static constexpr double sameVariance = 1e-9;  ///< rounding: changes of a variance up to this end the alternation
  static constexpr double standardized = 1.01;  ///< safeguard: columns whose variances differ less have one variance
};

namespace {

constexpr std::uint32_t ofOrders = 3;  // definition: the stream of random orders

}  // namespace

DagSearch::DagSearch(const Cpu& la, const LearnDagProblem& problem, const LearnDagSettings& settings)
    : la_(la), problem_(problem), settings_(settings) {
  conditions_ = std::make_unique<DagConditions>(problem, settings);
  std::vector<char> seen(at(problem.x.columns), 0);
  for (std::size_t k = 0; k < problem.start.size(); ++k) {
    char& known = seen[at(problem.start[k])];
    require(known == 0, "start[" + std::to_string(k) + "]", problem.start[k], "expected each column once");
    known = 1;
  }
  require(settings.method != DagMethod::topo || settings.score != DagScore::bic, "method", nameOf(settings.method),
          "expected another one, as without a price of edges all orders have the same score `bic`");
}

std::optional<Status> DagSearch::start() {
  columns_.read(la_, problem_);
  if (settings_.score == DagScore::logistic) bits_.read(la_, problem_.x);
  chooseMethod();
  makeScores();
  findBound();
  beginAt(orderOfStart(0));
  return std::nullopt;
}

/// Decides whether all graphs are searched; refuses what there is no memory for.
void DagSearch::chooseMethod() {
  method_ = settings_.method;
  if (method_ != DagMethod::automatic && method_ != DagMethod::exact) return;
  const int d = columns_.count();
  const bool given = !std::isnan(settings_.memoryLimit), asked = method_ == DagMethod::exact;
  subsets_ = std::make_unique<DagSubsets>(*conditions_);
  require(!asked || d <= DagSubsets::most(), "columns of x", d,
          "expected at most " + std::to_string(DagSubsets::most()) + " with the method exact");
  const double bytes = d > DagSubsets::most() ? infinity : subsets_->bytes() + GaussianTables::bytes(d);
  if (asked) {
    const std::string subject = "the tables of method = 'exact' for " + std::to_string(d) + " columns need";
    const std::string_view advice = "method: 'orderSearch' needs no tables";
    if (given) requireMemory(bytes, settings_.memoryLimit, subject, advice);
    requireMemory(bytes, subject, advice);
  }
  const bool large = d > (given ? DagSubsets::most() : Tuning::mostExact) ||
                     (settings_.score == DagScore::logistic &&
                      subsets_->subsets() * static_cast<double>(bits_.count()) > Tuning::mostWork);
  const bool room = (!given || bytes <= settings_.memoryLimit) && hasMemory(bytes);
  searchesAll_ = asked || (!large && room);
  method_ = searchesAll_ ? DagMethod::exact : DagMethod::orderSearch;
  if (!searchesAll_) subsets_.reset();
}

void DagSearch::makeScores() {
  const int n = columns_.rows(), d = columns_.count();
  const bool priced = method_ != DagMethod::topo;
  const double penalty = priced ? 0.5 * std::log(n) + settings_.gamma * std::log(d) : 0;
  if (settings_.score == DagScore::logistic) {
    scores_ = std::make_unique<LogisticScores>(bits_, columns_, *conditions_, penalty);
  } else {
    const bool equal = settings_.score == DagScore::equalVariance;
    auto made = std::make_unique<GaussianScores>(columns_, *conditions_, penalty, equal);
    gaussian_ = made.get();
    scores_ = std::move(made);
    freeVariance_ = equal && std::isnan(settings_.variance);
    // Sources have errors alone, so that the least variance is a guess at theirs.
    const std::vector<double> all = variances();
    if (equal) gaussian_->setVariance(freeVariance_ ? *std::min_element(all.begin(), all.end()) : settings_.variance);
  }
  if (method_ == DagMethod::topo) {
    topo_ = std::make_unique<TopoSearch>(*scores_, *conditions_);
  } else {
    orders_ = std::make_unique<OrderSearch>(*scores_, d, settings_.seed);
  }
}

/// The bound that needs no search: each node with all others, or none, as parents.
void DagSearch::findBound() {
  if (!freeVariance_) {
    lowerBound_ = scores_->lowerBound();
    return;
  }
  const int d = columns_.count();
  const double c = 0.5 * columns_.rows() * d;
  double least = 0, most = 0, edges = 0;
  for (int j = 0; j < d; ++j) {
    la_.checkpoint();
    const std::vector<int>& required = conditions_->requiredOf(j);
    std::vector<int> all = required;
    all.insert(all.end(), conditions_->optionalOf(j).begin(), conditions_->optionalOf(j).end());
    least += gaussian_->rest(j, all);
    most += gaussian_->rest(j, required);
    edges += static_cast<double>(required.size());
  }
  lowerBound_ = c * (1 + std::log(least / d)) + scores_->penalty() * edges - gaussian_->rounding(c);
  constexpr double wider = 1e-9;  // rounding: ends of the interval of precisions
  line_ = ConcaveLineSearch(c, d / most * (1 - wider), d / least * (1 + wider));
}

std::vector<double> DagSearch::variances() const {
  std::vector<double> made;
  for (int j = 0; j < columns_.count(); ++j) made.push_back(columns_.variance(j));
  return made;
}

/// The order that was given or that of variances, then the best one with swaps, and now and then a random one.
std::vector<int> DagSearch::orderOfStart(int number) {
  const int d = columns_.count();
  const Random random(settings_.seed, ofOrders + static_cast<std::uint32_t>(number));
  std::vector<int> order(at(d));
  if (number == 0 && !problem_.start.empty()) {
    order.assign(problem_.start.begin(), problem_.start.end());
  } else if (number == 0) {
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(),
                     [&](int a, int b) { return columns_.variance(a) < columns_.variance(b); });
  } else if (number % Tuning::randomOne != 0) {
    order = found_.dag.order;
    const int swaps = std::max(1, static_cast<int>(Tuning::swapped * d));
    for (int k = 0; k < 2 * swaps; k += 2) {
      const auto size = static_cast<std::uint32_t>(d);
      std::swap(order[random.below(at(k), size)], order[random.below(at(k) + 1, size)]);
    }
  } else {
    order = randomPermutation(d, random);
  }
  return conditions_->ordered(order);
}

void DagSearch::beginAt(const std::vector<int>& order) {
  if (topo_) {
    topo_->begin(la_, order);
    consider(topo_->dag());
    return;
  }
  orders_->begin(order);
  if (starts_ == 0) consider(grownDag(la_, *scores_, order));
}

std::optional<Status> DagSearch::step() {
  if (searchesAll_ && starts_ > 0) return searchAll();
  if (topo_) {
    const bool better = topo_->step(la_);
    consider(topo_->dag());
    return better ? std::nullopt : endDescent();
  }
  return orders_->step(la_) ? std::nullopt : endDescent();
}

/// Sets the variance of the graph; returns true if that changes it.
bool DagSearch::improvesVariance(const Dag& dag) {
  const double variance = gaussian_->meanRest(dag), before = gaussian_->variance();
  if (!(std::abs(variance - before) > Tuning::sameVariance * before)) return false;
  gaussian_->setVariance(variance);
  orders_->forget();
  return true;
}

/// Takes what an order leads to, and begins at the next one.
std::optional<Status> DagSearch::endDescent() {
  if (orders_) {
    Dag dag = grownDag(la_, *scores_, orders_->order());
    const double before = found_.score;
    consider(dag);
    if (freeVariance_ && improvesVariance(dag) && found_.score < before) {
      orders_->begin(dag.order);
      return std::nullopt;
    }
  }
  ++starts_;
  if (searchesAll_) return std::nullopt;
  if (starts_ >= settings_.restarts) return Status::solved;
  beginAt(orderOfStart(starts_));
  return std::nullopt;
}

void DagSearch::makeTables() {
  if (gaussian_ != nullptr) {
    tables_ = std::make_unique<GaussianTables>(la_, *gaussian_);
  } else {
    tables_ = std::make_unique<LogisticTables>(la_, static_cast<LogisticScores&>(*scores_));
  }
}

/// A step of the search of all graphs; there are several searches where the variance is free.
std::optional<Status> DagSearch::searchAll() {
  if (!tables_) makeTables();
  if (!searching_) {
    if (freeVariance_) {
      lambda_ = line_.next(found_.score - 0.5 * settings_.tolerance * (1 + std::abs(found_.score)));
      if (std::isnan(lambda_)) return ended();
      gaussian_->setVariance(1 / lambda_);
    }
    subsets_->begin();
    searching_ = true;
  }
  if (subsets_->step(la_, *tables_)) return std::nullopt;
  searching_ = false;
  return takeFound();
}

/// Takes the graph that a search of all has found, and its bound.
std::optional<Status> DagSearch::takeFound() {
  double value = 0;
  Dag dag = subsets_->found(value);
  if (!freeVariance_) {
    for (int j = 0; j < columns_.count(); ++j) value += scores_->loss(j, {});
    lowerBound_ = std::max(lowerBound_, value - tables_->rounding(value));
    consider(std::move(dag));
    return ended();
  }
  const double slope = 0.5 * columns_.rows() * columns_.count() * gaussian_->meanRest(dag);
  line_.add({.lambda = lambda_, .slope = slope, .level = pricesOf(dag)});
  off_ = std::max(off_, gaussian_->rounding(slope * lambda_));
  lowerBound_ = std::max(lowerBound_, line_.bound() - off_);
  consider(std::move(dag));
  return std::nullopt;
}

/// The end of a search of all graphs: rounding may have left a gap.
std::optional<Status> DagSearch::ended() const {
  return gap() <= settings_.tolerance || settings_.threshold > 0 ? Status::solved : Status::stalled;
}

double DagSearch::pricesOf(const Dag& dag) const {
  std::size_t edges = 0;
  for (const auto& parents : dag.parents) edges += parents.size();
  return scores_->penalty() * static_cast<double>(edges);
}

double DagSearch::totalOf(const Dag& dag) const {
  if (freeVariance_) {
    const double c = 0.5 * columns_.rows() * columns_.count();
    return c * (1 + std::log(gaussian_->meanRest(dag))) + pricesOf(dag);
  }
  double sum = pricesOf(dag);
  for (int j = 0; j < columns_.count(); ++j) sum += scores_->loss(j, dag.parents[at(j)]);
  return sum;
}

/// Keeps the graph if it is the best one.
void DagSearch::consider(Dag dag) {
  const double score = totalOf(dag);
  if (!(score < found_.score)) return;
  found_ = {dag, score};
  best_ = found_;
  if (!(settings_.threshold > 0)) return;
  leaveOutSmall(best_.dag);
  best_.score = totalOf(best_.dag);
}

/// Leaves out edges with small weights, and fits the others again, until none is small.
void DagSearch::leaveOutSmall(Dag& dag) const {
  for (int j = 0; j < columns_.count(); ++j) {
    std::vector<int>& parents = dag.parents[at(j)];
    for (bool some = true; some;) {
      const DagFit fit = scores_->fit(j, parents);
      std::vector<int> kept;
      for (std::size_t k = 0; k < parents.size(); ++k) {
        const bool small = std::abs(fit.weights[k]) <= settings_.threshold;
        if (!small || conditions_->required(parents[k], j)) kept.push_back(parents[k]);
      }
      some = kept.size() < parents.size();
      parents = std::move(kept);
    }
  }
}

double DagSearch::gap() const { return (best_.score - lowerBound_) / (1 + std::abs(best_.score)); }

LearnDagProgress DagSearch::progress() const {
  LearnDagProgress now;
  if (!std::isfinite(best_.score)) return now;
  now.objective = best_.score;
  now.lowerBound = lowerBound_;
  now.residual = gap();
  now.starts = starts_;
  if (searchesAll_) now.done = subsets_->done();
  return now;
}

LearnDagSolution DagSearch::solution() const {
  LearnDagSolution made;
  made.method = method_;
  if (!std::isfinite(best_.score)) return made;
  const Dag& dag = best_.dag;
  made.score = best_.score;
  made.penalty = scores_->penalty();
  made.order = dag.order;
  if (freeVariance_) gaussian_->setVariance(gaussian_->meanRest(dag));
  if (gaussian_ != nullptr && gaussian_->equalVariance()) made.variance = gaussian_->variance();
  made.intercepts.resize(at(columns_.count()));
  for (int j = 0; j < columns_.count(); ++j) {
    const std::vector<int>& parents = dag.parents[at(j)];
    const DagFit fit = scores_->fit(j, parents);
    made.intercepts[at(j)] = fit.intercept;
    for (std::size_t k = 0; k < parents.size(); ++k) {
      Dag without = dag;
      auto& others = without.parents[at(j)];
      others.erase(others.begin() + static_cast<std::ptrdiff_t>(k));
      made.edges.push_back({parents[k], j, fit.weights[k], totalOf(without) - best_.score});
    }
  }
  made.pattern = patternOf(dag.parents);
  made.varsortability = varsortabilityOf(dag.parents, variances());
  made.certificate = boundedBelow(best_.score, lowerBound_, 1 + std::abs(best_.score));
  return made;
}

std::string DagSearch::explain(Status) const {
  std::string text;
  if (settings_.method == DagMethod::automatic && method_ == DagMethod::orderSearch) {
    text = "Not all graphs were searched, as there are too many columns or too little memory: the method exact takes ";
    const int d = columns_.count();
    const DagSubsets search(*conditions_);
    const double bytes = search.bytes() + (d > DagSubsets::most() ? 0 : GaussianTables::bytes(d));
    text += d > DagSubsets::most() ? "at most " + std::to_string(DagSubsets::most()) + " columns."
                                   : show(std::ceil(bytes / 1e6)) + " MB for these.";
  }
  if (settings_.score != DagScore::equalVariance || columns_.count() == 0) return text;
  const std::vector<double> all = variances();
  const auto [least, most] = std::minmax_element(all.begin(), all.end());
  if (*most > Tuning::standardized * *least) return text;
  return text + (text.empty() ? "" : " ") +
         "All columns have the same variance, as after standardising: the score equalVariance needs their own units to "
         "tell directions. Use bic.";
}

}  // namespace nonconvex
