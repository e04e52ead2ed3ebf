// Loops of ConeProjector, compiled for several processors: its matrices are so small that a call of BLAS takes longer.
#pragma once

namespace nonconvex::loops {

/// x = A^T y
void transposedProduct(int rows, int columns, const double* a, int stride, const double* y, double* x);
/// x := R^{-1} x for an upper triangular R, its columns one after the other without the zeros.
void solveUpper(int n, const double* r, double* x);
/// Returns true if s_i x_i < a for some i.
bool anyBelow(int n, const float* s, const float* x, float a);
/// (x_i, y_i) := (c x_i + s y_i, c y_i - s x_i)
void rotate(int n, double c, double s, double* x, double* y);

}  // namespace nonconvex::loops
