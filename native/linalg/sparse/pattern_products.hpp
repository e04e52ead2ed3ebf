// Products of sparse matrices of a fixed pattern with vectors.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>

#include "linalg/sparse/pattern.hpp"

namespace nonconvex {

/// Calls f(line, index, value) for the entries of a sparse matrix.
template <class F>
void forEachEntry(const SparsePattern& pattern, std::span<const double> values, F&& f) {
  std::size_t k = 0;
  for (int l = 0; l < pattern.lines; ++l) {
    for (const int i : pattern.line(l)) f(static_cast<std::size_t>(l), static_cast<std::size_t>(i), values[k++]);
  }
}

/// out = A v, A by rows.
inline void multiplyRows(const SparsePattern& rows, std::span<const double> values, std::span<const double> v,
                         std::span<double> out) {
  std::fill(out.begin(), out.end(), 0.0);
  forEachEntry(rows, values, [&](std::size_t i, std::size_t j, double value) { out[i] += value * v[j]; });
}

/// out += A^T v, A by rows.
inline void addTransposedRows(const SparsePattern& rows, std::span<const double> values, std::span<const double> v,
                              std::span<double> out) {
  forEachEntry(rows, values, [&](std::size_t i, std::size_t j, double value) { out[j] += value * v[i]; });
}

/// out = S v, S symmetric, of which the columns of the lower triangle are given.
inline void multiplySymmetric(const SparsePattern& lower, std::span<const double> values, std::span<const double> v,
                              std::span<double> out) {
  std::fill(out.begin(), out.end(), 0.0);
  forEachEntry(lower, values, [&](std::size_t j, std::size_t i, double value) {
    out[i] += value * v[j];
    if (i != j) out[j] += value * v[i];
  });
}

}  // namespace nonconvex
