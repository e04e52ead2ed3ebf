// The n x n linear system of each iteration of ReluSolver.
#pragma once

#include "solvers/relu_map.hpp"

namespace nonconvex {

namespace kernels {

/// to := I + tau K in the lower triangle.
template <class T, class Space>
struct ShiftedLower {
  Mat<const T, Space> k;
  Mat<T, Space> to;
  double tau;
  NONCONVEX_HD void operator()(int i, int j) const {
    if (i >= j) to(i, j) = static_cast<T>(tau) * k(i, j) + (i == j ? T(1) : T(0));
  }
};

template <class T, class Space>
struct DiagonalEntry {
  Mat<const T, Space> a;
  NONCONVEX_HD double operator()(int i) const { return static_cast<double>(a(i, i)); }
};

}  // namespace kernels

/// (I + tau K0) theta = rhs with K0 = F F^T for one output, by a Cholesky factor.
template <LinAlg La>
class ReluSystem {
 public:
  using T = typename La::Number;
  using Space = typename La::Space;

  explicit ReluSystem(const La& la) : la_(la) {}

  /// Forms K0 in the inner product of rows that `xt` has (see ReluMap::gram).
  void start(const ReluMap<La>& map, Mat<const T, Space> xt);
  double trace() const { return trace_; }
  /// Prepares `solve` for tau; false where I + tau K0 is not positive definite to working accuracy.
  bool set(double tau);
  void solve(Mat<const T, Space> rhs, Mat<T, Space> theta);
  int factorizations() const { return factorizations_; }

 private:
  /// Up to this many rows the inverse of the system is formed, one product a solve, when the factor has served so many
  /// solves that more are to be expected.
  static constexpr int inverseUpTo = 3000;
  static constexpr int inverseAfter = 50;

  const La& la_;
  typename La::template Matrix<T> k0_, factor_, inverse_;
  double trace_ = 0;
  int factorizations_ = 0;
  int solves_ = 0;  // with this factor
};

template <LinAlg La>
void ReluSystem<La>::start(const ReluMap<La>& map, Mat<const T, Space> xt) {
  const int n = map.rows();
  k0_ = la_.template matrix<T>(n, n, Uninitialized{});
  factor_ = la_.template matrix<T>(n, n, Uninitialized{});
  if (n <= inverseUpTo) inverse_ = la_.template matrix<T>(n, n, Uninitialized{});
  map.gram(xt, k0_, factor_);
  trace_ = la_.sum(n, kernels::DiagonalEntry<T, Space>{k0_});
}

template <LinAlg La>
bool ReluSystem<La>::set(double tau) {
  const int n = k0_.rows();
  la_.forEach(n, n, kernels::ShiftedLower<T, Space>{k0_, factor_, tau});
  ++factorizations_;
  solves_ = 0;
  return la_.cholesky(factor_.view());
}

template <LinAlg La>
void ReluSystem<La>::solve(Mat<const T, Space> rhs, Mat<T, Space> theta) {
  const bool inverse = inverse_.rows() > 0 && solves_ >= inverseAfter;
  if (inverse && solves_ == inverseAfter) la_.choleskyInverse(factor_.view(), inverse_.view());
  ++solves_;
  if (inverse) {
    la_.multiplySymmetric(Mat<const T, Space>(inverse_), rhs, theta);
  } else {
    la_.copy(rhs, theta);
    la_.choleskySolve(Mat<const T, Space>(factor_), theta);
  }
}

}  // namespace nonconvex
