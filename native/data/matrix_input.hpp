// Dense matrices as callers give them, in the caller's memory.
#pragma once

#include <cstddef>

namespace nonconvex {

class SharedColumns;

/// Row-major numbers of either width, in memory that JavaScript owns.
struct MatrixInput {
  const double* f64 = nullptr;
  const float* f32 = nullptr;
  int rows = 0;
  int columns = 0;
  const SharedColumns* shared = nullptr;  ///< the columns of these numbers, if several solves read them

  double operator()(int i, int j) const {
    const std::size_t at =
        static_cast<std::size_t>(i) * static_cast<std::size_t>(columns) + static_cast<std::size_t>(j);
    return f64 != nullptr ? f64[at] : static_cast<double>(f32[at]);
  }
};

}  // namespace nonconvex
