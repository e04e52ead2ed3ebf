// Operations of ReluSolver on one entry: functors for LinAlg's loops and sums, on the host and on a device.
#pragma once

#include <cmath>

#include "functions/penalties.hpp"
#include "linalg/kernels.hpp"
#include "linalg/simd_pack.hpp"
#include "linalg/vector_kernels.hpp"
#include "solvers/relu/loss.hpp"

namespace nonconvex::kernels {

template <class T, class Space>
struct PositivePart {
  Mat<T, Space> m;
  NONCONVEX_HD void operator()(int i, int j) const {
    if (!(m(i, j) > 0)) m(i, j) = 0;
  }
};

/// Columns `first`, ... of [D_1 theta_1, ..., D_P theta_1, D_1 theta_2, ...]
template <class T, class M, class Space>
struct Masked {
  Mat<const M, Space> masks;
  Mat<const T, Space> theta;
  int first;
  Mat<T, Space> to;
  NONCONVEX_HD void operator()(int k, int j) const {
    const int pattern = (first + j) % masks.cols;
    to(k, j) = masked(masks(k, pattern), theta(k, (first + j) / masks.cols));
  }
  auto packs() const { return inPacks<Masked<Pack<T>, Pack<M>, Space>>(masks, theta, first, to); }
};

/// f += sum_j +-D_j X v_j over the columns `first`, ... of V, given X v_j.
template <class T, class M, class Space>
struct AddPredictions {
  Mat<const M, Space> masks;
  Mat<const T, Space> products;
  int first;
  int signs;
  Mat<T, Space> f;
  NONCONVEX_HD void operator()(int k, int output) const {
    const int patterns = masks.cols;
    const int last = first + products.cols;
    T sum = f(k, output);
    for (int s = 0; s < signs; ++s) {
      const int begin = (s * f.cols + output) * patterns;
      const int from = begin > first ? begin : first;
      const int to = begin + patterns < last ? begin + patterns : last;
      for (int j = from; j < to; ++j) {
        const T term = masks(k, j - begin) != 0 ? products(k, j - first) : T(0);
        sum += s == 0 ? term : -term;
      }
    }
    f(k, output) = sum;
  }
};

/// k0 := signs k0 o overlap, lower triangle, a column at a time.
template <class T, class Space>
struct TimesCounts {
  int signs;
  Mat<const T, Space> counts;
  Mat<T, Space> k0;
  NONCONVEX_HD void operator()(int i, int j) const {
    if (i >= j) k0(i, j) *= static_cast<T>(signs) * counts(i, j);
  }
};

/// (sign q + shift)^2
template <class Space>
struct SquaredShifted {
  Mat<const double, Space> q, shift;
  NONCONVEX_HD double operator()(int i, int j) const {
    const double point = j < q.cols ? q(i, j) : -q(i, j - q.cols);
    const double x = point + shift(i, j);
    return x * x;
  }
};

/// Columns whose norms are penalised together form a block: `members` columns `patterns` apart.
struct Blocks {
  int count;
  int patterns;
  int members;
  static Blocks among(int columns, int patterns, int members) { return {columns / members, patterns, members}; }
  NONCONVEX_HD int of(int column) const {
    return members == 1 ? column : column / (patterns * members) * patterns + column % patterns;
  }
  NONCONVEX_HD int column(int block, int member) const {
    return (block / patterns * members + member) * patterns + block % patterns;
  }
};

/// factor_j := (1 - threshold / ||block||)_+ from the squares of the columns' norms.
template <class Space>
struct Shrinkage {
  Blocks blocks;
  double threshold;
  Vec<const double, Space> squares;
  Vec<double, Space> factors;
  NONCONVEX_HD void operator()(int block) const {
    double square = 0;
    for (int k = 0; k < blocks.members; ++k) square += squares[blocks.column(block, k)];
    const double norm = std::sqrt(square);
    const double factor = penalties::GroupNorm::factor(norm, threshold);
    for (int k = 0; k < blocks.members; ++k) factors[blocks.column(block, k)] = factor;
  }
};

template <class Space>
struct BlockNorm {
  Blocks blocks;
  Vec<const double, Space> squares;
  NONCONVEX_HD double operator()(int block) const {
    double square = 0;
    for (int k = 0; k < blocks.members; ++k) square += squares[blocks.column(block, k)];
    return std::sqrt(square);
  }
};

/// to_j := factor_j from_j
template <class T, class Space>
struct ScaledColumns {
  Vec<const double, Space> factors;
  Mat<const T, Space> from;
  Mat<T, Space> to;
  NONCONVEX_HD void operator()(int i, int j) const { to(i, j) = static_cast<T>(factors[j]) * from(i, j); }
  auto packs() const { return inPacks<ScaledColumns<Pack<T>, Space>>(factors, from, to); }
};

/// z := prox_{loss / sigma}(a) and its dual point, a row at a time.
template <class Space>
struct LossProx {
  ReluRowLoss loss;
  double sigma;
  Mat<const double, Space> a, y;
  Mat<double, Space> z, dual, work;
  NONCONVEX_HD void operator()(int k) const {
    loss.prox(a.data + k, y.data + k, sigma, z.data + k, dual.data + k, work.data + k);
  }
};

template <class Space>
struct LossValue {
  ReluRowLoss loss;
  Mat<const double, Space> f, y;
  NONCONVEX_HD double operator()(int k) const { return loss.value(f.data + k, y.data + k); }
};

template <class Space>
struct LossDualPoint {
  ReluRowLoss loss;
  Mat<const double, Space> f, y;
  Mat<double, Space> theta;
  NONCONVEX_HD void operator()(int k) const { loss.dualPoint(f.data + k, y.data + k, theta.data + k); }
};

template <class Space>
struct LossDualValue {
  ReluRowLoss loss;
  Mat<const double, Space> theta, y;
  NONCONVEX_HD double operator()(int k) const { return loss.dualValue(theta.data + k, y.data + k); }
};

/// Target of F u: y, or with a loss that is split from the predictions 2 z - a.
template <class T, class Space>
struct Target {
  bool squared;
  const double* y;
  const double* z;
  const T* a;
  NONCONVEX_HD double operator()(int i) const { return squared ? y[i] : 2 * z[i] - static_cast<double>(a[i]); }
};

/// rhs := target - F (2 v - b)
template <class T, class Space>
struct RightHandSide {
  Target<T, Space> target;
  const T* fv;
  const T* fb;
  T* rhs;
  NONCONVEX_HD void operator()(int i) const { rhs[i] = static_cast<T>(target(i) - 2 * fv[i] + fb[i]); }
};

/// F b and a of the next iteration; F u = target - theta - (what is left of the system) saves a product with X.
template <class T, class Space>
struct NextPredictions {
  Target<T, Space> target;
  double alpha;
  const T* theta;
  const T* residual;
  const T* fv;
  const double* z;
  T* fb;
  T* a;
  NONCONVEX_HD void operator()(int i) const {
    const double fu = target(i) - static_cast<double>(theta[i]) - static_cast<double>(residual[i]);
    fb[i] += static_cast<T>(alpha * (fu - static_cast<double>(fv[i])));
    if (!target.squared) a[i] += static_cast<T>(alpha * (fu - z[i]));
  }
};

/// b += alpha (u - v) with u = 2 v - b +- factor q
template <class T, class Space>
struct Relax {
  double alpha;
  double factor;
  Mat<const T, Space> v, q;
  Mat<T, Space> b;
  NONCONVEX_HD void operator()(int i, int j) const {
    const T step = static_cast<T>(j < q.cols ? factor : -factor) * (j < q.cols ? q(i, j) : q(i, j - q.cols));
    b(i, j) += static_cast<T>(alpha) * (v(i, j) - b(i, j) + step);
  }
  auto packs() const { return inPacks<Relax<Pack<T>, Space>>(alpha, factor, v, q, b); }
};

template <class La, class T, class Space>
void relax(const La& la, const Relax<T, Space>& update) {
  la.forEach(update.b.rows, update.b.cols, update);
}
inline void relax(const Cpu& la, const Relax<double, Host>& update) {
  const Mat<double> b = update.b;
  const int half = update.q.cols;
  la.tasks(
      b.cols,
      [&](int j) {
        loops::relax(b.rows, update.alpha, update.v.column(j), j < half ? update.factor : -update.factor,
                     update.q.column(j % half), b.column(j));
      },
      4.0 * b.rows * b.cols);
}

/// x := centre + (x - centre) / change
template <class T, class U>
struct Rescale {
  double change;
  const U* centre;
  T* x;
  NONCONVEX_HD void operator()(int i) const {
    x[i] = static_cast<T>(static_cast<double>(centre[i]) +
                          (static_cast<double>(x[i]) - static_cast<double>(centre[i])) / change);
  }
};

/// (a - b)^2
template <class T>
struct SquaredDifference {
  const T* a;
  const T* b;
  NONCONVEX_HD double operator()(int i) const {
    const double x = static_cast<double>(a[i]) - static_cast<double>(b[i]);
    return x * x;
  }
};

template <class T, class Space>
struct WarmStart {
  double factor;
  Mat<const double, Space> weights;
  Mat<const T, Space> q;
  Mat<T, Space> b;
  NONCONVEX_HD void operator()(int i, int j) const {
    const double shift =
        j < q.cols ? factor * static_cast<double>(q(i, j)) : -factor * static_cast<double>(q(i, j - q.cols));
    b(i, j) = static_cast<T>(weights(i, j) + shift);
  }
};

/// a := z - theta / sigma
template <class T>
struct WarmPredictions {
  double sigma;
  const double* z;
  const double* theta;
  T* a;
  NONCONVEX_HD void operator()(int i) const { a[i] = static_cast<T>(z[i] - theta[i] / sigma); }
};

struct Product {
  const double* a;
  const double* b;
  NONCONVEX_HD double operator()(int i) const { return a[i] * b[i]; }
};

struct Scale {
  double factor;
  double* x;
  NONCONVEX_HD void operator()(int i) const { x[i] *= factor; }
};

// Splitting 'slack'.

/// +-1 by row and column: 2 D_i - I
template <class T, class Space>
struct Signs {
  Mat<const T, Space> masks;
  NONCONVEX_HD T operator()(int k, int j) const { return 2 * masks(k, j % masks.cols) - 1; }
};

/// to := (2 D - I) (s - nu)
template <class T, class Space>
struct SignedSlack {
  Signs<T, Space> signs;
  Mat<const T, Space> s, nu;
  Mat<T, Space> to;
  NONCONVEX_HD void operator()(int k, int j) const { to(k, j) = signs(k, j) * (s(k, j) - nu(k, j)); }
  auto packs() const { return inPacks<SignedSlack<Pack<T>, Space>>(signs.masks, s, nu, to); }
};

/// to := a without what stands above its diagonal
template <class T, class Space>
struct LowerTriangle {
  Mat<const T, Space> a;
  Mat<T, Space> to;
  NONCONVEX_HD void operator()(int i, int j) const { to(i, j) = i >= j ? a(i, j) : T(0); }
};

/// to := (2 D - I) nu
template <class T, class Space>
struct SignedMultipliers {
  Signs<T, Space> signs;
  Mat<const T, Space> nu;
  Mat<double, Space> to;
  NONCONVEX_HD void operator()(int k, int j) const { to(k, j) = static_cast<double>(signs(k, j) * nu(k, j)); }
};

template <class T, class Space>
struct Difference {
  Mat<const T, Space> a, b;
  Mat<T, Space> to;
  NONCONVEX_HD void operator()(int i, int j) const { to(i, j) = a(i, j) - b(i, j); }
  auto packs() const { return inPacks<Difference<Pack<T>, Space>>(a, b, to); }
};

/// u +-= q
template <class T, class Space>
struct AddBySign {
  Mat<const T, Space> q;
  Mat<T, Space> u;
  NONCONVEX_HD void operator()(int i, int j) const { u(i, j) += j < q.cols ? q(i, j) : -q(i, j - q.cols); }
  auto packs() const { return inPacks<AddBySign<Pack<T>, Space>>(q, u); }
};

/// s and nu from X u.
template <class T, class Space>
struct UpdateSlack {
  Signs<T, Space> signs;
  double alpha;
  Mat<const T, Space> xu;
  Mat<T, Space> s, nu;
  NONCONVEX_HD void operator()(int k, int j) const {
    const T a = static_cast<T>(alpha);
    const T relaxed = a * signs(k, j) * xu(k, j) + (1 - a) * s(k, j) + nu(k, j);
    s(k, j) = positivePart(relaxed);
    nu(k, j) = negativePart(relaxed);
  }
  auto packs() const { return inPacks<UpdateSlack<Pack<T>, Space>>(signs.masks, alpha, xu, s, nu); }
};

/// u := alpha u + (1 - alpha) v + lambda
template <class T, class Space>
struct RelaxWithMultiplier {
  double alpha;
  Mat<const T, Space> v, lambda;
  Mat<T, Space> u;
  NONCONVEX_HD void operator()(int i, int j) const {
    const T a = static_cast<T>(alpha);
    u(i, j) = a * u(i, j) + (1 - a) * v(i, j) + lambda(i, j);
  }
  auto packs() const { return inPacks<RelaxWithMultiplier<Pack<T>, Space>>(alpha, v, lambda, u); }
};

/// rhs := y - rhs
template <class T>
struct Residual {
  const double* y;
  T* rhs;
  NONCONVEX_HD void operator()(int i) const { rhs[i] = static_cast<T>(y[i] - static_cast<double>(rhs[i])); }
};

// The network.

/// Row 0 of `neurons`: biases; row 1: patterns.
template <class M, class Space>
struct Activate {
  bool relu;
  Mat<const M, Space> masks;
  Mat<const double, Space> neurons;
  Mat<double, Space> z;
  NONCONVEX_HD void operator()(int k, int j) const {
    const double value = z(k, j) + neurons(0, j);
    const bool on = relu ? value > 0 : masks(k, static_cast<int>(neurons(1, j))) != 0;
    z(k, j) = on ? value : 0;
  }
};

}  // namespace nonconvex::kernels
