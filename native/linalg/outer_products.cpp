#include "linalg/outer_products.hpp"

#include "core/multiversion.hpp"

namespace nonconvex::loops {
namespace outer {

/// Eight numbers at a time, with lanes of their own; in memory at any address that a double may have.
constexpr int lanes = 8;
using Eight = double __attribute__((vector_size(64)));
typedef double EightInMemory __attribute__((vector_size(64), aligned(8), may_alias));

/// Vectors and columns of the result that are summed in registers.
constexpr int height = 2, width = 5;

struct Sum {
  int count;
  const std::int32_t* list;
  Mat<const double> x, t;
  Mat<double> q;
};

/// V vectors from row `i` on by W columns from column `j` on.
template <int V, int W>
inline __attribute__((always_inline)) void sumTile(const Sum& s, int i, int j) {
  Eight sums[W][V] = {};
  for (int l = 0; l < s.count; ++l) {
    const double* x = s.x.column(s.list[l]) + i;
    const double* t = s.t.column(s.list[l]) + j;
    Eight part[V];
    for (int v = 0; v < V; ++v) part[v] = *reinterpret_cast<const EightInMemory*>(x + v * lanes);
    for (int w = 0; w < W; ++w) {
      for (int v = 0; v < V; ++v) sums[w][v] += part[v] * t[w];
    }
  }
  for (int w = 0; w < W; ++w) {
    for (int v = 0; v < V; ++v) *reinterpret_cast<EightInMemory*>(s.q.column(j + w) + i + v * lanes) = sums[w][v];
  }
}

template <int W>
inline __attribute__((always_inline)) void sumColumns(const Sum& s, int j) {
  int i = 0;
  for (; i + height * lanes <= s.q.rows; i += height * lanes) sumTile<height, W>(s, i, j);
  for (; i + lanes <= s.q.rows; i += lanes) sumTile<1, W>(s, i, j);
  for (; i < s.q.rows; ++i) {
    double sums[W] = {};
    for (int l = 0; l < s.count; ++l) {
      const double x = s.x(i, s.list[l]);
      const double* t = s.t.column(s.list[l]) + j;
      for (int w = 0; w < W; ++w) sums[w] += x * t[w];
    }
    for (int w = 0; w < W; ++w) s.q(i, j + w) = sums[w];
  }
}

/// Four outputs at a time.
using Four = double __attribute__((vector_size(32)));
typedef double FourInMemory __attribute__((vector_size(32), aligned(8), may_alias));

/// Rows that are read together.
constexpr int rowsAtOnce = 4;

/// V vectors of outputs from output `j` on, of R rows.
template <int V, int R>
inline __attribute__((always_inline)) void products(const std::int32_t* list, const Mat<const double>& x,
                                                    const Mat<const double>& w, int j, const Mat<double>& y) {
  Four sums[R][V] = {};
  const double* from[R];
  for (int r = 0; r < R; ++r) from[r] = x.column(list[r]);
  for (int i = 0; i < w.cols; ++i) {
    const double* factors = w.column(i) + j;
    Four part[V];
    for (int v = 0; v < V; ++v) part[v] = *reinterpret_cast<const FourInMemory*>(factors + v * 4);
    for (int r = 0; r < R; ++r) {
      for (int v = 0; v < V; ++v) sums[r][v] += part[v] * from[r][i];
    }
  }
  for (int r = 0; r < R; ++r) {
    for (int v = 0; v < V; ++v) *reinterpret_cast<FourInMemory*>(y.column(r) + j + v * 4) = sums[r][v];
  }
}

template <int V>
inline __attribute__((always_inline)) void productsOf(int count, const std::int32_t* list, const Mat<const double>& x,
                                                      const Mat<const double>& w, int j, const Mat<double>& y) {
  int l = 0;
  for (; l + rowsAtOnce <= count; l += rowsAtOnce) products<V, rowsAtOnce>(list + l, x, w, j, y.columns(l, rowsAtOnce));
  for (; l < count; ++l) products<V, 1>(list + l, x, w, j, y.columns(l, 1));
}

/// Eight outputs of C columns, while the columns behind them are fetched.
template <int C>
inline __attribute__((always_inline)) void eightProducts(const double* x, std::ptrdiff_t stride, int rows,
                                                         const double* w, double* y) {
  Eight sums[C] = {};
  int i = 0;
  for (; i + lanes <= rows; i += lanes) {
    for (int c = 0; c < C; ++c) __builtin_prefetch(x + (C + c) * stride + i);
    for (int u = i; u < i + lanes; ++u) {
      const Eight part = *reinterpret_cast<const EightInMemory*>(w + u * lanes);
      for (int c = 0; c < C; ++c) sums[c] += part * x[c * stride + u];
    }
  }
  for (; i < rows; ++i) {
    const Eight part = *reinterpret_cast<const EightInMemory*>(w + i * lanes);
    for (int c = 0; c < C; ++c) sums[c] += part * x[c * stride + i];
  }
  for (int c = 0; c < C; ++c) *reinterpret_cast<EightInMemory*>(y + c * lanes) = sums[c];
}

}  // namespace outer

NONCONVEX_CLONES void productsOfAll(const Mat<const double>& x, const double* w, double* y) {
  constexpr int together = 6;
  int j = 0;
  for (; j + together <= x.cols; j += together) {
    outer::eightProducts<together>(x.column(j), x.stride, x.rows, w, y + j * outer::lanes);
  }
  for (; j < x.cols; ++j) outer::eightProducts<1>(x.column(j), x.stride, x.rows, w, y + j * outer::lanes);
}

NONCONVEX_CLONES void sumOfOuterProducts(int count, const std::int32_t* list, const Mat<const double>& x,
                                         const Mat<const double>& t, const Mat<double>& q) {
  const outer::Sum sum{count, list, x, t, q};
  int j = 0;
  for (; j + outer::width <= q.cols; j += outer::width) outer::sumColumns<outer::width>(sum, j);
  for (; j + 2 <= q.cols; j += 2) outer::sumColumns<2>(sum, j);
  for (; j < q.cols; ++j) outer::sumColumns<1>(sum, j);
}

NONCONVEX_CLONES void productsOfListed(int count, const std::int32_t* list, const Mat<const double>& x,
                                       const Mat<const double>& w, const Mat<double>& y) {
  int j = 0;
  for (; j + 3 * outputsAtOnce <= w.rows; j += 3 * outputsAtOnce) outer::productsOf<3>(count, list, x, w, j, y);
  for (; j + 2 * outputsAtOnce <= w.rows; j += 2 * outputsAtOnce) outer::productsOf<2>(count, list, x, w, j, y);
  for (; j < w.rows; j += outputsAtOnce) outer::productsOf<1>(count, list, x, w, j, y);
}

}  // namespace nonconvex::loops
