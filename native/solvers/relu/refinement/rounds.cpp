#include "solvers/relu/refinement/rounds.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <set>
#include <tuple>
#include <utility>

#include "core/run.hpp"
#include "linalg/blas.hpp"
#include "solvers/relu/refinement/batch_descent.hpp"
#include "solvers/relu/largest_price.hpp"
#include "solvers/relu/refinement/residual_bound.hpp"
#include "solvers/relu/solver.hpp"
#include "solvers/relu/refinement/caratheodory.hpp"

namespace nonconvex {
namespace {

/// A round that lowers the objective by less, relatively, is idle; three in a row end the refinement.
constexpr double leastGain = 2e-5;
constexpr int mostIdle = 3;
/// A neuron with so little of the weight of the largest is left out.
constexpr double leastNeuron = 1e-6;
/// How far a neuron is moved before a descent, as a share of its length; and, in every other round, after one that
/// gained less than `smallGain`: further, as what is near has been found.
constexpr double jitter = 0.1;
constexpr double largeJitter = 0.3;
constexpr double smallGain = 1e-4;
/// Accuracy and iterations of the convex programs of rounds; that of the end has the settings'.
constexpr double roundTolerance = 3e-4;
constexpr int roundIterations = 300;
/// Iterations of a convex program between two looks at its gap: one costs about as much as an iteration.
constexpr int iterationsOfLook = 5;
/// The columns, bias included, up to which the largest price is found exactly: in each round, and at the end.
constexpr int exactInRounds = 4;
constexpr int exactAtEnd = mostPriceColumns;
constexpr double roundNodes = 3e5;  // about a second
constexpr double mostNodes = 2e6;   // at the end
constexpr double nodesPerSecond = 2e5;

/// A first descent begins on some of the rows from so many numbers on: about so many numbers, and at least so many
/// rows. On all rows it needs a quarter of the iterations after that. With less data the network is worse, and what is
/// saved the convex program after it, begun further away, takes.
constexpr double largeData = 2e7;
constexpr double sizeOfPart = 4e6;
constexpr int leastRowsOfPart = 1000;
constexpr int shareAfterPart = 4;

/// Rows x columns x outputs from which several outputs begin with a descent by batches, and each has the patterns of
/// its own neurons in a convex program of its own: that of all patterns for all outputs takes gigabytes. And how many
/// neurons an output has then, and in how many batches of how many rows.
constexpr double largeOutputs = 3e6;
constexpr double fewestOfOutput = 30;
constexpr double mostOfOutput = 100;
constexpr double sizeOfOutput = 4e8;  // rows x columns x neurons
constexpr int fewestRowsOfBatch = 50;
constexpr int mostRowsOfBatch = 250;
constexpr int batches = 2000;
/// Times as many batches where a convex program follows: begun at a better network, it takes half of the iterations and
/// its patterns are better ones.
constexpr int batchesBeforeProgram = 2;

constexpr int columnIterations = 2000;
constexpr double accurate = 1e-4;  // of the tolerance: of convex programs whose theta is priced exactly

/// The share of the time limit after which no round begins.
constexpr double shareOfRounds = 0.8;
/// The share of the time limit after which what a round has begun is cut short.
constexpr double shareOfLastRound = 0.9;
/// The share of the time left to a round that its descent may take.
constexpr double shareOfDescent = 0.6;
/// The share of the time left that the last convex program may take: the rest is for the search after it.
constexpr double shareOfConvex = 0.7;
/// Code of errors that say that memory was not there.
constexpr std::string_view outOfMemory = "OUT_OF_MEMORY";

/// The neurons but for those of next to no weight, balanced.
ReluNeurons pruned(const ReluNeurons& neurons) {
  double largest = 0;
  for (int j = 0; j < neurons.count(); ++j) largest = std::max(largest, neurons.size(j));
  std::vector<int> kept;
  for (int j = 0; j < neurons.count(); ++j) {
    if (neurons.size(j) > leastNeuron * largest) kept.push_back(j);
  }
  ReluNeurons made = neurons.only(kept);
  made.balance();
  return made;
}

/// A neuron for each column of weights, that is not zero, of a convex program of so many outputs from the first one on,
/// with P patterns whose numbers are given.
ReluNeurons neuronsOf(const ReluData& data, Mat<const double> weights, const std::vector<std::int32_t>& patterns,
                      int first, int outputs) {
  const int p = static_cast<int>(patterns.size());
  std::vector<int> active;
  for (int j = 0; j < weights.cols; ++j) {
    if (blas::nrm2(data.d, weights.column(j)) > 0) active.push_back(j);
  }
  ReluNeurons made = ReluNeurons::ofSize(data.d, static_cast<int>(active.size()));
  for (int k = 0; k < made.count(); ++k) {
    const int j = active[at(k)];
    data.scaleWeights(weights.column(j), j % p, made.directions.column(k));
    made.weights[at(k)] = j < outputs * p ? 1 : -1;
    made.outputs[at(k)] = first + j / p % outputs;
    made.patterns[at(k)] = patterns[at(j % p)];
  }
  made.balance();
  return made;
}

/// The neurons, whose patterns are given, with those of one pattern, sign and output as one, which has their sum as its
/// weight in the convex program: the same function, with a penalty that is no larger. Those without a pattern, which
/// are active on no row, are left out.
ReluNeurons merged(const ReluNeurons& neurons) {
  std::map<std::tuple<std::int32_t, std::int32_t, bool>, int> places;
  std::vector<int> kept;
  std::vector<int> placeOf(at(neurons.count()), -1);
  for (int j = 0; j < neurons.count(); ++j) {
    if (neurons.patterns[at(j)] < 0) continue;
    const auto [found, isNew] = places.emplace(
        std::tuple(neurons.patterns[at(j)], neurons.outputs[at(j)], neurons.weights[at(j)] < 0), places.size());
    if (isNew) kept.push_back(j);
    placeOf[at(j)] = found->second;
  }
  ReluNeurons made = neurons.only(kept);
  const int d = made.directions.rows();
  std::fill(made.directions.data(), made.directions.data() + made.directions.size(), 0.0);
  for (int j = 0; j < neurons.count(); ++j) {
    if (placeOf[at(j)] < 0) continue;
    blas::axpy(d, std::abs(neurons.weights[at(j)]), neurons.directions.column(j),
               made.directions.column(placeOf[at(j)]));
  }
  for (double& weight : made.weights) weight = std::copysign(1.0, weight);
  made.balance();
  return made;
}

/// The column of a weight matrix that has the neuron, of a program of so many outputs from the first one on with the
/// patterns whose numbers are listed in order.
int columnOf(const ReluNeurons& neurons, int j, std::int32_t pattern, const std::vector<std::int32_t>& patterns,
             int first, int outputs) {
  const auto place = std::lower_bound(patterns.begin(), patterns.end(), pattern) - patterns.begin();
  const int row = (neurons.weights[at(j)] < 0 ? outputs : 0) + neurons.outputs[at(j)] - first;
  return row * static_cast<int>(patterns.size()) + static_cast<int>(place);
}

/// Writes the network of the neurons, and their weights in the convex program, over those of a solution of it.
void writeSolution(const ReluData& data, const ReluNeurons& neurons, const std::vector<std::int32_t>& patterns,
                   ReluSolution& s) {
  const int p = static_cast<int>(patterns.size());
  std::vector<NeuronSource> sources;
  s.weights = HostMatrix<double>(data.d, 2 * data.c * p);
  for (int j = 0; j < neurons.count(); ++j) {
    std::vector<double> scaled(neurons.directions.column(j), neurons.directions.column(j) + data.d);
    for (double& entry : scaled) entry *= std::abs(neurons.weights[at(j)]);
    const int column = columnOf(neurons, j, neurons.patterns[at(j)], patterns, 0, data.c);
    data.unscaleWeights(scaled.data(), column % p, s.weights.column(column));
    sources.push_back({.column = column,
                       .pattern = column % p,
                       .output = neurons.outputs[at(j)],
                       .root = std::sqrt(neurons.size(j) * data.normScale()),
                       .sign = std::copysign(1.0, neurons.weights[at(j)])});
  }
  writeNetwork(data, sources, s);
}

void refuseWithout(const ReluSettings& settings, int outputs) {
  const char* const expected = "expected, with patterns 'refine', ";
  require(settings.activation == ReluActivation::relu, "activation", "gated", std::string(expected) + "'relu'");
  require(settings.method == ReluMethod::admm, "method", "sampled", std::string(expected) + "'admm'");
  require(settings.splitting == ReluSplitting::cone, "splitting", "slack", std::string(expected) + "'cone'");
  require(settings.coupling == ReluCoupling::oneVsAll || outputs == 1, "coupling", "frobenius",
          std::string(expected) + "'oneVsAll'");
}

ReluData refinedData(const Cpu& la, const ReluProblem& problem, const ReluSettings& settings) {
  refuseWithout(settings, problem.outputs);
  return {problem, settings, la.availableMemory(), sizeof(double)};
}

}  // namespace

RefinementEffort RefinementEffort::of(const ReluData& data) {
  const double size = static_cast<double>(data.n) * data.d;
  RefinementEffort effort{};
  effort.neurons = std::max(static_cast<int>(std::clamp(1e7 / size, 32.0, 200.0)), 6 * data.c);
  effort.firstIterations = static_cast<int>(std::clamp(1e10 / size / effort.neurons, 400.0, 1000.0));
  effort.iterations = effort.firstIterations / 5;
  const int step = std::min(static_cast<int>(size / sizeOfPart), data.n / leastRowsOfPart);
  effort.rowStep = size < largeData ? 1 : std::max(1, step);
  effort.added = std::max(16, effort.neurons / 4);
  effort.starts = size <= 3e5 ? 4 : size <= 1e6 ? 2 : 1;
  effort.searches = std::max(static_cast<int>(std::clamp(4e7 / size, 20.0, 400.0)), 4 * data.c);
  if (data.c > 1 && size * data.c >= largeOutputs && data.n >= leastRowsOfPart) {
    effort.neurons = data.c * static_cast<int>(std::clamp(sizeOfOutput / size, fewestOfOutput, mostOfOutput));
    effort.batch = std::clamp(data.n / 100, fewestRowsOfBatch, mostRowsOfBatch);
    effort.starts = 1;
  }
  return effort;
}

ReluRefiner::ReluRefiner(const Cpu& la, const ReluProblem& problem, const ReluSettings& settings,
                         std::function<double()> memory)
    : la_(la),
      memory_(std::move(memory)),
      settings_(settings),
      wanted_(problem.patterns.refine.value()),
      data_(refinedData(la, problem, settings)),
      effort_(RefinementEffort::of(data_)),
      starts_(wanted_.starts.value_or(effort_.starts)),
      table_(data_),
      evaluate_(la_, data_),
      given_(warmNetwork(problem)),
      parts_(at(effort_.batch > 0 && !data_.loss.coupled() && !data_.loss.weighted ? data_.c : 1)),
      theta_(data_.n, data_.c) {
  takeZero();
}

bool ReluRefiner::anyOf(int part) const {
  return std::any_of(network_.outputs.begin(), network_.outputs.end(), [&](int k) { return partOf(k) == part; });
}

/// The patterns of all programs, in order.
std::vector<std::int32_t> ReluRefiner::patterns() const {
  std::set<std::int32_t> all;
  for (const Part& part : parts_) all.insert(part.patterns.begin(), part.patterns.end());
  return {all.begin(), all.end()};
}

void ReluRefiner::addUp() {
  objective_ = lowerBound_ = 0;
  for (const Part& part : parts_) {
    objective_ += part.objective;
    lowerBound_ += part.lowerBound;
  }
}

/// The network without neurons, which is optimal where beta is large.
void ReluRefiner::takeZero() {
  network_ = ReluNeurons::ofSize(data_.d, 0);
  solution_.dual = HostMatrix<double>(data_.n, data_.c);
  solution_.inputShift = data_.inputShift.copy();
  solution_.inputScale = data_.inputScale.copy();
  solution_.networkObjective = evaluate_.value(network_);
  for (int k = 0; k < parts(); ++k) {
    const int outputs = outputsOfPart();
    parts_[at(k)] = {.objective = lossOf(data_, evaluate_.predictions().columns(k * outputs, outputs), k * outputs),
                     .lowerBound = 0,
                     .patterns = {}};
  }
  addUp();
  std::copy(evaluate_.residual().data, evaluate_.residual().data + theta_.size(), theta_.data());
}

/// Takes a network as it is. Its residual, scaled, is a point of the dual of the program over the patterns that the
/// neurons of each output have: of a local minimum, but for kinks, that closes the gap.
void ReluRefiner::takeLocal(ReluNeurons network) {
  network.patterns = table_.add(la_, network.directions);
  network_ = merged(network);
  solution_.networkObjective = evaluate_.value(network_);
  std::copy(evaluate_.residual().data, evaluate_.residual().data + theta_.size(), theta_.data());
  ownPatterns_ = true;
  const int outputs = outputsOfPart();
  for (int k = 0; k < parts(); ++k) {
    Part& part = parts_[at(k)];
    std::set<std::int32_t> distinct;
    part.objective = lossOf(data_, evaluate_.predictions().columns(k * outputs, outputs), k * outputs);
    for (int j = 0; j < network_.count(); ++j) {
      if (partOf(network_.outputs[at(j)]) != k) continue;
      distinct.insert(network_.patterns[at(j)]);
      part.objective += data_.beta * network_.size(j);
    }
    part.patterns.assign(distinct.begin(), distinct.end());
    part.lowerBound = residualBound(la_, data_, network_, theta_, k * outputs, outputs, solution_.dual);
  }
  addUp();
}

ReluNeurons ReluRefiner::warmNetwork(const ReluProblem& problem) const {
  const HostMatrix<double>& weights = problem.warmStart.weights;
  const int p = problem.patterns.gates.cols();
  if (weights.cols() == 0) return ReluNeurons::ofSize(data_.d, 0);
  require(weights.rows() == data_.d, "rows of warmStart.weights", weights.rows(), "expected " + show(data_.d));
  require(weights.cols() == 2 * data_.c * p, "columns of warmStart.weights", weights.cols(),
          "expected " + show(2 * data_.c * p) + ", as many as its gates, the outputs and signs make");
  return neuronsOf(data_, weights, std::vector<std::int32_t>(at(p), -1), 0, data_.c);
}

double ReluRefiner::timeForRounds() const { return shareOfLastRound * wanted_.timeLimit - watch_.seconds(); }

void ReluRefiner::start() {
  watch_ = Stopwatch();
  if (starts_ == 0 && given_.empty()) return;
  if (effort_.batch > 0 || !wanted_.program) {
    takeLocal(firstNetwork());
    begun_ = wanted_.program ? 0 : parts();
  } else {
    begun_ = parts();
    const bool only = wanted_.rounds == 0;
    solveConvex(firstNetwork(), only ? settings_.tolerance : std::max(roundTolerance, settings_.tolerance),
                only ? settings_.maxIterations : roundIterations);
  }
}

/// The next of the first programs, one for each part.
void ReluRefiner::solveFirst() {
  const bool only = wanted_.rounds == 0;
  const int part = begun_++;
  solvePart(part, network_, only ? settings_.tolerance : std::max(roundTolerance, settings_.tolerance),
            only ? settings_.maxIterations : roundIterations);
}

std::optional<Status> ReluRefiner::step() {
  if (!shortage_.empty()) return Status::stalled;
  try {
    return advance();
  } catch (const Error& error) {
    // Patterns multiply from round to round. Where the memory ends, what was found until then stays the result.
    if (error.code() != outOfMemory || network_.empty()) throw;
    shortage_ = error.what();
    ended_ = true;
    return std::nullopt;
  }
}

std::string ReluRefiner::explain(Status status) const {
  if (status == Status::stalled && !shortage_.empty()) {
    return "Refinement ended in round " + show(round_) + " with the best network before it: " + shortage_ + ".";
  }
  if (status == Status::timeLimit && wanted_.timeLimit <= settings_.timeLimit) {
    return "That was patterns.refine.timeLimit = " + show(wanted_.timeLimit) + " s.";
  }
  if (status == Status::iterationLimit && ended_) {
    if (!wanted_.program) return "A local descent alone was asked for: patterns.refine.program = false.";
    return "Its iterations are rounds of refinement, which ended after patterns.refine.rounds = " +
           show(wanted_.rounds) + " or when they gained next to nothing.";
  }
  return {};
}

std::optional<Status> ReluRefiner::advance() {
  if (ended_) return timeLeft() <= 0 ? Status::timeLimit : Status::iterationLimit;
  if (begun_ < parts() && (starts_ > 0 || !given_.empty()) && timeLeft() > 0) {
    solveFirst();
    return std::nullopt;
  }
  const bool limited = round_ >= wanted_.rounds || watch_.seconds() >= shareOfRounds * wanted_.timeLimit;
  // A round whose search found nothing may have searched badly: it ends the rounds where they gain little, too.
  const bool priced = violation_ <= 1 + settings_.tolerance && gain_ < smallGain;
  const bool settled = idle_ >= mostIdle || priced || globallySolved() || !wanted_.program;
  if (!limited && !settled) {
    round();
  } else if (!limited && wanted_.program && data_.d <= exactAtEnd && idleColumnRounds_ < mostIdle &&
             !globallySolved()) {
    columnRound();
  } else {
    finish();
  }
  return std::nullopt;
}

/// Column generation: few columns have the largest price found exactly, and adding its pattern to the convex program,
/// solved so accurately that theta is too, closes the gap to all networks.
void ReluRefiner::columnRound() {
  ++round_;
  const double before = globalBound_;
  const ReluNeurons added = worthwhile(price(theta_, {}, effort_.searches, true), effort_.neurons);
  idleColumnRounds_ = globalBound_ - before < leastGain * objective_ ? idleColumnRounds_ + 1 : 0;
  if (globallySolved()) return;
  solveConvex(network_.with(added), accurate * settings_.tolerance,
              std::min(columnIterations, settings_.maxIterations));
}

void ReluRefiner::round() {
  const double before = objective_;
  const ReluPrices prices = price(theta_, {}, effort_.searches, data_.d <= exactInRounds);
  const ReluNeurons added = worthwhile(prices, round_ == 0 ? effort_.neurons : effort_.added);
  const bool further = gain_ < smallGain && round_ % 2 == 0;
  ++round_;
  solveConvex(descended(jittered(further ? largeJitter : jitter).with(added), effort_.iterations),
              std::max(roundTolerance, settings_.tolerance), roundIterations);
  gain_ = (before - objective_) / before;
  idle_ = gain_ < leastGain ? idle_ + 1 : 0;
}

void ReluRefiner::finish() {
  ended_ = true;
  if (globallySolved()) return;
  if (gap() > settings_.tolerance && !network_.empty() && wanted_.rounds > 0 && wanted_.program) {
    solveConvex(network_, settings_.tolerance, settings_.maxIterations);
  }
  if (!wanted_.estimate) return;
  if (timeLeft() <= 0) {  // a large matrix product outlasted the limit: a short search, from the last network
    price(theta_, {}, effort_.searches, false);
    return;
  }
  // A longer search at the theta of the best bound so far, and at the last, takes the place of those of the rounds.
  // A network of one descent, without rounds, is far from the best of any width: no exact bound for all is tight there.
  const bool exactly = data_.d <= exactAtEnd && (wanted_.rounds > 0 || starts_ == 0);
  const HostMatrix<double> before = estimateTheta_.copy();
  estimate_ = {};
  for (const Mat<const double> theta : {Mat<const double>(before), Mat<const double>(theta_)}) {
    const bool last = theta.data == theta_.data();
    // That of the network without neurons alone is to be cheap: its largest prices are found from most starts.
    const int random = starts_ == 0 ? effort_.searches : 8 * effort_.searches;
    if (theta.cols > 0) price(theta, {0.1, 0.3}, random, last && exactly, last ? 1.0 : 0.5);
  }
}

/// The best of several random networks, or that of a warm start, after a descent.
ReluNeurons ReluRefiner::firstNetwork() {
  if (!given_.empty()) return descended(given_.copy(), effort_.iterations);
  std::vector<ReluNeurons> networks(at(starts_));
  std::vector<double> objectives(at(starts_));
  const Monitor monitor = la_.childMonitor(std::max(0.0, shareOfDescent * timeForRounds()));
  const Cpu watched = la_.watchedBy(monitor);
  const Cpu own = starts_ > 1 ? watched.serial() : watched;
  la_.tasks(starts_, [&](int k) {
    networks[at(k)] = randomNeurons(data_, effort_.neurons, settings_.seed + 1000003 * static_cast<std::uint64_t>(k));
    objectives[at(k)] = descendFirst(own, networks[at(k)]);
  });
  la_.checkpoint();
  const auto best = std::min_element(objectives.begin(), objectives.end()) - objectives.begin();
  return pruned(networks[static_cast<std::size_t>(best)]);
}

/// The descent of a random network: where data is large on some of its rows, then on all.
double ReluRefiner::descendFirst(const Cpu& la, ReluNeurons& network) const {
  if (effort_.batch > 0) {
    beginAtMeans(data_, network);
    descendByBatches(la, data_, network,
                     {.rows = effort_.batch,
                      .steps = (wanted_.program ? batchesBeforeProgram : 1) * batches,
                      .seed = settings_.seed,
                      .seconds = std::max(1e-3, shareOfDescent * timeForRounds())});
    return 0;  // there is one start alone
  }
  if (effort_.rowStep == 1) return descend(la, data_, network, effort_.firstIterations);
  descend(la, data_.everyRow(effort_.rowStep), network, effort_.firstIterations);
  return descend(la, data_, network, effort_.firstIterations / shareAfterPart);
}

ReluNeurons ReluRefiner::descended(ReluNeurons network, int iterations) {
  const Monitor monitor = la_.childMonitor(std::max(0.0, shareOfDescent * timeForRounds()));
  descend(la_.watchedBy(monitor), data_, network, iterations);
  la_.checkpoint();
  return pruned(network);
}

/// A start of the convex program of outputs from the first one on over the patterns listed: the neurons, whose patterns
/// are given, and their residual.
ReluWarmStart ReluRefiner::warmStart(int first, const ReluNeurons& network, const std::vector<std::int32_t>& ofNeurons,
                                     const std::vector<std::int32_t>& patterns) {
  const int outputs = outputsOfPart();
  const int columns = 2 * outputs * static_cast<int>(patterns.size());
  ReluWarmStart warm{.weights = HostMatrix<double>(data_.d, columns), .dual = HostMatrix<double>(data_.n, outputs)};
  // Outputs are much alike: each begins with the penalty that the one before ended with.
  if (parts() > 1) warm.rho = programRho_;
  for (int j = 0; j < network.count(); ++j) {
    if (ofNeurons[at(j)] < 0) continue;
    const int column = columnOf(network, j, ofNeurons[at(j)], patterns, first, outputs);
    blas::axpy(data_.d, std::abs(network.weights[at(j)]), network.directions.column(j), warm.weights.column(column));
  }
  evaluate_.value(network);
  la_.copy(evaluate_.residual().columns(first, outputs), warm.dual.view());
  return warm;
}

/// Solves the convex programs over the patterns of a network, from there, and takes what is better.
void ReluRefiner::solveConvex(const ReluNeurons& network, double tolerance, int iterations) {
  for (int part = 0; part < parts(); ++part) solvePart(part, network, tolerance, iterations);
}

ReluNeurons ReluRefiner::ofPart(int part, const ReluNeurons& network) const {
  std::vector<int> list;
  for (int j = 0; j < network.count(); ++j) {
    if (partOf(network.outputs[at(j)]) == part) list.push_back(j);
  }
  return network.only(list);
}

/// The numbers of the neurons' patterns: those that they say, or those of their directions.
std::vector<std::int32_t> ReluRefiner::numbersOf(const ReluNeurons& neurons) {
  std::vector<std::int32_t> numbers = table_.add(la_, neurons.directions);
  for (int j = 0; j < neurons.count(); ++j) {
    if (neurons.patterns[at(j)] >= 0) numbers[at(j)] = neurons.patterns[at(j)];
  }
  return numbers;
}

void ReluRefiner::solvePart(int part, const ReluNeurons& network, double tolerance, int iterations) {
  const ReluNeurons own = ofPart(part, network);
  const std::vector<std::int32_t> ofNeurons = numbersOf(own);
  std::set<std::int32_t> distinct(ofNeurons.begin(), ofNeurons.end());
  distinct.erase(-1);
  if (distinct.empty()) return;
  std::vector<std::int32_t> patterns(distinct.begin(), distinct.end());
  ReluWarmStart warm = warmStart(part * outputsOfPart(), own, ofNeurons, patterns);
  ReluSettings settings = settings_;
  settings.tolerance = tolerance;
  settings.maxIterations = std::min(iterations, settings_.maxIterations);
  settings.checkInterval = iterationsOfLook;
  const double seconds = (ended_ ? shareOfConvex * timeLeft() : timeForRounds()) / (parts() - part);
  Monitor monitor = la_.childMonitor(iterations == 0 ? infinity : std::max(0.0, seconds));
  const Cpu watched = la_.watchedBy(monitor);
  ReluData data = data_.withPatterns(settings, table_.gates(patterns), table_.masks(patterns), memory_(),
                                     parts() > 1 ? std::optional(part) : std::nullopt);
  ReluSolver<Cpu> solver(watched, std::move(data), settings, std::move(warm));
  const auto outcome = iterate(solver, settings, monitor);
  if (outcome.progress.iteration > 0) programRho_ = solver.rho();
  la_.checkpoint();
  const Part& before = parts_[at(part)];
  const bool empty = !anyOf(part);
  const double objective = outcome.progress.objective;
  // No neurons for the sake of rounding, where the network without any is optimal: then the bound is what is wanted.
  const bool zero = empty && objective > before.objective * (1 - 1e-12);
  // The same program again, or one that was cut short, replaces a better bound by its own only with a better network;
  // one that was cut short replaces a smaller gap only with a network below what the program before it has.
  const bool cut = outcome.status == Status::timeLimit;
  const bool again = ended_ || cut;
  const bool worse = cut && outcome.progress.residual > before.gap() && objective >= before.lowerBound;
  const bool lower = objective < before.objective * (1 - 1e-12) && !worse;
  const bool level = !worse && objective <= before.objective * (1 + 1e-12) &&
                     !(again && outcome.progress.lowerBound < before.lowerBound);
  if (zero || lower || level) take(part, solver.solution(), outcome.progress, std::move(patterns), zero);
  // Without any network yet the local one is taken as it is, however little time there was: its bound costs no
  // iteration.
  if (!anyOf(part) && outcome.status == Status::timeLimit && iterations > 0) solvePart(part, network, tolerance, 0);
}

void ReluRefiner::take(int k, ReluSolution found, const ReluProgress& progress, std::vector<std::int32_t> patterns,
                       bool zero) {
  const int outputs = outputsOfPart();
  const int first = k * outputs;
  std::vector<int> others;
  for (int j = 0; j < network_.count(); ++j) {
    if (partOf(network_.outputs[at(j)]) != k) others.push_back(j);
  }
  ReluNeurons network = network_.only(others);
  if (!zero) {
    const ReluNeurons own =
        reduceByCaratheodory(la_, data_, pruned(neuronsOf(data_, found.weights, patterns, first, outputs)));
    network = network.with(own);
  }
  solution_.networkObjective = evaluate_.value(network);
  std::copy(evaluate_.residual().data, evaluate_.residual().data + theta_.size(), theta_.data());
  network_ = std::move(network);
  la_.copy(Mat<const double>(found.dual), solution_.dual.view().columns(first, outputs));
  solution_.rho = found.rho;
  Part& part = parts_[at(k)];
  part = {.objective = zero ? part.objective : double(progress.objective),
          .lowerBound = progress.lowerBound,
          .patterns = std::move(patterns)};
  ownPatterns_ = parts() > 1;
  addUp();
}

/// Local maxima of the price at theta: from the neurons, from copies of them that were moved by these shares of their
/// lengths, and from random directions, in this share of the time left; if `exactly`, the largest of all too. Offers
/// the bound that they give.
ReluPrices ReluRefiner::price(Mat<const double> theta, const std::vector<double>& jitters, int random, bool exactly,
                              double share) {
  ReluNeurons from = network_.copy();
  for (const double size : jitters) from = from.with(jittered(size));
  const int m = from.count();
  const int c = data_.c;
  const int searches = m + 2 * random;
  const HostMatrix<double> fresh =
      randomDirections(data_, random, settings_.seed + 7919 * static_cast<std::uint64_t>(round_ + 1));
  ReluPrices prices;
  prices.directions = HostMatrix<double>(data_.d, searches);
  std::copy(from.directions.data(), from.directions.data() + from.directions.size(), prices.directions.data());
  for (const int side : {0, 1}) {
    std::copy(fresh.data(), fresh.data() + fresh.size(), prices.directions.column(m + side * random));
  }
  for (int j = 0; j < searches; ++j) {
    prices.outputs.push_back(j < m ? from.outputs[at(j)] : (j - m) % random % c);
    const bool negative = j < m ? from.weights[at(j)] < 0 : j >= m + random;
    prices.signs.push_back(negative ? -1 : 1);
  }
  ascendPrices(la_, data_, theta, prices, std::max(0.0, timeLeft() * share));
  violation_ = prices.largest() / data_.beta;
  const double bound = scaledDualValue(data_, theta, prices.largest());
  if (!(bound <= estimate_.lowerBound)) {
    estimate_ = {
        .lowerBound = bound, .gap = unknown, .violation = violation_, .searches = prices.count(), .nodes = nodes_};
    estimateTheta_ = HostMatrix<double>(theta.rows, theta.cols);
    la_.copy(theta, estimateTheta_.view());
  }
  if (exactly) addLargest(prices);
  return prices;
}

/// Finds the largest price exactly, which gives a bound for all networks, and adds its direction for each output.
void ReluRefiner::addLargest(ReluPrices& prices) {
  // In rounds no more accurate than matters: a tenth of what the largest price that was found exceeds beta by.
  const double excess = ended_ ? 0.0 : std::max(0.0, prices.largest() / data_.beta - 1);
  const PriceLimits limits{.tolerance = std::max(0.3 * settings_.tolerance, 0.1 * excess),
                           .maxNodes = static_cast<std::int64_t>(
                               std::clamp(nodesPerSecond * timeLeft(), 1.0, ended_ ? mostNodes : roundNodes))};
  HostMatrix<double> directions(data_.d, prices.count() + data_.c);
  std::copy(prices.directions.data(), prices.directions.data() + prices.directions.size(), directions.data());
  double upper = 0;
  for (int k = 0; k < data_.c; ++k) {
    const PriceBound found =
        largestPrice(la_, data_.xt, Vec<const double>{theta_.column(k), data_.n}, prices.directions, limits);
    upper = std::max(upper, found.upper);
    nodes_ += static_cast<double>(found.nodes);
    std::copy(found.direction.begin(), found.direction.end(), directions.column(prices.count()));
    prices.values.push_back(found.lower);
    prices.outputs.push_back(k);
    prices.signs.push_back(found.sign < 0 ? -1 : 1);
  }
  prices.directions = std::move(directions);
  const double bound = scaledDualValue(data_, theta_, upper * (1 + 1e-14));
  violation_ = upper / data_.beta;
  if (!(bound <= globalBound_)) globalBound_ = bound;
}

/// New neurons at the best prices above beta, one for each pattern, sign and output, each with a small share of the
/// weight that would be best for it alone: (price - beta) / ||(X u)_+||^2.
ReluNeurons ReluRefiner::worthwhile(const ReluPrices& prices, int most) {
  std::vector<int> order(at(prices.count()));
  std::iota(order.begin(), order.end(), 0);
  const auto priceOf = [&](int j) { return prices.values[at(j)]; };
  std::stable_sort(order.begin(), order.end(), [&](int a, int b) { return priceOf(a) > priceOf(b); });
  const std::vector<std::int32_t> patterns = ReluPatternTable(data_).add(la_, prices.directions);
  std::set<std::tuple<std::int32_t, int, int>> seen;
  std::vector<int> chosen;
  for (const int j : order) {
    if (static_cast<int>(chosen.size()) == most || priceOf(j) <= data_.beta * (1 + settings_.tolerance)) break;
    if (seen.emplace(patterns[at(j)], prices.outputs[at(j)], prices.signs[at(j)]).second) chosen.push_back(j);
  }
  ReluNeurons made = ReluNeurons::ofSize(data_.d, static_cast<int>(chosen.size()));
  std::vector<double> z(at(data_.n));
  for (int k = 0; k < made.count(); ++k) {
    const int j = chosen[at(k)];
    const double* u = prices.directions.column(j);
    blas::gemv('T', data_.d, data_.n, 1.0, data_.xt.data(), data_.d, u, 0.0, z.data());
    double squares = 0;
    for (const double zi : z) squares += zi > 0 ? zi * zi : 0.0;
    const double root = std::sqrt((priceOf(j) - data_.beta) / squares / made.count());
    for (int i = 0; i < data_.d; ++i) made.directions(i, k) = root * u[i];
    made.weights[at(k)] = prices.signs[at(j)] * root;
    made.outputs[at(k)] = prices.outputs[at(j)];
  }
  return made;
}

/// The network's neurons, each moved by this share of its length in a random direction: those that come from the convex
/// program lie on kinks of the network's objective, where a descent would stop at once.
ReluNeurons ReluRefiner::jittered(double share) const {
  ReluNeurons moved = network_.copy();
  const Random random(settings_.seed + static_cast<std::uint64_t>(round_), 11);
  std::uint64_t draw = 0;
  for (int j = 0; j < moved.count(); ++j) {
    const double size = share * blas::nrm2(data_.d, moved.directions.column(j)) / std::sqrt(data_.d);
    for (int i = 0; i < data_.d; ++i) moved.directions(i, j) += size * random.normal(draw++);
  }
  return moved;
}

ReluProgress ReluRefiner::progress() const {
  ReluProgress now;
  now.objective = objective_;
  now.lowerBound = ended_ && isKnown(globalBound_) ? globalBound_ : lowerBound_;
  if (ended_) now.residual = gap();
  now.violation = violation_;
  now.estimatedLowerBound = estimate_.lowerBound;
  return now;
}

ReluSolution ReluRefiner::solution() const {
  ReluSolution s;
  const std::vector<std::int32_t> patterns = this->patterns();
  s.gates = data_.unscaledGates(table_.gates(patterns));
  s.dual = solution_.dual.copy();
  s.inputShift = solution_.inputShift.copy();
  s.inputScale = solution_.inputScale.copy();
  writeSolution(data_, network_, patterns, s);
  s.networkObjective = solution_.networkObjective;
  s.global = ended_ && isKnown(globalBound_);
  s.gap = s.global ? (objective_ - globalBound_) / objective_ : gap();
  s.ownPatterns = ownPatterns_ && !s.global;
  s.patterns = static_cast<int>(patterns.size());
  s.rho = solution_.rho;
  s.estimate = estimate_;
  s.estimate.lowerBound = s.global ? globalBound_ : std::min(estimate_.lowerBound, objective_);
  s.estimate.nodes = nodes_;
  s.estimate.gap = (objective_ - s.estimate.lowerBound) / objective_;
  return s;
}

}  // namespace nonconvex
