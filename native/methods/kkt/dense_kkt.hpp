// Systems [H + t I, J^T; J, -d I] with a dense symmetric H, by Cholesky factors alone: what a device has.
#pragma once

#include <cmath>
#include <limits>
#include <utility>

#include "linalg/kernels.hpp"
#include "linalg/ldl_front.hpp"
#include "linalg/linalg.hpp"
#include "methods/kkt/inertia.hpp"

namespace nonconvex {

namespace kernels {

template <class Space>
struct CopyDiagonal {
  Mat<const double, Space> a;
  Vec<double, Space> to;
  NONCONVEX_HD void operator()(int i) const { to[i] = a(i, i); }
};

/// 1 where elimination has left nothing but rounding of a diagonal entry.
template <class Space>
struct VanishedPivot {
  Mat<const double, Space> factor;
  Vec<const double, Space> before;
  double tolerance;
  NONCONVEX_HD double operator()(int i) const { return factor(i, i) * factor(i, i) > tolerance * before[i] ? 0 : 1; }
};

template <class Space>
struct DiagonalSize {
  Mat<const double, Space> a;
  double t;
  NONCONVEX_HD double operator()(int i) const { return std::abs(a(i, i) + t); }
};

/// The lower triangle of [H + t I, J^T; J, -d I].
template <class Space>
struct WholeKkt {
  Mat<const double, Space> H, Jt;
  double t, d;
  Mat<double, Space> to;
  NONCONVEX_HD void operator()(int i, int j) const {
    const int n = H.rows;
    const double shift = i != j ? 0 : j < n ? t : -d;
    to(i, j) = shift + (j >= n ? 0 : i < n ? H(i, j) : Jt(j, i - n));
  }
};

}  // namespace kernels

/// Factors K in one of three ways:
///   range       H + t I = L L^T and S = J (H + t I)^{-1} J^T + d I, where H + t I is positive definite: eigenvalues
///               that are small beside the others keep their digits;
///   projection  for d = 0: with Q an orthonormal basis of the range of J^T and P = Q Q^T, a factor of
///               (I - P) (H + t I) (I - P) + s P, whose eigenvalues are those of H + t I on the null space of J, and s;
///   penalty     for d > 0: a factor of H + t I + J^T J / d.
/// The last two are positive definite where the system has n positive and m negative eigenvalues (Haynsworth 1968).
template <LinAlg La>
class DenseKkt {
 public:
  using Space = typename La::Space;
  using Matrix = typename La::template Matrix<double>;

  /// `la` must outlive this.
  DenseKkt(const La& la, int n, int m);

  /// H, both triangles, and J^T (n x m) stay with the caller and must not change before the last `solve`. Where K
  /// has more than m eigenvalues that are not positive, `negative` and `zero` say that alone, not how many.
  Inertia factor(Mat<const double, Space> H, Mat<const double, Space> Jt, double t, double d);
  /// Inertia of the system that was factored last, with all eigenvalues counted; slower than `factor`.
  Inertia inertia() const;
  /// b := K^{-1} b, n + m numbers, after an inertia of (n, m, 0).
  void solve(Vec<double, Space> b);

 private:
  enum class By { range, projection, penalty };
  void shift();
  /// Pivots of a Cholesky factorisation that vanished, or -1 where there was a negative one.
  int factorInPlace(Mat<double, Space> a);
  Inertia factorRange();
  Inertia factorProjection();
  Inertia factorPenalty();
  Inertia signs(int vanished) const;
  bool makeBasis();
  void project();
  void multiplyH(Mat<const double, Space> x, Mat<double, Space> to);
  void solveRange(Mat<double, Space> b1, Mat<double, Space> b2);
  void solveProjection(Mat<double, Space> b1, Mat<double, Space> b2);
  void solvePenalty(Mat<double, Space> b1, Mat<double, Space> b2);
  void removeRange(Mat<double, Space> v);
  void multiply(Transpose op, double alpha, Mat<const double, Space> a, Mat<const double, Space> b, double beta,
                Mat<double, Space> c) const {
    la_.gemm(op, Transpose::no, alpha, a, b, beta, c);
  }

  const La& la_;
  int n_, m_;
  Mat<const double, Space> H_, Jt_;
  double t_ = 0, d_ = 0;
  By by_ = By::range;
  Matrix L_;      // n x n
  Matrix Y_;      // n x m: L^{-1} J^T, or Q
  Matrix S_;      // m x m: the factor of S; of the projection J = S_ T_ Q^T
  Matrix T_, W_;  // matrices of the projection, made when it is needed
  Matrix diagonal_, work_, small_;
};

template <LinAlg La>
DenseKkt<La>::DenseKkt(const La& la, int n, int m)
    : la_(la),
      n_(n),
      m_(m),
      L_(la.template matrix<double>(n, n, Uninitialized{})),
      Y_(la.template matrix<double>(n, m, Uninitialized{})),
      S_(la.template matrix<double>(m, m, Uninitialized{})),
      diagonal_(la.template matrix<double>(n, 1)),
      work_(la.template matrix<double>(n, 2)),
      small_(la.template matrix<double>(m, 1)) {}

template <LinAlg La>
Inertia DenseKkt<La>::factor(Mat<const double, Space> H, Mat<const double, Space> Jt, double t, double d) {
  H_ = H;
  Jt_ = Jt;
  t_ = t;
  d_ = d;
  shift();
  const int vanished = factorInPlace(L_.view());
  if (vanished == 0) return factorRange();
  if (m_ == 0) return signs(vanished);
  return d > 0 ? factorPenalty() : factorProjection();
}

/// L_ := H + t I
template <LinAlg La>
void DenseKkt<La>::shift() {
  la_.copy(H_, L_.view());
  la_.forEach(n_, kernels::AddToDiagonal<double, Space>{t_, L_});
}

template <LinAlg La>
int DenseKkt<La>::factorInPlace(Mat<double, Space> a) {
  const int order = a.rows;
  const Vec<double, Space> before = diagonal_.flat().part(0, order);
  la_.forEach(order, kernels::CopyDiagonal<Space>{a, before});
  if (!la_.cholesky(a)) return -1;
  const double tolerance = std::numeric_limits<double>::epsilon() * (16 + order);
  return static_cast<int>(la_.sum(order, kernels::VanishedPivot<Space>{a, before, tolerance}));
}

template <LinAlg La>
Inertia DenseKkt<La>::inertia() const {
  const auto K = la_.template matrix<double>(n_ + m_, n_ + m_, Uninitialized{});
  la_.forEach(n_ + m_, n_ + m_, kernels::WholeKkt<Space>{H_, Jt_, t_, d_, K});
  return nonconvex::inertiaOf(la_, K.view());
}

template <LinAlg La>
Inertia DenseKkt<La>::signs(int vanished) const {
  if (vanished < 0) return {.positive = n_ - 1, .negative = m_ + 1};
  return {.positive = n_ - vanished, .negative = m_, .zero = vanished};
}

template <LinAlg La>
Inertia DenseKkt<La>::factorRange() {
  by_ = By::range;
  if (m_ == 0) return {.positive = n_};
  la_.copy(Jt_, Y_.view());
  la_.trsm(Side::left, Transpose::no, 1, L_, Y_.view());
  la_.syrk(Transpose::yes, 1, Y_, 0, S_.view());
  la_.forEach(m_, kernels::AddToDiagonal<double, Space>{d_, S_});
  const int vanished = factorInPlace(S_.view());
  return vanished == 0 ? Inertia{.positive = n_, .negative = m_}
                       : Inertia{.positive = n_, .negative = m_ - 1, .zero = 1};
}

template <LinAlg La>
Inertia DenseKkt<La>::factorPenalty() {
  by_ = By::penalty;
  shift();
  la_.gemm(Transpose::no, Transpose::yes, 1 / d_, Jt_, Jt_, 1, L_.view());
  return signs(factorInPlace(L_.view()));
}

template <LinAlg La>
Inertia DenseKkt<La>::factorProjection() {
  by_ = By::projection;
  if (!makeBasis()) return {.positive = n_, .negative = m_ - 1, .zero = 1};
  project();
  return signs(factorInPlace(L_.view()));
}

/// Y_ := Q by Cholesky factors of J J^T, twice for orthogonality to rounding (Yamamoto et al. 2015); false where J has
/// lost rank.
template <LinAlg La>
bool DenseKkt<La>::makeBasis() {
  if (T_.rows() == 0) {
    T_ = la_.template matrix<double>(m_, m_, Uninitialized{});
    W_ = la_.template matrix<double>(n_, m_, Uninitialized{});
  }
  la_.copy(Jt_, Y_.view());
  for (Matrix* R : {&S_, &T_}) {
    la_.syrk(Transpose::yes, 1, Y_, 0, R->view());
    if (factorInPlace(R->view()) != 0) return false;
    la_.trsm(Side::right, Transpose::yes, 1, *R, Y_.view());
  }
  return true;
}

/// L_ := (I - P) H (I - P) + s P = H - Q W^T - W Q^T for H + t I and W = H Q - Q (Q^T H Q + s I) / 2.
template <LinAlg La>
void DenseKkt<La>::project() {
  const double size = la_.sum(n_, kernels::DiagonalSize<Space>{H_, t_}) / n_;
  const double s = size > 0 ? size : 1;
  const auto C = la_.template matrix<double>(m_, m_, Uninitialized{});
  multiplyH(Y_, W_.view());
  multiply(Transpose::yes, 0.5, Y_, W_, 0, C.view());
  la_.forEach(m_, kernels::AddToDiagonal<double, Space>{0.5 * s, C});
  multiply(Transpose::no, -1, Y_, C, 1, W_.view());
  shift();
  la_.gemm(Transpose::no, Transpose::yes, -1, Y_, W_, 1, L_.view());
  la_.gemm(Transpose::no, Transpose::yes, -1, W_, Y_, 1, L_.view());
}

/// to := (H + t I) x
template <LinAlg La>
void DenseKkt<La>::multiplyH(Mat<const double, Space> x, Mat<double, Space> to) {
  la_.multiplySymmetric(H_, x, to);
  la_.forEach(n_, x.cols, kernels::Combine<double, Space>{t_, x, 1, to});
}

template <LinAlg La>
void DenseKkt<La>::solve(Vec<double, Space> b) {
  const Mat<double, Space> b1{b.data, n_, 1, n_}, b2{b.data + n_, m_, 1, m_};
  switch (by_) {
    case By::range:
      return solveRange(b1, b2);
    case By::projection:
      return solveProjection(b1, b2);
    case By::penalty:
      return solvePenalty(b1, b2);
  }
}

template <LinAlg La>
void DenseKkt<La>::solveRange(Mat<double, Space> b1, Mat<double, Space> b2) {
  la_.trsm(Side::left, Transpose::no, 1, L_, b1);
  if (m_ > 0) {
    multiply(Transpose::yes, 1, Y_, b1, -1, b2);
    la_.choleskySolve(S_, b2);
    multiply(Transpose::no, -1, Y_, b2, 1, b1);
  }
  la_.trsm(Side::left, Transpose::yes, 1, L_, b1);
}

/// x = Q (S T)^{-1} b2 + z with z in the null space of J, (S T)^T y = Q^T (b1 - H x).
template <LinAlg La>
void DenseKkt<La>::solveProjection(Mat<double, Space> b1, Mat<double, Space> b2) {
  const Mat<double, Space> x = work_.columns(0, 1), z = work_.columns(1, 1);
  la_.trsm(Side::left, Transpose::no, 1, S_, b2);
  la_.trsm(Side::left, Transpose::no, 1, T_, b2);
  multiply(Transpose::no, 1, Y_, b2, 0, x);
  multiplyH(x, z);
  la_.forEach(n_, 1, kernels::Combine<double, Space>{1, b1, -1, z});
  removeRange(z);
  la_.choleskySolve(L_, z);
  removeRange(z);
  la_.forEach(n_, 1, kernels::Combine<double, Space>{1, z, 1, x});
  multiplyH(x, z);
  la_.forEach(n_, 1, kernels::Combine<double, Space>{-1, z, 1, b1});
  multiply(Transpose::yes, 1, Y_, b1, 0, b2);
  la_.trsm(Side::left, Transpose::yes, 1, T_, b2);
  la_.trsm(Side::left, Transpose::yes, 1, S_, b2);
  la_.copy(Mat<const double, Space>(x), b1);
}

/// v := (I - P) v
template <LinAlg La>
void DenseKkt<La>::removeRange(Mat<double, Space> v) {
  multiply(Transpose::yes, 1, Y_, v, 0, small_.view());
  multiply(Transpose::no, -1, Y_, small_, 1, v);
}

template <LinAlg La>
void DenseKkt<La>::solvePenalty(Mat<double, Space> b1, Mat<double, Space> b2) {
  multiply(Transpose::no, 1 / d_, Jt_, b2, 1, b1);
  la_.choleskySolve(L_, b1);
  multiply(Transpose::yes, 1 / d_, Jt_, b1, -1 / d_, b2);
}

}  // namespace nonconvex
