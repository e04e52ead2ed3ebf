// The best network of a refinement, and the convex programs that gave it.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "linalg/cpu.hpp"
#include "solvers/relu/data.hpp"
#include "solvers/relu/neurons.hpp"
#include "solvers/relu/problem.hpp"
#include "solvers/relu/refinement/effort.hpp"
#include "solvers/relu/refinement/pattern_table.hpp"

namespace nonconvex {

/// Parts are convex programs of their own: one for each output over the patterns of its own neurons, or one for all.
/// The objective never rises.
class RefinementParts {
 public:
  /// How far a convex program is solved.
  struct Accuracy {
    double tolerance;
    int iterations;
    bool last = false;  ///< nothing but a search follows
  };

  /// Begins with the network without neurons, which is optimal where lambda is large. All references must outlive this;
  /// `memory` gives the bytes that a convex program may take.
  RefinementParts(const Cpu& la, const ReluData& data, const ReluSettings& settings, const RefinementClock& clock,
                  std::function<double()> memory, int count);

  /// Takes a network as it is. Its residual, scaled, is a point of the dual of the program over the patterns that the
  /// neurons of each output have: at a local minimum, but for kinks, that closes the gap.
  void takeLocal(ReluNeurons network);
  /// Solves the convex programs over the patterns of a network, from there, and takes what is better.
  void solve(const ReluNeurons& network, const Accuracy& accuracy);
  /// Solves that of one part.
  void solve(int part, const ReluNeurons& network, const Accuracy& accuracy);

  int count() const { return static_cast<int>(parts_.size()); }
  const ReluNeurons& network() const { return network_; }
  /// Minus the gradient of the loss at the network, n x c.
  Mat<const double> theta() const { return theta_; }
  double objective() const { return objective_; }
  double lowerBound() const { return lowerBound_; }
  double gap() const { return objective_ > 0 ? (objective_ - lowerBound_) / objective_ : 0; }
  /// Returns true if the bound is about patterns that outputs have of their own.
  bool ownPatterns() const { return ownPatterns_; }
  /// Writes what a solution has of the network and the programs.
  void write(ReluSolution& s) const;

 private:
  struct Tuning;
  struct Part {
    double objective = 0;
    double lowerBound = 0;
    std::vector<std::int32_t> patterns;  ///< the program's patterns, by their numbers in the table

    double gap() const { return objective > 0 ? (objective - lowerBound) / objective : 0; }
  };
  /// How a part's convex program ended.
  struct Ending {
    ReluProgress progress;
    bool cut = false;   ///< short, by the time
    bool zero = false;  ///< no better than the network without neurons, which the part has
  };

  int outputsOfPart() const { return data_.c / count(); }
  int partOf(int output) const { return output / outputsOfPart(); }
  bool anyOf(int part) const;
  double lossOfPart(int part) const;
  ReluNeurons ofPart(int part, const ReluNeurons& network) const;
  std::vector<std::int32_t> patterns() const;
  std::vector<std::int32_t> numbersOf(const ReluNeurons& neurons);
  ReluWarmStart warmStart(int first, const ReluNeurons& network, const std::vector<std::int32_t>& ofNeurons,
                          const std::vector<std::int32_t>& patterns);
  bool solve(int part, ReluWarmStart warm, std::vector<std::int32_t> patterns, const Accuracy& accuracy);
  bool improves(int part, const Ending& ending, bool last) const;
  void take(int part, const Ending& ending, const ReluSolution& found, std::vector<std::int32_t> patterns);
  void setNetwork(ReluNeurons network);
  void addUp();

  const Cpu& la_;
  const ReluData& data_;
  const ReluSettings& settings_;
  const RefinementClock& clock_;
  std::function<double()> memory_;
  ReluPatternTable table_;
  ReluNetworkObjective evaluate_;
  ReluNeurons network_;
  std::vector<Part> parts_;
  HostMatrix<double> dual_, theta_;  // n x c
  double networkObjective_ = 0;
  double objective_ = 0, lowerBound_ = 0;  // sums over all parts
  bool ownPatterns_ = false;
  double rho_ = 0;               // the penalty factor of the last program that was taken
  double programRho_ = unknown;  // the penalty factor of the last program
};

}  // namespace nonconvex
