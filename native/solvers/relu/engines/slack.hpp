// One iteration of the published ADMM, with slack variables for the cones.
#pragma once

#include "linalg/kernels.hpp"
#include "solvers/relu/engines/system.hpp"
#include "solvers/relu/map.hpp"
#include "solvers/relu/prox.hpp"

namespace nonconvex {

/// ADMM as published (Bai, Gautam, Sojoudi, algorithm 3.1), squared loss: u = v and G u = s >= 0 with G_i = (2 D_i - I)
/// X and scaled multipliers lambda and nu. G_i^T G_i = X^T X for all i, so that with M = I + tau X^T X, tau the ratio
/// of the two penalties, (I + (1/rho) F M^{-1} F^T) theta = y - F M^{-1} g takes the place of the 2dP x 2dP system.
template <LinAlg La>
class ReluSlack {
 public:
  using T = typename La::Number;
  using Space = typename La::Space;
  using In = Mat<const T, Space>;
  using Out = Mat<T, Space>;

  ReluSlack(const La& la, const ReluData& data, const ReluMap<La>& map, double tau);

  /// The inner product of rows that the system is in.
  ReluMetric<La> metric() const { return {whitened_, metricInverse_, root_}; }
  In v() const { return v_; }

  /// The system's right-hand side, y - F M^{-1} g.
  void begin(Mat<const double, Space> y, In lambda, Out rhs);
  /// u, s, nu, v and lambda, given q = F^T theta and the step size of relaxation.
  void end(In q, double rho, double alpha, double threshold, ReluProx<La>& prox, Out lambda);
  /// shift := sums of the cones' normals times the multipliers -rho tau nu >= 0.
  void setShift(Mat<const double, Space> xt, double rho, Mat<double, Space> shift);

 private:
  template <class U>
  using Matrix = typename La::template Matrix<U>;
  template <class U>
  void together(Mat<U, Space> m);
  kernels::Signs<T, Space> signs() const { return {map_.masks()}; }

  const La& la_;
  const ReluData& data_;
  const ReluMap<La>& map_;
  double tau_;
  Matrix<T> whitened_, metricInverse_, root_;
  Matrix<T> s_, nu_, work_;     // n x columns
  Matrix<T> v_, u_, g_;         // d x columns
  Matrix<T> pulled_;            // d x columns of one sign
  Matrix<T> sums_;              // d x columns: over ranks
  Matrix<double> multipliers_;  // n x columns
};

template <LinAlg La>
ReluSlack<La>::ReluSlack(const La& la, const ReluData& data, const ReluMap<La>& map, double tau)
    : la_(la), data_(data), map_(map), tau_(tau) {
  const int n = data.n;
  const int d = data.d;
  const int columns = map.columns();
  const auto metric = la.template matrix<T>(d, d);
  la.gemm(Transpose::no, Transpose::yes, tau, map.xt(), map.xt(), 0.0, metric.view());
  together(metric.view());
  la.forEach(d, kernels::AddToDiagonal<T, Space>{1, metric});
  if (!la.cholesky(metric.view()))
    throw Error(ErrorKind::range, "x: its columns differ too much in scale; use standardize: 'norm'");
  whitened_ = la.template matrix<T>(d, n, Uninitialized{});
  la.copy(map.xt(), whitened_.view());
  la.trsm(Side::left, Transpose::no, 1.0, In(metric), whitened_.view());
  root_ = la.template matrix<T>(d, d);
  la.forEach(d, d, kernels::LowerTriangle<T, Space>{metric, root_});
  metricInverse_ = la.template matrix<T>(d, d);
  la.choleskyInverse(metric.view(), metricInverse_.view());
  for (Matrix<T>* m : {&s_, &nu_, &work_}) *m = la.template matrix<T>(n, columns);
  for (Matrix<T>* m : {&v_, &u_, &g_}) *m = la.template matrix<T>(d, columns);
  pulled_ = la.template matrix<T>(d, columns / 2);
  multipliers_ = la.template matrix<double>(n, columns);
  if (data.ranks) sums_ = la.template matrix<T>(d, columns);
}

/// m := its sum over ranks
template <LinAlg La>
template <class U>
void ReluSlack<La>::together(Mat<U, Space> m) {
  if constexpr (std::is_same_v<La, Cpu>) {
    data_.together({m.data, static_cast<std::size_t>(m.rows) * static_cast<std::size_t>(m.cols)});
  }
}

template <LinAlg La>
void ReluSlack<La>::begin(Mat<const double, Space> y, In lambda, Out rhs) {
  la_.forEach(s_.rows(), s_.cols(), kernels::SignedSlack<T, Space>{signs(), s_, nu_, work_});
  la_.forEach(g_.rows(), g_.cols(), kernels::Difference<T, Space>{v_, lambda, g_});
  if (data_.ranks) {
    la_.gemm(Transpose::no, Transpose::no, tau_, map_.xt(), In(work_), 0.0, sums_.view());
    together(sums_.view());
    la_.forEach(g_.rows(), g_.cols(), kernels::Combine<T, Space>{1, sums_, 1, g_});
  } else {
    la_.gemm(Transpose::no, Transpose::no, tau_, map_.xt(), In(work_), 1.0, g_.view());
  }
  la_.gemm(Transpose::no, Transpose::no, 1.0, In(metricInverse_), In(g_), 0.0, u_.view());
  map_.forward(u_, rhs);
  la_.forEach(rhs.rows * rhs.cols, kernels::Residual<T>{y.data, rhs.data});
}

template <LinAlg La>
void ReluSlack<La>::end(In q, double rho, double alpha, double threshold, ReluProx<La>& prox, Out lambda) {
  const int n = s_.rows();
  const int d = u_.rows();
  const int columns = u_.cols();
  la_.gemm(Transpose::no, Transpose::no, 1.0 / rho, In(metricInverse_), q, 0.0, pulled_.view());
  la_.forEach(d, columns, kernels::AddBySign<T, Space>{pulled_, u_});
  la_.gemm(Transpose::yes, Transpose::no, 1.0, map_.xt(), In(u_), 0.0, work_.view());
  la_.forEach(n, columns, kernels::UpdateSlack<T, Space>{signs(), alpha, work_, s_, nu_});
  la_.forEach(d, columns, kernels::RelaxWithMultiplier<T, Space>{alpha, v_, lambda, u_});
  prox.shrink(u_, threshold, v_);
  la_.forEach(d, columns, kernels::Difference<T, Space>{u_, v_, lambda});
}

template <LinAlg La>
void ReluSlack<La>::setShift(Mat<const double, Space> xt, double rho, Mat<double, Space> shift) {
  la_.forEach(nu_.rows(), nu_.cols(), kernels::SignedMultipliers<T, Space>{signs(), nu_, multipliers_});
  la_.gemm(Transpose::no, Transpose::no, -rho * tau_, xt, Mat<const double, Space>(multipliers_), 0.0, shift);
  together(shift);
}

// Compiled once, in solver.cpp.
extern template class ReluSlack<Cpu>;

}  // namespace nonconvex
