#include "solvers/relu/refinement/rounds.hpp"

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include "core/error.hpp"
#include "core/index.hpp"
#include "solvers/relu/refinement/descents.hpp"
#include "solvers/relu/refinement/program_neurons.hpp"

namespace nonconvex {
namespace {

/// Code of errors that say that memory was not there.
constexpr std::string_view outOfMemory = "OUT_OF_MEMORY";

}  // namespace

struct ReluRefiner::Tuning {
  /// measured: The relative gain below which a round is idle.
  static constexpr double leastGain = 2e-5;
  /// measured: Idle rounds in a row that end the refinement.
  static constexpr int mostIdle = 3;
  /// measured: How far a neuron is moved before a descent, as a share of its length; and, in every other round, after
  /// one that gained less than `smallGain`: further, as what is near has been found.
  static constexpr double jitter = 0.1, largeJitter = 0.3, smallGain = 1e-4;
  /// measured: The accuracy of the convex programs of rounds; that of the end has the settings'.
  static constexpr double tolerance = 3e-4;
  /// measured: Iterations of the convex programs of rounds.
  static constexpr int iterations = 300;
  /// measured: Columns, bias included, up to which the largest price is found exactly in each round.
  static constexpr int exactInRounds = 4;
  /// measured: The accuracy, over the tolerance, of convex programs whose theta is priced exactly.
  static constexpr double columnAccuracy = 1e-4;
  /// safeguard: Iterations of these programs.
  static constexpr int columnIterations = 2000;
};

ReluRefiner::ReluRefiner(const Cpu& la, const ReluProblem& problem, const ReluSettings& settings,
                         std::function<double()> memory)
    : state_(la, problem, settings, std::move(memory)),
      given_(warmNetwork(problem)),
      first_(ReluNeurons::ofSize(state_.data.d, 0)) {}

ReluNeurons ReluRefiner::warmNetwork(const ReluProblem& problem) const {
  const ReluData& data = state_.data;
  const HostMatrix<double>& weights = problem.warmStart.weights;
  const int p = problem.patterns.gates.cols();
  if (weights.cols() == 0) return ReluNeurons::ofSize(data.d, 0);
  require(weights.rows() == data.d, "rows of warmStart.weights", weights.rows(), "expected " + show(data.d));
  require(weights.cols() == 2 * data.c * p, "columns of warmStart.weights", weights.cols(),
          "expected " + show(2 * data.c * p) + ", as many as its gates, the outputs and signs make");
  return neuronsOf(data, weights, std::vector<std::int32_t>(at(p), -1), 0, data.c);
}

/// The best of several random networks, or that of a warm start, after a descent.
ReluNeurons ReluRefiner::firstNetwork() const {
  return given_.empty() ? bestOfRandom(state_) : descended(state_, given_.copy());
}

RefinementParts::Accuracy ReluRefiner::accuracyOfRounds() const {
  return {.tolerance = std::max(Tuning::tolerance, state_.settings.tolerance), .iterations = Tuning::iterations};
}

/// Accuracy of the first convex programs, which are the last ones where no round is wanted.
RefinementParts::Accuracy ReluRefiner::accuracyOfFirst() const {
  if (state_.wanted.rounds > 0) return accuracyOfRounds();
  return {.tolerance = state_.settings.tolerance, .iterations = state_.settings.maxIterations};
}

void ReluRefiner::start() {
  state_.clock.start();
  if (state_.starts == 0 && given_.empty()) return;
  RefinementParts& parts = state_.parts;
  if (state_.effort.batch > 0 || !state_.wanted.program) {
    parts.takeLocal(firstNetwork());
    begun_ = state_.wanted.program ? 0 : parts.count();
  } else {
    begun_ = parts.count();
    first_ = firstNetwork();
    parts.solve(first_, accuracyOfFirst());
    first_ = ReluNeurons::ofSize(state_.data.d, 0);
  }
}

/// The network that the first programs begin with is the best one so far where these were interrupted before they had
/// one.
ReluProgress ReluRefiner::progress() {
  if (!first_.empty() && state_.parts.network().empty()) {
    const double objective = ReluNetworkObjective(state_.la, state_.data).value(first_);
    if (objective < state_.parts.objective()) state_.parts.takeLocal(std::move(first_));
    first_ = ReluNeurons::ofSize(state_.data.d, 0);
  }
  return progressOf(state_);
}

std::optional<Status> ReluRefiner::step() {
  if (!shortage_.empty()) return Status::stalled;
  try {
    return advance();
  } catch (const Error& error) {
    // Patterns multiply from round to round. Where the memory ends, what was found until then stays the result.
    if (error.code() != outOfMemory || state_.parts.network().empty()) throw;
    shortage_ = error.what();
    state_.ended = true;
    return std::nullopt;
  }
}

std::string ReluRefiner::explain(Status status) const {
  const ReluRefinement& wanted = state_.wanted;
  if (status == Status::stalled && !shortage_.empty()) {
    return "Refinement ended in round " + show(state_.round) + " with the best network before it: " + shortage_ + ".";
  }
  if (status == Status::timeLimit && wanted.timeLimit <= state_.settings.timeLimit) {
    return "That was patterns.refine.timeLimit = " + show(wanted.timeLimit) + " s.";
  }
  if (status == Status::iterationLimit && state_.ended) {
    if (!wanted.program) return "The network is that of a local descent alone: patterns.refine.program = false.";
    return "Its iterations are rounds of refinement, which ended after patterns.refine.rounds = " +
           show(wanted.rounds) + " or when they gained next to nothing.";
  }
  return {};
}

std::optional<Status> ReluRefiner::advance() {
  if (state_.ended) return state_.clock.left() <= 0 ? Status::timeLimit : Status::iterationLimit;
  const bool hasNetwork = state_.starts > 0 || !given_.empty();
  if (begun_ < state_.parts.count() && hasNetwork && state_.clock.left() > 0) {
    state_.parts.solve(begun_++, state_.parts.network(), accuracyOfFirst());
    return std::nullopt;
  }
  const bool limited = state_.round >= state_.wanted.rounds || state_.clock.endsRounds();
  if (!limited && !settled()) {
    round();
  } else if (!limited && generatesColumns()) {
    columnRound();
  } else {
    finish(state_);
  }
  return std::nullopt;
}

/// Returns true if further rounds would gain little. A round whose search found nothing may have searched badly: it
/// ends the rounds only if they also gain little.
bool ReluRefiner::settled() const {
  const bool priced = state_.prices.violation() <= 1 + state_.settings.tolerance && gain_ < Tuning::smallGain;
  const bool little = state_.wanted.leastGain && state_.round > 0 && gain_ < *state_.wanted.leastGain;
  return idle_ >= Tuning::mostIdle || little || priced || state_.globallySolved() || !state_.wanted.program;
}

/// Returns true if columns close the gap to all networks. Rounds that end early are for predictions, which gain nothing
/// by that.
bool ReluRefiner::generatesColumns() const {
  return state_.wanted.program && !state_.wanted.leastGain && state_.data.d <= exactAtEnd &&
         idleColumnRounds_ < Tuning::mostIdle && !state_.globallySolved();
}

/// Column generation: few columns have the largest price found exactly, and adding its pattern to the convex program,
/// solved so accurately that theta is too, closes the gap to all networks.
void ReluRefiner::columnRound() {
  RefinementParts& parts = state_.parts;
  RefinementPrices& prices = state_.prices;
  ++state_.round;
  const double before = prices.globalBound();
  const ReluPrices found = prices.search(parts.network(), parts.theta(),
                                         {.round = state_.round, .random = state_.effort.searches, .exactly = true});
  const ReluNeurons added = prices.worthwhile(found, state_.effort.neurons);
  const bool idle = prices.globalBound() - before < Tuning::leastGain * parts.objective();
  idleColumnRounds_ = idle ? idleColumnRounds_ + 1 : 0;
  if (state_.globallySolved()) return;
  parts.solve(parts.network().with(added),
              {.tolerance = Tuning::columnAccuracy * state_.settings.tolerance,
               .iterations = std::min(Tuning::columnIterations, state_.settings.maxIterations)});
}

void ReluRefiner::round() {
  RefinementParts& parts = state_.parts;
  const double before = parts.objective();
  const ReluPrices found = state_.prices.search(
      parts.network(), parts.theta(),
      {.round = state_.round, .random = state_.effort.searches, .exactly = state_.data.d <= Tuning::exactInRounds});
  const int most = state_.round == 0 ? state_.effort.neurons : state_.effort.added;
  const ReluNeurons added = state_.prices.worthwhile(found, most);
  const bool further = gain_ < Tuning::smallGain && state_.round % 2 == 0;
  ++state_.round;
  const std::uint64_t seed = state_.settings.seed + static_cast<std::uint64_t>(state_.round);
  const ReluNeurons moved =
      jittered(state_.data, parts.network(), further ? Tuning::largeJitter : Tuning::jitter, seed);
  parts.solve(descended(state_, moved.with(added)), accuracyOfRounds());
  gain_ = (before - parts.objective()) / before;
  idle_ = gain_ < Tuning::leastGain ? idle_ + 1 : 0;
}

}  // namespace nonconvex
