#include "solvers/discrete/alignNetworks/solver.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/error.hpp"
#include "core/index.hpp"
#include "core/random.hpp"
#include "core/require_memory.hpp"
#include "sketching/permutations.hpp"

namespace nonconvex {

namespace {

double distance(const LayeredNetwork& a, const LayeredNetwork& b) {
  double sum = 0;
  for (std::size_t l = 0; l < a.layers.size(); ++l) {
    for (std::size_t k = 0; k < a.layers[l].size(); ++k) {
      sum += square(a.layers[l].data()[k] - b.layers[l].data()[k]);
    }
  }
  return sum;
}

UnitOrders identities(const LayeredNetwork& network) {
  UnitOrders made;
  for (int l = 0; l < network.hidden(); ++l) {
    made.emplace_back(at(network.units(l)));
    std::iota(made.back().begin(), made.back().end(), 0);
  }
  return made;
}

void checkLength(std::string_view name, std::size_t length, double expected) {
  require(static_cast<double>(length) == expected, std::string(name) + ".length", length, "expected " + show(expected));
}

/// Throws where networks have other sizes than their widths say.
void checkNetworks(const AlignProblem& problem) {
  const std::vector<int>& widths = problem.widths;
  require(widths.size() >= 3, "widths.length", widths.size(), "expected inputs, hidden layers and outputs");
  double biases = 0, hidden = 0;
  for (std::size_t l = 0; l < widths.size(); ++l) {
    require(widths[l] > 0, "widths[" + show(l) + "]", widths[l], "expected a positive integer");
    if (l > 0) biases += widths[l];
    if (l > 0 && l + 1 < widths.size()) hidden += widths[l];
  }
  const double weights = numbersOf(widths) - biases;
  checkLength("weightsA", problem.weightsA.size(), weights);
  checkLength("weightsB", problem.weightsB.size(), weights);
  checkLength("biasesA", problem.biasesA.size(), biases);
  checkLength("biasesB", problem.biasesB.size(), biases);
  if (!problem.start.empty()) checkLength("start", problem.start.size(), hidden);
}

/// Throws where rows or targets do not belong to the networks.
void checkRows(const AlignProblem& problem, AlignBy by) {
  const int inputs = problem.widths.front(), outputs = problem.widths.back();
  const bool given = problem.x.rows > 0;
  require(given || by == AlignBy::weights, "by", "activations", "expected rows x with it");
  if (given) require(problem.x.columns == inputs, "columns of x", problem.x.columns, "expected " + show(inputs));
  if (problem.loss == SegmentLoss::none) return;
  require(given, "y", "given", "expected rows x with it");
  checkLength("y", problem.y.size(), 1.0 * problem.x.rows * (problem.loss == SegmentLoss::squared ? outputs : 1));
  if (problem.loss != SegmentLoss::softmax) return;
  for (std::size_t i = 0; i < problem.y.size(); ++i) {
    const double label = problem.y[i];
    require(label >= 0 && label < outputs && label == std::floor(label), "y[" + show(i) + "]", label,
            "expected a class from 0 to " + show(outputs - 1));
  }
}

}  // namespace

NetworkAlignment::NetworkAlignment(const Cpu& la, const AlignProblem& problem, const AlignSettings& settings)
    : la_(la), problem_(problem), settings_(settings) {
  checkNetworks(problem);
  checkRows(problem, settings.by);
  double squares = 0;
  for (std::size_t l = 1; l + 1 < problem.widths.size(); ++l) squares += square(problem.widths[l]);
  const double rows = problem.x.rows;
  requireMemory(sizeof(double) * (7 * numbersOf(problem.widths) + squares + rows * (problem.x.columns + 1)),
                "networks with " + show(numbersOf(problem.widths)) + " numbers need");
}

void NetworkAlignment::readNetworks() {
  a_ = LayeredNetwork(problem_.widths, problem_.weightsA, problem_.biasesA);
  b_ = LayeredNetwork(problem_.widths, problem_.weightsB, problem_.biasesB);
  if (!settings_.balance) return;
  factorsA_ = balanceUnits(a_);
  factorsB_ = balanceUnits(b_);
}

std::optional<Status> NetworkAlignment::start() {
  readNetworks();
  moved_ = b_.copy();
  gains_ = std::make_unique<LayerGains>(la_, a_, b_);
  orders_ = givenOrders();
  best_ = orders_;
  sequence_.resize(at(a_.hidden()));
  if (problem_.x.rows > 0) rows_ = std::make_unique<NetworkRows>(la_, problem_);
  if (problem_.loss != SegmentLoss::none) {
    before_ = std::make_unique<SegmentCourse>(la_, problem_, *rows_, a_, settings_.points);
    after_ = std::make_unique<SegmentCourse>(la_, problem_, *rows_, a_, settings_.points);
  }
  if (settings_.by == AlignBy::activations) {
    correlate();
  } else {
    scale_ = a_.squares() + b_.squares();
    beginRun(0);
  }
  return std::nullopt;
}

/// The orders to begin at: those of the problem, or that of b.
UnitOrders NetworkAlignment::givenOrders() const {
  UnitOrders made = identities(b_);
  std::size_t begin = 0;
  for (std::size_t l = 0; l < made.size() && !problem_.start.empty(); ++l) {
    std::vector<char> seen(made[l].size(), 0);
    for (int& unit : made[l]) {
      const std::string name = "start[" + show(begin) + "]";
      unit = problem_.start[begin++];
      require(at(unit) < seen.size(), name, unit, "expected a number below " + show(seen.size()));
      require(std::exchange(seen[at(unit)], 1) == 0, name, unit, "expected each unit of a layer once");
    }
  }
  return made;
}

/// Inner products of activations of all pairs of units, as mean over rows.
void NetworkAlignment::correlate() {
  LayerValues ours(la_, a_, NetworkRows::Tuning::together), theirs(la_, b_, NetworkRows::Tuning::together);
  const double share = 1.0 / rows_->count();
  rows_->each(a_, ours, [&](int first) {
    theirs.run(b_, rows_->part(first));
    for (int l = 0; l < a_.hidden(); ++l) {
      const Mat<const double> za = ours.of(l), zb = theirs.of(l);
      gains_->addActivations(l, za, zb, share, first == 0);
      for (int i = 0; i < za.cols; ++i) {
        for (int j = 0; j < za.rows; ++j) scale_ += share * (square(za(j, i)) + square(zb(j, i)));
      }
    }
  });
}

/// Begins the first run at the given order, the second one at an order that follows the layers, others at random ones.
void NetworkAlignment::beginRun(int run) {
  place_ = {.run = run};
  orders_ = run == 0 ? givenOrders() : identities(b_);
  std::iota(sequence_.begin(), sequence_.end(), 0);
  if (run >= 2) {
    for (std::size_t l = 0; l < orders_.size(); ++l) {
      const auto stream = static_cast<std::uint32_t>(4096 * l) + static_cast<std::uint32_t>(run);
      shuffle(orders_[l], Random(settings_.seed, stream));
    }
  }
  inner_ = inner(orders_);
  keepBest();
}

double NetworkAlignment::inner(const UnitOrders& orders) {
  permute(b_, orders, moved_);
  double sum = 0;
  for (std::size_t l = 0; l < a_.layers.size(); ++l) {
    for (std::size_t k = 0; k < a_.layers[l].size(); ++k) sum += a_.layers[l].data()[k] * moved_.layers[l].data()[k];
  }
  return sum;
}

void NetworkAlignment::keepBest() {
  if (!(inner_ > bestInner_)) return;
  bestInner_ = inner_;
  best_ = orders_;
}

/// Takes the best order of a layer; true if it is better than the present one.
bool NetworkAlignment::assignLayer(int layer) {
  const LayerOrder found = gains_->best(layer, orders_[at(layer)]);
  if (exact()) boundInner_ += gains_->bound(layer);
  place_.gain = std::max(place_.gain, found.rise);
  if (!(found.rise > Tuning::gain * scale_)) return false;
  std::copy(found.order.begin(), found.order.end(), orders_[at(layer)].begin());
  changes_ += 1;
  return true;
}

std::optional<Status> NetworkAlignment::step() {
  if (!ordered_) {
    ordered_ = settings_.by == AlignBy::weights ? stepByWeights() : stepByActivations();
    if (!ordered_) return std::nullopt;
    finishOrders();
    return before_ ? std::nullopt : std::optional(Status::solved);
  }
  before_->look(point_, a_, b_);
  after_->look(point_, a_, moved_);
  if (++point_ < settings_.points) return std::nullopt;
  return Status::solved;
}

/// One layer of a sweep; true once all starts are done.
bool NetworkAlignment::stepByWeights() {
  const int layer = sequence_[at(place_.layer)];
  // The second start follows the layers: the one behind has no order yet.
  const bool follows = place_.run == 1 && place_.sweep == 0 && layer + 1 < a_.hidden();
  gains_->byWeights(layer, orders_, follows);
  place_.gained = assignLayer(layer) || place_.gained;
  if (++place_.layer < a_.hidden()) return false;
  inner_ = inner(orders_);
  keepBest();
  if (exact()) return true;
  if (place_.gained) {
    place_ = {.run = place_.run, .sweep = place_.sweep + 1};
    shuffle(sequence_, Random(settings_.seed, static_cast<std::uint32_t>(changes_) + 1));
    return false;
  }
  if (place_.run + 1 >= settings_.starts) return true;
  beginRun(place_.run + 1);
  return false;
}

bool NetworkAlignment::stepByActivations() {
  assignLayer(place_.layer);
  return ++place_.layer == a_.hidden();
}

/// Writes the distance, and its bound where there is one.
void NetworkAlignment::finishOrders() {
  if (settings_.by == AlignBy::activations) {
    best_ = orders_;
    bestInner_ = 0;
    for (int l = 0; l < a_.hidden(); ++l) bestInner_ += gains_->gain(l, best_[at(l)]);
    permute(b_, best_, moved_);
    objective_ = std::max(0.0, scale_ - 2 * bestInner_);
  } else {
    permute(b_, best_, moved_);
    objective_ = distance(a_, moved_);
  }
  boundDistance();
}

void NetworkAlignment::boundDistance() {
  // Distances are not negative, which proves that equal networks cannot be nearer.
  if (!exact() && objective_ <= settings_.tolerance * scale_) bound_ = 0;
  if (!exact()) return;
  double constant = 0, terms = rows_ ? rows_->count() : 0;
  const HostMatrix<double>&ours = a_.layers.back(), &theirs = b_.layers.back();
  for (int o = 0; o < ours.cols() && settings_.by == AlignBy::weights; ++o) {
    constant += ours(ours.rows() - 1, o) * theirs(ours.rows() - 1, o);
  }
  for (const HostMatrix<double>& layer : a_.layers) terms = std::max<double>(terms, layer.rows() + layer.cols());
  const double rounding = machineEpsilon * (terms + 10) * scale_;
  bound_ = std::min(objective_, std::max(0.0, scale_ - 2 * (boundInner_ + constant) - rounding));
}

AlignProgress NetworkAlignment::progress() const {
  AlignProgress now;
  now.changes = changes_;
  if (isKnown(objective_)) {
    now.objective = objective_;
  } else if (bestInner_ > -infinity) {
    now.objective = std::max(0.0, scale_ - 2 * bestInner_);
  }
  if (isKnown(bound_)) {
    now.lowerBound = bound_;
    now.residual = boundedBelow(objective_, bound_, scale_).gap;
  } else if (now.objective.known() && scale_ > 0) {
    now.residual = place_.gain / scale_;
  }
  return now;
}

AlignSolution NetworkAlignment::solution() const {
  AlignSolution made;
  if (best_.empty()) {
    for (std::size_t l = 1; l + 1 < problem_.widths.size(); ++l) {
      for (int i = 0; i < problem_.widths[l]; ++i) made.order.push_back(i);
    }
    return made;
  }
  for (const std::vector<int>& order : best_) made.order.insert(made.order.end(), order.begin(), order.end());
  made.factorsA = factorsA_;
  made.factorsB = factorsB_;
  if (before_ && point_ >= settings_.points) {
    made.before = before_->losses();
    made.after = after_->losses();
  }
  if (isKnown(bound_)) {
    made.certificate = boundedBelow(objective_, bound_, scale_);
  } else {
    made.certificate.kind = CertificateKind::coordinateWise;
    made.certificate.because = "No other order of the units of one hidden layer alone brings the networks nearer.";
  }
  return made;
}

}  // namespace nonconvex
