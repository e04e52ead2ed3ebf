// What ReluSolver reports: objective of a feasible point, dual lower bound, the network; all in double precision.
// Included by solver.hpp.
#pragma once

#include "solvers/relu/solver.hpp"

namespace nonconvex {

template <LinAlg La>
double ReluSolver<La>::lossValue(Double f) const {
  return la_.sum(data_.n, kernels::LossValue<Space>{data_.loss, f, rows_.y});
}

/// Takes the dual point in `candidate_` (q = F^T of it), scaled to be feasible, if it improves the lower bound. Returns
/// its bound.
///
/// maximise -loss*(-theta) subject to ||Proj_{K_i}(+-X^T D_i theta)|| <= beta. Squared loss: theta y - 1/2 ||theta||^2.
template <LinAlg La>
double ReluSolver<La>::offerDual(Double q) {
  const int size = data_.n * data_.c;
  const double* y = rows_.y.view().data;
  double* theta = candidate_.view().data;
  const double largest = prox_.largestDualNorm(q);
  // A hair inside: the bound must hold in floating point too.
  const double most = largest > 0 ? data_.beta / largest * (1 - 1e-14) : INFINITY;
  double t = std::min(1.0, most);
  if (squared()) {
    const double linear = la_.sum(size, kernels::Product{theta, y});
    const double quadratic = la_.sum(size, kernels::Product{theta, theta});
    t = quadratic > 0 ? std::clamp(linear / quadratic, -most, most) : 0;
  }
  la_.forEach(size, kernels::Scale{t, theta});
  const double bound = la_.sum(data_.n, kernels::LossDualValue<Space>{data_.loss, candidate_, rows_.y});
  if (bound > lowerBound_) {
    lowerBound_ = bound;
    la_.copy(candidate_.view(), bestDual_.view());
  }
  return bound;
}

template <LinAlg La>
Progress ReluSolver<La>::progress() {
  if (slack() && iteration_ > 0) {  // v lies outside of the cones: its projection is what is reported
    prox_.project(slack_->v());
    slack_->setShift(rows_.xt, rho_, prox_.shift());
  } else {
    prox_.shiftByProjection(b0_, rho_);
  }
  const ReluPoint<Space> point = prox_.point();
  const double objective = lossValue(point.f) + data_.beta * point.penalty;
  if (!(objective >= bestObjective_)) {
    bestObjective_ = objective;
    violation_ = prox_.violation();
    la_.copy(point.v, best_.view());
  }
  // Two dual points: the multiplier of the iteration, and the subgradient of the loss at this v, which is mostly worse
  // and then looked at now and then only.
  double bound = 0;
  const auto offerCandidate = [&] {
    exact().adjoint(candidate_, candidateQ_);
    return offerDual(candidateQ_);
  };
  if (knowsDual_ && squared()) {
    la_.copy(theta_.view(), candidate_.view());
    if constexpr (single) {
      bound = offerCandidate();
    } else {
      bound = system_.adjointIsExact() ? offerDual(q_) : offerCandidate();
    }
  } else if (knowsDual_) {
    la_.copy(zDual_.view(), candidate_.view());
    bound = offerCandidate();
  }
  if (!knowsDual_ || subgradientPays_ || reports_ % 8 == 0) {
    la_.forEach(data_.n, kernels::LossDualPoint<Space>{data_.loss, point.f, rows_.y, candidate_});
    subgradientPays_ = offerCandidate() > bound;
  }
  ++reports_;
  Progress now;
  now.objective = bestObjective_;
  now.lowerBound = lowerBound_;
  now.residual = gap();
  now.feasibility = violation_ * data_.normScale();
  now.step =
      std::sqrt(la_.sum(b_.rows * b_.cols, kernels::SquaredDifference<T>{b_.data, b0_.data})) * data_.normScale();
  if (system_.inexact()) now.innerSteps = static_cast<double>(system_.products());
  return now;
}

template <LinAlg La>
ReluSolution ReluSolver<La>::solution() {
  const int c = data_.c;
  const int p = map_.patterns();
  const int columns = map_.columns();
  const int inputs = data_.bias ? data_.d - 1 : data_.d;
  const HostMatrix<double> best(best_.rows(), columns);
  la_.download(Double(best_), best.view());
  ReluSolution s;
  s.weights = HostMatrix<double>(data_.d, columns);
  s.gates = HostMatrix<double>(data_.d, p);
  s.dual = HostMatrix<double>(data_.n, c);
  la_.download(Double(bestDual_), s.dual.view());
  for (int i = 0; i < p; ++i) {
    for (int j = 0; j < data_.d; ++j) {
      s.gates(j, i) = data_.gates(j, i) * (j < inputs ? 1 / data_.rowScale : data_.xt(j, 0));
    }
  }
  std::vector<double> norms(static_cast<std::size_t>(blocks_.count));
  std::vector<int> active;
  for (int j = 0; j < columns; ++j) {
    norms[static_cast<std::size_t>(blocks_.of(j))] += blas::dot(best.rows(), best.column(j), best.column(j));
    data_.unscaleWeights(best.column(j), j % p, s.weights.column(j));
    if (blas::nrm2(best.rows(), best.column(j)) > 0) active.push_back(j);
  }
  for (double& norm : norms) norm = std::sqrt(norm) * data_.normScale();
  const int m = static_cast<int>(active.size());
  s.hiddenWeights = HostMatrix<double>(inputs, m);
  s.biases = HostBuffer<double>(static_cast<std::size_t>(m));
  s.outputWeights = HostMatrix<double>(m, c);
  s.inputScale = HostBuffer<double>(static_cast<std::size_t>(inputs));
  std::copy(data_.inputScale.data(), data_.inputScale.data() + inputs, s.inputScale.data());
  double regulariser = 0;
  for (int neuron = 0; neuron < m; ++neuron) {
    const int j = active[static_cast<std::size_t>(neuron)];
    // u = v / sqrt(r), alpha = +-sqrt(r): the penalty (||u||^2 + alpha^2) / 2 of the network is then r, the norm of v's
    // block.
    const double root = std::sqrt(norms[static_cast<std::size_t>(blocks_.of(j))]);
    const double* w = s.weights.column(j);
    for (int i = 0; i < inputs; ++i) s.hiddenWeights(i, neuron) = w[i] / root;
    if (data_.bias) s.biases[static_cast<std::size_t>(neuron)] = w[inputs] / root;
    double sign = map_.sign(j);
    if (map_.features() && best(0, j) < 0) {  // a direction with a negative weight: the sign goes to the output
      sign = -1;
      for (int i = 0; i < inputs; ++i) s.hiddenWeights(i, neuron) *= -1;
      s.biases[static_cast<std::size_t>(neuron)] *= -1;
    }
    s.outputWeights(neuron, j / p % c) = sign * root;
    s.pattern.push_back(j % p);
    const double own = blas::nrm2(best.rows(), best.column(j)) * data_.normScale() / root;
    regulariser += own * own;
  }
  for (const double norm : norms) regulariser += norm;
  s.networkObjective = networkLoss(s) + data_.beta / data_.normScale() / 2 * regulariser;
  s.gap = gap();
  s.activeNeurons = m;
  s.patterns = p;
  s.global = data_.exact && c == 1;
  s.rho = rho();
  return s;
}

/// By a forward pass of the network as it was written down.
template <LinAlg La>
double ReluSolver<La>::networkLoss(const ReluSolution& s) const {
  const int inputs = s.hiddenWeights.rows();
  const int m = s.hiddenWeights.cols();
  HostMatrix<double> hidden(inputs, m);
  HostMatrix<double> neurons(2, m);
  for (int neuron = 0; neuron < m; ++neuron) {
    for (int i = 0; i < inputs; ++i) hidden(i, neuron) = s.hiddenWeights(i, neuron) * data_.rowScale;
    neurons(0, neuron) = s.biases[static_cast<std::size_t>(neuron)];
    neurons(1, neuron) = s.pattern[static_cast<std::size_t>(neuron)];
  }
  const DeviceCopy<La, double> weights(la_, hidden), outputs(la_, s.outputWeights), ofNeurons(la_, neurons);
  const Matrix<double> activations = la_.template matrix<double>(data_.n, m);
  const Matrix<double> f = la_.template matrix<double>(data_.n, data_.c);
  la_.gemm(Transpose::yes, Transpose::no, 1.0, rows_.xt.view().block(0, 0, inputs, data_.n), weights.view(), 0.0,
           activations.view());
  la_.forEach(
      data_.n, m,
      kernels::Activate<T, Space>{settings_.activation == ReluActivation::relu, map_.masks(), ofNeurons, activations});
  la_.gemm(Transpose::no, Transpose::no, 1.0, Double(activations), outputs.view(), 0.0, f.view());
  return lossValue(f);
}

}  // namespace nonconvex
