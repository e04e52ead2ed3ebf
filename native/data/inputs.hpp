// Matrices as they are handed in, in memory of somebody else.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace nonconvex {

/// Row-major numbers of either width, in memory that JavaScript owns.
struct MatrixInput {
  const double* f64 = nullptr;
  const float* f32 = nullptr;
  int rows = 0;
  int columns = 0;

  double operator()(int i, int j) const {
    const std::size_t at =
        static_cast<std::size_t>(i) * static_cast<std::size_t>(columns) + static_cast<std::size_t>(j);
    return f64 != nullptr ? f64[at] : static_cast<double>(f32[at]);
  }
};

/// Compressed storage by lines, which are columns or rows: entries of line l are indices and values [offsets[l],
/// offsets[l + 1]).
struct SparseInput {
  bool byColumn = true;
  int rows = 0;
  int columns = 0;
  std::span<const std::int32_t> offsets;
  std::span<const std::int32_t> indices;
  std::span<const double> values;

  int lines() const { return byColumn ? columns : rows; }
  int width() const { return byColumn ? rows : columns; }
};

}  // namespace nonconvex
