// Networks of dense layers with ReLUs between them: balance of their units, orders of these, points between two
// networks.
#pragma once

#include <span>
#include <vector>

#include "linalg/cpu.hpp"

namespace nonconvex {

/// Orders of the units of each hidden layer: the unit that takes each place.
using UnitOrders = std::vector<std::vector<int>>;

/// Layer l is (inputs + 1) x outputs with biases in its last row.
struct LayeredNetwork {
  std::vector<HostMatrix<double>> layers;

  LayeredNetwork() = default;
  /// Weights of a unit stand one after the other; throws where there are too few or too many.
  LayeredNetwork(std::span<const int> widths, std::span<const double> weights, std::span<const double> biases);

  LayeredNetwork copy() const;

  int hidden() const { return static_cast<int>(layers.size()) - 1; }
  int units(int layer) const { return layers[static_cast<std::size_t>(layer)].cols(); }
  int inputs() const { return layers.front().rows() - 1; }
  /// The sum of squares of all numbers.
  double squares() const;
};

/// Numbers that a network of these widths has.
double numbersOf(std::span<const int> widths);

/// Scales units so that their incoming weights and bias are as long as their outgoing weights; the factors of incoming
/// ones, layer after layer. Units without either stay as they are.
std::vector<double> balanceUnits(LayeredNetwork& network);

/// Puts unit order[l][i] of each hidden layer l to place i.
void permute(const LayeredNetwork& network, const UnitOrders& orders, LayeredNetwork& to);

/// (1 - t) a + t b
void interpolate(const LayeredNetwork& a, const LayeredNetwork& b, double t, LayeredNetwork& to);

/// Outputs of networks of the same widths for some rows at once.
class LayerValues {
 public:
  LayerValues(const Cpu& la, const LayeredNetwork& like, int mostRows);

  /// `x` is (inputs + 1) x rows with ones in the last row.
  void run(const LayeredNetwork& network, Mat<const double> x);
  /// Values of a layer's units, after the ReLU where it is hidden: units x rows.
  Mat<const double> of(int layer) const;

 private:
  const Cpu& la_;
  int rows_ = 0;
  std::vector<HostMatrix<double>> values_;
};

}  // namespace nonconvex
