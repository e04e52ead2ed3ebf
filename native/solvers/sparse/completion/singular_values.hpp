// The largest singular values of large matrices that come as products.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "linalg/views.hpp"

namespace nonconvex {

struct SingularTriplets {
  std::vector<double> values;  ///< falling
  HostMatrix<double> left, right;
};

/// y := A x, or y := A^T x.
using Product = std::function<void(std::span<const double> x, std::span<double> y)>;

/// The largest singular values of A, m x n, as far as they were found, by bidiagonalisation of Golub and Kahan with
/// full orthogonalisation, begun anew at the best vector until the largest value settles.
SingularTriplets largestSingularValues(int m, int n, const Product& multiply, const Product& multiplyTransposed,
                                       int wanted, std::uint64_t seed);

}  // namespace nonconvex
