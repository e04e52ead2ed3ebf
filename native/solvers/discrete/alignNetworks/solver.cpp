#include "solvers/discrete/alignNetworks/solver.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/error.hpp"
#include "core/index.hpp"
#include "core/numbers.hpp"
#include "core/require_memory.hpp"
#include "data/checked_rows.hpp"
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

LayeredNetwork likeness(std::span<const int> widths) {
  LayeredNetwork made;
  for (std::size_t l = 0; l + 1 < widths.size(); ++l) made.layers.emplace_back(widths[l] + 1, widths[l + 1]);
  return made;
}

UnitOrders identities(const LayeredNetwork& network) {
  UnitOrders made;
  for (int l = 0; l < network.hidden(); ++l) {
    made.emplace_back(at(network.units(l)));
    std::iota(made.back().begin(), made.back().end(), 0);
  }
  return made;
}

}  // namespace

NetworkAlignment::NetworkAlignment(const Cpu& la, const AlignProblem& problem, const AlignSettings& settings)
    : la_(la), problem_(problem), settings_(settings) {
  checkSizes();
  double squares = 0;
  for (std::size_t l = 1; l + 1 < problem.widths.size(); ++l) squares += square(problem.widths[l]);
  const double rows = problem.x.rows;
  requireMemory(sizeof(double) * (6 * numbersOf(problem.widths) + squares + rows * (problem.x.columns + 1)),
                "networks with " + show(numbersOf(problem.widths)) + " numbers need");
}

void NetworkAlignment::checkSizes() const {
  const std::vector<int>& widths = problem_.widths;
  require(widths.size() >= 3, "widths.length", widths.size(), "expected inputs, hidden layers and outputs");
  double biases = 0;
  for (std::size_t l = 0; l < widths.size(); ++l) {
    require(widths[l] > 0, "widths[" + show(l) + "]", widths[l], "expected a positive integer");
    if (l > 0) biases += widths[l];
  }
  const double weights = numbersOf(widths) - biases;
  const auto length = [](std::string_view name, const std::vector<double>& numbers, double expected) {
    require(static_cast<double>(numbers.size()) == expected, std::string(name) + ".length", numbers.size(),
            "expected " + show(expected));
  };
  length("weightsA", problem_.weightsA, weights);
  length("weightsB", problem_.weightsB, weights);
  length("biasesA", problem_.biasesA, biases);
  length("biasesB", problem_.biasesB, biases);
  const int outputs = widths.back();
  const bool given = problem_.x.rows > 0;
  require(given || settings_.by == AlignBy::weights, "by", "activations", "expected rows x with it");
  if (given)
    require(problem_.x.columns == widths[0], "columns of x", problem_.x.columns, "expected " + show(widths[0]));
  if (problem_.loss == SegmentLoss::none) return;
  require(given, "y", "given", "expected rows x with it");
  const bool perOutput = problem_.loss == SegmentLoss::squared;
  length("y", problem_.y, 1.0 * problem_.x.rows * (perOutput ? outputs : 1));
  if (problem_.loss != SegmentLoss::softmax) return;
  for (std::size_t i = 0; i < problem_.y.size(); ++i) {
    const double label = problem_.y[i];
    require(label >= 0 && label < outputs && label == std::floor(label), "y[" + show(i) + "]", label,
            "expected a class from 0 to " + show(outputs - 1));
  }
}

std::optional<Status> NetworkAlignment::start() {
  a_ = LayeredNetwork(problem_.widths, problem_.weightsA, problem_.biasesA);
  b_ = LayeredNetwork(problem_.widths, problem_.weightsB, problem_.biasesB);
  if (settings_.balance) {
    factorsA_ = balanceUnits(a_);
    factorsB_ = balanceUnits(b_);
  }
  moved_ = likeness(problem_.widths);
  work_ = likeness(problem_.widths);
  best_ = orders_ = identities(a_);
  for (int l = 0; l < a_.hidden(); ++l) {
    const int units = a_.units(l);
    assignments_.push_back(std::make_unique<LinearAssignment>(la_, units, units));
    gains_.emplace_back(units, units);
    partsIn_.emplace_back(a_.layers[at(l)].rows(), units);
    partsOut_.emplace_back(units, a_.units(l + 1));
    sequence_.push_back(l);
  }
  if (problem_.x.rows > 0) {
    rows_ = transposedRows(la_, "x", problem_.x, 1);
    values_ = std::make_unique<LayerValues>(la_, a_, Tuning::rows);
  }
  started_ = true;
  if (settings_.by == AlignBy::activations) {
    correlate();
  } else {
    scale_ = a_.squares() + b_.squares();
    beginRun(0);
  }
  return std::nullopt;
}

/// Inner products of activations of all pairs of units, as mean over rows, with the other sign.
void NetworkAlignment::correlate() {
  LayerValues others(la_, b_, Tuning::rows);
  const int n = rows_.cols();
  for (int first = 0; first < n; first += Tuning::rows) {
    const Mat<const double> x = rows_.columns(first, std::min(Tuning::rows, n - first));
    values_->run(a_, x);
    others.run(b_, x);
    for (int l = 0; l < a_.hidden(); ++l) {
      const Mat<const double> za = values_->of(l), zb = others.of(l);
      la_.gemmWithAborts(Transpose::no, Transpose::yes, -1.0 / n, zb, za, first == 0 ? 0 : 1, gains_[at(l)]);
      for (int i = 0; i < za.cols; ++i) {
        for (int j = 0; j < za.rows; ++j) scale_ += (square(za(j, i)) + square(zb(j, i))) / n;
      }
    }
  }
}

/// The first run begins with the order of b, the second one with an order that follows the layers, others at random.
void NetworkAlignment::beginRun(int run) {
  run_ = run;
  place_ = sweep_ = 0;
  gained_ = false;
  orders_ = identities(b_);
  std::iota(sequence_.begin(), sequence_.end(), 0);
  if (run >= 2) {
    for (std::size_t l = 0; l < orders_.size(); ++l) {
      shuffle(orders_[l],
              Random(settings_.seed, static_cast<std::uint32_t>(4096 * l) + static_cast<std::uint32_t>(run)));
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

/// Minus what each pair of units adds to the inner product while the other layers keep their orders.
void NetworkAlignment::writeGains(int layer) {
  const std::size_t l = at(layer);
  HostMatrix<double>& in = partsIn_[l];
  const HostMatrix<double>& from = b_.layers[l];
  const int inputs = from.rows() - 1;
  for (int j = 0; j < from.cols(); ++j) {
    for (int k = 0; k < inputs; ++k) in(k, j) = from(layer > 0 ? orders_[l - 1][at(k)] : k, j);
    in(inputs, j) = from(inputs, j);
  }
  la_.gemmWithAborts(Transpose::yes, Transpose::no, -1, in, a_.layers[l], 0, gains_[l]);
  // The second start follows the layers: the one behind has no order yet.
  if (run_ == 1 && sweep_ == 0 && layer + 1 < a_.hidden()) return;
  HostMatrix<double>& out = partsOut_[l];
  const HostMatrix<double>& next = b_.layers[l + 1];
  for (int o = 0; o < next.cols(); ++o) {
    const double* column = next.column(layer + 1 < a_.hidden() ? orders_[l + 1][at(o)] : o);
    std::copy(column, column + out.rows(), out.column(o));
  }
  const HostMatrix<double>& ours = a_.layers[l + 1];
  const Mat<const double> weights{ours.data(), ours.rows() - 1, ours.cols(), ours.rows()};
  la_.gemmWithAborts(Transpose::no, Transpose::yes, -1, out, weights, 1, gains_[l]);
}

/// The best order of a layer by its gains; true if it is better than the present one.
bool NetworkAlignment::assignLayer(int layer) {
  LinearAssignment& assignment = *assignments_[at(layer)];
  const HostMatrix<double>& gains = gains_[at(layer)];
  assignment.start(gains.data());
  while (assignment.step()) {
  }
  const std::vector<int>& order = assignment.columnOf();
  double rise = 0;
  for (int i = 0; i < gains.cols(); ++i) rise += gains(orders_[at(layer)][at(i)], i) - gains(order[at(i)], i);
  if (exact()) boundInner_ -= assignment.multipliers().bound;
  if (!(rise > Tuning::gain * scale_)) return false;
  orders_[at(layer)] = order;
  changes_ += 1;
  return true;
}

std::optional<Status> NetworkAlignment::step() {
  if (!ordered_) {
    ordered_ = settings_.by == AlignBy::weights ? stepByWeights() : stepByActivations();
    if (!ordered_) return std::nullopt;
    finishOrders();
    return problem_.loss == SegmentLoss::none ? std::optional(Status::solved) : std::nullopt;
  }
  lookAtPoint(point_);
  if (++point_ < settings_.points) return std::nullopt;
  measure(before_);
  measure(after_);
  return Status::solved;
}

/// One layer of a sweep; true once all starts are done.
bool NetworkAlignment::stepByWeights() {
  const int layer = sequence_[at(place_)];
  writeGains(layer);
  gained_ = assignLayer(layer) || gained_;
  if (++place_ < a_.hidden()) return false;
  inner_ = inner(orders_);
  keepBest();
  if (exact()) return true;
  place_ = 0;
  ++sweep_;
  if (gained_) {
    gained_ = false;
    shuffle(sequence_, Random(settings_.seed, static_cast<std::uint32_t>(changes_) + 1));
    return false;
  }
  if (run_ + 1 >= settings_.starts) return true;
  beginRun(run_ + 1);
  return false;
}

bool NetworkAlignment::stepByActivations() {
  assignLayer(place_);
  return ++place_ == a_.hidden();
}

/// Writes the distance, and its bound where there is one.
void NetworkAlignment::finishOrders() {
  double constant = 0;
  double terms = rows_.cols();
  if (settings_.by == AlignBy::activations) {
    best_ = orders_;
    double sum = 0;
    for (int l = 0; l < a_.hidden(); ++l) {
      for (int i = 0; i < a_.units(l); ++i) sum -= gains_[at(l)](best_[at(l)][at(i)], i);
    }
    bestInner_ = sum;
    objective_ = std::max(0.0, scale_ - 2 * sum);
  } else {
    permute(b_, best_, moved_);
    objective_ = distance(a_, moved_);
    const int last = a_.layers.back().rows() - 1;
    for (int o = 0; o < a_.layers.back().cols(); ++o) constant += a_.layers.back()(last, o) * b_.layers.back()(last, o);
    for (const HostMatrix<double>& layer : a_.layers) terms = std::max<double>(terms, layer.rows() + layer.cols());
  }
  permute(b_, best_, moved_);
  // Distances are not negative, which proves that equal networks cannot be nearer.
  if (!exact() && objective_ <= settings_.tolerance * scale_) bound_ = 0;
  if (!exact()) return;
  const double rounding = machineEpsilon * (terms + 10) * scale_;
  bound_ = std::min(objective_, std::max(0.0, scale_ - 2 * (boundInner_ + constant) - rounding));
}

void NetworkAlignment::lookAtPoint(int k) {
  const double t = static_cast<double>(k) / (settings_.points - 1);
  lossAt(b_, t, before_);
  lossAt(moved_, t, after_);
}

void NetworkAlignment::lossAt(const LayeredNetwork& to, double t, SegmentLosses& losses) {
  interpolate(a_, to, t, work_);
  double sum = 0, right = 0;
  const int n = rows_.cols();
  for (int first = 0; first < n; first += Tuning::rows) {
    values_->run(work_, rows_.columns(first, std::min(Tuning::rows, n - first)));
    sum += addLosses(values_->of(a_.hidden()), first, right);
  }
  losses.loss.resize(at(point_));
  losses.loss.push_back(sum / n);
  if (problem_.loss == SegmentLoss::squared) return;
  losses.accuracy.resize(at(point_));
  losses.accuracy.push_back(right / n);
}

double NetworkAlignment::addLosses(Mat<const double> outputs, int first, double& right) const {
  double sum = 0;
  for (int i = 0; i < outputs.cols; ++i) {
    const double* f = outputs.column(i);
    const double* y =
        problem_.y.data() + at(first + i) * (problem_.loss == SegmentLoss::squared ? at(outputs.rows) : 1);
    if (problem_.loss == SegmentLoss::squared) {
      for (int o = 0; o < outputs.rows; ++o) sum += square(f[o] - y[o]);
    } else if (problem_.loss == SegmentLoss::logistic) {
      const double margin = *y * f[0];
      sum += margin > 0 ? std::log1p(std::exp(-margin)) : std::log1p(std::exp(margin)) - margin;
      right += margin > 0;
    } else {
      const double most = *std::max_element(f, f + outputs.rows);
      double total = 0;
      for (int o = 0; o < outputs.rows; ++o) total += std::exp(f[o] - most);
      const double own = f[static_cast<int>(*y)];
      sum += std::log(total) + most - own;
      right += own == most;
    }
  }
  return sum;
}

void NetworkAlignment::measure(SegmentLosses& losses) const {
  losses.height = 0;
  const double first = losses.loss.front(), last = losses.loss.back();
  for (std::size_t k = 0; k < losses.loss.size(); ++k) {
    const double t = static_cast<double>(k) / static_cast<double>(losses.loss.size() - 1);
    losses.height = std::max(losses.height, losses.loss[k] - (1 - t) * first - t * last);
  }
}

AlignProgress NetworkAlignment::progress() const {
  AlignProgress now;
  now.changes = changes_;
  if (!started_) return now;
  if (isKnown(objective_)) {
    now.objective = objective_;
  } else if (settings_.by == AlignBy::weights) {
    now.objective = std::max(0.0, scale_ - 2 * bestInner_);
  }
  if (!isKnown(bound_)) return now;
  now.lowerBound = bound_;
  now.residual = boundedBelow(objective_, bound_, scale_).gap;
  return now;
}

AlignSolution NetworkAlignment::solution() const {
  AlignSolution made;
  if (!started_) {
    for (std::size_t l = 1; l + 1 < problem_.widths.size(); ++l) {
      for (int i = 0; i < problem_.widths[l]; ++i) made.order.push_back(i);
    }
    return made;
  }
  for (const std::vector<int>& order : best_) made.order.insert(made.order.end(), order.begin(), order.end());
  made.factorsA = factorsA_;
  made.factorsB = factorsB_;
  if (ordered_ && point_ >= settings_.points) {
    made.before = before_;
    made.after = after_;
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
