// Refinement: activation patterns that are found, not sampled, so that the network comes near to the best of any width.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/memory.hpp"
#include "core/monitor.hpp"
#include "linalg/cpu.hpp"
#include "solvers/relu/data.hpp"
#include "solvers/relu/neurons.hpp"
#include "solvers/relu/refinement/pattern_table.hpp"
#include "solvers/relu/refinement/pricing.hpp"
#include "solvers/relu/problem.hpp"

namespace nonconvex {

/// How much is done in a round, by the size of the data: what a round costs is a few seconds at most.
struct RefinementEffort {
  int neurons;          ///< of a first network
  int rowStep;          ///< its descent begins on every `rowStep`-th row alone
  int firstIterations;  ///< of its descent, or of that part of it
  int iterations;       ///< of a later descent
  int added;            ///< neurons that a round adds at most; the first as many as `neurons`
  int starts;           ///< random networks of which the best is the first, unless the user says
  int searches;         ///< random directions that a round prices, with both signs
  int batch;  ///< rows of a batch, where the first descent goes by batches: several outputs of large data; else 0

  static RefinementEffort of(const ReluData& data);
};

/// Rounds of: price (search for neurons whose addition lowers the objective), add, descend locally, and solve the
/// convex program over the patterns that the local network has, from there. The objective never rises. docs/relu.md,
/// "Refinement".
class ReluRefiner {
 public:
  /// `memory` gives the bytes that a round's convex program may take.
  ReluRefiner(
      const Cpu& la, const ReluProblem& problem, const ReluSettings& settings,
      std::function<double()> memory = [] { return availableMemory(); });

  void start();
  /// One round, or what ends the last one: the convex program to the tolerance, and a long search for the estimate.
  std::optional<Status> step();
  std::string explain(Status status) const;
  ReluProgress progress() const;
  ReluSolution solution() const;

 private:
  double timeForRounds() const;
  double timeLeft() const { return wanted_.timeLimit - watch_.seconds(); }
  double gap() const { return objective_ > 0 ? (objective_ - lowerBound_) / objective_ : 0; }

  /// What is a convex program of its own: outputs, where each has one over the patterns of its own neurons, or all.
  struct Part {
    double objective = 0;
    double lowerBound = 0;
    std::vector<std::int32_t> patterns;  ///< of the program, by their numbers in the table

    double gap() const { return objective > 0 ? (objective - lowerBound) / objective : 0; }
  };
  int parts() const { return static_cast<int>(parts_.size()); }
  int outputsOfPart() const { return data_.c / parts(); }
  int partOf(int output) const { return output / outputsOfPart(); }
  bool anyOf(int part) const;
  std::vector<std::int32_t> patterns() const;
  void addUp();

  bool globallySolved() const { return objective_ - globalBound_ <= settings_.tolerance * objective_; }

  std::optional<Status> advance();
  void takeZero();
  void takeLocal(ReluNeurons network);
  ReluNeurons warmNetwork(const ReluProblem& problem) const;
  ReluNeurons firstNetwork();
  double descendFirst(const Cpu& la, ReluNeurons& network) const;
  ReluNeurons descended(ReluNeurons network, int iterations);
  void round();
  void columnRound();
  void finish();
  ReluWarmStart warmStart(int first, const ReluNeurons& network, const std::vector<std::int32_t>& ofNeurons,
                          const std::vector<std::int32_t>& patterns);
  void solveFirst();
  void solveConvex(const ReluNeurons& network, double tolerance, int iterations);
  ReluNeurons ofPart(int part, const ReluNeurons& network) const;
  std::vector<std::int32_t> numbersOf(const ReluNeurons& neurons);
  void solvePart(int part, const ReluNeurons& network, double tolerance, int iterations);
  void take(int part, ReluSolution found, const ReluProgress& progress, std::vector<std::int32_t> patterns, bool zero);
  ReluPrices price(Mat<const double> theta, const std::vector<double>& jitters, int random, bool exactly,
                   double share = 1);
  void addLargest(ReluPrices& prices);
  ReluNeurons worthwhile(const ReluPrices& prices, int most);
  ReluNeurons jittered(double share) const;

  const Cpu& la_;
  std::function<double()> memory_;
  ReluSettings settings_;
  ReluRefinement wanted_;
  Stopwatch watch_;
  ReluData data_;
  RefinementEffort effort_;
  int starts_;
  ReluPatternTable table_;
  ReluNetworkObjective evaluate_;
  ReluNeurons given_;  // of a warm start

  // The best network so far, and the convex programs that gave it.
  ReluNeurons network_;
  std::vector<Part> parts_;
  ReluSolution solution_;  // of the programs: not their network, weights and gates
  double objective_ = 0;   // of all parts
  double lowerBound_ = 0;
  bool ownPatterns_ = false;     // whether the bound is about patterns that outputs have of their own
  int begun_ = 0;                // parts whose first program was solved, where there is one step for each
  double programRho_ = unknown;  // the penalty that the last program ended with
  HostMatrix<double> theta_;     // n x c: minus the gradient of the loss at the network

  double violation_ = unknown;  // of the last theta that was priced
  ReluEstimate estimate_;
  HostMatrix<double> estimateTheta_;  // that it is about
  double globalBound_ = unknown;      // by the largest price found exactly
  double nodes_ = 0;                  // of all searches for it
  int round_ = 0;
  double gain_ = 1;  // of the last round, relative
  int idle_ = 0;     // rounds in a row that gained next to nothing
  int idleColumnRounds_ = 0;
  bool ended_ = false;
  std::string shortage_;  // of memory, which ended it
};

}  // namespace nonconvex
