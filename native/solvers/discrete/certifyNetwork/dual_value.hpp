// The bound that a dual vector proves, whatever it is.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "solvers/discrete/certifyNetwork/dense_layers.hpp"
#include "solvers/discrete/certifyNetwork/perturbation.hpp"

namespace nonconvex {

/// A row, what may be added to it, and numbers between which those in front of the ReLUs stay.
struct CertifyRow {
  CertifyRow(const CertifyNetworkProblem& problem, const DenseLayers& network, int row);

  Perturbation perturbation;
  std::vector<double> x, z;  ///< the row, and the numbers in front of the ReLUs there
  std::vector<double> low, high;
};

/// Computes bounds on q_k z_k, where splits fix the sign of some z_k to 1 or -1: of
///
///   margin = c0 + v.a_L,   z_j = W_j a_(j-1) + b_j,   a_j = max(0, z_j),   a_0 = x + d
///
/// with multipliers q_j of the equations of z_j, the least value over all d and over all (z_k, a_k) in the convex hull
/// of the graph of the ReLU over [low_k, high_k], each for itself. Any q gives a lower bound of the margin.
class DualValue {
 public:
  DualValue(const DenseLayers& network, const CertifyRow& row);

  /// The bound less what rounding makes of it.
  double operator()(const Question& question, std::span<const std::int8_t> splits, std::span<const double> q);
  /// The d at which the last bound is reached.
  std::span<const double> d() const { return d_; }
  /// The factor v of the activations of hidden layer j, as of the last bound.
  std::span<const double> factors(const DenseLayer& layer) const {
    return std::span(v_).subspan(at(layer.first), at(layer.outputs));
  }

 private:
  const DenseLayers& network_;
  const CertifyRow& row_;
  std::vector<double> v_, slope_, d_;
};

/// The least of v a - q z over the hull of the graph of the ReLU, or over the side of a split.
double leastOfNeuron(double v, double q, double low, double high, int split);

/// Bounds of the numbers in front of the ReLUs by intervals, layer by layer; exact for the first one.
void boundByIntervals(const DenseLayers& network, CertifyRow& row);
/// The bound of a question by the intervals of the last layer.
double intervalBound(const DenseLayers& network, const CertifyRow& row, const Question& question);

}  // namespace nonconvex
