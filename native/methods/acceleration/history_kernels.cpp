#include "methods/acceleration/history_kernels.hpp"

#include <algorithm>
#include <cstddef>

#include "core/multiversion.hpp"

namespace nonconvex::loops {
namespace history {

constexpr int lanes = 8;
constexpr int together = 4;  // columns that are read side by side
constexpr int piece = 256;   // numbers that stay in the innermost cache

using Wide = double __attribute__((vector_size(64)));

/// `width` columns from `a` on.
template <int width>
inline __attribute__((always_inline)) void addDotsOf(int n, const float* a, int stride, const float* x, double* sums) {
  Wide lane[width] = {};
  int i = 0;
  for (; i + lanes <= n; i += lanes) {
    Wide with;
    for (int l = 0; l < lanes; ++l) with[l] = static_cast<double>(x[i + l]);
    for (int j = 0; j < width; ++j) {
      const float* column = a + static_cast<std::ptrdiff_t>(j) * stride + i;
      Wide part;
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

}  // namespace history

NONCONVEX_CLONES void addDots(int n, int columns, const float* a, int stride, const float* x, double* sums) {
  using namespace history;
  int j = 0;
  const auto from = [&](int column) { return a + static_cast<std::ptrdiff_t>(column) * stride; };
  for (; j + together <= columns; j += together) addDotsOf<together>(n, from(j), stride, x, sums + j);
  for (; j < columns; ++j) addDotsOf<1>(n, from(j), stride, x, sums + j);
}

NONCONVEX_CLONES void subtractCombination(int n, int columns, const float* a, int stride, const double* w, double* y) {
  using namespace history;
  for (int begin = 0; begin < n; begin += piece) {
    const int size = std::min(piece, n - begin);
    const auto from = [&](int column) { return a + static_cast<std::ptrdiff_t>(column) * stride + begin; };
    int j = 0;
    for (; j + together <= columns; j += together) subtractOf<together>(size, from(j), stride, w + j, y + begin);
    for (; j < columns; ++j) subtractOf<1>(size, from(j), stride, w + j, y + begin);
  }
}

}  // namespace nonconvex::loops
