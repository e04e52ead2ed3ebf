// Exact minimisers of (N - s g) and of N / g along one coordinate: the one-dimensional problems of coordinate descent
// for fractional programs (G. Yuan, "Coordinate Descent Methods for Fractional Minimization", ICML 2023, sections 3 and
// 4).
//
// All take a step t; u = x + t is the coordinate's new value.
#pragma once

#include <cmath>
#include <limits>

namespace nonconvex {

/// N(t) = a/2 t^2 + b t + c + l1 |u| + l1Squared (rest + |u|)^2 for u = x + t in [lower, upper], infinite elsewhere.
/// a >= 0, l1 >= 0, l1Squared >= 0, rest >= 0, lower <= x <= upper.
struct LineNumerator {
  double a = 0;
  double b = 0;
  double c = 0;
  double x = 0;
  double l1 = 0;
  double l1Squared = 0;
  double rest = 0;
  double lower = -std::numeric_limits<double>::infinity();
  double upper = std::numeric_limits<double>::infinity();

  /// N(t), without regard to the bounds.
  double operator()(double t) const;
};

/// A separable concave term along one coordinate: what is added to `rest` of the others.
class LineConcave {
 public:
  virtual ~LineConcave() = default;
  struct Value {
    double value;
    double derivative;
  };
  /// g(t) and g'(t); g(t) is not a number outside the domain.
  virtual Value at(double t) const = 0;
};

/// g(t) = scale G(t) + shift, scale > 0, with G by kind:
///   affineMax         max_k (phi_k t + gamma_k), and over -(phi_k t + gamma_k) too if symmetric
///   affineMaxSquared  the square of that
///   quadratic         q2 t^2 + q1 t + q0
///   sqrtQuadratic     the square root of that
///   sqrtQuartic       (q4 t^4 + ... + q0)^(1/2)
///   rootQuartic       (q4 t^4 + ... + q0)^(1/4)
///   concave           *concave (scale and shift are 1 and 0)
///   none              0
struct LineDenominator {
  enum class Kind { none, affineMax, affineMaxSquared, quadratic, sqrtQuadratic, sqrtQuartic, rootQuartic, concave };
  Kind kind = Kind::none;
  double scale = 1;
  double shift = 0;
  int pieces = 0;
  bool symmetric = false;
  const double* phi = nullptr;
  const double* gamma = nullptr;
  double q[5] = {0, 0, 0, 0, 0};
  const LineConcave* concave = nullptr;

  double operator()(double t) const;
};

/// The best step found and the function's value there. t = 0 is kept unless another step is strictly better.
/// An infimum that is only approached has t = +-infinity and the limit as value (-infinity where there is none).
/// Candidate steps to a bound are bound - x, so x + t may pass the bound by a rounding: whoever moves clamps.
struct LineMinimum {
  double t = 0;
  double value = 0;
};

/// Global minimiser of N(t) / g(t) over the t in bounds with g(t) > 0. Needs N >= 0 and g(0) > 0. A square of affine
/// pieces (affineMaxSquared, not symmetric) counts only where their maximum is positive. rootQuartic needs shift = 0.
LineMinimum minimizeQuotient(const LineNumerator& numerator, const LineDenominator& denominator);

/// Global minimiser of N(t) - s g(t) over the t in bounds; s >= 0. Not for affineMaxSquared with several pieces,
/// sqrtQuartic and rootQuartic.
LineMinimum minimizeDifference(const LineNumerator& numerator, const LineDenominator& denominator, double s);

// The kernels, as free functions. A numerator's smooth piece is N(t) = a/2 t^2 + b t + c; t, phi, gamma, q as above.
// They return stationary points, which may lie outside the bounds or where g <= 0, and infinity or NaN where there is
// none.

struct QuadraticPiece {
  double a = 0;
  double b = 0;
  double c = 0;

  double operator()(double t) const { return (a / 2 * t + b) * t + c; }
};

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
int quadraticQuotientSteps(const QuadraticPiece& n, const double* q, double* steps);
int sqrtQuadraticQuotientSteps(const QuadraticPiece& n, const double* q, double* steps);
int sqrtQuarticQuotientSteps(const QuadraticPiece& n, const double* q, double* steps);
/// Finds for N over the square root of a quartic P, without bounds, the stationary point next to 0, or 0 if that is as
/// good; returns whether it is proven to be the minimiser. N^2 - v^2 P, with v the value at a stationary point, has a
/// double root there. The parabola that is left after division by it is positive if and only if no point is as good,
/// nor infinity.
bool provenSqrtQuarticQuotientStep(const QuadraticPiece& n, const double* q, double& t);
/// Stationary points of N / g for the fourth root of a quartic; at most 5, returns how many.
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
