// How much a refinement does, and in what time.
#pragma once

#include <algorithm>

#include "core/monitor.hpp"
#include "solvers/relu/data.hpp"
#include "solvers/relu/problem.hpp"

namespace nonconvex {

/// How much is done in a round, by the size of the data: what a round costs is a few seconds at most.
struct RefinementEffort {
  int neurons;          ///< neurons of a first network
  int rowStep;          ///< its descent begins on every `rowStep`-th row alone
  int firstIterations;  ///< iterations on all rows, or on the chosen ones
  int laterIterations;  ///< iterations on all rows, after the descent on the chosen ones
  int iterations;       ///< iterations in the descent of a round
  int added;            ///< neurons that a round adds at most; the first as many as `neurons`
  int starts;           ///< random networks of which the best is the first, unless the user says
  int searches;         ///< random directions that a round prices, with both signs
  int lastSearches;     ///< random directions that are priced at the end
  int batch;    ///< rows of a batch, where the first descent goes by batches: several outputs of large data; else 0
  int batches;  ///< batches of that descent
  int batchesBeforeProgram;  ///< batches of that descent if a convex program follows

  static RefinementEffort of(const ReluData& data, const ReluRefinement& wanted);

 private:
  struct Tuning;
};

/// The seconds that a refinement has.
class RefinementClock {
 public:
  explicit RefinementClock(double limit) : limit_(limit) {}

  void start() { watch_ = Stopwatch(); }
  double limit() const { return limit_; }
  double left() const { return limit_ - watch_.seconds(); }
  bool endsRounds() const { return watch_.seconds() >= Tuning::rounds * limit_; }
  /// Seconds after which the descent of a round is cut short.
  double forDescent() const { return std::max(0.0, Tuning::descent * forRound()); }
  /// Seconds that a descent by batches plans for.
  double forBatches() const { return std::max(Tuning::leastBatches, forDescent()); }
  /// Seconds after which a convex program is cut short.
  double forProgram(bool last) const { return last ? Tuning::lastProgram * left() : forRound(); }

 private:
  struct Tuning {
    /// measured: The share of the limit after which no round begins.
    static constexpr double rounds = 0.8;
    /// measured: The share of the limit after which what a round has begun is cut short.
    static constexpr double lastRound = 0.9;
    /// measured: The share of the time left to a round that its descent may take.
    static constexpr double descent = 0.6;
    /// safeguard: The least seconds that a descent by batches plans for.
    static constexpr double leastBatches = 1e-3;
    /// measured: The share of the time left that the last convex program may take: the rest is for the search after it.
    static constexpr double lastProgram = 0.7;
  };

  double forRound() const { return Tuning::lastRound * limit_ - watch_.seconds(); }

  double limit_;
  Stopwatch watch_;
};

}  // namespace nonconvex
