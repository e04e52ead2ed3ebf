// The vector that one iteration of ADMM maps to the next.
#pragma once

#include "linalg/linalg.hpp"
#include "solvers/relu/state.hpp"

namespace nonconvex {

/// b (d x columns), a (n x c, where the loss is split from the predictions) and F b (n x c) in one vector, and that
/// vector before the last iteration. Splitting 'slack': b is the scaled multiplier lambda.
template <LinAlg La>
struct AdmmIterate {
  using T = typename La::Number;
  using Space = typename La::Space;

  explicit AdmmIterate(const ReluState<La>& s) {
    const int d = s.map.dimension(), columns = s.map.columns(), n = s.data.n, c = s.data.c;
    weights = d * columns;
    const int predictions = n * c;
    split = s.squared() ? 0 : predictions;
    for (auto* m : {&now, &before}) *m = s.la.template matrix<T>(weights + split + predictions, 1);
    T* next = now.view().data;
    const T* last = before.view().data;
    b = {next, d, columns, d};
    a = {next + weights, n, c, n};
    fb = {next + weights + split, n, c, n};
    b0 = {last, d, columns, d};
    a0 = {last + weights, n, c, n};
  }

  typename La::template Matrix<T> now, before;
  Mat<T, Space> b, a, fb;
  Mat<const T, Space> b0, a0;  ///< views of `before`
  int weights = 0;             ///< entries of b
  int split = 0;               ///< entries of a
};

}  // namespace nonconvex
