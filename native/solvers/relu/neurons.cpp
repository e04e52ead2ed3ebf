#include "solvers/relu/neurons.hpp"

#include <algorithm>
#include <cmath>

#include "core/multiversion.hpp"
#include "linalg/blas.hpp"
#include "methods/unconstrained/lbfgs.hpp"
#include "solvers/relu/activation_patterns.hpp"
#include "solvers/relu/row_span.hpp"

namespace nonconvex {

struct ReluNetworkObjective::Tuning {
  /// measured: Rows that a task deals with.
  static constexpr int rowsOfChunk = 256;
};

namespace {

/// f += weight z_+
NONCONVEX_CLONES void addActive(int n, double weight, const double* z, double* f) {
  for (int i = 0; i < n; ++i) f[i] += z[i] > 0 ? weight * z[i] : 0.0;
}

/// z := theta where z > 0, else 0; kept := z.
NONCONVEX_CLONES void maskActive(int n, const double* theta, double* __restrict z, double* __restrict kept) {
  for (int i = 0; i < n; ++i) {
    kept[i] = z[i];
    z[i] = z[i] > 0 ? theta[i] : 0.0;
  }
}

NONCONVEX_CLONES void scale(int n, double factor, double* z) {
  for (int i = 0; i < n; ++i) z[i] *= factor;
}

/// Root mean square of the targets, for the size of a first network; 1 where they are classes.
double typicalTarget(const ReluData& data) {
  if (data.loss.kind != ReluLoss::squared && data.loss.kind != ReluLoss::huber) return 1;
  const double squares = blas::nrm2(data.n * data.c, data.y.data());
  return squares > 0 ? squares / std::sqrt(static_cast<double>(data.n) * data.c) : 1;
}

/// `descend` on rows in other coordinates, which the directions are in too.
double descendOn(const Cpu& la, const ReluData& data, Mat<const double> xt, ReluNeurons& neurons, int iterations) {
  ReluNetworkObjective objective(la, data, xt);
  objective.setOutputs(neurons.outputs);
  HostBuffer<double> x = neurons.variables();
  Monitor monitor = la.childMonitor();
  monitor.setInterruptible(false);  // the point so far is of use
  const Cpu watched = la.watchedBy(monitor);
  // At a kink a search halves to the end: thirty trials took 3 % less time than sixty, with the same networks.
  Lbfgs method(watched, objective,
               {.memory = 30, .tolerance = 0, .leastDecrease = 1e-12, .search = {.mostTrials = 30}});
  std::optional<Status> status = method.start({x.data(), x.size()});
  for (int k = 0; k < iterations && !status && !la.ending(); ++k) status = method.step();
  std::copy(method.x().begin(), method.x().end(), x.data());
  neurons.setVariables(x);
  std::fill(neurons.patterns.begin(), neurons.patterns.end(), -1);
  return method.value();
}

}  // namespace

double pullBack(int n, double weight, const double* theta, double* z) {
  constexpr int piece = 512;
  double kept[piece];
  double slope = 0;
  for (int begin = 0; begin < n; begin += piece) {
    const int count = std::min(piece, n - begin);
    maskActive(count, theta + begin, z + begin, kept);
    slope += blas::dot(count, kept, z + begin);
    scale(count, weight, z + begin);
  }
  return slope;
}

double ReluNeurons::size(int j) const {
  return blas::nrm2(directions.rows(), directions.column(j)) * std::abs(weights[at(j)]);
}

ReluNeurons ReluNeurons::ofSize(int d, int m) {
  ReluNeurons made{
      .directions = HostMatrix<double>(d, m), .weights = HostBuffer<double>(at(m)), .outputs = {}, .patterns = {}};
  made.outputs.assign(at(m), 0);
  made.patterns.assign(at(m), -1);
  return made;
}

ReluNeurons ReluNeurons::only(const std::vector<int>& list) const {
  ReluNeurons made = ofSize(directions.rows(), static_cast<int>(list.size()));
  for (int to = 0; to < made.count(); ++to) {
    const int from = list[at(to)];
    std::copy(directions.column(from), directions.column(from) + directions.rows(), made.directions.column(to));
    made.weights[at(to)] = weights[at(from)];
    made.outputs[at(to)] = outputs[at(from)];
    made.patterns[at(to)] = patterns[at(from)];
  }
  return made;
}

ReluNeurons ReluNeurons::copy() const {
  std::vector<int> all(at(count()));
  for (int j = 0; j < count(); ++j) all[at(j)] = j;
  return only(all);
}

ReluNeurons ReluNeurons::with(const ReluNeurons& others) const {
  ReluNeurons made = ofSize(others.directions.rows(), count() + others.count());
  for (int to = 0; to < made.count(); ++to) {
    const ReluNeurons& source = to < count() ? *this : others;
    const int from = to < count() ? to : to - count();
    std::copy(source.directions.column(from), source.directions.column(from) + made.directions.rows(),
              made.directions.column(to));
    made.weights[at(to)] = source.weights[at(from)];
    made.outputs[at(to)] = source.outputs[at(from)];
    made.patterns[at(to)] = source.patterns[at(from)];
  }
  return made;
}

void ReluNeurons::balance() {
  const int d = directions.rows();
  for (int j = 0; j < count(); ++j) {
    const double norm = blas::nrm2(d, directions.column(j));
    const double weight = weights[at(j)];
    const double root = std::sqrt(norm * std::abs(weight));
    const double factor = norm > 0 ? root / norm : 0;
    for (int i = 0; i < d; ++i) directions(i, j) *= factor;
    weights[at(j)] = std::copysign(root, weight);
  }
}

HostBuffer<double> ReluNeurons::variables() const {
  HostBuffer<double> x(directions.size() + at(count()));
  double* alpha = std::copy(directions.data(), directions.data() + directions.size(), x.data());
  std::copy(weights.data(), weights.data() + count(), alpha);
  return x;
}

void ReluNeurons::setVariables(const HostBuffer<double>& x) {
  const double* alpha = x.data() + directions.size();
  std::copy(x.data(), x.data() + directions.size(), directions.data());
  std::copy(alpha, alpha + count(), weights.data());
}

void writeNetwork(const ReluData& data, const std::vector<NeuronSource>& neurons, ReluSolution& s) {
  const int inputs = data.bias ? data.d - 1 : data.d;
  const int m = static_cast<int>(neurons.size());
  s.hiddenWeights = HostMatrix<double>(inputs, m);
  s.biases = HostBuffer<double>(at(m));
  s.outputWeights = HostMatrix<double>(m, data.c);
  s.pattern.clear();
  for (int j = 0; j < m; ++j) {
    const NeuronSource& from = neurons[at(j)];
    const double* w = s.weights.column(from.column);
    const double root = from.flipped ? -from.root : from.root;
    for (int i = 0; i < inputs; ++i) s.hiddenWeights(i, j) = w[i] / root;
    if (data.bias) s.biases[at(j)] = w[inputs] / root;
    s.outputWeights(j, from.output) = from.sign * from.root;
    s.pattern.push_back(from.pattern);
  }
  s.activeNeurons = m;
}

void ReluNetworkObjective::setOutputs(const std::vector<std::int32_t>& outputs) {
  outputs_ = outputs;
  const int m = count();
  if (hidden_.cols() != m) hidden_ = HostMatrix<double>(data_.n, m, Uninitialized{});
  if (f_.rows() == 0) {
    f_ = HostMatrix<double>(data_.n, data_.c);
    theta_ = HostMatrix<double>(data_.n, data_.c);
  }
  losses_.resize(at((data_.n + Tuning::rowsOfChunk - 1) / Tuning::rowsOfChunk));
}

/// hidden := X U; f and theta; returns the loss.
double ReluNetworkObjective::predict(const double* x) {
  const int m = count();
  const int d = xt_.rows;
  const double* alpha = x + static_cast<std::ptrdiff_t>(d) * m;
  la_.gemm(Transpose::yes, Transpose::no, 1.0, xt_, Mat<const double>{x, d, m, d}, 0.0, hidden_);
  ReluRowLoss loss = data_.loss;
  loss.stride = data_.n;
  la_.tasks(
      static_cast<int>(losses_.size()),
      [&](int chunk) {
        const int begin = chunk * Tuning::rowsOfChunk;
        const int end = std::min(data_.n, begin + Tuning::rowsOfChunk);
        for (int k = 0; k < data_.c; ++k) std::fill(f_.column(k) + begin, f_.column(k) + end, 0.0);
        for (int j = 0; j < m; ++j) {
          addActive(end - begin, alpha[j], hidden_.column(j) + begin, f_.column(outputs_[at(j)]) + begin);
        }
        double sum = 0;
        for (int i = begin; i < end; ++i) {
          sum += loss.value(f_.data() + i, data_.y.data() + i);
          loss.dualPoint(f_.data() + i, data_.y.data() + i, theta_.data() + i);
        }
        losses_[at(chunk)] = sum;
      },
      2.0 * data_.n * (m + 10));
  double sum = 0;
  for (const double part : losses_) sum += part;
  return sum;
}

double ReluNetworkObjective::value(In x) {
  return predict(x.data()) + data_.lambda / 2 * blas::dot(static_cast<int>(x.size()), x.data(), x.data());
}

double ReluNetworkObjective::gradient(In x, Out g) {
  const int n = data_.n;
  const int m = count();
  const int d = xt_.rows;
  const int weights = d * m;
  const double loss = predict(x.data());
  const double* alpha = x.data() + weights;
  la_.tasks(
      m,
      [&](int j) {
        const double slope = pullBack(n, alpha[j], theta_.column(outputs_[at(j)]), hidden_.column(j));
        g[at(weights + j)] = data_.lambda * alpha[j] - slope;
      },
      4.0 * n * m);
  for (std::size_t i = 0; i < at(weights); ++i) g[i] = data_.lambda * x[i];
  slopes_.multiply(la_, -1.0, xt_, hidden_, 1.0, Mat<double>{g.data(), d, m, d});
  return loss + data_.lambda / 2 * blas::dot(weights + m, x.data(), x.data());
}

double ReluNetworkObjective::value(const ReluNeurons& neurons) {
  setOutputs(neurons.outputs);
  const HostBuffer<double> x = neurons.variables();
  return value(In(x.data(), x.size()));
}

double descend(const Cpu& la, const ReluData& data, ReluNeurons& neurons, int iterations) {
  if (!ReluRowSpan::pays(data.xt)) return descendOn(la, data, data.xt, neurons, iterations);
  const ReluRowSpan span(data.xt);
  ReluNeurons inSpan = neurons.copy();
  inSpan.directions = HostMatrix<double>(data.n, neurons.count());
  span.toSpan(neurons.directions, inSpan.directions);
  const double value = descendOn(la, data, span.yt(), inSpan, iterations);
  span.fromSpan(inSpan.directions, neurons.directions);
  std::copy(inSpan.weights.data(), inSpan.weights.data() + neurons.count(), neurons.weights.data());
  std::fill(neurons.patterns.begin(), neurons.patterns.end(), -1);
  return value;
}

HostMatrix<double> randomDirections(const ReluData& data, int count, std::uint64_t seed) {
  HostMatrix<double> made = normalDirections(data.d, count, seed);
  for (int j = 0; j < count; ++j) {
    double* u = made.column(j);
    if (data.bias) u[data.d - 1] *= data.typical / data.constant;
    const double norm = blas::nrm2(data.d, u);
    for (int i = 0; i < data.d && norm > 0; ++i) u[i] /= norm;
  }
  return made;
}

ReluNeurons randomNeurons(const ReluData& data, int count, std::uint64_t seed) {
  ReluNeurons made = ReluNeurons::ofSize(data.d, count);
  made.directions = randomDirections(data, count, seed);
  const double size =
      std::sqrt(0.3 * typicalTarget(data) / (data.typical * std::sqrt(static_cast<double>(count) / data.c)));
  for (int j = 0; j < count; ++j) {
    for (int i = 0; i < data.d; ++i) made.directions(i, j) *= size;
    made.weights[at(j)] = j / data.c % 2 == 0 ? size : -size;
    made.outputs[at(j)] = j % data.c;
  }
  return made;
}

}  // namespace nonconvex
