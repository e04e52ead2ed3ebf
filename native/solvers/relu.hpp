// Two-layer ReLU networks trained through their convex reformulation.
//
//   minimise  loss(sum_i D_i X (v_i - w_i), y) + beta sum_i (||v_i|| + ||w_i||)
//   subject to  (2 D_i - I) X v_i >= 0,  (2 D_i - I) X w_i >= 0,      D_i = diag(1[X g_i >= 0])
//
// M. Pilanci, T. Ergen, "Neural networks are convex regularizers", ICML 2020; ADMM: Y. Bai, T. Gautam, S. Sojoudi,
// "Efficient global optimization of two-layer ReLU networks", SIMODS 5(2), 2023, section 3. Ours differs in the
// splitting.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "core/run.hpp"
#include "parts/anderson.hpp"
#include "parts/cone.hpp"
#include "solvers/relu_map.hpp"
#include "solvers/relu_system.hpp"

namespace nonconvex {

/// ADMM (Douglas-Rachford splitting) for the program above; see docs/relu.md for the derivation.
///
/// splitting 'cone': cone and group norm are one proximal step, so that every v is feasible. Squared loss:
///   v = prox(b);  theta = (I + F F^T / rho)^{-1} (y - F (2 v - b));  u = 2 v - b + F^T theta / rho;  b += relaxation
///   (u - v).
/// Other losses are split from the predictions as well: z = prox_{loss / sigma}(a), and (u, F u) is the projection of
/// (2 v - b, 2 z - a) onto the graph of F in the norm rho ||.||^2 + sigma ||.||^2. Anderson acceleration acts on (b,
/// a).
///
/// splitting 'slack', as published, squared loss: u = v and G u = s >= 0 with multipliers lambda and nu; on the same n
/// x n system.
template <LinAlg La>
class ReluSolver {
 public:
  ReluSolver(const La& la, const ReluProblem& problem, const ReluSettings& settings);

  void start();
  std::optional<Status> step();
  Progress progress();
  ReluSolution solution();

  /// The penalty in the user's units.
  double rho() const { return rho_ * data_.normScale() * data_.normScale(); }
  int factorizations() const { return system_.factorizations(); }

 private:
  static constexpr int sampling = 5;
  static constexpr int window = 100;
  static constexpr int manyAdaptations = 12;
  static constexpr double wellUnderWay = 0.01;

  bool squared() const { return data_.loss.kind == ReluLoss::squared; }
  bool slack() const { return settings_.splitting == ReluSplitting::slack && map_.signs() == 2; }
  Vec<const int> list() const { return {list_.data(), static_cast<int>(list_.size())}; }
  /// Columns whose norms are penalised together form a block.
  int blockOf(int column) const;
  template <class F>
  void forColumnsOf(int block, F&& f) const {
    const int p = map_.patterns();
    const int members = map_.columns() / blocks_;
    for (int k = 0; k < members; ++k) f((block / p * members + k) * p + block % p);
  }
  void blockNorms(Mat<const double> m);

  void chooseRho();
  bool setSystem();
  void takeWarmStart();

  void updateV();
  void updateU();
  void measureResiduals();
  void adaptRho();
  void rescale(double rho, double sigma);
  double gap() const { return bestObjective_ > 0 ? (bestObjective_ - lowerBound_) / bestObjective_ : 0; }
  void slackStep();
  void shrink(double threshold);

  void makeFeasible();
  double lossValue(Mat<const double> f) const;
  double violation() const;
  double offerDual(Mat<const double> q);
  double largestDualNorm(Mat<const double> q);

  const La& la_;
  ReluSettings settings_;
  ReluData data_;
  ReluWarmStart warmStart_;
  ReluMap<La> map_;
  ReluSystem<La> system_;
  int blocks_;

  // One iteration maps `state_` to the next: b (d x columns), a and F b (n x c). Splitting 'slack': b is lambda.
  HostBuffer<double> state_;
  HostBuffer<double> before_;
  Mat<double> b_, a_, fb_;
  Mat<const double> b0_, a0_;  // in `before_`: what v, p, z and u were made from
  std::unique_ptr<Anderson> anderson_;
  std::unique_ptr<ConeProjector> projector_;

  HostMatrix<double> p_, v_, best_;      // d x columns: projection, its shrinkage, the best one seen
  HostMatrix<double> xv_;                // n x columns: X p of the listed columns
  std::vector<int> list_;                // columns that can be nonzero in v
  std::vector<char> listed_;             // by column
  HostBuffer<double> norms_;             // by block
  HostBuffer<double> scale_;             // v_j = scale_j p_j, by place in the list
  double penalty_ = 0;                   // sum of the norms of v
  HostMatrix<double> fv_, theta_, rhs_;  // n x c
  HostMatrix<double> q_;                 // d x columns of one sign: F^T theta
  HostMatrix<double> z_, zDual_, work_;  // n x c: splitting of the loss
  double rho_ = 1;
  double sigma_ = 1;
  double leastRho_ = 0;
  bool factored_ = false;
  int adaptations_ = 0;
  int lastAdaptation_ = 0;
  int iteration_ = 0;
  bool knowsDual_ = false;   // theta or zDual is a dual point
  bool knowsShift_ = false;  // p - b0 is a sum of normals times multipliers >= 0: not within an interrupted step
  int samples_ = 0;
  double balanceV_ = 0;
  double balanceZ_ = 0;
  HostMatrix<double> lastV_, lastZ_;

  // Splitting 'slack': M = I + tau X^T X.
  HostMatrix<double> slackS_, slackNu_, signedSlack_;  // n x columns
  HostMatrix<double> metricInverse_;                   // d x d
  HostMatrix<double> slackV_, u_, shiftedV_;           // d x columns
  double tau_ = 0;

  // The certificate.
  HostMatrix<double> shift_;  // d x columns: sums of constraint normals times multipliers >= 0
  HostMatrix<double> boundWork_;
  HostBuffer<double> bounds_;
  std::vector<char> refined_;
  HostMatrix<double> candidate_, candidateQ_, bestDual_;
  double bestObjective_ = INFINITY;
  double lowerBound_ = 0;  // losses and norms are not negative
  int reports_ = 0;
  bool subgradientPays_ = true;
  double violation_ = 0;
};

template <LinAlg La>
ReluSolver<La>::ReluSolver(const La& la, const ReluProblem& problem, const ReluSettings& settings)
    : la_(la), settings_(settings), data_(la, problem, settings), map_(la, data_, settings), system_(la) {
  const int columns = map_.columns();
  const int d = map_.dimension();
  const int n = data_.n;
  const int c = data_.c;
  require(!slack() || squared(), "splitting", "slack", "expected 'cone' with a loss other than 'squared'");
  require(!map_.features() || settings.activation == ReluActivation::relu, "activation", "gated",
          "expected 'relu' with method 'sampled'");
  blocks_ = settings.coupling == ReluCoupling::frobenius ? map_.signs() * map_.patterns() : columns;
  for (HostMatrix<double>* m : {&v_, &p_, &best_, &shift_, &lastV_}) *m = HostMatrix<double>(d, columns);
  for (HostMatrix<double>* m : {&q_, &candidateQ_}) *m = HostMatrix<double>(d, c * map_.patterns());
  for (HostMatrix<double>* m : {&fv_, &theta_, &rhs_, &candidate_, &bestDual_}) *m = HostMatrix<double>(n, c);
  if (!squared()) {
    for (HostMatrix<double>* m : {&z_, &zDual_, &work_, &lastZ_}) *m = HostMatrix<double>(n, c);
  }
  const int weights = d * columns;
  const int predictions = n * c;
  const int split = squared() ? 0 : predictions;
  state_ = HostBuffer<double>(static_cast<std::size_t>(weights + split + predictions));
  before_ = HostBuffer<double>(state_.size());
  b_ = {state_.data(), d, columns, d};
  a_ = {state_.data() + weights, n, c, n};
  fb_ = {state_.data() + weights + split, n, c, n};
  b0_ = {before_.data(), d, columns, d};
  a0_ = {before_.data() + weights, n, c, n};
  xv_ = HostMatrix<double>(n, columns);
  norms_ = HostBuffer<double>(static_cast<std::size_t>(columns));
  scale_ = HostBuffer<double>(static_cast<std::size_t>(columns));
  bounds_ = HostBuffer<double>(static_cast<std::size_t>(columns));
  boundWork_ = HostMatrix<double>(3 * d + 2, columns);
  refined_.resize(static_cast<std::size_t>(blocks_));
  list_.reserve(static_cast<std::size_t>(columns));
  listed_.resize(static_cast<std::size_t>(columns));
  const ReluWarmStart& warm = problem.warmStart;
  if (warm.weights.cols() > 0) {
    require(warm.weights.rows() == data_.d, "rows of warmStart.weights", warm.weights.rows(),
            "expected " + show(data_.d));
    require(warm.weights.cols() == columns, "columns of warmStart.weights", warm.weights.cols(),
            "expected " + show(columns) + ", as many as this problem's patterns, outputs and signs make");
    require(warm.dual.rows() == n && warm.dual.cols() == c, "rows of warmStart.dual", warm.dual.rows(),
            "expected a " + show(n) + " x " + show(c) + " matrix");
    warmStart_ = {HostMatrix<double>(d, columns), HostMatrix<double>(n, c)};
    for (int j = 0; j < columns; ++j) {
      data_.scaleWeights(warm.weights.column(j), j % map_.patterns(), warmStart_.weights.column(j));
    }
    std::copy(warm.dual.data(), warm.dual.data() + warm.dual.size(), warmStart_.dual.data());
  }
}

template <LinAlg La>
int ReluSolver<La>::blockOf(int column) const {
  if (blocks_ == map_.columns()) return column;
  const int p = map_.patterns();
  return column / (p * data_.c) * p + column % p;
}

template <LinAlg La>
void ReluSolver<La>::blockNorms(Mat<const double> m) {
  std::fill(norms_.data(), norms_.data() + blocks_, 0.0);
  for (int j = 0; j < m.cols; ++j) {
    norms_[static_cast<std::size_t>(blockOf(j))] += blas::dot(m.rows, m.column(j), m.column(j));
  }
  for (int j = 0; j < blocks_; ++j)
    norms_[static_cast<std::size_t>(j)] = std::sqrt(norms_[static_cast<std::size_t>(j)]);
}

template <LinAlg La>
void ReluSolver<La>::start() {
  const int n = data_.n;
  const int d = data_.d;
  const int columns = map_.columns();
  if (map_.signs() == 2) projector_ = std::make_unique<ConeProjector>(la_, data_.xt, data_.patterns.patterns, columns);
  chooseRho();
  if (slack()) {
    for (HostMatrix<double>* m : {&slackS_, &slackNu_, &signedSlack_}) *m = HostMatrix<double>(n, columns);
    for (HostMatrix<double>* m : {&slackV_, &u_, &shiftedV_}) *m = HostMatrix<double>(d, columns);
    HostMatrix<double> metric(d, d);
    metricInverse_ = HostMatrix<double>(d, d);
    la_.gemm(Transpose::no, Transpose::yes, tau_, data_.xt, data_.xt, 0.0, metric);
    for (int i = 0; i < d; ++i) metric(i, i) += 1;
    if (!la_.cholesky(metric))
      throw Error(ErrorKind::range, "x: its columns differ too much in scale; use normalize: 'columns'");
    HostMatrix<double> whitened(d, n);
    std::copy(data_.xt.data(), data_.xt.data() + data_.xt.size(), whitened.data());
    blas::trsmLower('L', 'N', d, n, metric.data(), d, whitened.data(), d);
    la_.choleskyInverse(metric, metricInverse_);
    system_.start(map_, whitened);
  } else {
    system_.start(map_, data_.xt);
    const double bytes = 16.0 * static_cast<double>(state_.size());
    const int memory = static_cast<int>(std::clamp(3e8 / bytes, 3.0, 15.0));
    const int head = map_.dimension() * columns + (squared() ? 0 : n * data_.c);
    anderson_ = std::make_unique<Anderson>(la_, memory, head, static_cast<int>(state_.size()));
  }
  leastRho_ = 1e-12 * system_.trace() * sigma_;
  rho_ = std::max(rho_, leastRho_);
  factored_ = setSystem();
  if (factored_ && warmStart_.weights.cols() > 0 && !slack()) takeWarmStart();
}

/// rho ~ 30 beta s / r_y, with s the root mean square of X and r_y of y: right for data of any scale. `adaptRho` does
/// the rest.
template <LinAlg La>
void ReluSolver<La>::chooseRho() {
  const bool margins = data_.loss.kind != ReluLoss::squared && data_.loss.kind != ReluLoss::huber;
  const double s = data_.typical;
  const double y =
      margins ? 1.0 : blas::nrm2(data_.n * data_.c, data_.y.data()) / std::sqrt(static_cast<double>(data_.n) * data_.c);
  const double unit = data_.beta * s / (y > 0 ? y : 1);
  // A feature of the sampled method is a whole product <x, g>, ||g|| = 1.
  rho_ = map_.features() ? 30 * unit * s : (slack() ? 0.5 : 30) * unit;
  if (!std::isnan(settings_.rho)) rho_ = settings_.rho / (data_.normScale() * data_.normScale());
  sigma_ = squared() ? 1 : margins ? 0.1 : std::min(1.0, data_.loss.delta / y);
  tau_ = 1 / (s * s);
}

/// The system I + (sigma / rho) K0; where rounding makes that indefinite, a larger rho.
template <LinAlg La>
bool ReluSolver<La>::setSystem() {
  for (int attempt = 0; attempt < 20; ++attempt, rho_ *= 10) {
    if (system_.set(sigma_ / rho_)) return true;
  }
  return false;
}

/// At a solution b - v = F^T theta / rho and z - a = theta / sigma.
template <LinAlg La>
void ReluSolver<La>::takeWarmStart() {
  const int d = map_.dimension();
  const int half = map_.patterns() * data_.c;
  map_.adjoint(warmStart_.dual, q_);
  list_.clear();
  for (int j = 0; j < map_.columns(); ++j) {
    for (int i = 0; i < d; ++i) b_(i, j) = warmStart_.weights(i, j) + map_.sign(j) / rho_ * q_(i, j % half);
    list_.push_back(j);
    scale_[static_cast<std::size_t>(j)] = 1;
  }
  if (!squared()) {
    map_.products(list(), warmStart_.weights, xv_);
    map_.forward(list(), {scale_.data(), map_.columns()}, xv_, z_);
    for (std::size_t i = 0; i < z_.size(); ++i) a_.data[i] = z_.data()[i] - warmStart_.dual.data()[i] / sigma_;
  }
  map_.products(list(), b_, xv_);
  map_.forward(list(), {scale_.data(), map_.columns()}, xv_, fb_);
  std::copy(state_.data(), state_.data() + state_.size(), before_.data());
  // The first report is about this start.
  updateV();
  std::copy(warmStart_.dual.data(), warmStart_.dual.data() + theta_.size(), (squared() ? theta_ : zDual_).data());
  knowsDual_ = true;
}

template <LinAlg La>
std::optional<Status> ReluSolver<La>::step() {
  if (!factored_) return Status::numericalError;
  if (slack()) {
    slackStep();
  } else {
    updateV();
    updateU();
    measureResiduals();
    anderson_->advance(before_.data(), state_.data());
    if (std::isnan(settings_.rho)) adaptRho();
  }
  ++iteration_;
  knowsDual_ = true;
  return std::nullopt;
}

/// v := prox of the norms and cones at b: projection onto the cone, then shrinkage of the norm (exact, since a cone's
/// projection and a norm's shrinkage commute).
template <LinAlg La>
void ReluSolver<La>::updateV() {
  const double threshold = data_.beta / rho_;
  knowsShift_ = false;
  blockNorms(b_);
  list_.clear();
  for (int j = 0; j < map_.columns(); ++j) {  // a projection is never longer than its point
    const bool listed = norms_[static_cast<std::size_t>(blockOf(j))] > threshold;
    listed_[static_cast<std::size_t>(j)] = listed;
    if (listed) {
      list_.push_back(j);
    } else {
      std::fill(p_.column(j), p_.column(j) + p_.rows(), 0.0);
    }
  }
  if (projector_) {
    projector_->project(list(), b_, blocks_ == map_.columns() ? threshold : 0.0, p_, xv_);
    blockNorms(p_);
  } else {
    for (const int j : list_) std::copy(b_.column(j), b_.column(j) + p_.rows(), p_.column(j));
    map_.products(list(), p_, xv_);
  }
  shrink(threshold);
  knowsShift_ = true;
}

/// v := p with the norms of its blocks (in `norms_`) reduced by the threshold; its penalty and predictions.
template <LinAlg La>
void ReluSolver<La>::shrink(double threshold) {
  std::fill(v_.data(), v_.data() + v_.size(), 0.0);
  for (std::size_t place = 0; place < list_.size(); ++place) {
    const int j = list_[place];
    const double norm = norms_[static_cast<std::size_t>(blockOf(j))];
    const double factor = norm > threshold ? 1 - threshold / norm : 0.0;
    scale_[place] = factor;
    for (int i = 0; i < v_.rows(); ++i) v_(i, j) = factor * p_(i, j);
  }
  penalty_ = 0;
  for (int j = 0; j < blocks_; ++j) penalty_ += std::max(0.0, norms_[static_cast<std::size_t>(j)] - threshold);
  map_.forward(list(), {scale_.data(), static_cast<int>(list_.size())}, xv_, fv_);
}

/// z, u, theta and the next state. F u = target - theta saves a product with X.
template <LinAlg La>
void ReluSolver<La>::updateU() {
  const int size = data_.n * data_.c;
  const int half = map_.patterns() * data_.c;
  const double alpha = settings_.relaxation;
  std::copy(state_.data(), state_.data() + state_.size(), before_.data());
  if (!squared()) {
    la_.forEach(data_.n, [&](int k) {
      data_.loss.prox(a_.data + k, data_.y.data() + k, sigma_, z_.data() + k, zDual_.data() + k, work_.data() + k);
    });
  }
  const auto target = [&](int i) { return squared() ? data_.y.data()[i] : 2 * z_.data()[i] - a0_.data[i]; };
  la_.forEach(size, [&](int i) { rhs_.data()[i] = target(i) - 2 * fv_.data()[i] + fb_.data[i]; });
  system_.solve(rhs_, theta_);
  map_.adjoint(theta_, q_);
  la_.tasks(
      map_.columns(),
      [&](int j) {
        loops::relax(b_.rows, alpha, v_.column(j), map_.sign(j) * sigma_ / rho_, q_.column(j % half), b_.column(j));
      },
      4.0 * b_.rows * b_.cols);
  la_.forEach(size, [&](int i) {
    const double fu = target(i) - theta_.data()[i];
    fb_.data[i] += alpha * (fu - fv_.data()[i]);
    if (!squared()) a_.data[i] += alpha * (fu - z_.data()[i]);
  });
}

/// What balances primal and dual residuals, each relative to its variable: ||u - v|| / ||v|| against ||v - v_before|| /
/// ||b - v|| (b - v being the multiplier over rho), and likewise z. Logarithms are summed over a few iterations of a
/// window.
template <LinAlg La>
void ReluSolver<La>::measureResiduals() {
  const int k = iteration_ + 1;
  if (k % sampling == sampling - 1) {
    std::copy(v_.data(), v_.data() + v_.size(), lastV_.data());
    std::copy(z_.data(), z_.data() + z_.size(), lastZ_.data());
  }
  if (k % sampling != 0 || k < sampling) return;
  const auto balance = [&](std::size_t size, const double* next, const double* point, const double* prox,
                           const double* last) {
    double primal = 0, dual = 0, variable = 0, multiplier = 0;
    for (std::size_t i = 0; i < size; ++i) {
      primal += (next[i] - point[i]) * (next[i] - point[i]);
      dual += (prox[i] - last[i]) * (prox[i] - last[i]);
      if (prox[i] == 0) continue;  // inactive groups, however many, say nothing of the scale
      variable += prox[i] * prox[i];
      multiplier += (point[i] - prox[i]) * (point[i] - prox[i]);
    }
    const double alpha = settings_.relaxation;
    return 0.5 * std::log(primal / (alpha * alpha) / variable * multiplier / dual);
  };
  const double v = balance(v_.size(), b_.data, b0_.data, v_.data(), lastV_.data());
  const double z = squared() ? 0.0 : balance(z_.size(), a_.data, a0_.data, z_.data(), lastZ_.data());
  if (!std::isfinite(v) || !std::isfinite(z)) return;
  balanceV_ += v;
  balanceZ_ += z;
  ++samples_;
}

/// Rescales the penalties where the residuals are far out of balance. Primal over dual was 0.4 to 1.2 at the best
/// penalties in experiments. Seldom, since the system must be factored again, and ever more seldom, so that ADMM's
/// convergence is kept.
template <LinAlg La>
void ReluSolver<La>::adaptRho() {
  const int k = iteration_ + 1;
  if (k != window / 2 && k % window != 0) return;
  if (k == window / 2 && gap() < wellUnderWay) return;  // a quick one: not worth a factorisation
  const auto factor = [&](double logarithms) {
    const double ratio = std::exp(logarithms / samples_);
    return ratio < 0.25 || ratio > 3 ? std::clamp(ratio / 0.7, 0.1, 10.0) : 1.0;
  };
  const double rho = samples_ > 0 ? std::max(leastRho_, rho_ * factor(balanceV_)) : rho_;
  const double sigma = samples_ > 0 && !squared() ? sigma_ * factor(balanceZ_) : sigma_;
  balanceV_ = balanceZ_ = 0;
  samples_ = 0;
  if (rho == rho_ && sigma == sigma_) return;
  if (adaptations_ >= manyAdaptations && k < 2 * lastAdaptation_) return;
  ++adaptations_;
  lastAdaptation_ = k;
  rescale(rho, sigma);
}

/// New penalties; b - v and a - z are multipliers divided by them.
template <LinAlg La>
void ReluSolver<La>::rescale(double rho, double sigma) {
  const double rhoChange = rho / rho_;
  const double sigmaChange = sigma / sigma_;
  for (std::size_t i = 0; i < v_.size(); ++i) b_.data[i] = v_.data()[i] + (b_.data[i] - v_.data()[i]) / rhoChange;
  for (std::size_t i = 0; i < fv_.size(); ++i) fb_.data[i] = fv_.data()[i] + (fb_.data[i] - fv_.data()[i]) / rhoChange;
  for (std::size_t i = 0; i < z_.size(); ++i) a_.data[i] = z_.data()[i] + (a_.data[i] - z_.data()[i]) / sigmaChange;
  rho_ = rho;
  sigma_ = sigma;
  factored_ = setSystem();
  anderson_->reset();
}

/// One iteration as published, (I + (1/rho) F M^{-1} F^T) theta = y - F M^{-1} g in place of the 2dP x 2dP system.
template <LinAlg La>
void ReluSolver<La>::slackStep() {
  const int n = data_.n;
  const int columns = map_.columns();
  const int half = map_.patterns() * data_.c;
  const double alpha = settings_.relaxation;
  const auto sign = [&](int k, int j) { return 2 * data_.patterns.patterns(k, j % map_.patterns()) - 1; };
  std::copy(state_.data(), state_.data() + state_.size(), before_.data());
  la_.tasks(columns, [&](int j) {
    for (int k = 0; k < n; ++k) signedSlack_(k, j) = sign(k, j) * (slackS_(k, j) - slackNu_(k, j));
    for (int i = 0; i < v_.rows(); ++i) shiftedV_(i, j) = slackV_(i, j) - b_(i, j);  // published v - lambda
  });
  la_.gemm(Transpose::no, Transpose::no, tau_, data_.xt, signedSlack_, 1.0, shiftedV_);
  la_.gemm(Transpose::no, Transpose::no, 1.0, metricInverse_, shiftedV_, 0.0, u_);
  list_.clear();
  for (int j = 0; j < columns; ++j) {
    list_.push_back(j);
    scale_[static_cast<std::size_t>(j)] = 1;
  }
  map_.products(list(), u_, xv_);
  map_.forward(list(), {scale_.data(), columns}, xv_, fv_);
  for (std::size_t i = 0; i < fv_.size(); ++i) rhs_.data()[i] = data_.y.data()[i] - fv_.data()[i];
  system_.solve(rhs_, theta_);
  map_.adjoint(theta_, q_);
  la_.gemm(Transpose::no, Transpose::no, 1.0 / rho_, metricInverse_, q_, 0.0, candidateQ_);
  la_.tasks(columns, [&](int j) {
    for (int i = 0; i < u_.rows(); ++i) u_(i, j) += map_.sign(j) * candidateQ_(i, j % half);
  });
  map_.products(list(), u_, xv_);
  la_.tasks(columns, [&](int j) {
    for (int k = 0; k < n; ++k) {
      const double relaxed = alpha * sign(k, j) * xv_(k, j) + (1 - alpha) * slackS_(k, j) + slackNu_(k, j);
      slackS_(k, j) = std::max(0.0, relaxed);
      slackNu_(k, j) = std::min(0.0, relaxed);
    }
    for (int i = 0; i < u_.rows(); ++i) u_(i, j) = alpha * u_(i, j) + (1 - alpha) * slackV_(i, j) + b_(i, j);
  });
  blockNorms(u_);
  const double threshold = data_.beta / rho_;
  la_.tasks(columns, [&](int j) {
    const double norm = norms_[static_cast<std::size_t>(blockOf(j))];
    const double factor = norm > threshold ? 1 - threshold / norm : 0.0;
    for (int i = 0; i < u_.rows(); ++i) {
      slackV_(i, j) = factor * u_(i, j);
      b_(i, j) = u_(i, j) - slackV_(i, j);
    }
  });
}

}  // namespace nonconvex

#include "solvers/relu_certificate.hpp"
