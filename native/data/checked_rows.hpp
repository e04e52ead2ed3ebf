// Checks of numbers, and rows of data as columns of a matrix.
#pragma once

#include <cmath>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.hpp"
#include "data/matrix_input.hpp"
#include "linalg/cpu.hpp"
#include "linalg/views.hpp"

namespace nonconvex {

/// The name of an entry of a matrix: "name[i][j]".
std::string entryName(std::string_view name, int i, int j);

/// Throws a RangeError "name[i][j] = value: expected a finite number" unless the value is one.
inline void requireFinite(std::string_view name, int i, int j, double value) {
  if (!std::isfinite(value)) require(false, entryName(name, i, j), value, "expected a finite number");
}
/// Throws a RangeError "name[k] = value: expected a finite number" unless all are.
void requireFinite(std::string_view name, std::span<const double> values);

/// Throws a RangeError "subject = sum: expected numbers whose squares have a finite sum" unless they have one.
void requireFiniteSquares(std::string_view name, std::span<const double> values);

/// X^T in columns, one for each row of x, with `more` rows of ones below; throws a RangeError where a number is not
/// finite. Checkpoints between pieces, so that it is for `start()`.
HostMatrix<double> transposedRows(const Cpu& la, std::string_view name, const MatrixInput& x, int more = 0);

/// The largest |v_i|, 0 of none.
double largest(std::span<const double> v);

inline Vec<double> viewOf(std::vector<double>& v) { return {v.data(), static_cast<int>(v.size())}; }
inline Vec<const double> viewOf(const std::vector<double>& v) { return {v.data(), static_cast<int>(v.size())}; }
inline Mat<double> columnOf(std::vector<double>& v) {
  const int size = static_cast<int>(v.size());
  return {v.data(), size, 1, size};
}

}  // namespace nonconvex
