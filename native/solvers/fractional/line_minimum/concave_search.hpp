// K9: concave denominators, of which only values and derivatives are known.
#pragma once

#include "solvers/fractional/line_minimum/line_functions.hpp"

namespace nonconvex::line_minimum {

/// Minimises N / g by the change of sign of N' g - N g'.
LineMinimum concaveQuotient(const LineNumerator& n, const LineConcave& g);

/// Minimises N - s g by the change of sign of N' - s g'.
LineMinimum concaveDifference(const LineNumerator& n, const LineConcave& g, double s);

}  // namespace nonconvex::line_minimum
