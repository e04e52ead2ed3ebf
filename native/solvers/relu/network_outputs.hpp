// The outputs of a two-layer network:
//
//   relu:   f(x) = sum_j (z . u_j + b_j)_+ a_j             z = (x - shift) / scale
//   gated:  f(x) = sum_j 1[(z, 1) . g_j >= 0] (z . u_j + b_j) a_j
#pragma once

#include <cstdint>
#include <span>

#include "data/matrix_input.hpp"
#include "linalg/views.hpp"

namespace nonconvex {

struct ReluNetwork {
  // A row-major matrix is its column-major transpose, which is how all of these are used.
  Mat<const double> hidden;  // m x d: u_j
  Mat<const double> output;  // c x m: a_j
  Mat<const double> gates;   // P x (d + bias); no rows for 'relu'
  std::span<const double> biases;
  std::span<const double> shift;  // empty: zeros
  std::span<const double> scale;
  std::span<const std::int32_t> pattern;
};

/// Writes the outputs for row 0, 1, ... of x, c numbers each.
void networkOutputs(const ReluNetwork& network, const MatrixInput& x, double* outputs);

}  // namespace nonconvex
