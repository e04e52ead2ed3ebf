// Plain loops that no BLAS routine covers, compiled for several processors; the best one is chosen when the addon
// loads.
#pragma once

#include <cstddef>
#include <cstdint>

namespace nonconvex::loops {

/// y_i += a m_i x_i
void maskedAxpy(int n, double a, const double* m, const double* x, double* y);
/// y_i = m_i x_i
void mask(int n, const double* m, const double* x, double* y);
/// Returns true if (2 m_i - 1) x_i + a s_i < 0 for some i.
bool anyNegative(int n, const double* m, const double* x, double a, const double* s);
/// y_i += a (x_i - y_i + b q_i)
void relax(int n, double a, const double* x, double b, const double* q, double* y);
/// sums = sum_i a_i^3 r_i, sum_i a_i^2 r_i^2, sum_i a_i r_i^3
void moments(int n, const double* a, const double* r, double* sums);
/// r += t x, and the moments of a and the new r, or a . r.
void axpyMoments(int n, double t, const double* x, double* r, const double* a, double* sums);
double axpyDot(int n, double t, const double* x, double* r, const double* a);
/// How many entries sparseDot and sparseAxpy take at a time: they are quickest if none are left over.
inline constexpr int sparseGroup = 4;
/// sum_k a_k r[row_k]
double sparseDot(int count, const double* a, const std::int32_t* row, const double* r);
/// r[row_k] += t a_k; no row twice.
void sparseAxpy(int count, double t, const double* a, const std::int32_t* row, double* r);
/// scaled_k = root[row_k] a_k; sums = sum_k root[row_k] scaled_k, sum_k scaled_k^2
void sparseScale(int count, const double* a, const std::int32_t* row, const double* root, double* scaled, double* sums);
/// y -= A x for an A of column-major `rows` x `columns`; x_j is at x[j * xStride].
void subtractProduct(int rows, int columns, const double* a, int stride, const double* x, int xStride, double* y);
/// to = from - A x, A and x as in the function above; returns max_i |to_i|, where NaN counts as 0.
double difference(int rows, int columns, const double* a, int stride, const double* x, int xStride, const double* from,
                  double* to);
/// x -= A^T y
void subtractTransposedProduct(int rows, int columns, const double* a, int stride, const double* y, double* x);
/// Lower triangle of C += B B^T, B column-major n x count without gaps, C n x n: for small n quicker than BLAS, which
/// copies B twice. Up to `outerSlack` numbers behind B are read, whatever they are.
void addOuterProducts(int n, int count, const double* b, double* c);
inline constexpr int outerSlack = 16;  ///< the longest register has no more than 16 numbers
/// y = a x
void scaled(int n, double a, const double* x, double* y);
/// y = -x
void negate(std::size_t n, const double* x, double* y);
/// out = x + a y for long vectors, as the processor at hand does it best: a y may not be rounded before it is added.
void addScaledLong(std::size_t n, const double* x, double a, const double* y, double* out);
/// max_i |x_i|; NaN counts as 0.
double largest(int n, const double* x);
/// max_i |x_i|; NaN where an entry is.
double largestOrNaN(std::size_t n, const double* x);
/// x *= a; returns max_i |x_i|, NaN where an entry is.
double scale(std::size_t n, double a, double* x);
bool allFinite(std::size_t n, const double* x);

/// out_ji = a_ij for an m x n block of a row-major matrix with rows `stride` apart, into columns `outStride` apart.
/// Returns true if all entries are finite.
bool transpose(int m, int n, const double* a, std::size_t stride, double* out, std::size_t outStride);
bool transpose(int m, int n, const float* a, std::size_t stride, double* out, std::size_t outStride);

}  // namespace nonconvex::loops
