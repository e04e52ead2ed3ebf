#include "solvers/discrete/certifyNetwork/dual_value.hpp"

#include <algorithm>
#include <cmath>

namespace nonconvex {
namespace {

struct Tuning {
  static constexpr double share = 1e-9;     ///< rounding: bounds are lowered by this share of 1 + |bound|
  static constexpr double ofTerms = 1e-13;  ///< rounding: and by this share of the sum of all terms without signs
};

double lowered(double bound, double terms) {
  return bound - Tuning::share * (1 + std::abs(bound)) - Tuning::ofTerms * terms;
}

}  // namespace

CertifyRow::CertifyRow(const CertifyNetworkProblem& problem, const DenseLayers& network, int row)
    : perturbation(problem, row), z(at(network.neurons())), low(at(network.neurons())), high(at(network.neurons())) {
  for (int i = 0; i < problem.x.columns; ++i) x.push_back(problem.x(row, i));
  network.forward(x, z);
  boundByIntervals(network, *this);
}

double leastOfNeuron(double v, double q, double low, double high, int split) {
  if (split > 0 || (split == 0 && low >= 0)) return std::min((v - q) * std::max(low, 0.0), (v - q) * high);
  if (split < 0 || high <= 0) return std::min(-q * low, -q * std::min(high, 0.0));
  return std::min({-q * low, 0.0, (v - q) * high});
}

DualValue::DualValue(const DenseLayers& network, const CertifyRow& row)
    : network_(network), row_(row), v_(at(network.neurons())), slope_(at(network.inputs())), d_(at(network.inputs())) {}

double DualValue::operator()(const Question& question, std::span<const std::int8_t> splits, std::span<const double> q) {
  const std::span<const DenseLayer> layers = network_.hidden();
  double sum = question.constant, terms = std::abs(sum);
  const auto add = [&](double term) {
    sum += term;
    terms += std::abs(term);
  };
  std::copy(question.v.begin(), question.v.end(), v_.begin() + layers.back().first);
  for (std::size_t j = layers.size(); j-- > 0;) {
    const DenseLayer& layer = layers[j];
    for (int k = 0; k < layer.outputs; ++k) {
      const std::size_t unit = at(layer.first + k);
      add(q[unit] * (j == 0 ? row_.z[unit] : layer.biases[at(k)]));
      add(leastOfNeuron(v_[unit], q[unit], row_.low[unit], row_.high[unit], splits[unit]));
    }
    const std::span<const double> mine = q.subspan(at(layer.first), at(layer.outputs));
    multiplyTransposed(layer, mine,
                       j == 0 ? std::span(slope_) : std::span(v_).subspan(at(layers[j - 1].first), at(layer.inputs)));
  }
  for (double& entry : slope_) entry = -entry;
  add(-row_.perturbation.support(slope_, d_));
  return lowered(sum, terms);
}

void boundByIntervals(const DenseLayers& network, CertifyRow& row) {
  const std::span<const DenseLayer> layers = network.hidden();
  std::vector<double> down(at(network.inputs())), d(at(network.inputs()));
  for (int k = 0; k < layers[0].outputs; ++k) {
    const double* w = layers[0].row(k);
    for (int i = 0; i < layers[0].inputs; ++i) down[at(i)] = -w[i];
    const double z = row.z[at(k)];
    const double above = row.perturbation.support({w, down.size()}, d);
    const double below = row.perturbation.support(down, d);
    row.low[at(k)] = lowered(z - below, std::abs(z) + std::abs(below));
    row.high[at(k)] = -lowered(-z - above, std::abs(z) + std::abs(above));
  }
  for (std::size_t j = 1; j < layers.size(); ++j) {
    const DenseLayer& layer = layers[j];
    for (int k = 0; k < layer.outputs; ++k) {
      double low = layer.biases[at(k)], high = low, terms = std::abs(low);
      for (int i = 0; i < layer.inputs; ++i) {
        const std::size_t before = at(layers[j - 1].first + i);
        const double least = std::max(0.0, row.low[before]), most = std::max(0.0, row.high[before]);
        const double w = layer.row(k)[i];
        low += w * (w > 0 ? least : most);
        high += w * (w > 0 ? most : least);
        terms += std::abs(w) * most;
      }
      row.low[at(layer.first + k)] = lowered(low, terms);
      row.high[at(layer.first + k)] = -lowered(-high, terms);
    }
  }
}

double intervalBound(const DenseLayers& network, const CertifyRow& row, const Question& question) {
  const DenseLayer& last = network.hidden().back();
  double sum = question.constant, terms = std::abs(sum);
  for (int k = 0; k < last.outputs; ++k) {
    const double v = question.v[at(k)];
    const double term = v * std::max(0.0, v > 0 ? row.low[at(last.first + k)] : row.high[at(last.first + k)]);
    sum += term;
    terms += std::abs(term);
  }
  return lowered(sum, terms);
}

}  // namespace nonconvex
