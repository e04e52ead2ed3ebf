// A Cholesky factor laid out for solves with few right-hand sides: BLAS copies it anew in each of them.
#pragma once

#include "linalg/cpu.hpp"

namespace nonconvex {

/// Solves L L^T X = B in numbers T. L and L^T are kept by panels of some rows, whose numbers stand in the order in
/// which a solve reads them; blocks on the diagonal are inverted. A thread has some of the right-hand sides, and each
/// of them has the same bits whichever thread that is.
template <class T>
class PackedFactor {
 public:
  /// Room for a factor of `rows` rows and solves with `columns` right-hand sides.
  PackedFactor(int rows, int columns);

  /// Takes over L from the lower triangle.
  void pack(const Cpu& la, Mat<const double> lower);
  /// b := (L L^T)^{-1} b
  void solve(const Cpu& la, Mat<double> b);

 private:
  int rows_;
  int panels_;
  HostBuffer<T> forward_, backward_;
  HostBuffer<T> work_;  // right-hand sides row by row, some of them after the other
};

// Compiled once, in packed_factor.cpp.
extern template class PackedFactor<double>;
extern template class PackedFactor<float>;

}  // namespace nonconvex
