// The n x n linear system of each iteration of ReluSolver.
#pragma once

#include "solvers/relu_map.hpp"

namespace nonconvex {

/// (I + tau K0) theta = rhs with K0 = F F^T for one output, by a Cholesky factor.
template <LinAlg La>
class ReluSystem {
 public:
  explicit ReluSystem(const La& la) : la_(la) {}

  /// Forms K0 in the inner product of rows that `xt` has (see ReluMap::gram).
  void start(const ReluMap<La>& map, Mat<const double> xt);
  double trace() const { return trace_; }
  /// Prepares `solve` for tau; false where I + tau K0 is not positive definite to working accuracy.
  bool set(double tau);
  void solve(Mat<const double> rhs, Mat<double> theta);
  int factorizations() const { return factorizations_; }

 private:
  /// Up to this many rows the inverse of the system is formed, one product a solve, when the factor has served so many
  /// solves that more are to be expected.
  static constexpr int inverseUpTo = 3000;
  static constexpr int inverseAfter = 50;

  const La& la_;
  HostMatrix<double> k0_, factor_, inverse_;
  double trace_ = 0;
  int factorizations_ = 0;
  int solves_ = 0;  // with this factor
};

template <LinAlg La>
void ReluSystem<La>::start(const ReluMap<La>& map, Mat<const double> xt) {
  const int n = xt.cols;
  k0_ = HostMatrix<double>(n, n, Uninitialized{});
  factor_ = HostMatrix<double>(n, n, Uninitialized{});
  if (n <= inverseUpTo) inverse_ = HostMatrix<double>(n, n, Uninitialized{});
  map.gram(xt, k0_, factor_);
  for (int k = 0; k < n; ++k) trace_ += k0_(k, k);
}

template <LinAlg La>
bool ReluSystem<La>::set(double tau) {
  const int n = k0_.rows();
  la_.forEach(n, [&](int j) {
    const double* from = k0_.column(j);
    double* to = factor_.column(j);
    for (int i = j; i < n; ++i) to[i] = tau * from[i];
    to[j] += 1;
  });
  ++factorizations_;
  solves_ = 0;
  return la_.cholesky(factor_);
}

template <LinAlg La>
void ReluSystem<La>::solve(Mat<const double> rhs, Mat<double> theta) {
  const bool inverse = inverse_.rows() > 0 && solves_ >= inverseAfter;
  if (inverse && solves_ == inverseAfter) la_.choleskyInverse(factor_, inverse_);
  ++solves_;
  if (inverse) {
    la_.multiplySymmetric(inverse_, rhs, theta);
  } else {
    for (int j = 0; j < rhs.cols; ++j) std::copy(rhs.column(j), rhs.column(j) + rhs.rows, theta.column(j));
    la_.choleskySolve(factor_, theta);
  }
}

}  // namespace nonconvex
