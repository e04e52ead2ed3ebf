// Solves with I + tau G for one G and a tau that changes now and then.
#pragma once

#include <memory>
#include <utility>

#include "linalg/kernels.hpp"
#include "linalg/linalg.hpp"
#include "linalg/packed_factor.hpp"

namespace nonconvex {

namespace kernels {

/// to := I + tau g in the lower triangle.
template <class T, class Space>
struct ShiftedLower {
  Mat<const T, Space> g;
  Mat<T, Space> to;
  double tau;
  NONCONVEX_HD void operator()(int i, int j) const {
    if (i >= j) to(i, j) = static_cast<T>(tau) * g(i, j) + (i == j ? T(1) : T(0));
  }
};

}  // namespace kernels

/// Solves by a Cholesky factor. For one right-hand side, and on a device, by the inverse, one product a solve, when the
/// factor has served enough solves that more are to be expected; for a few on the CPU by the factor packed for them,
/// from the second time on.
template <LinAlg La>
class ShiftedFactor {
 public:
  using T = typename La::Number;
  using Space = typename La::Space;

  ShiftedFactor(const La& la, int n)
      : la_(la),
        g_(la.template matrix<T>(n, n, Uninitialized{})),
        factor_(la.template matrix<T>(n, n, Uninitialized{})),
        inverse_(n <= Tuning::inverseUpTo ? la.template matrix<T>(n, n, Uninitialized{})
                                          : typename La::template Matrix<T>()) {}

  /// The lower triangle, to be filled.
  Mat<T, Space> g() { return g_.view(); }
  /// n x n, until the first `set`.
  Mat<T, Space> work() { return factor_.view(); }
  double trace() const { return la_.sum(g_.rows(), kernels::DiagonalEntry<T, Space>{g_}); }

  /// Makes room for solves with `sides` right-hand sides, so that they allocate nothing.
  void reserve(int sides) {
    if (sides <= 1 || sides > Tuning::few || inverse_.rows() == 0) return;
    packed_ = std::make_unique<PackedFactor<double>>(factor_.rows(), sides);
    packedInSingle_ = std::make_unique<PackedFactor<float>>(factor_.rows(), sides);
  }

  /// False where I + tau G is not positive definite to working accuracy.
  bool set(double tau) {
    la_.forEach(g_.rows(), g_.rows(), kernels::ShiftedLower<T, Space>{g_, factor_, tau});
    ++factorizations_;
    solves_ = 0;
    isPacked_ = isPackedInSingle_ = false;
    return la_.cholesky(factor_.view());
  }

  /// x := (I + tau G)^{-1} b; with `rounded`, in single precision where the factor is packed.
  void solve(Mat<const T, Space> b, Mat<T, Space> x, bool rounded = false) {
    if constexpr (std::is_same_v<La, Cpu>) {
      if (b.cols > 1 && b.cols <= Tuning::few && inverse_.rows() > 0) {
        la_.copy(b, x);
        return solveFew(x, rounded);
      }
    }
    const int after = Tuning::inverseAfter * (1 + b.cols / Tuning::several);
    const bool inverse = inverse_.rows() > 0 && solves_ >= after;
    if (inverse && solves_ == after) la_.choleskyInverse(factor_.view(), inverse_.view());
    ++solves_;
    if (inverse) {
      la_.multiplySymmetric(Mat<const T, Space>(inverse_), b, x);
    } else {
      la_.copy(b, x);
      la_.choleskySolve(Mat<const T, Space>(factor_), x);
    }
  }

  int factorizations() const { return factorizations_; }

 private:
  struct Tuning {
    /// safeguard: The largest matrix whose inverse is kept beside its factor.
    static constexpr int inverseUpTo = 3000;
    /// measured: Solves with one factor after which it is inverted.
    static constexpr int inverseAfter = 50;
    /// measured: Right-hand sides that a factor serves nearly as fast as an inverse.
    static constexpr int several = 4;
    /// measured: The most right-hand sides for which the factor is packed.
    static constexpr int few = 20;
  };

  void solveFew(Mat<double> x, bool rounded) {
    if (!packed_) reserve(x.cols);
    if (!rounded && solves_++ == 0) return la_.choleskySolve(Mat<const double>(factor_), x);
    rounded ? solvePacked(*packedInSingle_, isPackedInSingle_, x) : solvePacked(*packed_, isPacked_, x);
  }
  template <class U>
  void solvePacked(PackedFactor<U>& packed, bool& isPacked, Mat<double> x) {
    if (!std::exchange(isPacked, true)) packed.pack(la_, factor_.view());
    packed.solve(la_, x);
  }

  const La& la_;
  typename La::template Matrix<T> g_, factor_, inverse_;
  std::unique_ptr<PackedFactor<double>> packed_;
  std::unique_ptr<PackedFactor<float>> packedInSingle_;
  bool isPacked_ = false, isPackedInSingle_ = false;
  int factorizations_ = 0;
  int solves_ = 0;  // solves with the current factor
};

}  // namespace nonconvex
