// Functors of DeviceGlm for LinAlg's loops. Rows of the data are columns of A, n x N.
#pragma once

#include <cmath>

#include "linalg/linalg.hpp"
#include "linalg/simd_pack.hpp"
#include "problems/glm/family.hpp"

namespace nonconvex::kernels {

/// Row i's weighted loss at t_i + offset_i, whose derivatives are kept: to be called once for each row.
template <class Space>
struct WeightedLoss {
  GlmFamily family;
  Vec<const double, Space> t, y, weights, offset;  // no offset: 0
  Vec<double, Space> first, second;
  NONCONVEX_HD double operator()(int i) const {
    const double ti = t[i] + (offset.size > 0 ? offset[i] : 0);
    const Expansion row = visitLoss(family, [&]<class Loss>() { return Loss::template at<VectorMath>(ti, y[i]); });
    first[i] = weights[i] * row.derivative;
    second[i] = weights[i] * row.curvature;
    return weights[i] * row.value;
  }
};

/// The derivatives of the weighted losses where all predictions are the mean response.
template <class Space>
struct FirstAtMean {
  GlmFamily family;
  double mean;
  Vec<const double, Space> y, weights;
  Vec<double, Space> to;
  NONCONVEX_HD void operator()(int i) const { to[i] = weights[i] * derivativeAtMean(family, mean, y[i]); }
};

/// x_i *= y_i
template <class Space>
struct TimesEntry {
  Vec<const double, Space> y;
  Vec<double, Space> x;
  NONCONVEX_HD void operator()(int i) const { x[i] *= y[i]; }
};

/// to(p, j) := the part of (A r)_j from the columns of piece p. Neighbours along j read neighbours.
template <class T, class Space>
struct PieceOfProduct {
  Mat<const T, Space> A;
  Vec<const double, Space> r;
  int columns;  // number of columns of a piece
  Mat<double, Space> to;
  NONCONVEX_HD void operator()(int j, int p) const {
    const int begin = p * columns;
    const int end = begin + columns < A.cols ? begin + columns : A.cols;
    double sum = 0;
    for (int i = begin; i < end; ++i) sum += static_cast<double>(A(j, i)) * r[i];
    to(p, j) = sum;
  }
};

template <class Space>
struct PartOfProduct {
  Mat<const double, Space> parts;
  NONCONVEX_HD double operator()(int p, int j) const { return parts(p, j); }
};

/// Column i of `to` := sqrt(weight_i) times that of A, weights >= 0.
template <class T, class U, class Space>
struct RootWeighted {
  Mat<const T, Space> A;
  Vec<const double, Space> weights;
  Mat<U, Space> to;
  NONCONVEX_HD void operator()(int j, int i) const { to(j, i) = std::sqrt(weights[i]) * static_cast<U>(A(j, i)); }
  auto packs() const { return inPacks<RootWeighted<Pack<T>, Pack<U>, Space>>(A, weights, to); }
};

/// |now_i - factor then_i|
template <class Space>
struct ChangeOf {
  Vec<const double, Space> now, then;
  double factor;
  NONCONVEX_HD double operator()(int i) const { return std::abs(now[i] - factor * then[i]); }
};

/// 1 where now_i is less than `share` of then_i, or no number.
template <class Space>
struct FallsBelow {
  Vec<const double, Space> now, then;
  double share;
  NONCONVEX_HD double operator()(int i) const { return now[i] >= share * then[i] ? 0 : 1; }
};

/// to := factor a in the lower triangle.
template <class Space>
struct LowerMultiple {
  double factor;
  Mat<const double, Space> a;
  Mat<double, Space> to;
  NONCONVEX_HD void operator()(int i, int j) const {
    if (i >= j) to(i, j) = factor * a(i, j);
  }
};

/// to_i := sqrt(x_i)
template <class Space>
struct Root {
  Vec<const double, Space> x;
  Vec<double, Space> to;
  NONCONVEX_HD void operator()(int i) const { to[i] = std::sqrt(x[i]); }
};

/// a_jj += factor x_j
template <class Space>
struct AddRidge {
  Vec<const double, Space> x;
  double factor;
  Mat<double, Space> a;
  NONCONVEX_HD void operator()(int j) const { a(j, j) += factor * x[j]; }
};

}  // namespace nonconvex::kernels
