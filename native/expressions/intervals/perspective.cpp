#include "expressions/intervals/perspective.hpp"

#include <cmath>
#include <numbers>

#include "expressions/intervals/profile.hpp"

namespace nonconvex {
namespace {

/// Contains x log(x / y) at a point; the limit where an argument is 0 or infinite.
Interval perspectiveAt(double x, double y) {
  if (x == 0) return {0, 0};
  if (y == 0) return outward::point(infinity);
  if (std::isinf(y)) return std::isinf(x) ? outward::everything : outward::point(-infinity);
  if (std::isinf(x)) return outward::point(infinity);
  const double ratio = x / y;
  if (!(ratio >= std::numeric_limits<double>::min() && ratio < infinity)) return outward::everything;
  // The quotient's rounding is an absolute error of its logarithm.
  const double logarithm = std::log(ratio), error = intervals::Tuning::slack * (1 + std::abs(logarithm));
  return outward::multiply(outward::point(x), {logarithm - error, logarithm + error});
}

}  // namespace

Plane perspectiveBelow(double alpha) {
  const double power = std::exp(outward::above(alpha - 1));
  return {alpha, -(power + intervals::Tuning::slack * power + std::numeric_limits<double>::denorm_min()), 0};
}

Plane perspectiveBelowAt(double x, double y) { return perspectiveBelow(1 + std::log(x / y)); }

Interval perspectiveImage(Interval x, Interval y) {
  x = intersection(x, {0, infinity});
  y = intersection(y, {0, infinity});
  if (x.isEmpty() || y.isEmpty()) return outward::nothing;
  const double high = std::max(perspectiveAt(x.low, y.low).high, perspectiveAt(x.high, y.low).high);
  // The function falls in y, and in x up to y / e.
  const double turn = y.high / std::numbers::e;
  const double near = intervals::Tuning::slack * turn;
  double low;
  if (x.high < turn - near) {
    low = perspectiveAt(x.high, y.high).low;
  } else if (x.low > turn + near) {
    low = perspectiveAt(x.low, y.high).low;
  } else {
    low = -outward::above(outward::above(turn));
  }
  return {low, high};
}

}  // namespace nonconvex
