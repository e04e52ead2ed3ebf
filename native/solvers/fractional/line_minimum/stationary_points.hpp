// The kernels K1 to K8: formulas for the stationary points of N / g and of N - s g, with N(t) = a/2 t^2 + b t + c.
//
// They return stationary points, which may lie outside the bounds or where g <= 0, and infinity or NaN where there is
// none. q, phi and gamma are those of LineDenominator.
#pragma once

#include <cmath>

#include "methods/one_dimensional/polynomial.hpp"
#include "solvers/fractional/line_minimum/line_functions.hpp"

namespace nonconvex {

/// K1: the minimiser of N / w over w = phi t + gamma > 0.
inline double affineQuotientStep(const QuadraticPiece& n, double phi, double gamma) {
  // w^2 at the minimiser is 2 phi^2 N(-gamma / phi) / a; times a^2, without the division:
  const double aw2 = (n.a * gamma - 2 * n.b * phi) * gamma + 2 * n.c * phi * phi;
  const double aw = std::sqrt(n.a * (aw2 > 0 ? aw2 : 0));
  const double over = gamma >= 0 ? 2 * (n.c * phi - n.b * gamma) : aw - n.a * gamma;
  const double under = gamma >= 0 ? aw + n.a * gamma : n.a * phi;
  return over / under;
}

/// K2: the stationary point of N / w^2, w = phi t + gamma. It is the minimiser over its side of w = 0.
inline double affineSquaredQuotientStep(const QuadraticPiece& n, double phi, double gamma) {
  return (2 * n.c * phi - n.b * gamma) / (n.a * gamma - n.b * phi);
}

/// K3, K4, K5: the stationary points of N / g for g = q2 t^2 + q1 t + q0, its square root, and the square root of a
/// quartic. At most 2, 3 and 4; returns how many.
inline int quadraticQuotientSteps(const QuadraticPiece& n, const double* q, double* steps) {
  return quadraticRoots(n.a / 2 * q[1] - q[2] * n.b, n.a * q[0] - 2 * q[2] * n.c, n.b * q[0] - q[1] * n.c, steps);
}
int sqrtQuadraticQuotientSteps(const QuadraticPiece& n, const double* q, double* steps);
int sqrtQuarticQuotientSteps(const QuadraticPiece& n, const double* q, double* steps);
/// Finds for N over the square root of a quartic P, without bounds, the stationary point next to 0, or 0 if that is as
/// good; returns whether it is proven to be the minimiser. N^2 - v^2 P, with v the value at a stationary point, has a
/// double root there. The parabola that is left after division by it is positive if and only if no point is as good,
/// nor infinity.
bool provenSqrtQuarticQuotientStep(const QuadraticPiece& n, const double* q, double& t);
/// The stationary points of N / g for g the fourth root of a quartic; at most 5, returns how many.
int rootQuarticQuotientSteps(const QuadraticPiece& n, const double* q, double* steps);

/// K6: the minimiser of N - s (phi t + gamma).
inline double affineDifferenceStep(const QuadraticPiece& n, double phi, double s) { return (s * phi - n.b) / n.a; }

/// K7: the stationary point of N - s (q2 t^2 + q1 t + q0), a minimiser where a > 2 s q2.
inline double quadraticDifferenceStep(const QuadraticPiece& n, const double* q, double s) {
  return (s * q[1] - n.b) / (n.a - 2 * s * q[2]);
}

/// K8: the stationary points of N - s g among other points, for g the square root of a quadratic (at most 4) or of a
/// quartic (at most 6).
int sqrtQuadraticDifferenceSteps(const QuadraticPiece& n, const double* q, double s, double* steps);
int sqrtQuarticDifferenceSteps(const QuadraticPiece& n, const double* q, double s, double* steps);

}  // namespace nonconvex
