#include "methods/acceleration/history_kernels.hpp"

#include <algorithm>
#include <cstddef>

#include "core/multiversion.hpp"
#include "linalg/wide.hpp"

namespace nonconvex::loops {
namespace history {

struct Tuning {
  /// measured: Columns that are read side by side.
  static constexpr int together = 4;
  /// measured: Numbers that stay in the innermost cache.
  static constexpr int piece = 256;
};

/// `width` columns from `a` on.
template <int Bytes, int width>
inline __attribute__((always_inline)) void addDotsOf(int n, const float* a, int stride, const float* x, double* sums) {
  using Vector = typename Wide<double, Bytes>::Vector;
  constexpr int lanes = Wide<double, Bytes>::lanes;
  Vector lane[width] = {};
  int i = 0;
  for (; i + lanes <= n; i += lanes) {
    Vector with;
    for (int l = 0; l < lanes; ++l) with[l] = static_cast<double>(x[i + l]);
    for (int j = 0; j < width; ++j) {
      const float* column = a + static_cast<std::ptrdiff_t>(j) * stride + i;
      Vector part;
      for (int l = 0; l < lanes; ++l) part[l] = static_cast<double>(column[l]);
      lane[j] += part * with;
    }
  }
  for (int j = 0; j < width; ++j) {
    double sum = 0;
    for (int l = 0; l < lanes; ++l) sum += lane[j][l];
    const float* column = a + static_cast<std::ptrdiff_t>(j) * stride;
    for (int l = i; l < n; ++l) sum += static_cast<double>(column[l]) * static_cast<double>(x[l]);
    sums[j] += sum;
  }
}

template <int width>
inline __attribute__((always_inline)) void subtractOf(int n, const float* a, int stride, const double* w, double* y) {
  for (int i = 0; i < n; ++i) {
    double sum = 0;
    for (int j = 0; j < width; ++j) sum += w[j] * static_cast<double>(a[static_cast<std::ptrdiff_t>(j) * stride + i]);
    y[i] -= sum;
  }
}

template <int Bytes>
inline __attribute__((always_inline)) void addAllDots(int n, int columns, const float* a, int stride, const float* x,
                                                      double* sums) {
  int j = 0;
  for (; j + Tuning::together <= columns;
       j += Tuning::together, a += static_cast<std::ptrdiff_t>(Tuning::together) * stride) {
    addDotsOf<Bytes, Tuning::together>(n, a, stride, x, sums + j);
  }
  for (; j < columns; ++j, a += stride) addDotsOf<Bytes, 1>(n, a, stride, x, sums + j);
}

NONCONVEX_BY_WIDTH(void addDotsByWidth(int n, int columns, const float* a, int stride, const float* x, double* sums),
                   addAllDots<bytes>(n, columns, a, stride, x, sums))

}  // namespace history

void addDots(int n, int columns, const float* a, int stride, const float* x, double* sums) {
  history::addDotsByWidth(n, columns, a, stride, x, sums);
}

NONCONVEX_CLONES void subtractCombination(int n, int columns, const float* a, int stride, const double* w, double* y) {
  using namespace history;
  for (int begin = 0; begin < n; begin += Tuning::piece) {
    const int size = std::min(Tuning::piece, n - begin);
    const auto from = [&](int column) { return a + static_cast<std::ptrdiff_t>(column) * stride + begin; };
    int j = 0;
    for (; j + Tuning::together <= columns; j += Tuning::together)
      subtractOf<Tuning::together>(size, from(j), stride, w + j, y + begin);
    for (; j < columns; ++j) subtractOf<1>(size, from(j), stride, w + j, y + begin);
  }
}

}  // namespace nonconvex::loops
