// A low-rank approximation of a positive semidefinite matrix from a few of its columns, and the preconditioner that it
// makes.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "core/random.hpp"
#include "linalg/linalg.hpp"

namespace nonconvex {

/// Rows or columns by number, few enough to travel with a functor.
struct Pivots {
  static constexpr int most = 64;  // numbers that fit into the arguments of a device's function
  int index[most] = {};
  int count = 0;
};

namespace kernels {

/// to(i, j) := from(pivot_i, j)
template <class T, class Space>
struct GatherRows {
  Mat<const T, Space> from;
  Mat<T, Space> to;
  Pivots pivots;
  NONCONVEX_HD void operator()(int i, int j) const { to(i, j) = from(pivots.index[i], j); }
};

/// to(i, j) := from(i, pivot_j)
template <class T, class Space>
struct GatherColumns {
  Mat<const T, Space> from;
  Mat<T, Space> to;
  Pivots pivots;
  NONCONVEX_HD void operator()(int i, int j) const { to(i, j) = from(i, pivots.index[j]); }
};

/// diagonal_i := max(0, diagonal_i - ||row i of f||^2)
template <class T, class Space>
struct ReduceDiagonal {
  Mat<const T, Space> f;
  Mat<double, Space> diagonal;
  NONCONVEX_HD void operator()(int i) const {
    double rest = diagonal(i, 0);
    for (int j = 0; j < f.cols; ++j) rest -= static_cast<double>(f(i, j)) * static_cast<double>(f(i, j));
    diagonal(i, 0) = rest > 0 ? rest : 0;
  }
};

/// to := factor from
template <class T, class Space>
struct Multiple {
  double factor;
  Mat<const T, Space> from;
  Mat<T, Space> to;
  NONCONVEX_HD void operator()(int i, int j) const { to(i, j) = static_cast<T>(factor) * from(i, j); }
};

/// to := I + tau from
template <class T, class Space>
struct Shifted {
  Mat<const T, Space> from;
  Mat<T, Space> to;
  double tau;
  NONCONVEX_HD void operator()(int i, int j) const {
    to(i, j) = static_cast<T>(tau) * from(i, j) + (i == j ? T(1) : T(0));
  }
};

}  // namespace kernels

/// F F^T <= K, the Nystrom approximation on columns drawn by randomly pivoted Cholesky: Y. Chen, E. Epperly, J. Tropp,
/// R. Webber, "Randomly pivoted Cholesky" (2022), in blocks with rejection (Epperly, Tropp, Webber, "Embrace
/// rejection", 2024). As preconditioner of I + tau K: M. Diaz, E. Epperly, Z. Frangella, J. Tropp, R. Webber, "Robust,
/// randomized preconditioning for kernel ridge regression" (2023). It needs columns of K, not products with it.
template <LinAlg La>
class Nystrom {
 public:
  using T = typename La::Number;
  using Space = typename La::Space;

  /// `diagonal`: of K, n x 1.
  Nystrom(const La& la, typename La::template Matrix<double> diagonal, int mostColumns, std::uint64_t seed)
      : la_(la),
        random_(seed, stream),
        diagonal_(std::move(diagonal)),
        rest_(diagonal_.rows(), 1),
        cumulative_(static_cast<std::size_t>(diagonal_.rows())),
        f_(la.template matrix<T>(diagonal_.rows(), mostColumns, Uninitialized{})),
        block_(la.template matrix<T>(diagonal_.rows(), Pivots::most)),
        rows_(la.template matrix<T>(Pivots::most, mostColumns)),
        square_(la.template matrix<T>(Pivots::most, Pivots::most)),
        hostSquare_(Pivots::most, Pivots::most),
        gram_(la.template matrix<T>(mostColumns, mostColumns, Uninitialized{})),
        work_(la.template matrix<T>(mostColumns, mostColumns, Uninitialized{})),
        inverse_(la.template matrix<T>(mostColumns, mostColumns, Uninitialized{})) {
    measureRest();
    trace_ = cumulative_.empty() ? 0 : cumulative_.back();
  }

  double trace() const { return trace_; }
  int rank() const { return rank_; }
  /// The trace of K - F F^T.
  /// 1 and a share of the mean that the rest of tau K has on its diagonal.
  double floor() const { return floor_; }
  double rest() const { return cumulative_.empty() ? 0 : cumulative_.back(); }

  /// Adds columns until `rest()` is at most `enough` or rounding, or there is no more room. `columns(pivots, to)` has
  /// to := K(:, pivots).
  template <class Columns>
  void extend(double enough, Columns&& columns) {
    const int before = rank_;
    enough = std::max(enough, smallest * trace_);
    while (rest() > enough && rank_ < f_.cols()) {
      la_.checkpoint();
      const Pivots drawn = draw(std::min<int>(Pivots::most, f_.cols() - rank_));
      const Mat<T, Space> block = block_.columns(0, drawn.count);
      columns(drawn, block);
      if (rank_ > 0) {
        const Mat<T, Space> rows = rows_.view().block(0, 0, drawn.count, rank_);
        la_.forEach(drawn.count, rank_, kernels::GatherRows<T, Space>{f_.columns(0, rank_), rows, drawn});
        byRows(rank_, [&](int first, int some) {
          la_.gemm(Transpose::no, Transpose::yes, -1.0, f_.view().block(first, 0, some, rank_), rows, 1.0,
                   block.block(first, 0, some, drawn.count));
        });
      }
      if (!eliminate(drawn, block)) break;
    }
    if (rank_ > before) {
      byRows(rank_, [&](int first, int some) {
        la_.syrk(Transpose::yes, 1.0, f_.view().block(first, 0, some, rank_), first == 0 ? 0.0 : 1.0,
                 gram_.view().block(0, 0, rank_, rank_));
      });
    }
  }

  /// Prepares `apply` for tau; false where rounding leaves nothing positive definite.
  bool shift(double tau) {
    floor_ = 1 + share * tau * rest() / diagonal_.rows();
    tau_ = tau / floor_;
    if (rank_ == 0) return true;
    const auto square = [&](auto& m) { return m.view().block(0, 0, rank_, rank_); };
    la_.forEach(rank_, rank_, kernels::Shifted<T, Space>{square(gram_), square(work_), tau_});
    if (!la_.cholesky(square(work_))) return false;
    la_.choleskyInverse(square(work_), square(inverse_));
    return true;
  }

  /// z := P^{-1} r, P = floor I + tau F F^T, by the identity of Woodbury.
  void apply(Mat<const T, Space> r, Mat<T, Space> z) {
    la_.forEach(r.rows, r.cols, kernels::Multiple<T, Space>{1 / floor_, r, z});
    if (rank_ == 0) return;
    if (small_.cols() < 2 * r.cols) small_ = la_.template matrix<T>(f_.cols(), 2 * r.cols);
    const Mat<T, Space> product = small_.view().block(0, 0, rank_, r.cols);
    const Mat<T, Space> solved = small_.view().block(0, r.cols, rank_, r.cols);
    la_.gemm(Transpose::yes, Transpose::no, tau_, f_.columns(0, rank_), r, 0.0, product);
    la_.multiplySymmetric(inverse_.view().block(0, 0, rank_, rank_), product, solved);
    la_.gemm(Transpose::no, Transpose::no, -1.0 / floor_, f_.columns(0, rank_), solved, 1.0, z);
  }

 private:
  static constexpr std::uint32_t stream = 41;  // the stream of random numbers that pivots are drawn from
  static constexpr double share = 0.3;         // the part of the mean of the rest that counts on its diagonal
  /// rounding leaves so much of a diagonal entry, as a share of it
  static constexpr double smallest = 100 * static_cast<double>(std::numeric_limits<T>::epsilon());

  /// Calls work(first, count) for rows of `columns` numbers, few enough at a time that the solve can be aborted soon.
  template <class Work>
  void byRows(int columns, Work&& work) {
    constexpr int numbersAtOnce = 1 << 20;
    const int n = f_.rows(), piece = std::max(1, numbersAtOnce / std::max(1, columns));
    for (int first = 0; first < n; first += piece) {
      la_.checkpoint();
      work(first, std::min(piece, n - first));
    }
  }

  void measureRest() {
    la_.download(Mat<const double, Space>(diagonal_.view()), rest_.view());
    double sum = 0;
    for (int i = 0; i < rest_.rows(); ++i) cumulative_[static_cast<std::size_t>(i)] = sum += rest_(i, 0);
  }

  /// Independent draws in proportion to the diagonal of K - F F^T.
  Pivots draw(int count) {
    Pivots drawn;
    for (int k = 0; k < count; ++k) {
      const double at = random_.uniform(draws_++) * rest();
      const auto found = std::upper_bound(cumulative_.begin(), cumulative_.end(), at);
      drawn.index[drawn.count++] = std::min(static_cast<int>(found - cumulative_.begin()), rest_.rows() - 1);
    }
    return drawn;
  }

  /// Takes from the columns `block` of K - F F^T those that one draw after the other would have taken, and adds them to
  /// F; false if none would be taken. Longer than most: one factorisation, entry by entry.
  bool eliminate(const Pivots& drawn, Mat<T, Space> block) {
    const int count = drawn.count;
    const Mat<T, Space> square = square_.view().block(0, 0, count, count);
    la_.forEach(count, count, kernels::GatherRows<T, Space>{block, square, drawn});
    const Mat<T> c = hostSquare_.view().block(0, 0, count, count);
    la_.download(Mat<const T, Space>(square), c);
    // Cholesky of the square, row by row into the accepted rows and columns.
    Pivots accepted;
    HostMatrix<T>& l = hostFactor_;
    std::vector<T>& row = hostRow_;
    for (int i = 0; i < count; ++i) {
      const double proposed = rest_(drawn.index[i], 0);
      double left = c(i, i);
      for (int k = 0; k < accepted.count; ++k) {
        T value = c(i, accepted.index[k]);
        for (int h = 0; h < k; ++h) value -= row[static_cast<std::size_t>(h)] * l(k, h);
        row[static_cast<std::size_t>(k)] = value / l(k, k);
        left -= static_cast<double>(row[static_cast<std::size_t>(k)]) *
                static_cast<double>(row[static_cast<std::size_t>(k)]);
      }
      const bool taken = random_.uniform(draws_++) * proposed < left && left > smallest * proposed;
      if (!taken) continue;
      const int place = accepted.count;
      for (int k = 0; k < place; ++k) l(place, k) = row[static_cast<std::size_t>(k)];
      l(place, place) = static_cast<T>(std::sqrt(left));
      accepted.index[accepted.count++] = i;
    }
    const int taken = accepted.count;
    if (taken == 0) return false;
    const Mat<T, Space> added = f_.columns(rank_, taken);
    const Mat<T, Space> factor = square_.view().block(0, 0, taken, taken);
    la_.upload(Mat<const T>(l.view().block(0, 0, taken, taken)), factor);
    la_.forEach(added.rows, taken, kernels::GatherColumns<T, Space>{block, added, accepted});
    byRows(taken, [&](int first, int some) {
      la_.trsm(Side::right, Transpose::yes, 1.0, factor, added.block(first, 0, some, taken));
    });
    la_.forEach(added.rows, kernels::ReduceDiagonal<T, Space>{added, diagonal_});
    rank_ += taken;
    measureRest();
    return true;
  }

  const La& la_;
  Random random_;
  std::uint64_t draws_ = 0;
  typename La::template Matrix<double> diagonal_;  // the diagonal of K - F F^T
  HostMatrix<double> rest_;                        // a copy of diagonal_ on the host
  std::vector<double> cumulative_;
  typename La::template Matrix<T> f_, block_, rows_, square_;
  HostMatrix<T> hostSquare_;
  HostMatrix<T> hostFactor_{Pivots::most, Pivots::most};
  std::vector<T> hostRow_ = std::vector<T>(Pivots::most);
  typename La::template Matrix<T> gram_, work_, inverse_, small_;
  int rank_ = 0;
  double trace_ = 0;
  double floor_ = 1;
  double tau_ = 0;  // over the floor
};

}  // namespace nonconvex
