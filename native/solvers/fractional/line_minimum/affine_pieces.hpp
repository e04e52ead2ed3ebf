// Denominators that are maxima of affine pieces, or their squares.
#pragma once

#include "solvers/fractional/line_minimum/line_functions.hpp"

namespace nonconvex::line_minimum {

/// Minimises N / g for g of kind affineMax.
LineMinimum affineMaxQuotient(const LineNumerator& n, const LineDenominator& g);

/// Minimises N / g for g of kind affineMaxSquared.
LineMinimum affineMaxSquaredQuotient(const LineNumerator& n, const LineDenominator& g);

/// Minimises N - s g for g of kind affineMax.
LineMinimum affineMaxDifference(const LineNumerator& n, const LineDenominator& g, double s);

/// Minimises N - s g for g of kind affineMaxSquared with one piece.
LineMinimum affineSquaredDifference(const LineNumerator& n, const LineDenominator& g, double s);

}  // namespace nonconvex::line_minimum
