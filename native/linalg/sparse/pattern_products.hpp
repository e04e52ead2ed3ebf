// Products of sparse matrices of a fixed pattern with vectors.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>

#include "linalg/sparse/column_stretches.hpp"
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

/// Does the work of `addSymmetricProduct` for columns [begin, end).
template <int sign>
void addSymmetricColumns(const SparsePattern& lower, int begin, int end, std::span<const double> values,
                         std::span<const double> v, std::span<double> out) {
  const int* offsets = lower.offsets.data();
  const int* rows = lower.indices.data();
  const auto at = [](int k) { return static_cast<std::size_t>(k); };
  for (int j = begin; j < end; ++j) {
    const double factor = v[at(j)];
    int k = offsets[j];
    if (k < offsets[j + 1] && rows[k] == j) ++k;
    for (; k < offsets[j + 1]; ++k) out[at(rows[k])] += sign * (values[at(k)] * factor);
  }
  for (int j = begin; j < end; ++j) {
    double sum = 0;
    for (int k = offsets[j]; k < offsets[j + 1]; ++k) sum += values[at(k)] * v[at(rows[k])];
    out[at(j)] += sign * sum;
  }
}

/// Does the work of `addSymmetricProduct` for columns [begin, end) of a stretch: diagonal by diagonal, the lowest
/// first, so that each number is added in the order of the columns.
template <int sign, int mostColumns>
inline __attribute__((always_inline)) void addSymmetricStretch(const SparsePattern& lower, int begin, int end,
                                                               const double* values, const double* v, double* out) {
  const auto line = lower.line(begin);
  const int period = static_cast<int>(line.size()), count = end - begin;
  const double* from = values + lower.offsets[static_cast<std::size_t>(begin)];
  double sums[mostColumns];
  withPeriod(
      period, [&]<int fixed>() __attribute__((always_inline)) {
        const int stride = fixed > 0 ? fixed : period;
        for (int q = period - 1; q >= 0; --q) {
          const int row = line[static_cast<std::size_t>(q)];
          if (row == begin) continue;
          double* __restrict to = out + row;
          for (int r = 0; r < count; ++r) to[r] += sign * (from[r * stride + q] * v[begin + r]);
        }
        for (int r = 0; r < count; ++r) {
          double sum = 0;
#pragma GCC unroll 4
          for (int q = 0; q < stride; ++q) sum += from[r * stride + q] * v[line[static_cast<std::size_t>(q)] + r];
          sums[r] = sum;
        }
      });
  for (int r = 0; r < count; ++r) out[begin + r] += sign * sums[r];
}

constexpr int productColumns = 64;  // columns that are multiplied at a time

/// Does the work of `addSymmetricStretch` for up to `productColumns` columns, as suits the processor: products may not
/// be rounded before they are added. For large matrices, which may have other bits on other processors.
void addLargeSymmetricStretch(int sign, const SparsePattern& lower, int begin, int end, const double* values,
                              const double* v, double* out);

/// out += sign S v, S symmetric, given by the columns of its lower triangle with their stretches; sign is 1 or -1. For
/// some columns at a time what they add to the rows below comes first, then the sums of the columns: so hardly a number
/// waits for the last one, and each is a sum in the order of the columns.
template <int sign = 1>
void addSymmetricProduct(const SparsePattern& lower, const ColumnStretches& stretches, std::span<const double> values,
                         std::span<const double> v, std::span<double> out) {
  constexpr int large = 4096;
  stretches.forEach(
      lower.lines, productColumns,
      [&](int begin, int end) { addSymmetricColumns<sign>(lower, begin, end, values, v, out); },
      [&](int begin, int end) {
        if (lower.lines >= large) {
          addLargeSymmetricStretch(sign, lower, begin, end, values.data(), v.data(), out.data());
        } else {
          addSymmetricStretch<sign, productColumns>(lower, begin, end, values.data(), v.data(), out.data());
        }
      });
}

/// out = S v, S symmetric, given by the columns of its lower triangle.
inline void multiplySymmetric(const SparsePattern& lower, std::span<const double> values, std::span<const double> v,
                              std::span<double> out) {
  std::fill(out.begin(), out.end(), 0.0);
  forEachEntry(lower, values, [&](std::size_t j, std::size_t i, double value) {
    out[i] += value * v[j];
    if (i != j) out[j] += value * v[i];
  });
}

}  // namespace nonconvex
