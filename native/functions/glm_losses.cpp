#include "functions/glm_losses.hpp"

#include <algorithm>

#include "core/multiversion.hpp"
#include "functions/glm_rows.hpp"

namespace nonconvex {
namespace {

// Each row's loss, first and second derivative.
#define NONCONVEX_LOSS(family)                                                                                   \
  NONCONVEX_CLONES void family(int count, const double* __restrict t, const double* __restrict y,                \
                               double* __restrict losses, double* __restrict first, double* __restrict second) { \
    for (int i = 0; i < count; ++i) {                                                                            \
      const glm_rows::Row row = glm_rows::family(t[i], y[i]);                                                    \
      losses[i] = row.loss;                                                                                      \
      first[i] = row.first;                                                                                      \
      second[i] = row.second;                                                                                    \
    }                                                                                                            \
  }
NONCONVEX_LOSS(logistic)
NONCONVEX_LOSS(squared)
NONCONVEX_LOSS(poisson)
NONCONVEX_LOSS(gamma)
#undef NONCONVEX_LOSS

NONCONVEX_CLONES double weigh(int count, const double* __restrict weights, const double* __restrict losses,
                              double* __restrict first, double* __restrict second) {
  constexpr int lanes = 16;  // of their own, so that the sums become vectors
  double sums[lanes] = {};
  int i = 0;
  for (; i + lanes <= count; i += lanes) {
    for (int k = 0; k < lanes; ++k) {
      sums[k] += weights[i + k] * losses[i + k];
      first[i + k] *= weights[i + k];
      second[i + k] *= weights[i + k];
    }
  }
  for (int k = 0; i < count; ++i, ++k) {
    sums[k] += weights[i] * losses[i];
    first[i] *= weights[i];
    second[i] *= weights[i];
  }
  double sum = 0;
  for (const double each : sums) sum += each;
  return sum;
}

}  // namespace

double glmLosses(GlmFamily family, int count, const double* t, const double* y, const double* weights, double* first,
                 double* second) {
  constexpr int most = 256;
  double losses[most];
  const auto each = [&] {
    switch (family) {
      case GlmFamily::logistic:
        return logistic;
      case GlmFamily::squared:
        return squared;
      case GlmFamily::poisson:
        return poisson;
      default:
        return gamma;
    }
  }();
  double sum = 0;
  for (int i = 0; i < count; i += most) {
    const int size = std::min(most, count - i);
    each(size, t + i, y + i, losses, first + i, second + i);
    sum += weigh(size, weights + i, losses, first + i, second + i);
  }
  return sum;
}

}  // namespace nonconvex
