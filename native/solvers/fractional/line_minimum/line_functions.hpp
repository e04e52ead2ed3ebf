// The functions of a step t along one coordinate: the numerator N, the denominator g, and what a minimum is. u = x + t
// is the coordinate's new value.
#pragma once

#include <cmath>
#include <limits>

#include "functions/penalties.hpp"

namespace nonconvex {

/// N(t) = a/2 t^2 + b t + c + l1 |u| + weight (rest + |u|)^2 for u = x + t in [lower, upper], infinite elsewhere, with
/// the weight of l1Squared. a >= 0, l1 >= 0, weight >= 0, rest >= 0, lower <= x <= upper.
struct LineNumerator {
  double a = 0;
  double b = 0;
  double c = 0;
  double x = 0;
  double l1 = 0;
  penalties::SquaredL1 l1Squared = {0};
  double rest = 0;
  double lower = -std::numeric_limits<double>::infinity();
  double upper = std::numeric_limits<double>::infinity();

  /// N(t), without regard to the bounds.
  double operator()(double t) const {
    const double size = std::abs(x + t);
    return (a / 2 * t + b) * t + c + l1 * size + l1Squared.ofNorm(rest + size);
  }
};

/// A separable concave term along one coordinate; its value includes what the other coordinates add.
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
///   affineMaxSquared  the square of affineMax
///   quadratic         q2 t^2 + q1 t + q0
///   sqrtQuadratic     (q2 t^2 + q1 t + q0)^(1/2)
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

  /// g(t); defined in line_denominators.cpp.
  double operator()(double t) const;
};

/// a/2 t^2 + b t + c: N where |u| is smooth, on one side of u = 0.
struct QuadraticPiece {
  double a = 0;
  double b = 0;
  double c = 0;

  double operator()(double t) const { return (a / 2 * t + b) * t + c; }
};

/// The best step found and the function's value there. t = 0 is kept unless another step is strictly better.
/// An infimum that is only approached has t = +-infinity and the limit as value (-infinity if unbounded below).
/// Candidate steps to a bound are bound - x, so x + t may pass the bound by a rounding: the caller clamps it.
struct LineMinimum {
  double t = 0;
  double value = 0;
};

}  // namespace nonconvex
