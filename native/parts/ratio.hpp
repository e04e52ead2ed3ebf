// Exact minimisers of (N - s g) and of N / g along one coordinate: the one-dimensional problems of coordinate descent
// for fractional programs (G. Yuan, "Coordinate Descent Methods for Fractional Minimization", ICML 2023, sections 3 and
// 4).
//
// All take a step t; u = x + t is the coordinate's new value.
#pragma once

#include <limits>

namespace nonconvex {

/// N(t) = a/2 t^2 + b t + c + l1 |u| + l1Squared (rest + |u|)^2 for u = x + t in [lower, upper], infinite elsewhere.
/// a >= 0, l1 >= 0, l1Squared >= 0, rest >= 0, lower <= x <= upper.
struct NumeratorAlong {
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
class ConcaveAlong {
 public:
  virtual ~ConcaveAlong() = default;
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
struct DenominatorAlong {
  enum class Kind { none, affineMax, affineMaxSquared, quadratic, sqrtQuadratic, sqrtQuartic, rootQuartic, concave };
  Kind kind = Kind::none;
  double scale = 1;
  double shift = 0;
  int pieces = 0;
  bool symmetric = false;
  const double* phi = nullptr;
  const double* gamma = nullptr;
  double q[5] = {0, 0, 0, 0, 0};
  const ConcaveAlong* concave = nullptr;

  double operator()(double t) const;
};

/// The best step found and the function's value there. t = 0 is kept unless another step is strictly better.
/// An infimum that is only approached has t = +-infinity and the limit as value (-infinity where there is none).
struct MinimumAlong {
  double t = 0;
  double value = 0;
};

/// Global minimiser of N(t) / g(t) over the t in bounds with g(t) > 0. Needs N >= 0 and g(0) > 0. A square of affine
/// pieces (affineMaxSquared, not symmetric, one piece) counts only where the piece is positive.
MinimumAlong minimizeQuotient(const NumeratorAlong& numerator, const DenominatorAlong& denominator);

/// Global minimiser of N(t) - s g(t) over the t in bounds; s >= 0. Not for affineMaxSquared with several pieces,
/// sqrtQuartic and rootQuartic.
MinimumAlong minimizeDifference(const NumeratorAlong& numerator, const DenominatorAlong& denominator, double s);

}  // namespace nonconvex
