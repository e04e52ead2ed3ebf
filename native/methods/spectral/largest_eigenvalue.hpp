// The largest eigenvalue of a positive semidefinite matrix, by products with it.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "linalg/cpu.hpp"
#include "linalg/vectors.hpp"
#include "methods/krylov/pcg.hpp"

namespace nonconvex {

/// Bounds from below of the largest eigenvalue of A, for the vector v of length 1: v^T A v <= ||A v||.
struct EigenvalueEstimate {
  double quotient = 0;  ///< v^T A v
  double length = 0;    ///< ||A v||
};

/// The power method, which goes on from the vector that it ended with: few products do where little has changed.
class LargestEigenvalue {
 public:
  explicit LargestEigenvalue(const Cpu& la) : la_(la) {}

  /// Takes `products` products with the n x n matrix A, fewer where one is 0. `multiply(v, out)` sets out := A v.
  template <class Multiply>
  EigenvalueEstimate improve(std::size_t n, int products, Multiply&& multiply) {
    for (std::size_t i = v_.size(); i < n; ++i) v_.push_back(1 + 0.1 * static_cast<double>(i % 7));
    v_.resize(n);
    image_.resize(n);
    EigenvalueEstimate found;
    for (int k = 0; k < products; ++k) {
      const double norm = std::sqrt(norm2Squared(v_));
      for (double& each : v_) each /= norm;
      found.quotient = productOf(multiply, v_, image_);
      found.length = std::sqrt(norm2Squared(image_));
      if (!(found.length > 0)) break;
      v_.swap(image_);
      la_.checkpoint();
    }
    return found;
  }

  std::size_t size() const { return v_.size(); }

 private:
  const Cpu& la_;
  Vector v_, image_;
};

}  // namespace nonconvex
