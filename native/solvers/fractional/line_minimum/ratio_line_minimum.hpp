// Exact minimisers of (N - s g) and of N / g along one coordinate: the one-dimensional problems of coordinate descent
// for fractional programs (G. Yuan, "Coordinate Descent Methods for Fractional Minimization", ICML 2023, sections 3 and
// 4).
#pragma once

#include "solvers/fractional/line_minimum/line_functions.hpp"
#include "solvers/fractional/line_minimum/stationary_points.hpp"

namespace nonconvex {

/// Global minimiser of N(t) / g(t) over the t in bounds with g(t) > 0. Needs N >= 0 and g(0) > 0. A square of affine
/// pieces (affineMaxSquared, not symmetric) counts only where their maximum is positive. rootQuartic needs shift = 0.
LineMinimum minimizeQuotient(const LineNumerator& numerator, const LineDenominator& denominator);

/// Global minimiser of N(t) - s g(t) over the t in bounds; s >= 0. Not for affineMaxSquared with several pieces,
/// sqrtQuartic and rootQuartic.
LineMinimum minimizeDifference(const LineNumerator& numerator, const LineDenominator& denominator, double s);

}  // namespace nonconvex
