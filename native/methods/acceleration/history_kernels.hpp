// Loops over a history of differences in single precision, compiled for several processors.
#pragma once

namespace nonconvex::loops {

/// sums_j += a_j . x in double precision, for columns a_j `stride` apart
void addDots(int n, int columns, const float* a, int stride, const float* x, double* sums);
/// y -= sum_j w_j a_j in double precision
void subtractCombination(int n, int columns, const float* a, int stride, const double* w, double* y);

}  // namespace nonconvex::loops
