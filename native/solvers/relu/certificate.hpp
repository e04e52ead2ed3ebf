// The proofs of a run of ReluSolver: the best feasible point, a lower bound from a dual point, and the network.
#pragma once

#include <algorithm>
#include <cmath>
#include <vector>

#include "core/index.hpp"
#include "core/numbers.hpp"
#include "linalg/blas.hpp"
#include "solvers/relu/map.hpp"
#include "solvers/relu/neurons.hpp"
#include "solvers/relu/problem.hpp"
#include "solvers/relu/prox.hpp"

namespace nonconvex {

/// The best feasible point and the best dual point that a run has met; all in double precision. Outputs that share
/// nothing are programs of their own, on the CPU: each has its best point and its best dual point, scaled for itself.
template <LinAlg La>
class ReluCertificate {
 public:
  using Space = typename La::Space;
  using Double = Mat<const double, Space>;

  /// All must outlive this. `exact` is the map in double precision.
  ReluCertificate(const La& la, const ReluData& data, const ReluRows<La>& rows, const ReluMap<La>& map,
                  const ReluMap<La, double>& exact, ReluProx<La>& prox, kernels::Blocks blocks,
                  ReluActivation activation)
      : la_(la),
        data_(data),
        rows_(rows),
        map_(map),
        exact_(exact),
        prox_(prox),
        blocks_(blocks),
        activation_(activation),
        parts_(at(apart() ? data.c : 1)),
        largest_(at(data.c)),
        candidate_(la.template matrix<double>(data.n, data.c)),
        bestDual_(la.template matrix<double>(data.n, data.c)),
        candidateQ_(la.template matrix<double>(map.dimension(), data.c * map.patterns())),
        best_(la.template matrix<double>(map.dimension(), map.columns())) {}

  double objective() const { return total(&Part::objective); }
  double lowerBound() const { return total(&Part::lowerBound); }
  double violation() const;
  double gap() const { return objective() > 0 ? (objective() - lowerBound()) / objective() : 0; }
  /// The gap of what an output belongs to: of itself, where outputs share nothing, or of all.
  double gap(int output) const {
    const Part& part = parts_[parts_.size() > 1 ? at(output) : 0];
    return part.objective > 0 ? (part.objective - part.lowerBound) / part.objective : 0;
  }

  /// Keeps the last point of the proximal step if its objective is the least so far. Returns its objective.
  double offerPoint(const ReluPoint<Space>& point);

  /// Takes the dual point theta = `point`, scaled to be feasible, if it improves the lower bound; q = F^T theta is
  /// computed where it has no columns. Returns its bound.
  double offerDual(Double point, Double q) {
    la_.copy(point, candidate_.view());
    return q.cols > 0 ? offerCandidate(q) : offerCandidate();
  }
  /// Takes the dual point that is the subgradient of the loss at predictions f. Returns its bound.
  double offerSubgradient(Double f) {
    la_.forEach(data_.n, kernels::LossDualPoint<Space>{data_.loss, f, rows_.y, candidate_});
    return offerCandidate();
  }

  /// Everything but rho.
  ReluSolution solution() const;

 private:
  template <class U>
  using Matrix = typename La::template Matrix<U>;

  struct Tuning {
    /// rounding: Points are feasible to about 1e-13 of what was projected, which may be 10^4 times as long: an
    /// objective and a bound that differ by less, relatively, and the wrong way round, are equal.
    static constexpr double feasibility = 1e-9;
    /// rounding: The factor of a scaled dual point that keeps it inside, so that its bound holds in floating point too.
    static constexpr double inside = 1 - 1e-14;
  };

  /// Outputs that are a program of their own: all of them, or one.
  struct Part {
    double objective = INFINITY;
    double lowerBound = 0;  // losses and norms are not negative
    double violation = 0;   // the violation of the best point
  };

  bool apart() const {
    return std::is_same_v<La, Cpu> && data_.c > 1 && blocks_.members == 1 && !data_.loss.coupled() &&
           !data_.loss.weighted;  // a weight stands behind the targets of all outputs
  }
  double total(double Part::*member) const {
    double sum = 0;
    for (const Part& part : parts_) sum += part.*member;
    return sum;
  }
  int outputs() const { return data_.c / static_cast<int>(parts_.size()); }
  /// The columns of a part among those of an n x c matrix.
  template <class T>
  Mat<T, Space> outputsOf(int part, Mat<T, Space> m) const {
    return m.columns(part * outputs(), outputs());
  }
  /// f(first, count) for the runs of columns of the weights that a part has.
  template <class F>
  void forColumns(int part, F&& f) const {
    if (parts_.size() == 1) return f(0, map_.columns());
    const int p = map_.patterns();
    for (int first = part * p; first < map_.columns(); first += data_.c * p) f(first, p);
  }
  ReluRowLoss lossOfPart() const {
    ReluRowLoss loss = data_.loss;
    loss.c = outputs();
    return loss;
  }
  double lossValue(Double f, int part) const {
    return sumOverRows(data_.n, kernels::LossValue<Space>{lossOfPart(), outputsOf(part, f), outputsOf(part, y())});
  }
  template <class F>
  double sumOverRows(int count, F&& f) const {
    return data_.together(la_.sum(count, f));
  }
  Double y() const { return rows_.y.view(); }
  double penalty(const ReluPoint<Space>& point, int part) const;
  double offerCandidate() {
    exact_.adjoint(candidate_, candidateQ_);
    return offerCandidate(candidateQ_);
  }
  double offerCandidate(Double q);
  double offerPart(int part, double largest);
  double writeNeurons(const HostMatrix<double>& best, const std::vector<double>& norms, ReluSolution& s) const;
  double networkLoss(const ReluSolution& s) const;

  const La& la_;
  const ReluData& data_;
  const ReluRows<La>& rows_;
  const ReluMap<La>& map_;
  const ReluMap<La, double>& exact_;
  ReluProx<La>& prox_;
  const kernels::Blocks blocks_;
  const ReluActivation activation_;
  std::vector<Part> parts_;
  std::vector<double> largest_;          // one for each output: work of bounds
  Matrix<double> candidate_, bestDual_;  // n x c
  Matrix<double> candidateQ_;            // d x columns of one sign
  Matrix<double> best_;                  // d x columns
};

template <LinAlg La>
double ReluCertificate<La>::violation() const {
  double most = 0;
  for (const Part& part : parts_) most = std::max(most, part.violation);
  return most;
}

template <LinAlg La>
double ReluCertificate<La>::penalty(const ReluPoint<Space>& point, int part) const {
  if constexpr (std::is_same_v<La, Cpu>) {
    if (parts_.size() > 1) {
      double sum = 0;
      forColumns(part, [&](int first, int count) {
        for (int j = first; j < first + count; ++j) sum += blas::nrm2(point.v.rows, point.v.column(j));
      });
      return sum;
    }
  }
  return point.penalty;
}

template <LinAlg La>
double ReluCertificate<La>::offerPoint(const ReluPoint<Space>& point) {
  double violation = unknown;
  double total = 0;
  for (int k = 0; k < static_cast<int>(parts_.size()); ++k) {
    Part& part = parts_[at(k)];
    const double objective = lossValue(point.f, k) + data_.lambda * penalty(point, k);
    total += objective;
    if (objective >= part.objective) continue;
    // Below the bound by what the cones' violation, which rounding leaves, may have gained.
    const bool rounded = objective < part.lowerBound && objective > part.lowerBound * (1 - Tuning::feasibility);
    if (!isKnown(violation)) violation = prox_.violation();
    part.objective = rounded ? part.lowerBound : objective;
    part.violation = violation;
    forColumns(
        k, [&](int first, int count) { la_.copy(point.v.columns(first, count), best_.view().columns(first, count)); });
  }
  return total;
}

/// maximise -loss*(-theta) subject to ||Proj_{K_i}(+-X^T D_i theta)|| <= lambda. Squared loss: theta y - 1/2
/// ||theta||^2.
template <LinAlg La>
double ReluCertificate<La>::offerCandidate(Double q) {
  if (parts_.size() == 1) return offerPart(0, prox_.largestDualNorm(q));
  double sum = 0;
  if constexpr (std::is_same_v<La, Cpu>) {
    prox_.largestDualNorms(q, {largest_.data(), data_.c});
    for (int k = 0; k < data_.c; ++k) sum += offerPart(k, largest_[at(k)]);
  }
  return sum;
}

/// Scales a part of the candidate, whose largest norm is given, and keeps it if that improves the bound, which it
/// returns.
template <LinAlg La>
double ReluCertificate<La>::offerPart(int k, double largest) {
  Part& part = parts_[at(k)];
  const Mat<double, Space> point = outputsOf(k, candidate_.view());
  const int size = point.rows * point.cols;
  const double* targets = outputsOf(k, y()).data;
  double* theta = point.data;
  const double most = largest > 0 ? data_.lambda / largest * Tuning::inside : INFINITY;
  const bool squared = data_.loss.kind == ReluLoss::squared;
  const double linear = squared ? sumOverRows(size, kernels::Product{theta, targets}) : 0;
  const double quadratic = squared ? sumOverRows(size, kernels::Product{theta, theta}) : 0;
  const double t = dualFactor(data_.loss.kind, most, linear, quadratic);
  la_.forEach(size, kernels::Scale{t, theta});
  double bound = sumOverRows(data_.n, kernels::LossDualValue<Space>{lossOfPart(), point, outputsOf(k, y())});
  if (bound > part.objective && bound < part.objective * (1 + Tuning::feasibility)) bound = part.objective;
  if (bound > part.lowerBound) {
    part.lowerBound = bound;
    la_.copy(point, outputsOf(k, bestDual_.view()));
  }
  return bound;
}

template <LinAlg La>
ReluSolution ReluCertificate<La>::solution() const {
  const int p = map_.patterns();
  const int columns = map_.columns();
  const HostMatrix<double> best(best_.rows(), columns);
  la_.download(Double(best_), best.view());
  ReluSolution s;
  s.weights = HostMatrix<double>(data_.d, columns);
  s.dual = HostMatrix<double>(data_.n, data_.c);
  la_.download(Double(bestDual_), s.dual.view());
  for (int k = 0; k < data_.n && data_.roots.size() > 0; ++k) {
    for (int j = 0; j < data_.c; ++j) s.dual(k, j) *= data_.roots[static_cast<std::size_t>(k)];
  }
  s.gates = data_.unscaledGates(data_.gates);
  std::vector<double> norms(static_cast<std::size_t>(blocks_.count));
  for (int j = 0; j < columns; ++j) {
    norms[static_cast<std::size_t>(blocks_.of(j))] += blas::dot(best.rows(), best.column(j), best.column(j));
    data_.unscaleWeights(best.column(j), j % p, s.weights.column(j));
  }
  for (double& norm : norms) norm = std::sqrt(norm) * data_.normScale();
  const double regulariser = writeNeurons(best, norms, s);
  s.networkObjective = networkLoss(s) + data_.lambda / data_.normScale() / 2 * regulariser;
  s.certificate =
      boundedBelow(objective(), lowerBound(), objective(), data_.exact && data_.c == 1 ? ""sv : overPatterns);
  s.patterns = p;
  return s;
}

/// Writes the network of the weights: a neuron for each column that is not zero. Returns the sum of the squares of all
/// its weights. u = v / sqrt(r), alpha = +-sqrt(r): the penalty (||u||^2 + alpha^2) / 2 of the network is then r, the
/// norm of v's block.
template <LinAlg La>
double ReluCertificate<La>::writeNeurons(const HostMatrix<double>& best, const std::vector<double>& norms,
                                         ReluSolution& s) const {
  const int p = map_.patterns();
  std::vector<NeuronSource> neurons;
  double regulariser = 0;
  for (int j = 0; j < best.cols(); ++j) {
    const double length = blas::nrm2(best.rows(), best.column(j));
    if (length == 0) continue;
    const double root = std::sqrt(norms[at(blocks_.of(j))]);
    // A direction with a negative weight: the sign goes to the output.
    const bool flipped = map_.features() && best(0, j) < 0;
    neurons.push_back({.column = j,
                       .pattern = j % p,
                       .output = j / p % data_.c,
                       .root = root,
                       .sign = flipped ? -1 : map_.sign(j),
                       .flipped = flipped});
    const double own = length * data_.normScale() / root;
    regulariser += own * own;
  }
  s.inputShift = data_.inputShift.copy();
  s.inputScale = data_.inputScale.copy();
  writeNetwork(data_, neurons, s);
  for (const double norm : norms) regulariser += norm;
  return regulariser;
}

/// The loss of the network as it was written down, by a forward pass.
template <LinAlg La>
double ReluCertificate<La>::networkLoss(const ReluSolution& s) const {
  using T = typename La::Number;
  const int inputs = s.hiddenWeights.rows();
  const int m = s.hiddenWeights.cols();
  // The constant column is not constant where rows are times the roots of their weights.
  const bool whole = data_.bias && data_.roots.size() > 0;
  const int rows = whole ? data_.d : inputs;
  HostMatrix<double> hidden(rows, m);
  HostMatrix<double> neurons(2, m);
  for (int neuron = 0; neuron < m; ++neuron) {
    for (int i = 0; i < inputs; ++i) hidden(i, neuron) = s.hiddenWeights(i, neuron) * data_.rowScale;
    const double bias = s.biases[static_cast<std::size_t>(neuron)];
    if (whole) hidden(inputs, neuron) = bias / data_.constant;
    neurons(0, neuron) = whole ? 0 : bias;
    neurons(1, neuron) = s.pattern[static_cast<std::size_t>(neuron)];
  }
  const DeviceCopy<La, double> weights(la_, hidden), outputs(la_, s.outputWeights), ofNeurons(la_, neurons);
  const Matrix<double> activations = la_.template matrix<double>(data_.n, m);
  const Matrix<double> f = la_.template matrix<double>(data_.n, data_.c);
  la_.gemm(Transpose::yes, Transpose::no, 1.0, rows_.xt.view().block(0, 0, rows, data_.n), weights.view(), 0.0,
           activations.view());
  la_.forEach(data_.n, m,
              kernels::Activate<T, Space>{activation_ == ReluActivation::relu, map_.masks(), ofNeurons, activations});
  la_.gemm(Transpose::no, Transpose::no, 1.0, Double(activations), outputs.view(), 0.0, f.view());
  double loss = 0;
  for (int k = 0; k < static_cast<int>(parts_.size()); ++k) loss += lossValue(f, k);
  return loss;
}

// Compiled once, in solver.cpp.
extern template class ReluCertificate<Cpu>;

}  // namespace nonconvex
