#include "solvers/discrete/certifyNetwork/dense_layers.hpp"

#include <algorithm>

#include "core/error.hpp"

namespace nonconvex {

double dot(const double* a, const double* b, int n) {
  double sum[4] = {0, 0, 0, 0};
  int i = 0;
  for (; i + 4 <= n; i += 4) {
    for (int r = 0; r < 4; ++r) sum[r] += a[i + r] * b[i + r];
  }
  for (; i < n; ++i) sum[0] += a[i] * b[i];
  return (sum[0] + sum[1]) + (sum[2] + sum[3]);
}

DenseLayers::DenseLayers(const CertifyNetworkProblem& problem) {
  const std::vector<int>& widths = problem.widths;
  require(widths.size() >= 3, "widths.length", widths.size(), "expected at least one hidden layer");
  require(widths.front() == problem.x.columns, "columns of x", problem.x.columns,
          "expected as many as the network has inputs");
  std::size_t weights = 0, biases = 0;
  for (std::size_t k = 0; k + 1 < widths.size(); ++k) {
    require(widths[k] > 0 && widths[k + 1] > 0, "widths", widths[k], "expected positive integers");
    weights += at(widths[k]) * at(widths[k + 1]);
    biases += at(widths[k + 1]);
  }
  require(problem.weights.size() == weights, "weights.length", problem.weights.size(), "expected those of all layers");
  require(problem.biases.size() == biases, "biases.length", problem.biases.size(), "expected those of all layers");
  const bool numbers = problem.outputs == CertifyOutputs::numbers;
  const std::size_t targets = at(problem.x.rows) * (numbers ? at(widths.back()) : 1);
  require(problem.y.size() == targets, "y.length", problem.y.size(), "expected targets for each row of x");
  weights = biases = 0;
  for (std::size_t k = 0; k + 1 < widths.size(); ++k) {
    DenseLayer layer;
    layer.inputs = widths[k];
    layer.outputs = widths[k + 1];
    layer.first = neurons_;
    const std::size_t size = at(layer.inputs) * at(layer.outputs);
    layer.weights = std::span(problem.weights).subspan(weights, size);
    layer.biases = std::span(problem.biases).subspan(biases, at(layer.outputs));
    weights += size;
    biases += at(layer.outputs);
    if (k + 2 == widths.size()) {
      output_ = layer;
    } else {
      neurons_ += layer.outputs;
      hidden_.push_back(layer);
    }
  }
}

DenseLayers::DenseLayers(const DenseLayers& network, std::size_t count)
    : hidden_(network.hidden_.begin(), network.hidden_.begin() + static_cast<std::ptrdiff_t>(count)),
      output_(network.hidden_[count]),
      neurons_(network.hidden_[count].first) {}

void DenseLayers::forward(std::span<const double> x, std::span<double> z) const {
  std::vector<double> activations(x.begin(), x.end());
  for (const DenseLayer& layer : hidden_) {
    for (int k = 0; k < layer.outputs; ++k)
      z[at(layer.first + k)] = layer.biases[at(k)] + dot(layer.row(k), activations.data(), layer.inputs);
    activations.resize(at(layer.outputs));
    for (int k = 0; k < layer.outputs; ++k) activations[at(k)] = std::max(0.0, z[at(layer.first + k)]);
  }
}

void DenseLayers::outputs(std::span<const double> z, std::span<double> f) const {
  const int first = hidden_.back().first;
  for (int c = 0; c < output_.outputs; ++c) {
    double sum = output_.biases[at(c)];
    for (int k = 0; k < output_.inputs; ++k) sum += output_.row(c)[k] * std::max(0.0, z[at(first + k)]);
    f[at(c)] = sum;
  }
}

void multiplyTransposed(const DenseLayer& layer, std::span<const double> q, std::span<double> out) {
  std::fill(out.begin(), out.end(), 0.0);
  for (int k = 0; k < layer.outputs; ++k) {
    const double factor = q[at(k)];
    if (factor == 0) continue;
    const double* row = layer.row(k);
    for (int i = 0; i < layer.inputs; ++i) out[at(i)] += factor * row[i];
  }
}

void DenseLayers::slope(std::span<const double> z, std::span<const double> v, std::span<double> slope,
                        std::span<double> work) const {
  const auto of = [&](const DenseLayer& layer) { return work.subspan(at(layer.first), at(layer.outputs)); };
  std::copy(v.begin(), v.end(), of(hidden_.back()).begin());
  for (std::size_t j = hidden_.size(); j-- > 0;) {
    const DenseLayer& layer = hidden_[j];
    for (int k = 0; k < layer.outputs; ++k) {
      if (z[at(layer.first + k)] <= 0) of(layer)[at(k)] = 0;
    }
    multiplyTransposed(layer, of(layer), j == 0 ? slope : of(hidden_[j - 1]));
  }
}

namespace {

/// factor (output a - output b), where b may be -1.
Question difference(const DenseLayers& network, double factor, int a, int b) {
  const DenseLayer& output = network.output();
  Question made;
  made.v.resize(at(output.inputs));
  for (int k = 0; k < output.inputs; ++k) made.v[at(k)] = factor * (output.row(a)[k] - (b < 0 ? 0 : output.row(b)[k]));
  made.constant = factor * (output.biases[at(a)] - (b < 0 ? 0 : output.biases[at(b)]));
  return made;
}

}  // namespace

std::vector<Question> questionsOf(const CertifyNetworkProblem& problem, const DenseLayers& network, int row,
                                  CertifyClasses classes, std::span<const double> f) {
  std::vector<Question> made;
  const int outputs = network.outputs();
  if (problem.outputs == CertifyOutputs::signs) return {difference(network, problem.y[at(row)], 0, -1)};
  if (problem.outputs == CertifyOutputs::numbers) {
    for (int c = 0; c < outputs; ++c) {
      const double target = problem.y[at(row) * at(outputs) + at(c)];
      for (const double sign : {-1.0, 1.0}) {
        made.push_back(difference(network, sign, c, -1));
        made.back().constant += problem.within - sign * target;
        made.back().number = 2 * c + (sign > 0 ? 1 : 0);
      }
    }
    return made;
  }
  const int right = static_cast<int>(problem.y[at(row)]);
  int runnerUp = right == 0 ? 1 : 0;
  for (int c = 0; c < outputs; ++c) {
    if (c != right && f[at(c)] > f[at(runnerUp)]) runnerUp = c;
  }
  for (int c = 0; c < outputs; ++c) {
    if (c == right || (classes == CertifyClasses::runnerUp && c != runnerUp)) continue;
    made.push_back(difference(network, 1, right, c));
    made.back().number = c;
  }
  return made;
}

}  // namespace nonconvex
