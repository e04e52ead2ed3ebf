// What ReluSolver reports: objective of a feasible point, dual lower bound, the network. Included by solvers/relu.hpp.
#pragma once

#include "solvers/relu.hpp"

namespace nonconvex {

/// Splitting 'slack' has v outside the cones: its projections are what is reported.
template <LinAlg La>
void ReluSolver<La>::makeFeasible() {
  list_.clear();
  for (int j = 0; j < map_.columns(); ++j) {
    const bool zero =
        std::all_of(slackV_.column(j), slackV_.column(j) + slackV_.rows(), [](double x) { return x == 0; });
    if (!zero) list_.push_back(j);
  }
  std::fill(p_.data(), p_.data() + p_.size(), 0.0);
  projector_->project(list(), slackV_, 0.0, p_, xv_);
  blockNorms(p_);
  shrink(0.0);
}

template <LinAlg La>
double ReluSolver<La>::lossValue(Mat<const double> f) const {
  return la_.sum(data_.n, [&](int k) { return data_.loss.value(f.data + k, data_.y.data() + k); });
}

/// max_k of -(2 D_i - 1) x_k v_i, over all columns.
template <LinAlg La>
double ReluSolver<La>::violation() const {
  double worst = 0;
  for (std::size_t place = 0; projector_ && place < list_.size(); ++place) {
    const double scale = scale_[place];
    if (scale == 0) continue;
    const double* pattern = data_.patterns.patterns.column(list_[place] % map_.patterns());
    const double* product = xv_.column(static_cast<int>(place));
    double least = 0;
    for (int k = 0; k < data_.n; ++k) least = std::min(least, (2 * pattern[k] - 1) * product[k]);
    worst = std::max(worst, -scale * least);
  }
  return worst;
}

/// max_i ||Proj_{K_i}(+-X^T D_i theta)|| or an upper bound of it: for any mu >= 0, ||Proj(q)|| <= ||q + G^T mu||. Two
/// such mu cost no projection: the multipliers of the iteration (`shift_` = G^T mu) and those on the rows active last.
/// The second is asked for only where the first leaves a block among the largest.
template <LinAlg La>
double ReluSolver<La>::largestDualNorm(Mat<const double> q) {
  const int d = map_.dimension();
  const int half = map_.patterns() * data_.c;
  const auto signedPoint = [&](int j, double* point) {
    for (int i = 0; i < d; ++i) point[i] = map_.sign(j) * q(i, j % half);
  };
  la_.tasks(
      map_.columns(),
      [&](int j) {
        double* point = boundWork_.column(j);
        signedPoint(j, point);
        double& bound = bounds_[static_cast<std::size_t>(j)];
        bound = blas::nrm2(d, point);
        if (!projector_) return;
        for (int i = 0; i < d; ++i) point[i] += shift_(i, j);
        bound = std::min(bound, blas::nrm2(d, point));
      },
      6.0 * d * map_.columns());
  const auto squareOf = [&](int block) {
    double square = 0;
    forColumnsOf(block,
                 [&](int j) { square += bounds_[static_cast<std::size_t>(j)] * bounds_[static_cast<std::size_t>(j)]; });
    return square;
  };
  for (int block = 0; block < blocks_; ++block) {
    norms_[static_cast<std::size_t>(block)] = squareOf(block);
    refined_[static_cast<std::size_t>(block)] = 0;
  }
  for (;;) {
    const int largest = static_cast<int>(std::max_element(norms_.data(), norms_.data() + blocks_) - norms_.data());
    char& refined = refined_[static_cast<std::size_t>(largest)];
    if (!projector_ || refined) return std::sqrt(norms_[static_cast<std::size_t>(largest)]);
    refined = 1;
    forColumnsOf(largest, [&](int j) {
      double* point = boundWork_.column(j);
      signedPoint(j, point);
      double& bound = bounds_[static_cast<std::size_t>(j)];
      bound = std::min(bound, projector_->normBound(j, point, point + d));
    });
    norms_[static_cast<std::size_t>(largest)] = squareOf(largest);
  }
}

/// Takes the dual point in `candidate_` (q = F^T of it), scaled to be feasible, if it improves the lower bound. Returns
/// its bound.
///
/// maximise -loss*(-theta) subject to ||Proj_{K_i}(+-X^T D_i theta)|| <= beta. Squared loss: theta y - 1/2 ||theta||^2.
template <LinAlg La>
double ReluSolver<La>::offerDual(Mat<const double> q) {
  const int size = data_.n * data_.c;
  const double* y = data_.y.data();
  double* theta = candidate_.data();
  const double largest = largestDualNorm(q);
  // A hair inside: the bound must hold in floating point too.
  const double most = largest > 0 ? data_.beta / largest * (1 - 1e-14) : INFINITY;
  double t = std::min(1.0, most);
  if (squared()) {
    const double linear = la_.sum(size, [&](int i) { return theta[i] * y[i]; });
    const double quadratic = la_.sum(size, [&](int i) { return theta[i] * theta[i]; });
    t = quadratic > 0 ? std::clamp(linear / quadratic, -most, most) : 0;
  }
  la_.forEach(size, [&](int i) { theta[i] *= t; });
  const double bound = la_.sum(data_.n, [&](int k) { return data_.loss.dualValue(theta + k, y + k); });
  if (bound > lowerBound_) {
    lowerBound_ = bound;
    std::copy(theta, theta + candidate_.size(), bestDual_.data());
  }
  return bound;
}

template <LinAlg La>
Progress ReluSolver<La>::progress() {
  if (slack() && iteration_ > 0) {
    makeFeasible();
    // nu <= 0, so -rho tau nu are multipliers.
    for (int j = 0; j < map_.columns(); ++j) {
      const double* pattern = data_.patterns.patterns.column(j % map_.patterns());
      for (int k = 0; k < data_.n; ++k) signedSlack_(k, j) = (2 * pattern[k] - 1) * slackNu_(k, j);
    }
    la_.gemm(Transpose::no, Transpose::no, -rho_ * tau_, data_.xt, signedSlack_, 0.0, shift_);
  } else {
    for (int j = 0; projector_ && j < map_.columns(); ++j) {
      const bool known = knowsShift_ && listed_[static_cast<std::size_t>(j)] != 0;
      for (int i = 0; i < p_.rows(); ++i) shift_(i, j) = known ? rho_ * (p_(i, j) - b0_(i, j)) : 0.0;
    }
  }
  const double objective = lossValue(fv_) + data_.beta * penalty_;
  if (!(objective >= bestObjective_)) {
    bestObjective_ = objective;
    violation_ = violation();
    std::copy(v_.data(), v_.data() + v_.size(), best_.data());
  }
  // Two dual points: the multiplier of the iteration, and the subgradient of the loss at this v, which is mostly worse
  // and then looked at now and then only.
  double bound = 0;
  if (knowsDual_ && squared()) {
    std::copy(theta_.data(), theta_.data() + theta_.size(), candidate_.data());
    bound = offerDual(q_);
  } else if (knowsDual_) {
    std::copy(zDual_.data(), zDual_.data() + zDual_.size(), candidate_.data());
    map_.adjoint(candidate_, candidateQ_);
    bound = offerDual(candidateQ_);
  }
  if (!knowsDual_ || subgradientPays_ || reports_ % 8 == 0) {
    la_.forEach(data_.n,
                [&](int k) { data_.loss.dualPoint(fv_.data() + k, data_.y.data() + k, candidate_.data() + k); });
    map_.adjoint(candidate_, candidateQ_);
    subgradientPays_ = offerDual(candidateQ_) > bound;
  }
  ++reports_;
  Progress now;
  now.objective = bestObjective_;
  now.lowerBound = lowerBound_;
  now.residual = gap();
  now.feasibility = violation_ * data_.normScale();
  double moved = 0;
  for (int i = 0; i < b_.rows * b_.cols; ++i) moved += (b_.data[i] - b0_.data[i]) * (b_.data[i] - b0_.data[i]);
  now.step = std::sqrt(moved) * data_.normScale();
  return now;
}

template <LinAlg La>
ReluSolution ReluSolver<La>::solution() {
  const int c = data_.c;
  const int p = map_.patterns();
  const int columns = map_.columns();
  const int inputs = data_.bias ? data_.d - 1 : data_.d;
  ReluSolution s;
  s.weights = HostMatrix<double>(data_.d, columns);
  s.gates = HostMatrix<double>(data_.d, p);
  s.dual = HostMatrix<double>(data_.n, c);
  std::copy(bestDual_.data(), bestDual_.data() + bestDual_.size(), s.dual.data());
  for (int i = 0; i < p; ++i) {
    for (int j = 0; j < data_.d; ++j) {
      s.gates(j, i) = data_.patterns.gates(j, i) * (j < inputs ? 1 / data_.rowScale : data_.xt(j, 0));
    }
  }
  blockNorms(best_);
  std::vector<int> active;
  for (int j = 0; j < columns; ++j) {
    data_.unscaleWeights(best_.column(j), j % p, s.weights.column(j));
    if (blas::nrm2(best_.rows(), best_.column(j)) > 0) active.push_back(j);
  }
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
    const double block = norms_[static_cast<std::size_t>(blockOf(j))];
    const double root = std::sqrt(block * data_.normScale());
    const double* w = s.weights.column(j);
    for (int i = 0; i < inputs; ++i) s.hiddenWeights(i, neuron) = w[i] / root;
    if (data_.bias) s.biases[static_cast<std::size_t>(neuron)] = w[inputs] / root;
    double sign = map_.sign(j);
    if (map_.features() && best_(0, j) < 0) {  // a direction with a negative weight: the sign goes to the output
      sign = -1;
      for (int i = 0; i < inputs; ++i) s.hiddenWeights(i, neuron) *= -1;
      s.biases[static_cast<std::size_t>(neuron)] *= -1;
    }
    s.outputWeights(neuron, j / p % c) = sign * root;
    s.pattern.push_back(j % p);
    const double own = blas::nrm2(best_.rows(), best_.column(j)) * data_.normScale() / root;
    regulariser += own * own;
  }
  for (int block = 0; block < blocks_; ++block)
    regulariser += norms_[static_cast<std::size_t>(block)] * data_.normScale();

  // The network's own objective, by a forward pass of what was just written down.
  const int n = data_.n;
  HostMatrix<double> hidden(inputs, m);
  for (int neuron = 0; neuron < m; ++neuron) {
    for (int i = 0; i < inputs; ++i) hidden(i, neuron) = s.hiddenWeights(i, neuron) * data_.rowScale;
  }
  HostMatrix<double> activations(n, m);
  la_.gemm(Transpose::yes, Transpose::no, 1.0, data_.xt.view().block(0, 0, inputs, n), hidden, 0.0, activations);
  for (int neuron = 0; neuron < m; ++neuron) {
    const int i = s.pattern[static_cast<std::size_t>(neuron)];
    for (int k = 0; k < n; ++k) {
      const double z = activations(k, neuron) + s.biases[static_cast<std::size_t>(neuron)];
      const bool on = settings_.activation == ReluActivation::relu ? z > 0 : data_.patterns.patterns(k, i) != 0;
      activations(k, neuron) = on ? z : 0;
    }
  }
  HostMatrix<double> f(n, c);
  la_.gemm(Transpose::no, Transpose::no, 1.0, activations, s.outputWeights, 0.0, f);
  s.networkObjective = lossValue(f) + data_.beta / data_.normScale() / 2 * regulariser;
  s.gap = gap();
  s.activeNeurons = m;
  s.patterns = p;
  s.global = data_.exact && c == 1;
  s.rho = rho();
  return s;
}

}  // namespace nonconvex
