// Intervals of real numbers, and their arithmetic with outward rounding.
//
// R. E. Moore, R. B. Kearfott, M. J. Cloud, "Introduction to Interval Analysis", 2009.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/numbers.hpp"

namespace nonconvex {

/// All numbers from `low` to `high`.
struct Interval {
  double low = -infinity;
  double high = infinity;

  bool within(double least, double most) const { return low >= least && high <= most; }
  bool contains(double value) const { return low <= value && value <= high; }
  bool isPoint() const { return low == high; }
  /// True if there is no number from low to high.
  bool isEmpty() const { return !(low <= high); }
};

/// The numbers of both.
inline Interval intersection(Interval a, Interval b) { return {std::max(a.low, b.low), std::min(a.high, b.high)}; }
/// The least interval that contains both.
inline Interval hull(Interval a, Interval b) { return {std::min(a.low, b.low), std::max(a.high, b.high)}; }

/// Arithmetic whose results contain all results of numbers in the operands, in exact arithmetic. Results are rounded
/// outward by a unit in the last place, in the default rounding mode. An endpoint that is infinite is not attained, so
/// 0 times infinity is 0. No operand may be empty.
namespace outward {

/// A number below the exact result of an operation that was rounded to `value`.
/// S. M. Rump, T. Ogita, Y. Morikura, S. Oishi, "Interval arithmetic with fixed rounding mode", NOLTA 7, 2016.
inline double below(double value) {
  constexpr double largest = std::numeric_limits<double>::max();
  if (value == -infinity) return value;
  if (value == infinity) return largest;
  constexpr double unit = machineEpsilon / 2 * (1 + machineEpsilon);
  return value - (unit * std::abs(value) + std::numeric_limits<double>::denorm_min());
}
/// A number above the exact result of an operation that was rounded to `value`.
inline double above(double value) { return -below(-value); }

inline constexpr Interval everything = {};
inline constexpr Interval nothing = {infinity, -infinity};

inline Interval point(double value) { return {value, value}; }

/// All numbers within `error` of `value`; the value itself where the error is 0.
inline Interval around(double value, double error) {
  return error == 0 ? point(value) : Interval{below(value - error), above(value + error)};
}

inline Interval negate(Interval a) { return {-a.high, -a.low}; }
/// Bounds of a + b; the sum with 0 is exact.
inline double sumBelow(double a, double b) { return a == 0 ? b : b == 0 ? a : below(a + b); }
inline double sumAbove(double a, double b) { return -sumBelow(-a, -b); }
/// Bounds of a b; the product with 0 is exact, also of an endpoint that is infinite.
inline double productBelow(double a, double b) { return a == 0 || b == 0 ? 0 : below(a * b); }
inline double productAbove(double a, double b) { return a == 0 || b == 0 ? 0 : above(a * b); }

inline Interval add(Interval a, Interval b) { return {sumBelow(a.low, b.low), sumAbove(a.high, b.high)}; }
inline Interval subtract(Interval a, Interval b) { return add(a, negate(b)); }
inline Interval multiply(Interval a, Interval b) {
  return {std::min(std::min(productBelow(a.low, b.low), productBelow(a.low, b.high)),
                   std::min(productBelow(a.high, b.low), productBelow(a.high, b.high))),
          std::max(std::max(productAbove(a.low, b.low), productAbove(a.low, b.high)),
                   std::max(productAbove(a.high, b.low), productAbove(a.high, b.high)))};
}
inline Interval multiply(double factor, Interval a) { return multiply(point(factor), a); }
/// a^2 for the same number a on both sides.
inline Interval square(Interval a) {
  const double most = std::max(std::abs(a.low), std::abs(a.high));
  const double least = a.contains(0) ? 0 : std::min(std::abs(a.low), std::abs(a.high));
  return {std::max(0.0, below(least * least)), above(most * most)};
}
/// 1 / a. Everything where 0 is inside of a; where 0 is an endpoint, the other numbers count.
inline Interval reciprocal(Interval a) {
  if (a.low < 0 && a.high > 0) return everything;
  if (a.low == 0 && a.high == 0) return nothing;
  const double low = a.high == 0 ? -infinity : below(1 / a.high);
  const double high = a.low == 0 ? infinity : above(1 / a.low);
  return {a.low >= 0 ? std::max(0.0, low) : low, a.high <= 0 ? std::min(0.0, high) : high};
}
/// All numbers z with z b = a for a number of `a` and one of `b` that is not 0; everything where both contain 0.
inline Interval divide(Interval a, Interval b) {
  if (b.contains(0) && a.contains(0)) return everything;
  if (b.low == 0 && b.high == 0) return nothing;
  if (b.low < 0 && b.high > 0) return everything;
  const auto end = [](double x, double y) { return std::isinf(x) && std::isinf(y) ? 0.0 : x / y; };
  if (b.low == 0)
    return a.low > 0 ? Interval{std::max(0.0, below(end(a.low, b.high))), infinity}
                     : Interval{-infinity, std::min(0.0, above(end(a.high, b.high)))};
  if (b.high == 0)
    return a.low > 0 ? Interval{-infinity, std::min(0.0, above(end(a.low, b.low)))}
                     : Interval{std::max(0.0, below(end(a.high, b.low))), infinity};
  const double ends[] = {end(a.low, b.low), end(a.low, b.high), end(a.high, b.low), end(a.high, b.high)};
  return {below(std::min(std::min(ends[0], ends[1]), std::min(ends[2], ends[3]))),
          above(std::max(std::max(ends[0], ends[1]), std::max(ends[2], ends[3])))};
}
/// The square roots of the numbers >= 0 of a; nothing where there are none.
inline Interval sqrt(Interval a) {
  if (a.high < 0) return nothing;
  return {a.low <= 0 ? 0.0 : std::max(0.0, below(std::sqrt(a.low))), above(std::sqrt(a.high))};
}

}  // namespace outward
}  // namespace nonconvex
