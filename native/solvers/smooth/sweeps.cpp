#include "solvers/smooth/sweeps.hpp"

#include <cmath>

#include "core/multiversion.hpp"

namespace nonconvex::sweeps {
namespace {

#define ALWAYS       \
  template <class T> \
  __attribute__((always_inline)) inline

/// A sum in lanes of its own, so that its loop becomes vectors without a leave to reorder additions.
struct Lanes {
  struct Tuning {
    static constexpr int count = 16;  ///< measured: sums side by side
  };
  static constexpr int count = Tuning::count;
  double sums[count] = {};
  double total() const {
    double all = 0;
    for (const double sum : sums) all += sum;
    return all;
  }
};

/// The sum of term(i), whose loop may write.
template <class Term>
__attribute__((always_inline)) inline double sumOf(int n, const Term& term) {
  Lanes lanes;
  int i = 0;
  for (; i + Lanes::count <= n; i += Lanes::count) {
    for (int k = 0; k < Lanes::count; ++k) lanes.sums[k] += term(i + k);
  }
  for (int k = 0; i < n; ++i, ++k) lanes.sums[k] += term(i);
  return lanes.total();
}

ALWAYS double squaresOf(int n, const T* x) {
  return sumOf(
      n, [x](int i) __attribute__((always_inline)) { return static_cast<double>(x[i]) * x[i]; });
}

ALWAYS double dotOf(int n, const T* x, const T* y) {
  return sumOf(
      n, [ x, y ](int i) __attribute__((always_inline)) { return static_cast<double>(x[i]) * y[i]; });
}

ALWAYS double slopeOf(int n, const T* g, const T* x, const T* y) {
  return sumOf(
      n, [ g, x, y ](int i) __attribute__((always_inline)) { return static_cast<double>(g[i]) * (x[i] - y[i]); });
}

ALWAYS double gatherIn(int n, T keep, T take, const T* __restrict g, T* __restrict s) {
  return sumOf(
      n, [=](int i) __attribute__((always_inline)) {
        s[i] = keep * s[i] + take * g[i];
        return static_cast<double>(std::abs(s[i]));
      });
}

ALWAYS double moveBy(int n, T keep, T eta, const T* __restrict d, T* __restrict x, const T* __restrict origin) {
  return sumOf(
      n, [=](int i) __attribute__((always_inline)) {
        x[i] = keep * x[i] - eta * d[i];
        const auto apart = static_cast<double>(x[i] - origin[i]);
        return apart * apart;
      });
}

ALWAYS double apartOf(int n, const T* x, const T* y) {
  return sumOf(
      n, [ x, y ](int i) __attribute__((always_inline)) {
        const auto apart = static_cast<double>(x[i] - y[i]);
        return apart * apart;
      });
}

ALWAYS double moveBoth(int n, T eta, T both, const T* __restrict g, const T* __restrict p, T* __restrict y,
                       T* __restrict w, const T* __restrict origin) {
  return sumOf(
      n, [=](int i) __attribute__((always_inline)) {
        y[i] = p[i] - eta * g[i];
        w[i] -= both * g[i];
        const auto apart = static_cast<double>(w[i] - origin[i]);
        return apart * apart;
      });
}

}  // namespace

#define NONCONVEX_SWEEPS(T)                                                                                  \
  NONCONVEX_CLONES double squares(int n, const T* x) { return squaresOf(n, x); }                             \
  NONCONVEX_CLONES double dot(int n, const T* x, const T* y) { return dotOf(n, x, y); }                      \
  NONCONVEX_CLONES double slope(int n, const T* g, const T* x, const T* y) { return slopeOf(n, g, x, y); }   \
  NONCONVEX_CLONES double gather(int n, double keep, double take, const T* g, T* s) {                        \
    return gatherIn(n, static_cast<T>(keep), static_cast<T>(take), g, s);                                    \
  }                                                                                                          \
  NONCONVEX_CLONES double move(int n, double keep, double eta, const T* d, T* x, const T* origin) {          \
    return moveBy(n, static_cast<T>(keep), static_cast<T>(eta), d, x, origin);                               \
  }                                                                                                          \
  NONCONVEX_CLONES void shift(int n, double keep, double eta, const T* d, T* x) {                            \
    const auto f = static_cast<T>(keep), e = static_cast<T>(eta);                                            \
    for (int i = 0; i < n; ++i) x[i] = f * x[i] - e * d[i];                                                  \
  }                                                                                                          \
  NONCONVEX_CLONES double apart(int n, const T* x, const T* y) { return apartOf(n, x, y); }                  \
  NONCONVEX_CLONES double moveTwo(int n, double eta, double alpha, const T* g, const T* p, T* y, T* w,       \
                                  const T* origin) {                                                         \
    return moveBoth(n, static_cast<T>(eta), static_cast<T>(eta * alpha), g, p, y, w, origin);                \
  }                                                                                                          \
  NONCONVEX_CLONES void combine(int n, double a, const T* x, double b, const T* y, T* out) {                 \
    const auto f = static_cast<T>(a), g = static_cast<T>(b);                                                 \
    for (int i = 0; i < n; ++i) out[i] = f * x[i] + g * y[i];                                                \
  }                                                                                                          \
  NONCONVEX_CLONES void towards(int n, double share, const T* x, T* mean) {                                  \
    const auto s = static_cast<T>(share);                                                                    \
    for (int i = 0; i < n; ++i) mean[i] += s * (x[i] - mean[i]);                                             \
  }                                                                                                          \
  NONCONVEX_CLONES void average(int n, double b, const T* g, T* m) {                                         \
    const auto keep = static_cast<T>(b), take = static_cast<T>(1 - b);                                       \
    for (int i = 0; i < n; ++i) m[i] = keep * m[i] + take * g[i];                                            \
  }                                                                                                          \
  NONCONVEX_CLONES void averageSquares(int n, double b, const T* g, T* v) {                                  \
    const auto keep = static_cast<T>(b), take = static_cast<T>(1 - b);                                       \
    for (int i = 0; i < n; ++i) v[i] = keep * v[i] + take * g[i] * g[i];                                     \
  }                                                                                                          \
  NONCONVEX_CLONES void overRoots(int n, double a, const T* m, double b, const T* v, double epsilon, T* d) { \
    const auto f = static_cast<T>(a), g = static_cast<T>(b), e = static_cast<T>(epsilon);                    \
    for (int i = 0; i < n; ++i) d[i] = f * m[i] / (std::sqrt(g * v[i]) + e);                                 \
  }                                                                                                          \
  NONCONVEX_CLONES void scale(int n, double a, T* x) {                                                       \
    const auto f = static_cast<T>(a);                                                                        \
    for (int i = 0; i < n; ++i) x[i] *= f;                                                                   \
  }                                                                                                          \
  NONCONVEX_CLONES void times(int n, const T* x, const T* y, T* out) {                                       \
    for (int i = 0; i < n; ++i) out[i] = x[i] * y[i];                                                        \
  }

NONCONVEX_SWEEPS(float)
NONCONVEX_SWEEPS(double)

}  // namespace nonconvex::sweeps
