// Elementary functions that losses are written with: those of the standard library, or those of vectorised loops.
#pragma once

#include <cmath>

#include "linalg/vector_math.hpp"

namespace nonconvex {

/// Correctly rounded as far as the standard library is: for one number at a time.
struct StandardMath {
  NONCONVEX_ALWAYS_INLINE static double exp(double x) { return std::exp(x); }
  NONCONVEX_ALWAYS_INLINE static double log1p(double x) { return std::log1p(x); }
  NONCONVEX_ALWAYS_INLINE static double quotient(double a, double b) { return a / b; }
};

/// Functions of vectorised loops over many rows. Quotients with the same divisor share its reciprocal.
struct VectorMath {
  NONCONVEX_ALWAYS_INLINE static double exp(double x) { return vectorExp(x); }
  /// log(1 + x) for 0 <= x <= 1.
  NONCONVEX_ALWAYS_INLINE static double log1p(double x) { return vectorLog1p(x); }
  NONCONVEX_ALWAYS_INLINE static double quotient(double a, double b) { return a * (1 / b); }
};

}  // namespace nonconvex
