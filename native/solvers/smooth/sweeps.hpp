// Loops over all numbers of x, of which a step has a few: each reads and writes what it needs at once. In either
// precision; sums in double.
#pragma once

namespace nonconvex::sweeps {

#define NONCONVEX_SWEEPS(T)                                                                             \
  /* sum_i x_i^2 */                                                                                     \
  double squares(int n, const T* x);                                                                    \
  double dot(int n, const T* x, const T* y);                                                            \
  /* sum_i g_i (x_i - y_i) */                                                                           \
  double slope(int n, const T* g, const T* x, const T* y);                                              \
  /* s := keep s + take g; returns sum_i |s_i| */                                                       \
  double gather(int n, double keep, double take, const T* g, T* s);                                     \
  /* x := keep x - eta d; returns ||x - origin||^2 */                                                   \
  double move(int n, double keep, double eta, const T* d, T* x, const T* origin);                       \
  /* x := keep x - eta d */                                                                             \
  void shift(int n, double keep, double eta, const T* d, T* x);                                         \
  /* ||x - y||^2 */                                                                                     \
  double apart(int n, const T* x, const T* y);                                                          \
  /* y := p - eta g, w := w - eta alpha g; returns ||w - origin||^2 */                                  \
  double moveTwo(int n, double eta, double alpha, const T* g, const T* p, T* y, T* w, const T* origin); \
  /* out := a x + b y */                                                                                \
  void combine(int n, double a, const T* x, double b, const T* y, T* out);                              \
  /* mean := mean + share (x - mean) */                                                                 \
  void towards(int n, double share, const T* x, T* mean);                                               \
  /* m := b m + (1 - b) g */                                                                            \
  void average(int n, double b, const T* g, T* m);                                                      \
  /* v := b v + (1 - b) g^2 */                                                                          \
  void averageSquares(int n, double b, const T* g, T* v);                                               \
  /* d := a m / (sqrt(b v) + epsilon) */                                                                \
  void overRoots(int n, double a, const T* m, double b, const T* v, double epsilon, T* d);              \
  /* x := a x */                                                                                        \
  void scale(int n, double a, T* x);                                                                    \
  /* out := x y, entry by entry */                                                                      \
  void times(int n, const T* x, const T* y, T* out);

NONCONVEX_SWEEPS(float)
NONCONVEX_SWEEPS(double)
#undef NONCONVEX_SWEEPS

}  // namespace nonconvex::sweeps
