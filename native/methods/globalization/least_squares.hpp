// Linear least squares by products alone.
#pragma once

#include <cmath>
#include <span>
#include <utility>

#include "linalg/vectors.hpp"

namespace nonconvex {

/// Vectors that `leastSquares` needs, of the sizes of x and of A x.
struct LeastSquaresWork {
  LeastSquaresWork(std::size_t columns, std::size_t rows) : gradient(columns), direction(columns), product(rows) {}

  Vector gradient, direction, product;
};

/// x := the least one of those that minimise ||A x - b||, by conjugate gradients on the normal equations (CGLS: A.
/// Bjoerck, "Numerical Methods for Least Squares Problems", 1996, algorithm 7.4.1), which takes rows that depend on
/// each other. b becomes the residual. `multiply(v, out)` is A v, `transposed(y, out)` is A^T y.
template <class Multiply, class Transposed>
void leastSquares(Multiply&& multiply, Transposed&& transposed, std::span<double> b, std::span<double> x,
                  LeastSquaresWork& work) {
  constexpr double accuracy = 1e-24;  // share of the squared norm of the first gradient
  constexpr int mostSteps = 200;
  std::fill(x.begin(), x.end(), 0.0);
  transposed(b, work.gradient);
  work.direction = work.gradient;
  double squared = norm2Squared(work.gradient);
  const double least = accuracy * squared;
  for (int k = 0; k < mostSteps && squared > least; ++k) {
    multiply(work.direction, work.product);
    const double step = squared / norm2Squared(work.product);
    axpy(step, work.direction, x);
    axpy(-step, work.product, b);
    transposed(b, work.gradient);
    const double before = std::exchange(squared, norm2Squared(work.gradient));
    addScaled(work.gradient, squared / before, work.direction, work.direction);
  }
}

}  // namespace nonconvex
