// Functors for LinAlg's loops that several parts need.
#pragma once

#include "linalg/linalg.hpp"
#include "linalg/simd_pack.hpp"

namespace nonconvex::kernels {

/// y := a x + b y
template <class T, class Space>
struct Combine {
  double a;
  Mat<const T, Space> x;
  double b;
  Mat<T, Space> y;
  NONCONVEX_HD void operator()(int i, int j) const {
    y(i, j) = static_cast<T>(a) * x(i, j) + static_cast<T>(b) * y(i, j);
  }
  auto packs() const { return inPacks<Combine<Pack<T>, Space>>(a, x, b, y); }
};

/// a_ii += value
template <class T, class Space>
struct AddToDiagonal {
  double value;
  Mat<T, Space> a;
  NONCONVEX_HD void operator()(int i) const { a(i, i) += static_cast<T>(value); }
};

/// a_ii
template <class T, class Space>
struct DiagonalEntry {
  Mat<const T, Space> a;
  NONCONVEX_HD double operator()(int i) const { return static_cast<double>(a(i, i)); }
};

/// The square of an entry, for sums.
template <class T, class Space>
struct SquaredEntry {
  Mat<const T, Space> m;
  NONCONVEX_HD double operator()(int i, int j) const {
    const double x = static_cast<double>(m(i, j));
    return x * x;
  }
};

}  // namespace nonconvex::kernels
