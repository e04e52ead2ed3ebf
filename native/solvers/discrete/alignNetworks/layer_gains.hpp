// Pairs of units of one hidden layer: what each adds to the inner product of two networks, and their best order.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "linalg/cpu.hpp"
#include "methods/assignment/linear_assignment.hpp"
#include "solvers/discrete/alignNetworks/layered_network.hpp"

namespace nonconvex {

/// The best order of a layer by its gains.
struct LayerOrder {
  std::span<const int> order;
  double rise = 0;  ///< the gain of it less that of the present order
};

class LayerGains {
 public:
  LayerGains(const Cpu& la, const LayeredNetwork& a, const LayeredNetwork& b);

  /// Writes the gains of a layer by weights while the other layers have these orders; without those of the outgoing
  /// weights where `incomingOnly`.
  void byWeights(int layer, const UnitOrders& orders, bool incomingOnly);
  /// Adds the inner products of activations, units x rows, times a factor.
  void addActivations(int layer, Mat<const double> za, Mat<const double> zb, double factor, bool first);

  LayerOrder best(int layer, std::span<const int> present);
  /// An upper bound of the gain of any order of this layer, after `best`.
  double bound(int layer) const { return -assignments_[static_cast<std::size_t>(layer)]->multipliers().bound; }
  /// The gain of an order.
  double gain(int layer, std::span<const int> order) const;

 private:
  const Cpu& la_;
  const LayeredNetwork& a_;
  const LayeredNetwork& b_;
  std::vector<std::unique_ptr<LinearAssignment>> assignments_;
  std::vector<HostMatrix<double>> costs_;  // minus the gain of each pair: units of b x units of a
  std::vector<HostMatrix<double>> in_, out_;
};

}  // namespace nonconvex
