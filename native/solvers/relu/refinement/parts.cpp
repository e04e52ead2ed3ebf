#include "solvers/relu/refinement/parts.hpp"

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

#include "core/index.hpp"
#include "core/run.hpp"
#include "linalg/blas.hpp"
#include "solvers/relu/refinement/caratheodory.hpp"
#include "solvers/relu/refinement/program_neurons.hpp"
#include "solvers/relu/refinement/residual_bound.hpp"
#include "solvers/relu/solver.hpp"

namespace nonconvex {

struct RefinementParts::Tuning {
  /// measured: Iterations of a convex program between two looks at its gap: one costs about as much as an iteration.
  static constexpr int iterationsOfLook = 5;
  /// rounding: The relative difference of objectives below which they are level.
  static constexpr double level = 1e-12;
};

RefinementParts::RefinementParts(const Cpu& la, const ReluData& data, const ReluSettings& settings,
                                 const RefinementClock& clock, std::function<double()> memory, int count)
    : la_(la),
      data_(data),
      settings_(settings),
      clock_(clock),
      memory_(std::move(memory)),
      table_(data),
      evaluate_(la, data),
      parts_(at(count)),
      dual_(data.n, data.c),
      theta_(data.n, data.c) {
  setNetwork(ReluNeurons::ofSize(data.d, 0));
  for (int k = 0; k < count; ++k) parts_[at(k)].objective = lossOfPart(k);
  addUp();
}

bool RefinementParts::anyOf(int part) const {
  return std::any_of(network_.outputs.begin(), network_.outputs.end(), [&](int k) { return partOf(k) == part; });
}

/// The loss of a part's outputs at the network.
double RefinementParts::lossOfPart(int part) const {
  const int first = part * outputsOfPart();
  return lossOf(data_, evaluate_.predictions().columns(first, outputsOfPart()), first);
}

/// The patterns of all programs, in order.
std::vector<std::int32_t> RefinementParts::patterns() const {
  std::set<std::int32_t> all;
  for (const Part& part : parts_) all.insert(part.patterns.begin(), part.patterns.end());
  return {all.begin(), all.end()};
}

void RefinementParts::addUp() {
  objective_ = lowerBound_ = 0;
  for (const Part& part : parts_) {
    objective_ += part.objective;
    lowerBound_ += part.lowerBound;
  }
}

void RefinementParts::setNetwork(ReluNeurons network) {
  networkObjective_ = evaluate_.value(network);
  std::copy(evaluate_.residual().data, evaluate_.residual().data + theta_.size(), theta_.data());
  network_ = std::move(network);
}

void RefinementParts::takeLocal(ReluNeurons network) {
  network.patterns = table_.add(la_, network.directions);
  setNetwork(merged(network));
  ownPatterns_ = true;
  const int outputs = outputsOfPart();
  for (int k = 0; k < count(); ++k) {
    Part& part = parts_[at(k)];
    std::set<std::int32_t> distinct;
    part.objective = lossOfPart(k);
    for (int j = 0; j < network_.count(); ++j) {
      if (partOf(network_.outputs[at(j)]) != k) continue;
      distinct.insert(network_.patterns[at(j)]);
      part.objective += data_.lambda * network_.size(j);
    }
    part.patterns.assign(distinct.begin(), distinct.end());
    part.lowerBound = residualBound(la_, data_, network_, theta_, k * outputs, outputs, dual_);
  }
  addUp();
}

/// A start of the convex program of outputs from the first one on over the patterns listed: the neurons, whose patterns
/// are given, and their residual.
ReluWarmStart RefinementParts::warmStart(int first, const ReluNeurons& network,
                                         const std::vector<std::int32_t>& ofNeurons,
                                         const std::vector<std::int32_t>& patterns) {
  const int outputs = outputsOfPart();
  const int columns = 2 * outputs * static_cast<int>(patterns.size());
  ReluWarmStart warm{.weights = HostMatrix<double>(data_.d, columns), .dual = HostMatrix<double>(data_.n, outputs)};
  // Outputs are much alike: each begins with the penalty that the one before ended with.
  if (count() > 1) warm.rho = programRho_;
  for (int j = 0; j < network.count(); ++j) {
    if (ofNeurons[at(j)] < 0) continue;
    const int column = columnOf(network, j, ofNeurons[at(j)], patterns, first, outputs);
    blas::axpy(data_.d, std::abs(network.weights[at(j)]), network.directions.column(j), warm.weights.column(column));
  }
  evaluate_.value(network);
  la_.copy(evaluate_.residual().columns(first, outputs), warm.dual.view());
  return warm;
}

ReluNeurons RefinementParts::ofPart(int part, const ReluNeurons& network) const {
  std::vector<int> list;
  for (int j = 0; j < network.count(); ++j) {
    if (partOf(network.outputs[at(j)]) == part) list.push_back(j);
  }
  return network.only(list);
}

/// The numbers of the neurons' patterns: those that they say, or those of their directions.
std::vector<std::int32_t> RefinementParts::numbersOf(const ReluNeurons& neurons) {
  std::vector<std::int32_t> numbers = table_.add(la_, neurons.directions);
  for (int j = 0; j < neurons.count(); ++j) {
    if (neurons.patterns[at(j)] >= 0) numbers[at(j)] = neurons.patterns[at(j)];
  }
  return numbers;
}

void RefinementParts::solve(const ReluNeurons& network, const Accuracy& accuracy) {
  for (int part = 0; part < count(); ++part) solve(part, network, accuracy);
}

void RefinementParts::solve(int part, const ReluNeurons& network, const Accuracy& accuracy) {
  const ReluNeurons own = ofPart(part, network);
  const std::vector<std::int32_t> ofNeurons = numbersOf(own);
  std::set<std::int32_t> distinct(ofNeurons.begin(), ofNeurons.end());
  distinct.erase(-1);
  if (distinct.empty()) return;
  std::vector<std::int32_t> patterns(distinct.begin(), distinct.end());
  ReluWarmStart warm = warmStart(part * outputsOfPart(), own, ofNeurons, patterns);
  const bool cut = solve(part, std::move(warm), std::move(patterns), accuracy);
  // Without any network yet the local one is taken as it is, however little time there was: its bound costs no
  // iteration.
  if (cut && !anyOf(part) && accuracy.iterations > 0) {
    solve(part, network, {.tolerance = accuracy.tolerance, .iterations = 0, .last = accuracy.last});
  }
}

/// Solves the convex program of a part over the patterns listed, and takes what is better. Returns whether the time cut
/// it short.
bool RefinementParts::solve(int part, ReluWarmStart warm, std::vector<std::int32_t> patterns,
                            const Accuracy& accuracy) {
  ReluSettings settings = settings_;
  settings.tolerance = accuracy.tolerance;
  settings.maxIterations = std::min(accuracy.iterations, settings_.maxIterations);
  settings.checkInterval = Tuning::iterationsOfLook;
  const double seconds = clock_.forProgram(accuracy.last) / (count() - part);
  Monitor monitor = la_.childMonitor(accuracy.iterations == 0 ? infinity : std::max(0.0, seconds));
  const Cpu watched = la_.watchedBy(monitor);
  ReluData data = data_.withPatterns(settings, table_.gates(patterns), table_.masks(patterns), memory_(),
                                     count() > 1 ? std::optional(part) : std::nullopt);
  ReluSolver<Cpu> solver(watched, std::move(data), settings, std::move(warm));
  const auto outcome = iterate(solver, settings, monitor);
  if (outcome.progress.iteration > 0) programRho_ = solver.rho();
  la_.checkpoint();
  // No neurons for the sake of rounding, where the network without any is optimal: then the bound is what is wanted.
  const bool zero = !anyOf(part) && outcome.progress.objective > parts_[at(part)].objective * (1 - Tuning::level);
  const Ending ending{.progress = outcome.progress, .cut = outcome.status == Status::timeLimit, .zero = zero};
  if (improves(part, ending, accuracy.last)) take(part, ending, solver.solution(), std::move(patterns));
  return ending.cut;
}

/// Returns true if a program is better than the part has. The same program again, or one that was cut short, replaces a
/// better bound by its own only with a better network; one that was cut short replaces a smaller gap only with a
/// network below what the program before it has.
bool RefinementParts::improves(int part, const Ending& ending, bool last) const {
  const Part& before = parts_[at(part)];
  const double objective = ending.progress.objective;
  const bool again = last || ending.cut;
  const bool worse = ending.cut && ending.progress.residual > before.gap() && objective >= before.lowerBound;
  const bool lower = objective < before.objective * (1 - Tuning::level) && !worse;
  const bool level = !worse && objective <= before.objective * (1 + Tuning::level) &&
                     !(again && ending.progress.lowerBound < before.lowerBound);
  return ending.zero || lower || level;
}

void RefinementParts::take(int k, const Ending& ending, const ReluSolution& found, std::vector<std::int32_t> patterns) {
  const int outputs = outputsOfPart();
  const int first = k * outputs;
  std::vector<int> others;
  for (int j = 0; j < network_.count(); ++j) {
    if (partOf(network_.outputs[at(j)]) != k) others.push_back(j);
  }
  ReluNeurons network = network_.only(others);
  if (!ending.zero) {
    const ReluNeurons own = neuronsOf(data_, found.weights, patterns, first, outputs);
    network = network.with(reduceByCaratheodory(la_, data_, pruned(own)));
  }
  setNetwork(std::move(network));
  la_.copy(Mat<const double>(found.dual), dual_.view().columns(first, outputs));
  rho_ = found.rho;
  Part& part = parts_[at(k)];
  // Objectives that are level differ by rounding: the lesser one is kept, so that reports do not rise.
  if (!ending.zero) part.objective = std::min(part.objective, double(ending.progress.objective));
  part.lowerBound = std::min(part.objective, double(ending.progress.lowerBound));
  part.patterns = std::move(patterns);
  ownPatterns_ = count() > 1;
  addUp();
}

void RefinementParts::write(ReluSolution& s) const {
  const std::vector<std::int32_t> all = patterns();
  s.gates = data_.unscaledGates(table_.gates(all));
  s.dual = dual_.copy();
  s.inputShift = data_.inputShift.copy();
  s.inputScale = data_.inputScale.copy();
  writeSolution(data_, network_, all, s);
  s.networkObjective = networkObjective_;
  s.patterns = static_cast<int>(all.size());
  s.rho = rho_;
}

}  // namespace nonconvex
