#include "methods/dual_simplex/simplex_kernels.hpp"

#include <cstddef>

#include "core/multiversion.hpp"

namespace nonconvex::loops::simplex {

namespace {

inline __attribute__((always_inline)) void addTo(int stride, double factor, const double* __restrict x,
                                                 double* __restrict y) {
  for (int i = 0; i < stride; i += padding)
    for (int l = 0; l < padding; ++l) y[i + l] += factor * x[i + l];
}

inline __attribute__((always_inline)) double dotOf(int stride, const double* x, const double* y) {
  double lane[padding] = {};
  for (int i = 0; i < stride; i += padding)
    for (int l = 0; l < padding; ++l) lane[l] += x[i + l] * y[i + l];
  for (int half = padding / 2; half > 0; half /= 2)
    for (int l = 0; l < half; ++l) lane[l] += lane[l + half];
  return lane[0];
}

}  // namespace

NONCONVEX_CLONES void addMultiple(int stride, double factor, const double* x, double* y) {
  addTo(stride, factor, x, y);
}

NONCONVEX_CLONES void multiply(int rows, int stride, const double* matrix, const double* x, double* out) {
  for (int r = 0; r < rows; ++r) out[r] = dotOf(stride, matrix + static_cast<std::ptrdiff_t>(r) * stride, x);
}

NONCONVEX_CLONES void subtractOuter(int rows, int stride, const double* factors, const double* x, double* matrix) {
  for (int r = 0; r < rows; ++r)
    if (factors[r] != 0) addTo(stride, -factors[r], x, matrix + static_cast<std::ptrdiff_t>(r) * stride);
}

NONCONVEX_CLONES void multiplySparse(int rows, const int* begin, const int* index, const double* value, const double* x,
                                     double* out) {
  for (int i = 0; i < rows; ++i) {
    double sum = 0;
    for (int k = begin[i]; k < begin[i + 1]; ++k) sum += value[k] * x[index[k]];
    out[i] = sum;
  }
}

}  // namespace nonconvex::loops::simplex
