// Step lengths by the weak conditions of Wolfe.
#pragma once

#include <span>

#include "methods/descent/descent.hpp"

namespace nonconvex {

struct WolfeRule {
  double decrease = 1e-4;  ///< share of the decrease promised by the slope
  double curvature = 0.9;  ///< share of the slope that may be left; infinity: it is not asked for
  double longest = 1e10;   ///< no step is tried beyond
};

/// Looks for a step t from `first` on, by bisection once it is bracketed and doubling before (Lewis and Overton,
/// "Nonsmooth optimization via quasi-Newton methods", Mathematical Programming 141, 2013, algorithm 2.6). Where the
/// values differ by no more than rounding, the slope decides (Hager and Zhang, "A new conjugate gradient method with
/// guaranteed descent and an efficient line search", SIAM J. Optim. 16, 2005, (4.1)). Where a step leaves a box, the
/// nearest point in there is tried, and taken if f is as much lower as the slope on the way to it promises. Returns the
/// length, 0 if there is none, and leaves the point with its derivatives in `trial`.
double wolfeSearch(const DescentSetting& of, const NlpPoint& point, std::span<const double> direction, double first,
                   const WolfeRule& rule, NlpPoint& trial);

}  // namespace nonconvex
