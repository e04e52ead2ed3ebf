// How many eigenvalues of a dense symmetric matrix are of which sign.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>

#include "linalg/kernels.hpp"
#include "linalg/ldl_dense.hpp"

namespace nonconvex {

namespace kernels {

/// A := S A S, S_ii the inverse root of the norm of row i.
template <class T, class Space>
struct Equilibrate {
  Vec<const double, Space> squares;
  Mat<T, Space> a;
  NONCONVEX_HD static double factor(double square) { return square > 0 ? 1 / std::sqrt(std::sqrt(square)) : 1; }
  NONCONVEX_HD void operator()(int i, int j) const {
    a(i, j) = static_cast<T>(static_cast<double>(a(i, j)) * factor(squares[i]) * factor(squares[j]));
  }
};

}  // namespace kernels

/// Inertia of the matrix whose lower triangle is given; it is used up. On a device, where L D L^T with its search for
/// pivots would be slow, from the eigenvalues of the equilibrated matrix; those that rounding may have made count as
/// zero.
template <class La, class T>
Inertia inertiaOf(const La& la, Mat<T, Device> a) {
  constexpr int rounds = 3;
  const int n = a.rows;
  la.mirrorLower(a);
  const auto squares = la.template matrix<double>(n, 1, Uninitialized{});
  for (int k = 0; k < rounds; ++k) {
    la.columnSums(n, n, kernels::SquaredEntry<T, Device>{a}, squares.flat());
    la.forEach(n, n, kernels::Equilibrate<T, Device>{squares.flat(), a});
  }
  const auto onDevice = la.template matrix<T>(n, 1, Uninitialized{});
  if (!la.eigenvalues(a, onDevice.flat())) return {.undefined = n};
  const HostMatrix<T> values(n, 1);
  la.download(onDevice.view(), values.view());
  const double largest = n == 0 ? 0 : std::max(std::abs(values(0, 0)), std::abs(values(n - 1, 0)));
  const double nothing = n * static_cast<double>(std::numeric_limits<T>::epsilon()) * largest;
  Inertia inertia;
  for (int k = 0; k < n; ++k) {
    const double value = values(k, 0);
    ++(value > nothing ? inertia.positive : value < -nothing ? inertia.negative : inertia.zero);
  }
  return inertia;
}
inline Inertia inertiaOf(const Cpu& la, Mat<const double> a) { return DenseLdl(a.rows, la).factor(a); }

}  // namespace nonconvex
