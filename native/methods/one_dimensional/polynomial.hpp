// Real roots of polynomials of low degree, in closed form where that is accurate and by bracketing where it is not.
//
// Coefficients are given by power: c[k] is that of t^k. Every function writes the real roots it finds to `roots`, at
// most `degree` of them and in no particular order, and returns their number. Leading coefficients may be zero. A
// double root is reported once or twice. Nothing here allocates.
#pragma once

#include <cmath>

namespace nonconvex {

/// definition: the highest degree that realRoots takes, as its arrays are.
constexpr int mostDegree = 8;

/// c[0] + c[1] t + ... + c[degree] t^degree.
inline double polynomialAt(int degree, const double* c, double t) {
  double p = c[degree];
  for (int k = degree - 1; k >= 0; --k) p = p * t + c[k];
  return p;
}

/// c2 t^2 + c1 t + c0 = 0, without cancellation between -c1 and the root of the discriminant.
int quadraticRoots(double c2, double c1, double c0, double* roots);

/// One root by Newton's method from outside, the others from the quadratic that is left; all polished.
int cubicRoots(const double* c, double* roots);

/// Ferrari's factors, from the largest root of the resolvent cubic, polished by Newton's method. It is fast where the
/// variable is scaled so that most roots are of order 1; where the factors do not reproduce the coefficients, or a
/// discriminant is too close to zero to tell, the answer is that of realRoots.
int quarticRoots(const double* c, double* roots);

/// All real roots for degree <= mostDegree: one in each interval between roots of the derivative where the sign
/// changes, by safeguarded Newton steps; a root of the derivative where the value is zero to rounding is one too. Any
/// scale of coefficients and roots will do.
int realRoots(int degree, const double* c, double* roots);

}  // namespace nonconvex
