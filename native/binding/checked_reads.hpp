// Members of a problem that are checked as they are read.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "binding/js.hpp"
#include "data/matrix_input.hpp"
#include "linalg/views.hpp"

namespace nonconvex {

/// A matrix that is not empty.
MatrixInput filledMatrix(const Reader& in, const char* name);

/// A copy of a matrix of this size; -1: of any number of rows or columns.
HostMatrix<double> matrixOf(const Reader& in, const char* name, int rows, int columns);

/// A copy of a vector of `length` numbers, as many as there are `per`.
std::vector<double> numbersOf(const Reader& in, const char* name, int length, std::string_view per);

/// A copy of indices below `limit`.
std::vector<std::int32_t> indicesOf(const Reader& in, const char* name, int limit);

}  // namespace nonconvex
