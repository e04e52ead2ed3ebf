// Two-layer ReLU networks trained through their convex reformulation.
//
//   minimise  loss(sum_i D_i X (v_i - w_i), y) + beta sum_i (||v_i|| + ||w_i||)
//   subject to  (2 D_i - I) X v_i >= 0,  (2 D_i - I) X w_i >= 0,      D_i = diag(1[X g_i >= 0])
//
// M. Pilanci, T. Ergen, "Neural networks are convex regularizers", ICML 2020; ADMM: Y. Bai, T. Gautam, S. Sojoudi,
// "Efficient global optimization of two-layer ReLU networks", SIMODS 5(2), 2023. Ours differs in the splitting (below).
#pragma once

#include <memory>
#include <optional>

#include "core/run.hpp"
#include "linalg/linalg.hpp"
#include "parts/cone.hpp"
#include "solvers/relu_data.hpp"

namespace nonconvex {

/// The linear map V -> F V = sum_i D_i X (v_i - w_i) of the convex program, and what goes with it.
///
/// Column (s c + k) P + i of a weight matrix V belongs to sign s, output k and pattern i. Gated ReLU has one sign. With
/// `method: 'sampled'` F V = (X U)_+ V, weights are 1 x P c, and the features stand where D_i X stood.
template <LinAlg La>
class ReluMap {
 public:
  ReluMap(const La& la, const ReluData& data, const ReluSettings& settings);

  int dimension() const { return features_ ? 1 : data_.d; }
  int signs() const { return signs_; }
  int patterns() const { return patterns_; }
  int columns() const { return signs_ * data_.c * patterns_; }
  bool features() const { return features_; }
  double sign(int column) const { return column < data_.c * patterns_ ? 1 : -1; }

  /// K0 = F F^T for one output, both triangles.
  void gram(Mat<double> k0) const;
  /// xv := X v_j for the listed columns j of V, side by side.
  void products(Vec<const int> list, Mat<const double> v, Mat<double> xv) const;
  /// f := F V, given products X p_j of the listed columns, where v_j = scale_j p_j and the columns not listed are zero.
  void forward(Vec<const int> list, Vec<const double> scale, Mat<const double> xp, Mat<double> f) const;
  /// q := the first sign's half of F^T theta; the other half is -q.
  void adjoint(Mat<const double> theta, Mat<double> q) const;

 private:
  const La& la_;
  const ReluData& data_;
  int signs_;
  int patterns_;
  bool features_;
  HostMatrix<double> activations_;       // n x P: the features of the sampled method
  mutable HostMatrix<double> masked_;    // n x P c: D_i theta_k
  mutable HostMatrix<double> gathered_;  // d x columns
};

/// Douglas-Rachford splitting (ADMM) with cone and group norm in one proximal step, so that every v is feasible.
///
/// Squared loss:  v = prox(b);  theta = (I + F F^T / rho)^{-1} (y - F (2 v - b));  u = 2 v - b + F^T theta / rho;
/// b += relaxation (u - v).  Other losses are split from the predictions as well: z = prox_{loss / sigma}(a), and (u, F u) is
/// the projection of (2 v - b, 2 z - a) onto the graph of F in the norm rho ||.||^2 + sigma ||.||^2.
template <LinAlg La>
class ReluSolver {
 public:
  ReluSolver(const La& la, const ReluProblem& problem, const ReluSettings& settings);

  void start();
  std::optional<Status> step();
  Progress progress();
  ReluSolution solution();

  /// For benchmarks and tests.
  double rho() const { return rho_; }
  int factorizations() const { return factorizations_; }
  const ConeProjector* projector() const { return projector_.get(); }

 private:
  /// Up to this many rows the inverse of the system is formed: one product a solve, which all threads share.
  static constexpr int inverseUpTo = 3000;

  bool squared() const { return data_.loss.kind == ReluLoss::squared; }
  bool slack() const { return settings_.splitting == ReluSplitting::slack && settings_.activation == ReluActivation::relu; }
  int blockOf(int column) const;
  void chooseRho();
  bool factor();
  void solveSystem(Mat<double> rhs);
  void shrink(Mat<const double> b, double threshold);
  void updateV();
  void updatePredictions();
  void updateU();
  void adaptRho();
  double penaltyValue() const;
  double lossValue(Mat<const double> f) const;
  double dualBound(Mat<double> theta, Mat<const double> q);
  void keepBest(double objective);

  const La& la_;
  ReluSettings settings_;
  ReluData data_;
  ReluMap<La> map_;
  std::unique_ptr<ConeProjector> projector_;
  int blocks_;

  HostMatrix<double> b_, b0_, v_, p_, xv_, best_;  // weights, dimension x columns; X V
  HostMatrix<double> q_;                      // F^T theta
  HostMatrix<double> fv_, fb_, theta_;        // predictions, n x c
  HostMatrix<double> a_, z_, zDual_, work_;   // splitting of the loss
  HostMatrix<double> k0_, system_, inverse_;
  HostBuffer<double> norms_;                  // of blocks of b or p
  HostBuffer<double> scale_;                  // v_j = scale_j p_j, by place in the list
  HostBuffer<double> bounds_;
  HostMatrix<double> boundWork_;
  std::vector<int> list_;        // columns that the last proximal step had to look at
  std::vector<char> projected_;  // by column: in the list
  double penalty_ = 0;           // sum of the norms of v
  HostMatrix<double> bestDual_, candidate_, candidateQ_;
  double rho_ = 1;
  double sigma_ = 1;
  double bestObjective_ = INFINITY;
  double lowerBound_ = 0;
  int factorizations_ = 0;
  int iteration_ = 0;
  bool numericalTrouble_ = false;
};

}  // namespace nonconvex

// ---------------------------------------------------------------------------------------------------------------------

namespace nonconvex {

template <LinAlg La>
ReluMap<La>::ReluMap(const La& la, const ReluData& data, const ReluSettings& settings)
    : la_(la),
      data_(data),
      signs_(settings.method == ReluMethod::admm && settings.activation == ReluActivation::relu ? 2 : 1),
      patterns_(data.patterns.gates.cols()),
      features_(settings.method == ReluMethod::sampled) {
  if (features_) {
    activations_ = HostMatrix<double>(data.n, patterns_);
    la.gemm(Op::transpose, Op::none, 1.0, data.xt, data.patterns.gates, 0.0, activations_);
    for (std::size_t i = 0; i < activations_.size(); ++i) {
      activations_.data()[i] = settings.activation == ReluActivation::relu ? std::max(0.0, activations_.data()[i])
                                                                           : activations_.data()[i];
    }
  } else {
    masked_ = HostMatrix<double>(data.n, patterns_ * data.c);
    gathered_ = HostMatrix<double>(data.d, columns());
  }
}

template <LinAlg La>
void ReluMap<La>::gram(Mat<double> k0) const {
  const int n = data_.n;
  const auto outer = [&](Mat<const double> rows, Mat<double> out) {  // rows^T rows
    la_.syrk(1.0, rows, 0.0, out);
  };
  const auto transposed = [&](Mat<const double> m) {
    HostMatrix<double> t(m.cols, m.rows);
    for (int j = 0; j < m.cols; ++j) {
      for (int i = 0; i < m.rows; ++i) t(j, i) = m(i, j);
    }
    return t;
  };
  if (features_) {
    outer(transposed(activations_), k0);
  } else {
    outer(data_.xt, k0);
    HostMatrix<double> overlap(n, n);
    outer(transposed(data_.patterns.patterns), overlap);
    la_.forEach(n, [&, signs = signs_](int j) {
      const double* o = overlap.column(j);
      double* k = k0.column(j);
      for (int i = j; i < n; ++i) k[i] *= signs * o[i];
    });
  }
  la_.mirrorLower(k0);
}

template <LinAlg La>
void ReluMap<La>::products(Vec<const int> list, Mat<const double> v, Mat<double> xv) const {
  if (features_) {
    for (int place = 0; place < list.size; ++place) {  // "X v_j" is the feature times its weight
      const double weight = v(0, list[place]);
      const double* from = activations_.column(list[place] % patterns_);
      double* to = xv.column(place);
      for (int k = 0; k < data_.n; ++k) to[k] = weight * from[k];
    }
    return;
  }
  for (int place = 0; place < list.size; ++place) {
    std::copy(v.column(list[place]), v.column(list[place]) + data_.d, gathered_.column(place));
  }
  la_.gemm(Op::transpose, Op::none, 1.0, data_.xt, gathered_.view().columns(0, list.size), 0.0,
           xv.columns(0, list.size));
}

template <LinAlg La>
void ReluMap<La>::forward(Vec<const int> list, Vec<const double> scale, Mat<const double> xp, Mat<double> f) const {
  constexpr int grain = 256;
  const int n = data_.n;
  la_.tasks((n + grain - 1) / grain, [&](int chunk) {
    const int begin = chunk * grain;
    const int end = std::min(n, begin + grain);
    for (int k = 0; k < data_.c; ++k) std::fill(f.column(k) + begin, f.column(k) + end, 0.0);
    for (int place = 0; place < list.size; ++place) {
      if (scale[place] == 0) continue;
      const int j = list[place];
      const double weight = sign(j) * scale[place];
      const double* product = xp.column(place);
      double* to = f.column(j / patterns_ % data_.c);
      if (features_) {
        for (int i = begin; i < end; ++i) to[i] += weight * product[i];
      } else {
        const double* pattern = data_.patterns.patterns.column(j % patterns_);
        for (int i = begin; i < end; ++i) to[i] += weight * pattern[i] * product[i];
      }
    }
  });
}

template <LinAlg La>
void ReluMap<La>::adjoint(Mat<const double> theta, Mat<double> q) const {
  if (features_) {
    la_.gemm(Op::transpose, Op::none, 1.0, activations_, theta, 0.0, Mat<double>{q.data, patterns_, data_.c, patterns_});
    return;
  }
  la_.tasks(patterns_ * data_.c, [&](int j) {
    const double* pattern = data_.patterns.patterns.column(j % patterns_);
    const double* from = theta.column(j / patterns_);
    double* to = masked_.column(j);
    for (int i = 0; i < data_.n; ++i) to[i] = pattern[i] * from[i];
  });
  la_.gemm(Op::none, Op::none, 1.0, data_.xt, masked_, 0.0, q);
}

template <LinAlg La>
ReluSolver<La>::ReluSolver(const La& la, const ReluProblem& problem, const ReluSettings& settings)
    : la_(la), settings_(settings), data_(la, problem, settings), map_(la, data_, settings) {
  const int columns = map_.columns();
  const int d = map_.dimension();
  const int n = data_.n;
  const int c = data_.c;
  blocks_ = settings.coupling == ReluCoupling::frobenius ? map_.signs() * map_.patterns() : columns;
  for (HostMatrix<double>* m : {&b_, &b0_, &v_, &p_, &best_}) *m = HostMatrix<double>(d, columns);
  for (HostMatrix<double>* m : {&q_, &candidateQ_}) *m = HostMatrix<double>(d, c * map_.patterns());
  for (HostMatrix<double>* m : {&fv_, &fb_, &theta_, &candidate_, &bestDual_}) *m = HostMatrix<double>(n, c);
  xv_ = HostMatrix<double>(n, columns);
  norms_ = HostBuffer<double>(static_cast<std::size_t>(columns));
  scale_ = HostBuffer<double>(static_cast<std::size_t>(columns));
  bounds_ = HostBuffer<double>(static_cast<std::size_t>(columns));
  boundWork_ = HostMatrix<double>(3 * d + 2, columns);
  list_.reserve(static_cast<std::size_t>(columns));
  projected_.resize(static_cast<std::size_t>(columns));
}

template <LinAlg La>
int ReluSolver<La>::blockOf(int column) const {
  if (blocks_ == map_.columns()) return column;
  const int p = map_.patterns();
  return column / (p * data_.c) * p + column % p;
}

template <LinAlg La>
void ReluSolver<La>::start() {
  const int n = data_.n;
  if (map_.signs() == 2) {
    projector_ = std::make_unique<ConeProjector>(la_, data_.xt, data_.patterns.patterns, map_.columns());
  }
  k0_ = HostMatrix<double>(n, n);
  system_ = HostMatrix<double>(n, n);
  inverse_ = HostMatrix<double>(n <= inverseUpTo ? n : 0, n <= inverseUpTo ? n : 0);
  map_.gram(k0_);
  if (!squared()) {
    for (HostMatrix<double>* m : {&a_, &z_, &zDual_, &work_}) *m = HostMatrix<double>(n, data_.c);
  }
  chooseRho();
  numericalTrouble_ = !factor();
}

/// rho ~ 30 beta s / r_y, s the typical entry of X and r_y of y: scale-invariant.
template <LinAlg La>
void ReluSolver<La>::chooseRho() {
  const int n = data_.n;
  const double xx = la_.sum(n, [&](int k) {
    double s = 0;
    for (int i = 0; i < data_.d; ++i) s += data_.xt(i, k) * data_.xt(i, k);
    return s;
  });
  double yy = 0;
  for (std::size_t i = 0; i < data_.y.size(); ++i) yy += data_.y.data()[i] * data_.y.data()[i];
  const double s = std::sqrt(xx / n / data_.d);
  const double ry = data_.loss.kind == ReluLoss::squared || data_.loss.kind == ReluLoss::huber
                        ? std::sqrt(yy / n / data_.c)
                        : 1.0;
  rho_ = std::isnan(settings_.rho) ? 30 * data_.beta * s / (ry > 0 ? ry : 1) : settings_.rho;
  sigma_ = squared() ? 1 : 0.3;
  double trace = 0;
  for (int k = 0; k < n; ++k) trace += k0_(k, k);
  rho_ = std::max(rho_, 1e-12 * trace);
  if (const char* f = getenv("RHO_FACTOR")) rho_ *= atof(f);
  if (const char* f = getenv("SIGMA")) sigma_ = atof(f);
}

template <LinAlg La>
bool ReluSolver<La>::factor() {
  const int n = data_.n;
  const double tau = sigma_ / rho_;
  la_.forEach(n, [&](int j) {
    const double* from = k0_.column(j);
    double* to = system_.column(j);
    for (int i = j; i < n; ++i) to[i] = tau * from[i];
    to[j] += 1;
  });
  ++factorizations_;
  if (!la_.cholesky(system_)) return false;
  if (inverse_.rows() > 0) la_.choleskyInverse(system_, inverse_);
  return true;
}

/// rhs := K^{-1} rhs into `theta_`.
template <LinAlg La>
void ReluSolver<La>::solveSystem(Mat<double> rhs) {
  if (inverse_.rows() > 0) {
    la_.gemm(Op::transpose, Op::none, 1.0, inverse_, rhs, 0.0, theta_);
  } else {
    std::copy(rhs.data, rhs.data + theta_.size(), theta_.data());
    la_.choleskySolve(system_, theta_);
  }
}

template <LinAlg La>
std::optional<Status> ReluSolver<La>::step() {
  if (numericalTrouble_) return Status::numericalError;
  updateV();
  updateU();
  ++iteration_;
  if (std::isnan(settings_.rho)) adaptRho();
  return std::nullopt;
}

/// v := prox of (beta / rho) norms and cones at b: projection onto the cone, then the shrinkage of its norm.
template <LinAlg La>
void ReluSolver<La>::updateV() {
  const int d = map_.dimension();
  const int columns = map_.columns();
  const double threshold = data_.beta / rho_;
  const auto blockNorms = [&](Mat<const double> m) {
    for (int j = 0; j < blocks_; ++j) norms_[static_cast<std::size_t>(j)] = 0;
    for (int j = 0; j < columns; ++j) {
      const double* x = m.column(j);
      norms_[static_cast<std::size_t>(blockOf(j))] += blas::dot(d, x, x);
    }
    for (int j = 0; j < blocks_; ++j) norms_[static_cast<std::size_t>(j)] = std::sqrt(norms_[static_cast<std::size_t>(j)]);
  };
  blockNorms(b_);
  list_.clear();
  for (int j = 0; j < columns; ++j) {  // a projection is never longer than its point
    projected_[static_cast<std::size_t>(j)] = norms_[static_cast<std::size_t>(blockOf(j))] > threshold;
    if (projected_[static_cast<std::size_t>(j)]) {
      list_.push_back(j);
    } else {
      std::fill(v_.column(j), v_.column(j) + d, 0.0);
      std::fill(p_.column(j), p_.column(j) + d, 0.0);
    }
  }
  const Vec<const int> list{list_.data(), static_cast<int>(list_.size())};
  if (projector_) {
    projector_->project(list, b_, blocks_ == columns ? threshold : 0.0, p_, xv_);
  } else {
    for (const int j : list_) std::copy(b_.column(j), b_.column(j) + d, p_.column(j));
    map_.products(list, p_, xv_);
  }
  if (projector_) blockNorms(p_);
  for (int place = 0; place < list.size; ++place) {
    const int j = list[place];
    const double norm = norms_[static_cast<std::size_t>(blockOf(j))];
    const double factor = norm > threshold ? 1 - threshold / norm : 0.0;
    scale_[static_cast<std::size_t>(place)] = factor;
    for (int i = 0; i < d; ++i) v_(i, j) = factor * p_(i, j);
  }
  penalty_ = 0;
  for (int j = 0; j < blocks_; ++j) penalty_ += std::max(0.0, norms_[static_cast<std::size_t>(j)] - threshold);
  map_.forward(list, {scale_.data(), list.size}, xv_, fv_);
}

/// u, theta and the next b. F u = y - theta (or its like) saves one product with X.
template <LinAlg La>
void ReluSolver<La>::updateU() {
  const int n = data_.n;
  const int d = map_.dimension();
  const int half = map_.patterns() * data_.c;
  const double alpha = settings_.relaxation;
  if (squared()) {
    la_.forEach(n * data_.c, [&](int i) {
      candidate_.data()[i] = data_.y.data()[i] - 2 * fv_.data()[i] + fb_.data()[i];
    });
  } else {
    la_.forEach(n, [&](int k) {
      data_.loss.prox(a_.data() + k, data_.y.data() + k, sigma_, z_.data() + k, zDual_.data() + k, work_.data() + k);
      for (int j = 0; j < data_.c; ++j) {
        candidate_(k, j) = 2 * z_(k, j) - a_(k, j) - 2 * fv_(k, j) + fb_(k, j);
      }
    });
  }
  solveSystem(candidate_);
  map_.adjoint(theta_, q_);
  const double scale = sigma_ / rho_;
  la_.tasks(map_.columns(), [&](int j) {
    const double weight = map_.sign(j) * scale;
    const double* from = q_.column(j % half);
    const double* v = v_.column(j);
    double* b = b_.column(j);
    std::copy(b, b + d, b0_.column(j));
    for (int i = 0; i < d; ++i) b[i] += alpha * (v[i] - b[i] + weight * from[i]);
  });
  la_.forEach(n * data_.c, [&](int i) {
    const double target = squared() ? data_.y.data()[i] : 2 * z_.data()[i] - a_.data()[i];
    const double fu = target - theta_.data()[i];
    fb_.data()[i] += alpha * (fu - fv_.data()[i]);
    if (!squared()) a_.data()[i] += alpha * (fu - z_.data()[i]);
  });
}

template <LinAlg La>
void ReluSolver<La>::adaptRho() {}

template <LinAlg La>
double ReluSolver<La>::lossValue(Mat<const double> f) const {
  return la_.sum(data_.n, [&](int k) { return data_.loss.value(f.data + k, data_.y.data() + k); });
}

/// The dual objective at t theta, with the best t of those that are feasible; theta is scaled in place.
///
/// maximise -loss*(-theta) subject to ||Proj_{K_i}(+-X^T D_i theta)|| <= beta. Any mu >= 0 bounds the projection's norm by
/// ||q + G^T mu||, so no projection is needed: the multipliers of the last proximal step will do.
template <LinAlg La>
double ReluSolver<La>::dualBound(Mat<double> theta, Mat<const double> q) {
  const int d = map_.dimension();
  const int half = map_.patterns() * data_.c;
  la_.tasks(map_.columns(), [&](int j) {
    const double s = map_.sign(j);
    double* signedQ = boundWork_.column(j);
    double* work = boundWork_.column(j) + d;
    for (int i = 0; i < d; ++i) signedQ[i] = s * q(i, j % half);
    double bound = projector_ ? projector_->normBound(j, signedQ, work) : blas::nrm2(d, signedQ);
    if (projector_ && projected_[static_cast<std::size_t>(j)]) {
      double squares = 0;
      for (int i = 0; i < d; ++i) {
        const double x = signedQ[i] + rho_ * (p_(i, j) - b0_(i, j));
        squares += x * x;
      }
      bound = std::min(bound, std::sqrt(squares));
    }
    bounds_[static_cast<std::size_t>(j)] = bound;
  });
  double largest = 0;
  if (blocks_ == map_.columns()) {
    for (int j = 0; j < blocks_; ++j) largest = std::max(largest, bounds_[static_cast<std::size_t>(j)]);
  } else {
    for (int block = 0; block < blocks_; ++block) {
      double squares = 0;
      const int p = map_.patterns();
      for (int k = 0; k < data_.c; ++k) {
        const double x = bounds_[static_cast<std::size_t>((block / p * data_.c + k) * p + block % p)];
        squares += x * x;
      }
      largest = std::max(largest, std::sqrt(squares));
    }
  }
  const double most = largest > 0 ? data_.beta / largest : INFINITY;
  double t = std::min(1.0, most);
  if (squared()) {
    const int size = data_.n * data_.c;
    const double linear = la_.sum(size, [&](int i) { return theta.data[i] * data_.y.data()[i]; });
    const double quadratic = la_.sum(size, [&](int i) { return theta.data[i] * theta.data[i]; });
    t = quadratic > 0 ? std::clamp(linear / quadratic, -most, most) : 0;
  }
  la_.forEach(data_.n * data_.c, [&](int i) { theta.data[i] *= t; });
  return la_.sum(data_.n, [&](int k) { return data_.loss.dualValue(theta.data + k, data_.y.data() + k); });
}

template <LinAlg La>
Progress ReluSolver<La>::progress() {
  const double objective = lossValue(fv_) + data_.beta * penalty_;
  if (objective < bestObjective_) {
    bestObjective_ = objective;
    std::copy(v_.data(), v_.data() + v_.size(), best_.data());
  }
  const auto offer = [&](Mat<const double> q) {  // the dual point is in candidate_
    const double bound = dualBound(candidate_, q);
    if (bound > lowerBound_ ) {
      lowerBound_ = bound;
      std::copy(candidate_.data(), candidate_.data() + candidate_.size(), bestDual_.data());
    }
  };
  la_.forEach(data_.n, [&](int k) {
    data_.loss.dualPoint(fv_.data() + k, data_.y.data() + k, candidate_.data() + k);
  });
  map_.adjoint(candidate_, candidateQ_);
  offer(candidateQ_);
  Progress now;
  if (iteration_ > 0) {
    if (squared()) {
      std::copy(theta_.data(), theta_.data() + theta_.size(), candidate_.data());
      offer(q_);
    } else {
      std::copy(zDual_.data(), zDual_.data() + zDual_.size(), candidate_.data());
      map_.adjoint(candidate_, candidateQ_);
      offer(candidateQ_);
    }
  }
  now.objective = bestObjective_;
  now.lowerBound = lowerBound_;
  now.residual = (bestObjective_ - lowerBound_) / std::max(std::abs(bestObjective_), 1e-300);
  now.step = rho_;
  return now;
}

}  // namespace nonconvex
