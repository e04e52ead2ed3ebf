// The check of symmetric matrices.
#pragma once

#include <string>

#include "data/constant_matrix.hpp"

namespace nonconvex {

/// Throws a RangeError, "name[i][j] = a, name[j][i] = b: expected a symmetric matrix", for the first pair with
/// |a - b| > rounding (|a| + |b| + sqrt(|d_i d_j|)), d the diagonal. The numbers are finite. Where the matrix is not
/// square it says so.
void requireSymmetric(const ConstantMatrix& matrix, const std::string& name, double rounding, const Pause& pause = {});

}  // namespace nonconvex
