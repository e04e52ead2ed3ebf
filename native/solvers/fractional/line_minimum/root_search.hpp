// Quadratic denominators, quartic ones and their roots: the stationary points are roots of polynomials.
#pragma once

#include "solvers/fractional/line_minimum/line_functions.hpp"

namespace nonconvex::line_minimum {

/// Minimise N / g, each for g of the kind in its name; a constant is g = shift.
LineMinimum quadraticQuotient(const LineNumerator& n, const LineDenominator& g);
LineMinimum constantQuotient(const LineNumerator& n, const LineDenominator& g);
LineMinimum sqrtQuadraticQuotient(const LineNumerator& n, const LineDenominator& g);
LineMinimum sqrtQuarticQuotient(const LineNumerator& n, const LineDenominator& g);
LineMinimum rootQuarticQuotient(const LineNumerator& n, const LineDenominator& g);

/// Minimise N - s g, each for g of the kind in its name; a constant is g = shift.
LineMinimum quadraticDifference(const LineNumerator& n, const LineDenominator& g, double s);
LineMinimum constantDifference(const LineNumerator& n, const LineDenominator& g, double s);
LineMinimum sqrtQuadraticDifference(const LineNumerator& n, const LineDenominator& g, double s);

}  // namespace nonconvex::line_minimum
