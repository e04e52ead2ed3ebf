#include "linalg/outer_products.hpp"

#include "core/multiversion.hpp"
#include "linalg/wide.hpp"

namespace nonconvex::loops {
namespace outer {

/// Columns of the result that are summed in registers, and vectors in each: there are twice as many registers of 64
/// bytes.
constexpr int width = 5;
template <int Bytes>
constexpr int height = Bytes == 64 ? 4 : 2;

template <class T>
struct Sum {
  int count;
  const std::int32_t* list;
  Mat<const T> x, t;
  Mat<double> q;
};

/// V vectors from row `i` on by W columns from column `j` on.
template <int Bytes, int V, int W, class T>
inline __attribute__((always_inline)) void sumTile(const Sum<T>& s, int i, int j) {
  using Vector = typename Wide<T, Bytes>::Vector;
  using InMemory = typename Wide<T, Bytes>::InMemory;
  constexpr int lanes = Wide<T, Bytes>::lanes;
  Vector sums[W][V] = {};
  for (int l = 0; l < s.count; ++l) {
    const T* x = s.x.column(s.list[l]) + i;
    const T* t = s.t.column(s.list[l]) + j;
    Vector part[V];
    for (int v = 0; v < V; ++v) part[v] = *reinterpret_cast<const InMemory*>(x + v * lanes);
    for (int w = 0; w < W; ++w) {
      for (int v = 0; v < V; ++v) sums[w][v] += part[v] * t[w];
    }
  }
  for (int w = 0; w < W; ++w) {
    double* to = s.q.column(j + w) + i;
    for (int v = 0; v < V; ++v) {
      for (int k = 0; k < lanes; ++k) to[v * lanes + k] = static_cast<double>(sums[w][v][k]);
    }
  }
}

template <int Bytes, int W, class T>
inline __attribute__((always_inline)) void sumColumns(const Sum<T>& s, int j) {
  constexpr int lanes = Wide<T, Bytes>::lanes;
  constexpr int tall = height<Bytes> * lanes;
  int i = 0;
  for (; i + tall <= s.q.rows; i += tall) sumTile<Bytes, height<Bytes>, W>(s, i, j);
  for (; i + 2 * lanes <= s.q.rows; i += 2 * lanes) sumTile<Bytes, 2, W>(s, i, j);
  for (; i + lanes <= s.q.rows; i += lanes) sumTile<Bytes, 1, W>(s, i, j);
  for (; i < s.q.rows; ++i) {
    T sums[W] = {};
    for (int l = 0; l < s.count; ++l) {
      const T x = s.x(i, s.list[l]);
      const T* t = s.t.column(s.list[l]) + j;
      for (int w = 0; w < W; ++w) sums[w] += x * t[w];
    }
    for (int w = 0; w < W; ++w) s.q(i, j + w) = static_cast<double>(sums[w]);
  }
}

template <int Bytes, class T>
inline __attribute__((always_inline)) void sumAll(const Sum<T>& s) {
  int j = 0;
  for (; j + width <= s.q.cols; j += width) sumColumns<Bytes, width>(s, j);
  for (; j + 2 <= s.q.cols; j += 2) sumColumns<Bytes, 2>(s, j);
  for (; j < s.q.cols; ++j) sumColumns<Bytes, 1>(s, j);
}

NONCONVEX_BY_WIDTH(void sum(const Sum<double>& s), sumAll<bytes>(s))
NONCONVEX_BY_WIDTH(void sum(const Sum<float>& s), sumAll<bytes>(s))

/// Four outputs at a time.
using Four = Wide<double, 32>::Vector;
using FourInMemory = Wide<double, 32>::InMemory;

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

constexpr int eight = 8;  // rows of a block

/// Eight outputs of C columns, while the columns behind them are fetched.
template <int Bytes, int C>
inline __attribute__((always_inline)) void eightProducts(const double* x, std::ptrdiff_t stride, int rows,
                                                         const double* w, double* y) {
  using Vector = typename Wide<double, Bytes>::Vector;
  using InMemory = typename Wide<double, Bytes>::InMemory;
  constexpr int lanes = Wide<double, Bytes>::lanes, vectors = eight / lanes;
  Vector sums[C][vectors] = {};
  const auto add = [&](int row) __attribute__((always_inline)) {
    for (int v = 0; v < vectors; ++v) {
      const Vector part = *reinterpret_cast<const InMemory*>(w + row * eight + v * lanes);
      for (int c = 0; c < C; ++c) sums[c][v] += part * x[c * stride + row];
    }
  };
  int i = 0;
  for (; i + eight <= rows; i += eight) {
    for (int c = 0; c < C; ++c) __builtin_prefetch(x + (C + c) * stride + i);
    for (int u = i; u < i + eight; ++u) add(u);
  }
  for (; i < rows; ++i) add(i);
  for (int c = 0; c < C; ++c) {
    for (int v = 0; v < vectors; ++v) *reinterpret_cast<InMemory*>(y + c * eight + v * lanes) = sums[c][v];
  }
}

template <int Bytes>
inline __attribute__((always_inline)) void productsOfColumns(const Mat<const double>& x, const double* w, double* y) {
  constexpr int together = Bytes == 16 ? 2 : 6;
  int j = 0;
  for (; j + together <= x.cols; j += together) {
    eightProducts<Bytes, together>(x.column(j), x.stride, x.rows, w, y + j * eight);
  }
  for (; j < x.cols; ++j) eightProducts<Bytes, 1>(x.column(j), x.stride, x.rows, w, y + j * eight);
}

NONCONVEX_BY_WIDTH(void productsWithEight(const Mat<const double>& x, const double* w, double* y),
                   productsOfColumns<bytes>(x, w, y))

}  // namespace outer

void productsOfAll(const Mat<const double>& x, const double* w, double* y) { outer::productsWithEight(x, w, y); }

void sumOfOuterProducts(int count, const std::int32_t* list, const Mat<const double>& x, const Mat<const double>& t,
                        const Mat<double>& q) {
  outer::sum(outer::Sum<double>{count, list, x, t, q});
}
void sumOfOuterProducts(int count, const std::int32_t* list, const Mat<const float>& x, const Mat<const float>& t,
                        const Mat<double>& q) {
  outer::sum(outer::Sum<float>{count, list, x, t, q});
}

NONCONVEX_CLONES void productsOfListed(int count, const std::int32_t* list, const Mat<const double>& x,
                                       const Mat<const double>& w, const Mat<double>& y) {
  int j = 0;
  for (; j + 3 * outputsAtOnce <= w.rows; j += 3 * outputsAtOnce) outer::productsOf<3>(count, list, x, w, j, y);
  for (; j + 2 * outputsAtOnce <= w.rows; j += 2 * outputsAtOnce) outer::productsOf<2>(count, list, x, w, j, y);
  for (; j < w.rows; j += outputsAtOnce) outer::productsOf<1>(count, list, x, w, j, y);
}

}  // namespace nonconvex::loops
