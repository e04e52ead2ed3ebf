// Conjugate gradients for several right-hand sides of one positive definite matrix.
#pragma once

#include "linalg/linalg.hpp"

namespace nonconvex {

namespace kernels {

template <class T, class Space>
struct Products {
  Mat<const T, Space> a, b;
  NONCONVEX_HD double operator()(int i, int j) const {
    return static_cast<double>(a(i, j)) * static_cast<double>(b(i, j));
  }
};

template <class Space>
struct Entry {
  Vec<const double, Space> x;
  NONCONVEX_HD double operator()(int i) const { return x[i]; }
};

/// x += alpha p and r -= alpha q, alpha = rz / pq of the column; a column that is solved stays.
template <class T, class Space>
struct Step {
  Mat<T, Space> x, r;
  Mat<const T, Space> p, q;
  Vec<const double, Space> rz, pq;
  NONCONVEX_HD void operator()(int i, int j) const {
    if (!(pq[j] > 0)) return;
    const T alpha = static_cast<T>(rz[j] / pq[j]);
    x(i, j) += alpha * p(i, j);
    r(i, j) -= alpha * q(i, j);
  }
};

/// p := z + (rz / before) p
template <class T, class Space>
struct NextDirection {
  Mat<const T, Space> z;
  Mat<T, Space> p;
  Vec<const double, Space> rz, before;
  NONCONVEX_HD void operator()(int i, int j) const {
    p(i, j) = z(i, j) + (before[j] > 0 ? static_cast<T>(rz[j] / before[j]) : T(0)) * p(i, j);
  }
};

}  // namespace kernels

/// The norm that ends the iterations: r^T P^{-1} r, which bounds the error in the norm of A where P <= A, or r^T r.
enum class ResidualNorm { energy, euclidean };

/// The scalars of the columns stay on the device: of each step one number comes to the host, that which ends it.
template <LinAlg La>
class ConjugateGradients {
 public:
  using T = typename La::Number;
  using Space = typename La::Space;

  ConjugateGradients(const La& la, int n, int columns)
      : la_(la),
        p_(la.template matrix<T>(n, columns)),
        q_(la.template matrix<T>(n, columns)),
        z_(la.template matrix<T>(n, columns)),
        scalars_(la.template matrix<double>(columns, 3)) {}

  /// Improves X with R = B - A X until the squared norm, summed over the columns, is at most tolerance^2, or for `most`
  /// steps. `multiply(p, q)` has q := A p, `precondition(r, z)` z := P^{-1} r. Returns the number of steps.
  template <class Multiply, class Precondition>
  int solve(Mat<T, Space> x, Mat<T, Space> r, ResidualNorm norm, double tolerance, int most, Multiply&& multiply,
            Precondition&& precondition) {
    const int n = x.rows;
    const int c = x.cols;
    Vec<double, Space> rz = column(0);
    Vec<double, Space> before = column(1);
    const Vec<double, Space> pq = column(2);
    la_.fill(Mat<double, Space>(scalars_), 0.0);
    la_.fill(Mat<T, Space>(p_), T(0));
    for (int step = 0;; ++step) {
      precondition(r, z_);
      la_.columnSums(n, c, kernels::Products<T, Space>{r, z_}, rz);
      const bool energy = norm == ResidualNorm::energy;
      if (!energy) la_.columnSums(n, c, kernels::Products<T, Space>{r, r}, pq);
      const double left = la_.sum(c, kernels::Entry<Space>{energy ? rz : pq});
      if (!(left > tolerance * tolerance) || step == most) return step;
      la_.checkpoint();
      la_.forEach(n, c, kernels::NextDirection<T, Space>{z_, p_, rz, before});
      multiply(p_, q_);
      la_.columnSums(n, c, kernels::Products<T, Space>{p_, q_}, pq);
      la_.forEach(n, c, kernels::Step<T, Space>{x, r, p_, q_, rz, pq});
      std::swap(rz, before);
    }
  }

 private:
  Vec<double, Space> column(int j) { return {scalars_.view().column(j), scalars_.rows()}; }

  const La& la_;
  typename La::template Matrix<T> p_, q_, z_;
  typename La::template Matrix<double> scalars_;  // columns x 3
};

}  // namespace nonconvex
