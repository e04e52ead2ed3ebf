#include "solvers/discrete/alignNetworks/layered_network.hpp"

#include <algorithm>
#include <cmath>

#include "core/error.hpp"
#include "core/index.hpp"
#include "core/numbers.hpp"

namespace nonconvex {

namespace {

namespace unit_balance {

struct Tuning {
  /// safeguard: Sweeps of the balance, each of which brings the factors of two layers nearer to one another.
  static constexpr int mostSweeps = 1000;
  /// rounding: Factors this near 1 end the balance.
  static constexpr double balanced = 1e-12;
};

}  // namespace unit_balance

/// Scales unit i of a hidden layer; the factor.
double balanceUnit(HostMatrix<double>& into, HostMatrix<double>& from, int i) {
  double incoming = 0, outgoing = 0;
  for (int k = 0; k < into.rows(); ++k) incoming += square(into(k, i));
  for (int o = 0; o < from.cols(); ++o) outgoing += square(from(i, o));
  if (!(incoming > 0) || !(outgoing > 0)) return 1;
  const double factor = std::sqrt(std::sqrt(outgoing / incoming));
  if (!std::isfinite(factor) || factor == 0) return 1;
  for (int k = 0; k < into.rows(); ++k) into(k, i) *= factor;
  for (int o = 0; o < from.cols(); ++o) from(i, o) /= factor;
  return factor;
}

}  // namespace

LayeredNetwork::LayeredNetwork(std::span<const int> widths, std::span<const double> weights,
                               std::span<const double> biases) {
  const double* weight = weights.data();
  const double* bias = biases.data();
  for (std::size_t l = 0; l + 1 < widths.size(); ++l) {
    HostMatrix<double> layer(widths[l] + 1, widths[l + 1], Uninitialized{});
    for (int j = 0; j < layer.cols(); ++j) {
      std::copy(weight, weight + widths[l], layer.column(j));
      layer(widths[l], j) = *bias++;
      weight += widths[l];
    }
    layers.push_back(std::move(layer));
  }
}

LayeredNetwork LayeredNetwork::copy() const {
  LayeredNetwork made;
  for (const HostMatrix<double>& layer : layers) made.layers.push_back(layer.copy());
  return made;
}

double LayeredNetwork::squares() const {
  double sum = 0;
  for (const HostMatrix<double>& layer : layers) {
    for (std::size_t k = 0; k < layer.size(); ++k) sum += square(layer.data()[k]);
  }
  return sum;
}

double numbersOf(std::span<const int> widths) {
  double sum = 0;
  for (std::size_t l = 0; l + 1 < widths.size(); ++l) sum += (widths[l] + 1.0) * widths[l + 1];
  return sum;
}

std::vector<double> balanceUnits(LayeredNetwork& network) {
  std::vector<std::size_t> begin;
  std::vector<double> factors;
  for (int l = 0; l < network.hidden(); ++l) {
    begin.push_back(factors.size());
    factors.resize(factors.size() + at(network.units(l)), 1.0);
  }
  // One hidden layer is balanced at once; the units of several change each other's lengths.
  for (int sweep = 0; sweep < unit_balance::Tuning::mostSweeps; ++sweep) {
    double farthest = 0;
    for (int l = 0; l < network.hidden(); ++l) {
      for (int i = 0; i < network.units(l); ++i) {
        const double factor = balanceUnit(network.layers[at(l)], network.layers[at(l) + 1], i);
        factors[begin[at(l)] + at(i)] *= factor;
        farthest = std::max(farthest, std::abs(factor - 1));
      }
    }
    if (farthest <= unit_balance::Tuning::balanced) break;
  }
  return factors;
}

void permute(const LayeredNetwork& network, const UnitOrders& orders, LayeredNetwork& to) {
  for (int l = 0; l <= network.hidden(); ++l) {
    const HostMatrix<double>& from = network.layers[at(l)];
    HostMatrix<double>& layer = to.layers[at(l)];
    for (int i = 0; i < from.cols(); ++i) {
      const double* column = from.column(l < network.hidden() ? orders[at(l)][at(i)] : i);
      const int inputs = from.rows() - 1;
      for (int k = 0; k < inputs; ++k) layer(k, i) = column[l > 0 ? orders[at(l) - 1][at(k)] : k];
      layer(inputs, i) = column[inputs];
    }
  }
}

void interpolate(const LayeredNetwork& a, const LayeredNetwork& b, double t, LayeredNetwork& to) {
  for (std::size_t l = 0; l < a.layers.size(); ++l) {
    for (std::size_t k = 0; k < a.layers[l].size(); ++k) {
      to.layers[l].data()[k] = (1 - t) * a.layers[l].data()[k] + t * b.layers[l].data()[k];
    }
  }
}

LayerValues::LayerValues(const Cpu& la, const LayeredNetwork& like, int mostRows) : la_(la) {
  for (const HostMatrix<double>& layer : like.layers) {
    HostMatrix<double> values(layer.cols() + 1, mostRows);
    for (int i = 0; i < mostRows; ++i) values(layer.cols(), i) = 1;
    values_.push_back(std::move(values));
  }
}

void LayerValues::run(const LayeredNetwork& network, Mat<const double> x) {
  rows_ = x.cols;
  Mat<const double> from = x;
  for (int l = 0; l <= network.hidden(); ++l) {
    const HostMatrix<double>& all = values_[at(l)];
    const Mat<double> to{all.data(), all.rows() - 1, rows_, all.rows()};
    la_.gemmWithAborts(Transpose::yes, Transpose::no, 1, network.layers[at(l)], from, 0, to);
    la_.checkpoint();
    if (l == network.hidden()) break;
    for (int i = 0; i < rows_; ++i) {
      double* column = to.column(i);
      for (int j = 0; j < to.rows; ++j) column[j] = std::max(column[j], 0.0);
    }
    from = {all.data(), all.rows(), rows_, all.rows()};
  }
}

Mat<const double> LayerValues::of(int layer) const {
  const HostMatrix<double>& all = values_[at(layer)];
  return {all.data(), all.rows() - 1, rows_, all.rows()};
}

}  // namespace nonconvex
