// Functors of ReluSystem for LinAlg's loops.
#pragma once

#include "linalg/kernels.hpp"

namespace nonconvex::kernels {

/// k := signs k o overlap
template <class T, class Space>
struct TimesOverlap {
  Mat<T, Space> k;
  Mat<const T, Space> overlap;
  int signs;
  NONCONVEX_HD void operator()(int i, int j) const { k(i, j) *= static_cast<T>(signs) * overlap(i, j); }
};

/// to_k *= signs times the number of patterns that are active at row k
template <class T, class Space>
struct TimesActive {
  Mat<const T, Space> masks;
  int signs;
  Vec<double, Space> to;
  NONCONVEX_HD void operator()(int k) const {
    double active = 0;
    for (int i = 0; i < masks.cols; ++i) active += static_cast<double>(masks(k, i));
    to[k] *= signs * active;
  }
};

/// to_k := ||row k of a||^2
template <class T, class Space>
struct RowSquares {
  Mat<const T, Space> a;
  Mat<double, Space> to;
  NONCONVEX_HD void operator()(int k) const {
    double square = 0;
    for (int j = 0; j < a.cols; ++j) square += static_cast<double>(a(k, j)) * static_cast<double>(a(k, j));
    to(k, 0) = square;
  }
};

/// Column k of `to`: [D_1 x; ...; D_P x] of row first + k.
template <class T, class Space>
struct MaskedRows {
  Mat<const T, Space> xt, masks;
  int first;
  Mat<T, Space> to;
  NONCONVEX_HD void operator()(int i, int k) const {
    const int row = first + k;
    to(i, k) = masks(row, i / xt.rows) != 0 ? xt(i % xt.rows, row) : T(0);
  }
};

}  // namespace nonconvex::kernels
