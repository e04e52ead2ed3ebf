// Loops over the rows of a small dense inverse, compiled for several processors.
#pragma once

namespace nonconvex::loops::simplex {

/// Rows lie `stride` numbers apart, a multiple of `padding`, and have zeros behind their last number.
inline constexpr int padding = 8;  // definition: numbers of the widest vector

/// y += factor x, `stride` numbers.
void addMultiple(int stride, double factor, const double* x, double* y);
/// out_r = row r times x.
void multiply(int rows, int stride, const double* matrix, const double* x, double* out);
/// row r -= factor_r x; rows whose factor is 0 are not read.
void subtractOuter(int rows, int stride, const double* factors, const double* x, double* matrix);
/// out_i = row i of a sparse matrix times x.
void multiplySparse(int rows, const int* begin, const int* index, const double* value, const double* x, double* out);

}  // namespace nonconvex::loops::simplex
