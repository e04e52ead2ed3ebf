#include "linalg/loops.hpp"

#include "core/clones.hpp"

namespace nonconvex::loops {

NONCONVEX_CLONES void maskedAxpy(int n, double a, const double* m, const double* x, double* y) {
  for (int i = 0; i < n; ++i) y[i] += a * m[i] * x[i];
}

NONCONVEX_CLONES void mask(int n, const double* m, const double* x, double* y) {
  for (int i = 0; i < n; ++i) y[i] = m[i] * x[i];
}

NONCONVEX_CLONES bool anyNegative(int n, const double* m, const double* x, double a, const double* s) {
  long long negative = 0;
  for (int i = 0; i < n; ++i) negative |= ((2 * m[i] - 1) * x[i] + a * s[i] < 0) ? 1 : 0;
  return negative != 0;
}

NONCONVEX_CLONES void relax(int n, double a, const double* x, double b, const double* q, double* y) {
  for (int i = 0; i < n; ++i) y[i] += a * (x[i] - y[i] + b * q[i]);
}

NONCONVEX_CLONES void moments(int n, const double* a, const double* r, double* sums) {
  // Lanes of their own, so that the sums become vectors without leave to reorder additions.
  constexpr int lanes = 16;
  double a3r[lanes] = {};
  double a2r2[lanes] = {};
  double ar3[lanes] = {};
  int i = 0;
  for (; i + lanes <= n; i += lanes) {
    for (int k = 0; k < lanes; ++k) {
      const double p = a[i + k] * r[i + k];
      a3r[k] += a[i + k] * a[i + k] * p;
      a2r2[k] += p * p;
      ar3[k] += p * (r[i + k] * r[i + k]);
    }
  }
  for (int k = 0; i < n; ++i, ++k) {
    const double p = a[i] * r[i];
    a3r[k] += a[i] * a[i] * p;
    a2r2[k] += p * p;
    ar3[k] += p * (r[i] * r[i]);
  }
  sums[0] = sums[1] = sums[2] = 0;
  for (int k = 0; k < lanes; ++k) {
    sums[0] += a3r[k];
    sums[1] += a2r2[k];
    sums[2] += ar3[k];
  }
}

}  // namespace nonconvex::loops
