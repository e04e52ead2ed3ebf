#include "problems/glm/row_losses.hpp"

#include <algorithm>

#include "core/multiversion.hpp"

namespace nonconvex {
namespace {

template <class Loss>
__attribute__((always_inline)) inline void evaluateRows(int count, const double* __restrict t,
                                                        const double* __restrict y, double* __restrict losses,
                                                        double* __restrict first, double* __restrict second) {
  for (int i = 0; i < count; ++i) {
    const Expansion row = Loss::template at<VectorMath>(t[i], y[i]);
    losses[i] = row.value;
    first[i] = row.derivative;
    second[i] = row.curvature;
  }
}

/// Loss, first and second derivative of each row.
NONCONVEX_CLONES void evaluate(GlmFamily family, int count, const double* __restrict t, const double* __restrict y,
                               double* __restrict losses, double* __restrict first, double* __restrict second) {
  visitLoss(
      family, [&]<class Loss>()
                  __attribute__((always_inline)) { evaluateRows<Loss>(count, t, y, losses, first, second); });
}

/// Returns the sum of the weighted losses; weighs the derivatives.
NONCONVEX_CLONES double weigh(int count, const double* __restrict weights, const double* __restrict losses,
                              double* __restrict first, double* __restrict second) {
  constexpr int lanes = 16;  // partial sums, so that the loop becomes vectors
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
  double sum = 0;
  for (int i = 0; i < count; i += most) {
    const int size = std::min(most, count - i);
    evaluate(family, size, t + i, y + i, losses, first + i, second + i);
    sum += weigh(size, weights + i, losses, first + i, second + i);
  }
  return sum;
}

}  // namespace nonconvex
