#include "solvers/relu/refinement/program_neurons.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>

#include "core/index.hpp"
#include "core/random.hpp"
#include "linalg/blas.hpp"

namespace nonconvex {

ReluNeurons pruned(const ReluNeurons& neurons) {
  constexpr double leastNeuron = 1e-6;  // rounding: over the weight of the largest
  double largest = 0;
  for (int j = 0; j < neurons.count(); ++j) largest = std::max(largest, neurons.size(j));
  std::vector<int> kept;
  for (int j = 0; j < neurons.count(); ++j) {
    if (neurons.size(j) > leastNeuron * largest) kept.push_back(j);
  }
  ReluNeurons made = neurons.only(kept);
  made.balance();
  return made;
}

ReluNeurons neuronsOf(const ReluData& data, Mat<const double> weights, const std::vector<std::int32_t>& patterns,
                      int first, int outputs) {
  const int p = static_cast<int>(patterns.size());
  std::vector<int> active;
  for (int j = 0; j < weights.cols; ++j) {
    if (blas::nrm2(data.d, weights.column(j)) > 0) active.push_back(j);
  }
  ReluNeurons made = ReluNeurons::ofSize(data.d, static_cast<int>(active.size()));
  for (int k = 0; k < made.count(); ++k) {
    const int j = active[at(k)];
    data.scaleWeights(weights.column(j), j % p, made.directions.column(k));
    made.weights[at(k)] = j < outputs * p ? 1 : -1;
    made.outputs[at(k)] = first + j / p % outputs;
    made.patterns[at(k)] = patterns[at(j % p)];
  }
  made.balance();
  return made;
}

ReluNeurons merged(const ReluNeurons& neurons) {
  std::map<std::tuple<std::int32_t, std::int32_t, bool>, int> places;
  std::vector<int> kept;
  std::vector<int> placeOf(at(neurons.count()), -1);
  for (int j = 0; j < neurons.count(); ++j) {
    if (neurons.patterns[at(j)] < 0) continue;
    const auto [found, isNew] = places.emplace(
        std::tuple(neurons.patterns[at(j)], neurons.outputs[at(j)], neurons.weights[at(j)] < 0), places.size());
    if (isNew) kept.push_back(j);
    placeOf[at(j)] = found->second;
  }
  ReluNeurons made = neurons.only(kept);
  const int d = made.directions.rows();
  std::fill(made.directions.data(), made.directions.data() + made.directions.size(), 0.0);
  for (int j = 0; j < neurons.count(); ++j) {
    if (placeOf[at(j)] < 0) continue;
    blas::axpy(d, std::abs(neurons.weights[at(j)]), neurons.directions.column(j),
               made.directions.column(placeOf[at(j)]));
  }
  for (double& weight : made.weights) weight = std::copysign(1.0, weight);
  made.balance();
  return made;
}

int columnOf(const ReluNeurons& neurons, int j, std::int32_t pattern, const std::vector<std::int32_t>& patterns,
             int first, int outputs) {
  const auto place = std::lower_bound(patterns.begin(), patterns.end(), pattern) - patterns.begin();
  const int row = (neurons.weights[at(j)] < 0 ? outputs : 0) + neurons.outputs[at(j)] - first;
  return row * static_cast<int>(patterns.size()) + static_cast<int>(place);
}

void writeSolution(const ReluData& data, const ReluNeurons& neurons, const std::vector<std::int32_t>& patterns,
                   ReluSolution& s) {
  const int p = static_cast<int>(patterns.size());
  std::vector<NeuronSource> sources;
  s.weights = HostMatrix<double>(data.d, 2 * data.c * p);
  for (int j = 0; j < neurons.count(); ++j) {
    std::vector<double> scaled(neurons.directions.column(j), neurons.directions.column(j) + data.d);
    for (double& entry : scaled) entry *= std::abs(neurons.weights[at(j)]);
    const int column = columnOf(neurons, j, neurons.patterns[at(j)], patterns, 0, data.c);
    data.unscaleWeights(scaled.data(), column % p, s.weights.column(column));
    sources.push_back({.column = column,
                       .pattern = column % p,
                       .output = neurons.outputs[at(j)],
                       .root = std::sqrt(neurons.size(j) * data.normScale()),
                       .sign = std::copysign(1.0, neurons.weights[at(j)])});
  }
  writeNetwork(data, sources, s);
}

ReluNeurons jittered(const ReluData& data, const ReluNeurons& neurons, double share, std::uint64_t seed) {
  ReluNeurons moved = neurons.copy();
  const Random random(seed, 11);
  std::uint64_t draw = 0;
  for (int j = 0; j < moved.count(); ++j) {
    const double size = share * blas::nrm2(data.d, moved.directions.column(j)) / std::sqrt(data.d);
    for (int i = 0; i < data.d; ++i) moved.directions(i, j) += size * random.normal(draw++);
  }
  return moved;
}

}  // namespace nonconvex
