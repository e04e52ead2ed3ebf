// Hidden units of a network in the order of those of another one.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "core/numbers.hpp"
#include "core/random.hpp"
#include "core/run.hpp"
#include "linalg/cpu.hpp"
#include "methods/assignment/linear_assignment.hpp"
#include "solvers/discrete/alignNetworks/layered_network.hpp"
#include "solvers/discrete/alignNetworks/problem.hpp"

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
    /// safeguard: Rows that go through a network together, so that their values stay in the cache.
    static constexpr int rows = 256;
  };

  void checkSizes() const;
  void correlate();
  void beginRun(int run);
  void writeGains(int layer);
  bool assignLayer(int layer);
  double inner(const UnitOrders& orders);
  void keepBest();
  void finishOrders();
  bool exact() const { return settings_.by == AlignBy::activations || a_.hidden() == 1; }
  bool stepByWeights();
  bool stepByActivations();
  void lookAtPoint(int k);
  void lossAt(const LayeredNetwork& to, double t, SegmentLosses& losses);
  double addLosses(Mat<const double> outputs, int first, double& right) const;
  void measure(SegmentLosses& losses) const;

  const Cpu& la_;
  const AlignProblem& problem_;
  const AlignSettings settings_;
  std::vector<double> factorsA_, factorsB_;
  LayeredNetwork a_, b_, moved_, work_;
  HostMatrix<double> rows_;
  UnitOrders orders_, best_;
  std::vector<int> sequence_;
  std::vector<std::unique_ptr<LinearAssignment>> assignments_;
  std::vector<HostMatrix<double>> gains_;  // minus the gain of each pair: units of b x units of a
  std::vector<HostMatrix<double>> partsIn_, partsOut_;
  std::unique_ptr<LayerValues> values_;
  bool started_ = false, ordered_ = false;
  int run_ = 0, sweep_ = 0, place_ = 0, point_ = 0;
  bool gained_ = false;
  double scale_ = 0;  // the squares of both
  double inner_ = 0;  // the inner product of the present orders
  double bestInner_ = -infinity;
  double boundInner_ = 0;  // where it is exact: no orders have a larger one
  double objective_ = unknown, bound_ = unknown;
  double changes_ = 0;
  SegmentLosses before_, after_;
};

/// The template that the binding asks for: the solve runs on the CPU.
template <class La>
class AlignNetworksSolver : public NetworkAlignment {
 public:
  using NetworkAlignment::NetworkAlignment;
};

}  // namespace nonconvex
