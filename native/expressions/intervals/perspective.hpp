// The perspective of the entropy, x log(x / y) for x, y >= 0, which is convex in both together.
#pragma once

#include "core/interval.hpp"

namespace nonconvex {

/// slopeX x + slopeY y + intercept
struct Plane {
  double slopeX = 0, slopeY = 0, intercept = 0;
};

/// The plane alpha x - beta y below x log(x / y), beta = exp(alpha - 1) rounded up; it touches where x / y = beta.
Plane perspectiveBelow(double alpha);
/// The plane below x log(x / y) that touches at a point with x, y > 0.
Plane perspectiveBelowAt(double x, double y);
/// Contains x log(x / y) of all x and y >= 0 of two intervals; empty if there are none.
Interval perspectiveImage(Interval x, Interval y);

}  // namespace nonconvex
