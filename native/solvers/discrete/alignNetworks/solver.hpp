// Hidden units of a network in the order of those of another one.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "core/numbers.hpp"
#include "core/run.hpp"
#include "linalg/cpu.hpp"
#include "solvers/discrete/alignNetworks/layer_gains.hpp"
#include "solvers/discrete/alignNetworks/layered_network.hpp"
#include "solvers/discrete/alignNetworks/problem.hpp"
#include "solvers/discrete/alignNetworks/segment.hpp"

namespace nonconvex {

/// min over permutations P_l of the hidden units of b of the squared distance between a and the permuted b, by weights
///   sum_l ||W_l^A - P_l W_l^B P_{l-1}^T||^2 + ||b_l^A - P_l b_l^B||^2
/// or by activations of rows
///   sum_l mean_i ||z_l^A(x_i) - P_l z_l^B(x_i)||^2.
/// Each layer is a linear assignment while the others stand still; with one hidden layer, and by activations, there is
/// no more to it.
///
/// S. K. Ainsworth, J. Hayase, S. Srinivasa, "Git Re-Basin: merging models modulo permutation symmetries", ICLR 2023,
/// Algorithm 1.
class NetworkAlignment {
 public:
  static constexpr bool decidesSolved = true;
  static constexpr bool buildsUnread = true;  // start() is the first to read the numbers

  NetworkAlignment(const Cpu& la, const AlignProblem& problem, const AlignSettings& settings);

  std::optional<Status> start();
  std::optional<Status> step();
  AlignProgress progress() const;
  AlignSolution solution() const;

 private:
  struct Tuning {
    /// rounding: An order is better if it gains this share of both networks' squares.
    static constexpr double gain = 1e-13;
  };

  /// The place in the search by weights.
  struct Place {
    int run = 0, sweep = 0, layer = 0;
    bool gained = false;
    double gain = 0;  ///< the largest gain of the sweep
  };

  void readNetworks();
  UnitOrders givenOrders() const;
  void correlate();
  void beginRun(int run);
  bool assignLayer(int layer);
  double inner(const UnitOrders& orders);
  void keepBest();
  bool exact() const { return settings_.by == AlignBy::activations || a_.hidden() == 1; }
  bool stepByWeights();
  bool stepByActivations();
  void finishOrders();
  void boundDistance();

  const Cpu& la_;
  const AlignProblem& problem_;
  const AlignSettings settings_;
  std::vector<double> factorsA_, factorsB_;
  LayeredNetwork a_, b_, moved_;
  std::unique_ptr<LayerGains> gains_;
  std::unique_ptr<NetworkRows> rows_;
  std::unique_ptr<SegmentCourse> before_, after_;
  UnitOrders orders_, best_;
  std::vector<int> sequence_;
  Place place_;
  bool ordered_ = false;
  int point_ = 0;
  double scale_ = 0;  // the squares of both
  double inner_ = -infinity, bestInner_ = -infinity;
  double boundInner_ = 0;  // no orders have a larger inner product, of problems that are exact
  double objective_ = unknown, bound_ = unknown;
  double changes_ = 0;
};

/// The template that the binding asks for: the solve runs on the CPU.
template <class La>
class AlignNetworksSolver : public NetworkAlignment {
 public:
  using NetworkAlignment::NetworkAlignment;
};

}  // namespace nonconvex
