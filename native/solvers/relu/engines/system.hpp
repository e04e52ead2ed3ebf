// The n x n linear system of each iteration of ReluSolver.
#pragma once

#include <algorithm>
#include <cmath>
#include <memory>
#include <vector>

#include "methods/krylov/conjugate_gradients.hpp"
#include "methods/krylov/earlier_solutions.hpp"
#include "methods/splitting/shifted_factor.hpp"
#include "sketching/nystrom.hpp"
#include "solvers/relu/engines/system_kernels.hpp"
#include "solvers/relu/map.hpp"

namespace nonconvex {

/// An inner product <x, M^{-1} x'> of the rows of X.
template <LinAlg La>
struct ReluMetric {
  using In = Mat<const typename La::Number, typename La::Space>;
  In whitened;  ///< L^{-1} X^T with M = L L^T
  In inverse;   ///< M^{-1}
  In root;      ///< L, with zeros above its diagonal: for rows over ranks
};

/// theta = (I + tau K0)^{-1} rhs with K0 = F F^T for one output, several right-hand sides, by one of
///   rows      a factor of I + tau K0, n x n,
///   weights   a factor of I + tau F^T F, d P x d P: theta = rhs - tau F (I + tau F^T F)^{-1} F^T rhs,
///   products  conjugate gradients with products by F and F^T, preconditioned by a low-rank approximation of K0, from
///             the last theta or, on the CPU, the best combination of the last ones. Neither matrix is formed.
/// Rows that are spread over ranks leave the last two, and the products are then with I + tau F^T F, as of `weights`:
/// every rank has all of that system, whose vectors are as long on one rank as on many. In another inner product of
/// rows than theirs F stands for F L^{-T} there.
template <LinAlg La>
class ReluSystem {
 public:
  using T = typename La::Number;
  using Space = typename La::Space;
  using Matrix = typename La::template Matrix<T>;

  ReluSystem(const La& la, const ReluMap<La>& map, const ReluData& data, std::uint64_t seed)
      : la_(la), map_(map), data_(data), seed_(seed) {}

  /// K0 is in the inner product of rows that `metric` has; what it views must stay.
  void start(const ReluMetric<La>& metric);
  void start(Mat<const T, Space> xt) { start(ReluMetric<La>{.whitened = xt, .inverse = {}, .root = {}}); }
  double trace() const { return trace_; }
  bool inexact() const { return data_.system == ReluSystemBy::products; }
  /// Returns true if the last `solve` computed q from theta, in double precision.
  bool adjointIsExact() const { return data_.system != ReluSystemBy::weights && !overRanks() && !rounded_; }

  /// Prepares `solve` for tau; false where rounding leaves the matrix not positive definite.
  bool set(double tau);
  /// theta, and q = F^T theta (the first sign's half) up to rounding. When inexact, theta is within `tolerance` in the
  /// norm that `start` chose, and rhs becomes the residual that is left: 0 otherwise.
  void solve(Mat<T, Space> rhs, Mat<T, Space> theta, Mat<T, Space> q, double tolerance);

  int factorizations() const { return factor_ ? factor_->factorizations() : 0; }
  /// Products with K0 so far.
  long products() const { return products_; }

 private:
  struct Tuning {
    /// safeguard: Steps of conjugate gradients for one system.
    static constexpr int mostSteps = 200;
    /// measured: The trace that the preconditioner may leave out, per unknown and over that of I / tau.
    static constexpr double negligible = 0.01;
  };

  bool overRanks() const { return std::is_same_v<La, Cpu> && data_.ranks; }
  /// The length of the vectors that products are with.
  int unknowns() const { return overRanks() ? map_.dimension() * map_.patterns() : data_.n; }
  /// A matrix of the weights of all outputs, one column a pattern, as one column an output, and back.
  Mat<T, Space> byOutput(Mat<T, Space> m) const {
    const int size = map_.dimension() * map_.patterns();
    return {m.data, size, data_.c, size};
  }
  Mat<const T, Space> byPattern(Mat<const T, Space> m) const {
    return {m.data, map_.dimension(), map_.patterns() * data_.c, map_.dimension()};
  }

  void startRows();
  void startWeights();
  void startProducts();
  void preconditionRows();
  template <class Work>
  void byRows(int rows, int numbers, Work&& work) const;
  void preconditionWeights();
  void columns(const Pivots& pivots, Mat<T, Space> to);
  void columnsOfWeights(const Pivots& pivots, Mat<T, Space> to);
  void multiply(Mat<const T, Space> p, Mat<T, Space> q);
  void multiplyWeights(Mat<const T, Space> p, Mat<T, Space> q);
  void solveByFactor(Mat<const T, Space> rhs, Mat<T, Space> theta, Mat<T, Space> q, bool rounded);
  void solveFromLast(Mat<T, Space> rhs, Mat<T, Space> theta, Mat<T, Space> q);
  void solveByProducts(Mat<T, Space> rhs, double tolerance);
  /// m := L^{-1} m, by columns as many as patterns and outputs.
  void whiten(Mat<T, Space> m) const {
    if (root_.rows > 0) la_.trsm(Side::left, Transpose::no, 1.0, root_, m);
  }
  /// L^{-T} m, which is m itself or in work space.
  Mat<const T, Space> unwhitened(Mat<const T, Space> m) {
    if (root_.rows == 0) return m;
    la_.copy(m, metricPull_.view());
    la_.trsm(Side::left, Transpose::yes, 1.0, root_, metricPull_.view());
    return metricPull_;
  }
  /// m := L m
  void fromWhite(Mat<T, Space> m) {
    if (root_.rows == 0) return;
    la_.copy(Mat<const T, Space>(m), metricPull_.view());
    la_.gemm(Transpose::no, Transpose::no, 1.0, root_, Mat<const T, Space>(metricPull_), 0.0, m);
  }
  void solveOverRanks(Mat<T, Space> rhs, Mat<T, Space> theta, Mat<T, Space> q, double tolerance);

  /// Rows of X and of the patterns at the pivots, and inner products of these patterns with those of all rows.
  struct Pivoted {
    Matrix rows, active, overlap;
  };
  /// The last solution, where solutions by a factor may be in single precision.
  struct LastByFactor {
    Matrix rhs, theta, q;
    bool known = false;
  };

  const La& la_;
  const ReluMap<La>& map_;
  const ReluData& data_;
  std::uint64_t seed_;
  Mat<const T, Space> xt_, metricInverse_, root_;
  double tau_ = 0;
  double trace_ = 0;
  bool rounded_ = false;  // products of the last solution

  Matrix pull_;  // d x P c: F^T of something
  std::unique_ptr<ShiftedFactor<La>> factor_;

  std::unique_ptr<Nystrom<La>> nystrom_;
  std::unique_ptr<ConjugateGradients<La>> gradients_;
  Matrix metricPull_;                          // d x P c: M^{-1} F^T p, or between weights and white ones
  Matrix theta_, image_;                       // n x c: the last solution and (I + tau K0) of it
  std::unique_ptr<EarlierSolutions> earlier_;  // null on a device
  Matrix change_, imageChange_;                // n x c: of theta_ and image_ in the last solution
  Pivoted pivoted_;
  LastByFactor last_;
  Matrix ofRows_;  // n x c: F of something, where that is of this rank's rows
  long products_ = 0;
};

template <LinAlg La>
void ReluSystem<La>::start(const ReluMetric<La>& metric) {
  xt_ = metric.whitened;
  metricInverse_ = metric.inverse;
  root_ = metric.root;
  pull_ = la_.template matrix<T>(map_.dimension(), map_.patterns() * data_.c);
  if (metricInverse_.rows > 0) metricPull_ = la_.template matrix<T>(pull_.rows(), pull_.cols());
  switch (data_.system) {
    case ReluSystemBy::rows:
      return startRows();
    case ReluSystemBy::weights:
      return startWeights();
    case ReluSystemBy::products:
      return startProducts();
  }
}

template <LinAlg La>
void ReluSystem<La>::startRows() {
  factor_ = std::make_unique<ShiftedFactor<La>>(la_, data_.n);
  map_.gram(xt_, factor_->g(), factor_->work());
  trace_ = factor_->trace();
}

/// signs F^T F of the first sign's half: tau signs F F^T is what the other way has.
template <LinAlg La>
void ReluSystem<La>::startWeights() {
  const int size = map_.dimension() * map_.patterns();
  factor_ = std::make_unique<ShiftedFactor<La>>(la_, size);
  if (map_.features()) {
    la_.syrk(Transpose::yes, 1.0, map_.activations(), 0.0, factor_->g());
  } else {
    constexpr int piece = 512;
    const int n = data_.n;
    const Matrix block = la_.template matrix<T>(size, std::min(n, piece), Uninitialized{});
    for (int first = 0; first < n; first += piece) {
      const int count = std::min(piece, n - first);
      la_.checkpoint();
      la_.forEach(size, count, kernels::MaskedRows<T, Space>{xt_, map_.masks(), first, block});
      la_.syrk(Transpose::no, map_.signs(), block.columns(0, count), first == 0 ? 0.0 : 1.0, factor_->g());
    }
  }
  if (overRanks()) {
    std::vector<double> lower;
    const Mat<T, Space> g = factor_->g();
    for (int j = 0; j < size; ++j) lower.insert(lower.end(), g.column(j) + j, g.column(j) + size);
    data_.together(lower);
    const double* from = lower.data();
    for (int j = 0; j < size; from += size - j++) std::copy(from, from + size - j, g.column(j) + j);
  }
  trace_ = factor_->trace();
}

template <LinAlg La>
void ReluSystem<La>::startProducts() {
  const int n = unknowns();
  const int c = data_.c;
  if (overRanks()) {
    preconditionWeights();
  } else {
    preconditionRows();
  }
  gradients_ = std::make_unique<ConjugateGradients<La>>(la_, n, c);
  for (Matrix* m : {&theta_, &image_, &change_, &imageChange_}) *m = la_.template matrix<T>(n, c);
  if constexpr (std::is_same_v<La, Cpu>) earlier_ = std::make_unique<EarlierSolutions>(la_, n, c);
  trace_ = nystrom_->trace();
}

/// Calls work(first, count) for `rows` rows of `numbers` numbers, few enough at a time that the solve can be aborted
/// soon.
template <LinAlg La>
template <class Work>
void ReluSystem<La>::byRows(int rows, int numbers, Work&& work) const {
  constexpr int numbersAtOnce = 1 << 20;
  const int piece = std::max(1, numbersAtOnce / std::max(1, numbers));
  for (int first = 0; first < rows; first += piece) {
    la_.checkpoint();
    work(first, std::min(piece, rows - first));
  }
}

template <LinAlg La>
void ReluSystem<La>::preconditionRows() {
  const int n = data_.n;
  auto diagonal = la_.template matrix<double>(n, 1);
  if (map_.features()) {
    la_.forEach(n, kernels::RowSquares<T, Space>{map_.activations(), diagonal});
  } else {
    la_.checkpoint();
    la_.columnSums(xt_.rows, n, kernels::SquaredEntry<T, Space>{xt_}, diagonal.flat());  // ||x_k||^2
    const auto masks = map_.masks();
    byRows(n, masks.cols, [&](int first, int some) {
      const Mat<const T, Space> part = masks.block(first, 0, some, masks.cols);
      la_.forEach(some, kernels::TimesActive<T, Space>{part, map_.signs(), diagonal.flat().part(first, some)});
    });
    pivoted_.rows = la_.template matrix<T>(xt_.rows, Pivots::most);
    pivoted_.overlap = la_.template matrix<T>(n, Pivots::most);
  }
  pivoted_.active = la_.template matrix<T>(Pivots::most, map_.patterns());
  const int rank = preconditionerRank(n, map_.dimension(), map_.patterns());
  nystrom_ = std::make_unique<Nystrom<La>>(la_, std::move(diagonal), rank, seed_);
}

/// A low-rank approximation of F^T F, whose diagonal has the squares of the columns D_i x_j.
template <LinAlg La>
void ReluSystem<La>::preconditionWeights() {
  if constexpr (std::is_same_v<La, Cpu>) {
    const int n = data_.n, d = map_.dimension(), size = unknowns();
    HostMatrix<double> diagonal(size, 1);
    la_.tasks(map_.patterns(), [&](int i) {
      double* const to = diagonal.data() + static_cast<std::size_t>(i) * static_cast<std::size_t>(d);
      for (int k = 0; k < n; ++k) {
        if (map_.features()) {
          *to += map_.activations()(k, i) * map_.activations()(k, i);
        } else if (map_.masks()(k, i) != 0) {
          for (int j = 0; j < d; ++j) to[j] += map_.signs() * xt_(j, k) * xt_(j, k);
        }
      }
    });
    data_.together({diagonal.data(), diagonal.size()});
    ofRows_ = HostMatrix<double>(n, data_.c);
    nystrom_ =
        std::make_unique<Nystrom<La>>(la_, std::move(diagonal), preconditionerRank(size, d, map_.patterns()), seed_);
  }
}

template <LinAlg La>
bool ReluSystem<La>::set(double tau) {
  const double before = std::exchange(tau_, tau);
  last_.known = false;
  if (factor_) return factor_->set(tau);
  if (earlier_) earlier_->forget();
  if (before > 0) {  // I + tau K0 is a combination of the matrix that was and I
    la_.forEach(unknowns(), data_.c, kernels::Combine<T, Space>{1 - tau / before, theta_, tau / before, image_});
  }
  nystrom_->extend(Tuning::negligible * unknowns() / tau,
                   [&](const Pivots& pivots, Mat<T, Space> to) { columns(pivots, to); });
  return nystrom_->shift(tau);
}

template <LinAlg La>
void ReluSystem<La>::solve(Mat<T, Space> rhs, Mat<T, Space> theta, Mat<T, Space> q, double tolerance) {
  rounded_ = map_.rounded();
  if (factor_) {
    map_.listsRows() ? solveFromLast(rhs, theta, q) : solveByFactor(rhs, theta, q, false);
    la_.fill(rhs, T(0));
  } else if (overRanks()) {
    solveOverRanks(rhs, theta, q, tolerance);
  } else {
    solveByProducts(rhs, tolerance);
    la_.copy(Mat<const T, Space>(theta_), theta);
    map_.adjoint(theta, q);
  }
}

/// theta and q by the factor, in single precision if `rounded`.
template <LinAlg La>
void ReluSystem<La>::solveByFactor(Mat<const T, Space> rhs, Mat<T, Space> theta, Mat<T, Space> q, bool rounded) {
  if (data_.system == ReluSystemBy::rows) {
    factor_->solve(rhs, theta, rounded);
    return map_.adjoint(theta, q);
  }
  // (I + tau F^T F) q = F^T rhs, one column an output.
  map_.adjoint(rhs, pull_);
  whiten(pull_);
  factor_->solve(byOutput(pull_), byOutput(q), rounded);
  map_.forward(unwhitened(q), theta);
  la_.forEach(data_.n, data_.c, kernels::Combine<T, Space>{1, rhs, -tau_ * map_.signs(), theta});
  fromWhite(q);
}

/// `solveByFactor`, in single precision for the change of rhs alone: what that is off by is relative to the change, and
/// so vanishes with it. In single precision for all of rhs the iteration came to a stand far from the optimum.
template <LinAlg La>
void ReluSystem<La>::solveFromLast(Mat<T, Space> rhs, Mat<T, Space> theta, Mat<T, Space> q) {
  if (last_.rhs.size() == 0) {
    for (Matrix* m : {&last_.rhs, &last_.theta}) *m = la_.template matrix<T>(rhs.rows, rhs.cols);
    last_.q = la_.template matrix<T>(q.rows, q.cols);
  }
  const auto add = [&](double scale, Mat<const T, Space> x, Mat<T, Space> to) {
    la_.forEach(x.rows, x.cols, kernels::Combine<T, Space>{scale, x, 1, to});
  };
  const bool ofChange = rounded_ && last_.known;
  if (ofChange) add(-1, last_.rhs, rhs);
  solveByFactor(rhs, theta, q, ofChange);
  if (ofChange) {
    add(1, last_.theta, theta);
    add(1, last_.q, q);
    add(1, rhs, last_.rhs.view());
  } else {
    la_.copy(Mat<const T, Space>(rhs), last_.rhs.view());
  }
  la_.copy(Mat<const T, Space>(theta), last_.theta.view());
  la_.copy(Mat<const T, Space>(q), last_.q.view());
  last_.known = true;
}

/// (I + tau F^T F) w = F^T rhs up to a residual r; theta = rhs - tau F w, q = F^T theta = w + r. An error of r is one
/// of sqrt(tau) r at most in the norm of the iteration, as A >= I and ||F A^{-1}|| <= 1 / (2 sqrt(tau)). Where
/// predictions are part of the iterate they feel tau F r, and ||F||^2 is no more than the trace.
template <LinAlg La>
void ReluSystem<La>::solveOverRanks(Mat<T, Space> rhs, Mat<T, Space> theta, Mat<T, Space> q, double tolerance) {
  const int n = data_.n, c = data_.c;
  const double factor = -tau_ * map_.signs();
  map_.adjoint(rhs, q);
  whiten(q);
  const double share = data_.loss.kind == ReluLoss::squared ? 1 : std::sqrt(std::max(1.0, tau_ * trace_));
  solveByProducts(byOutput(q), tolerance / (std::sqrt(tau_) * share));
  map_.forward(unwhitened(byPattern(theta_)), theta);
  la_.forEach(n, c, kernels::Combine<T, Space>{1, rhs, factor, theta});
  map_.forward(unwhitened(q), rhs);
  la_.forEach(n, c, kernels::Combine<T, Space>{0, theta, factor, rhs});
  la_.forEach(unknowns(), c, kernels::Combine<T, Space>{1, theta_, 1, byOutput(q)});
  fromWhite(q);
}

/// theta_ := (I + tau K0)^{-1} rhs by conjugate gradients for the change of theta_; rhs becomes the residual that is
/// left. The image of the change is the difference of the residuals: that of the images would have the rounding of
/// these, which are much longer where the system is far from the identity.
template <LinAlg La>
void ReluSystem<La>::solveByProducts(Mat<T, Space> rhs, double tolerance) {
  const int n = unknowns();
  const int c = data_.c;
  la_.forEach(n, c, kernels::Combine<T, Space>{-1, image_, 1, rhs});
  la_.copy(Mat<const T, Space>(rhs), imageChange_.view());
  la_.fill(change_.view(), T(0));
  if constexpr (std::is_same_v<La, Cpu>) earlier_->improve(change_.view(), rhs);
  // Only predictions that are part of the iterate feel the image of an error. Without them r^T P^{-1} r is about the
  // square of the error, and times the floor of P no less: between the two.
  const bool predictions = data_.loss.kind != ReluLoss::squared || overRanks();
  gradients_->solve(
      change_, rhs, predictions ? ResidualNorm::euclidean : ResidualNorm::energy,
      predictions ? tolerance : tolerance / std::pow(nystrom_->floor(), 0.25), Tuning::mostSteps,
      [&](Mat<const T, Space> p, Mat<T, Space> image) { multiply(p, image); },
      [&](Mat<const T, Space> r, Mat<T, Space> z) { nystrom_->apply(r, z); });
  la_.forEach(n, c, kernels::Combine<T, Space>{-1, rhs, 1, imageChange_});
  la_.forEach(n, c, kernels::Combine<T, Space>{1, change_, 1, theta_});
  la_.forEach(n, c, kernels::Combine<T, Space>{1, imageChange_, 1, image_});
  if constexpr (std::is_same_v<La, Cpu>) earlier_->add(change_.view(), imageChange_.view());
}

/// q := (I + tau K0) p
template <LinAlg La>
void ReluSystem<La>::multiply(Mat<const T, Space> p, Mat<T, Space> q) {
  ++products_;
  if (overRanks()) return multiplyWeights(p, q);
  map_.adjoint(p, pull_.view());
  if (metricInverse_.rows > 0) {
    la_.gemm(Transpose::no, Transpose::no, 1.0, metricInverse_, Mat<const T, Space>(pull_), 0.0, metricPull_.view());
  }
  map_.forward(metricInverse_.rows > 0 ? metricPull_ : pull_, q);
  la_.forEach(p.rows, p.cols, kernels::Combine<T, Space>{1, p, tau_ * map_.signs(), q});
}

/// q := (I + tau F^T F) p
template <LinAlg La>
void ReluSystem<La>::multiplyWeights(Mat<const T, Space> p, Mat<T, Space> q) {
  map_.forward(unwhitened(byPattern(p)), ofRows_);
  map_.adjoint(ofRows_, pull_);
  whiten(pull_);
  la_.copy(Mat<const T, Space>(byOutput(pull_)), q);
  la_.forEach(p.rows, p.cols, kernels::Combine<T, Space>{1, p, tau_ * map_.signs(), q});
}

/// to := F^T F (:, pivots), as many columns at a time as there are outputs.
template <LinAlg La>
void ReluSystem<La>::columnsOfWeights(const Pivots& pivots, Mat<T, Space> to) {
  if constexpr (std::is_same_v<La, Cpu>) {
    const int d = map_.dimension(), c = data_.c;
    for (int first = 0; first < pivots.count; first += c) {
      const int some = std::min(c, pivots.count - first);
      la_.fill(ofRows_.view(), 0.0);
      for (int k = 0; k < some; ++k) {
        const int pivot = pivots.index[first + k], i = pivot / d, j = pivot % d;
        for (int row = 0; row < data_.n; ++row) {
          ofRows_(row, k) = map_.features() ? map_.activations()(row, i) : map_.masks()(row, i) * xt_(j, row);
        }
      }
      map_.adjointOfOwnRows(ofRows_, pull_);
      whiten(pull_);
      const Mat<T, Space> part = byOutput(pull_);
      for (int k = 0; k < some; ++k) {
        for (int row = 0; row < to.rows; ++row) to(row, first + k) = map_.signs() * part(row, k);
      }
    }
    data_.together({to.data, static_cast<std::size_t>(to.rows) * static_cast<std::size_t>(to.cols)});
  }
}

/// to := K0(:, pivots)
template <LinAlg La>
void ReluSystem<La>::columns(const Pivots& pivots, Mat<T, Space> to) {
  if (overRanks()) return columnsOfWeights(pivots, to);
  const int count = pivots.count;
  const Mat<T, Space> active = pivoted_.active.view().block(0, 0, count, map_.patterns());
  const Mat<const T, Space> masks = map_.features() ? map_.activations() : map_.masks();
  la_.forEach(count, masks.cols, kernels::GatherRows<T, Space>{masks, active, pivots});
  const auto inPieces = [&](auto&& work) { byRows(to.rows, std::max(masks.cols, xt_.rows), work); };
  const auto timesActive = [&](Mat<T, Space> out) {
    inPieces([&](int first, int some) {
      la_.gemm(Transpose::no, Transpose::yes, 1.0, masks.block(first, 0, some, masks.cols), Mat<const T, Space>(active),
               0.0, out.block(first, 0, some, count));
    });
  };
  if (map_.features()) return timesActive(to);
  const Mat<T, Space> rows = pivoted_.rows.columns(0, count);
  const Mat<T, Space> overlap = pivoted_.overlap.columns(0, count);
  la_.forEach(rows.rows, count, kernels::GatherColumns<T, Space>{xt_, rows, pivots});
  inPieces([&](int first, int some) {
    la_.gemm(Transpose::yes, Transpose::no, 1.0, xt_.columns(first, some), Mat<const T, Space>(rows), 0.0,
             to.block(first, 0, some, count));
  });
  timesActive(overlap);
  la_.forEach(to.rows, count, kernels::TimesOverlap<T, Space>{to, overlap, map_.signs()});
}

// Compiled once, in solver.cpp.
extern template class ReluSystem<Cpu>;

}  // namespace nonconvex
