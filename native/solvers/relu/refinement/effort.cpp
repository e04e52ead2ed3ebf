#include "solvers/relu/refinement/effort.hpp"

#include <algorithm>

namespace nonconvex {

struct RefinementEffort::Tuning {
  /// measured: Rows x columns from which a first descent begins on some of the rows. With less data the network is
  /// worse, and the convex program after it takes the time that is saved.
  static constexpr double largeData = 2e7;
  /// measured: Rows x columns of that part of the data.
  static constexpr double sizeOfPart = 4e6;
  /// measured: The least number of its rows.
  static constexpr int leastRowsOfPart = 1000;
  /// measured: The share of iterations that a descent on all rows needs after that.
  static constexpr int shareAfterPart = 4;
  /// measured: Rows x columns x outputs from which several outputs begin with a descent by batches, and each has the
  /// patterns of its own neurons in a convex program of its own: that of all patterns for all outputs takes gigabytes.
  static constexpr double largeOutputs = 3e6;
  /// measured: Neurons that an output has then: as many as make rows x columns x neurons so large, within bounds.
  static constexpr double sizeOfOutput = 4e8, fewestOfOutput = 30, mostOfOutput = 100;
  /// measured: Rows of a batch, a hundredth of all within bounds.
  static constexpr int batchesOfAll = 100, fewestRowsOfBatch = 50, mostRowsOfBatch = 250;
  /// measured: Neurons of a first network: as many as make rows x columns x neurons so large, within bounds.
  static constexpr double sizeOfNetwork = 1e7, fewest = 32, most = 200;
  /// measured: Neurons of each output in it at least.
  static constexpr int ofOutput = 6;
  /// measured: Iterations of a first descent, by its cost and within bounds.
  static constexpr double costOfDescent = 1e10, fewestIterations = 400, mostIterations = 1000;
  /// measured: The share of them in the descent of a round.
  static constexpr int shareOfRound = 5;
  /// measured: Neurons that a round adds: a share of those of the first network, and a least number.
  static constexpr int shareAdded = 4, fewestAdded = 16;
  /// measured: Rows x columns up to which the best of four random networks is the first one, and of two.
  static constexpr double fourStarts = 3e5, twoStarts = 1e6;
  /// measured: Random directions that a round prices, by the size of the data and within bounds.
  static constexpr double sizeOfSearches = 4e7, fewestSearches = 20, mostSearches = 400;
  /// measured: Random directions for each output at least.
  static constexpr int searchesOfOutput = 4;
  /// measured: Random directions of the last searches over those of a round.
  static constexpr int timesAtEnd = 8;
  /// measured: Batches of a first descent by batches.
  static constexpr int batches = 2000;
  /// measured: Times as many where a convex program follows: begun at a better network, it takes half of the iterations
  /// and its patterns are better ones.
  static constexpr int timesBeforeProgram = 2;
};

RefinementEffort RefinementEffort::of(const ReluData& data, const ReluRefinement& wanted) {
  const double size = static_cast<double>(data.n) * data.d;
  const auto within = [](double value, double least, double most) {
    return static_cast<int>(std::clamp(value, least, most));
  };
  RefinementEffort effort{};
  effort.neurons = std::max(wanted.neurons.value_or(within(Tuning::sizeOfNetwork / size, Tuning::fewest, Tuning::most)),
                            Tuning::ofOutput * data.c);
  effort.firstIterations = wanted.iterations.value_or(
      within(Tuning::costOfDescent / size / effort.neurons, Tuning::fewestIterations, Tuning::mostIterations));
  effort.laterIterations = effort.firstIterations / Tuning::shareAfterPart;
  effort.iterations = effort.firstIterations / Tuning::shareOfRound;
  const int step = std::min(static_cast<int>(size / Tuning::sizeOfPart), data.n / Tuning::leastRowsOfPart);
  effort.rowStep = size < Tuning::largeData ? 1 : std::max(1, step);
  effort.added = std::max(Tuning::fewestAdded, effort.neurons / Tuning::shareAdded);
  effort.starts = size <= Tuning::fourStarts ? 4 : size <= Tuning::twoStarts ? 2 : 1;
  effort.searches = wanted.searches.value_or(
      std::max(within(Tuning::sizeOfSearches / size, Tuning::fewestSearches, Tuning::mostSearches),
               Tuning::searchesOfOutput * data.c));
  effort.lastSearches = Tuning::timesAtEnd * effort.searches;
  effort.batches = Tuning::batches;
  effort.batchesBeforeProgram = Tuning::timesBeforeProgram * Tuning::batches;
  if (data.c > 1 && size * data.c >= Tuning::largeOutputs && data.n >= Tuning::leastRowsOfPart) {
    const int own = data.c * within(Tuning::sizeOfOutput / size, Tuning::fewestOfOutput, Tuning::mostOfOutput);
    effort.neurons = std::max(wanted.neurons.value_or(own), Tuning::ofOutput * data.c);
    effort.batch = std::clamp(data.n / Tuning::batchesOfAll, Tuning::fewestRowsOfBatch, Tuning::mostRowsOfBatch);
    // Iterations of a descent by batches are passes over the rows.
    const double asked = static_cast<double>(wanted.iterations.value_or(Tuning::batches)) * data.n / effort.batch;
    effort.batches = static_cast<int>(std::min<double>(Tuning::batches, asked));
    effort.batchesBeforeProgram = Tuning::timesBeforeProgram * effort.batches;
    effort.starts = 1;
  }
  return effort;
}

}  // namespace nonconvex
