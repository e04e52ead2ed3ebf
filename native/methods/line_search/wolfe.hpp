// Step lengths by the weak conditions of Wolfe.
#pragma once

#include <algorithm>
#include <cmath>
#include <concepts>

#include "core/numbers.hpp"
#include "methods/line_search/armijo.hpp"

namespace nonconvex {

/// A function of one number t >= 0. `value(t)` goes to t, and is not finite where the function is not defined;
/// `slope()` is the derivative at the last t, NaN where f has no derivative.
template <class L>
concept Line = requires(L& line, double t) {
  { line.value(t) } -> std::convertible_to<double>;
  { line.slope() } -> std::convertible_to<double>;
};

/// A line whose points may be moved, as into a box. `moved()` tells whether the last point was; then `promised()` is
/// the decrease to first order from the beginning to that point, a negative number, and `slope()` is the derivative at
/// that point along the way from the beginning, divided by t.
template <class L>
concept BentLine = Line<L> && requires(L& line) {
  { line.moved() } -> std::convertible_to<bool>;
  { line.promised() } -> std::convertible_to<double>;
};

struct WolfeSettings {
  double first = 1;        ///< the length that is tried first
  double decrease = 1e-4;  ///< share of the decrease promised by the slope
  double curvature = 0.9;  ///< share of the slope that may be left; infinity: any
  double longest = 1e10;   ///< no longer step is tried
  double rounding = 0;     ///< differences of values for which slopes decide
  int mostTrials = 60;     ///< safeguard: bisection ends by rounding before
};

/// How much the last digits of a value of this size say nothing of it, the sum of several terms.
inline double roundingOf(double value) { return 10 * machineEpsilon * std::max(1.0, std::abs(value)); }

/// Looks for a step from `first` on, by bisection once it is bracketed and doubling before: A. S. Lewis, M. L. Overton,
/// "Nonsmooth optimization via quasi-Newton methods", Mathematical Programming 141, 2013, algorithm 2.6, which ends at
/// kinks too. A point that was moved is taken if f is as much lower as promised. `value` and `slope` are those at 0.
/// Returns the length, the last one that the line was asked for with its slope, or 0 if there is none.
template <Line L>
double wolfe(L& line, double value, double slope, const WolfeSettings& settings) {
  if (!(slope < 0)) return 0;
  double low = 0, high = infinity;
  double t = std::min(settings.first, settings.longest);
  for (int k = 0; k < settings.mostTrials; ++k) {
    const double there = line.value(t);
    bool moved = false;
    double promised = t * slope;
    if constexpr (BentLine<L>) {
      moved = line.moved();
      if (moved) promised = line.promised();
    }
    const bool defined = std::isfinite(there);
    const bool falls = defined && there <= value + settings.decrease * std::min(promised, 0.0);
    const double slopeThere = falls || (defined && there <= value + settings.rounding) ? line.slope() : infinity;
    if (!(falls ? !std::isnan(slopeThere) : slopeThere <= (2 * settings.decrease - 1) * promised / t)) {
      high = t;
    } else if (moved || slopeThere >= settings.curvature * slope || t >= settings.longest) {
      return t;
    } else {
      low = t;
    }
    // A step that leaves the domain is cut by more than one that is too long.
    t = high == infinity ? std::min(2 * t, settings.longest) : defined ? (low + high) / 2 : low + (high - low) / 8;
    if (high < infinity && !(high - low > machineEpsilon * high)) break;
  }
  if (low == 0) return 0;
  // This step makes f smaller, though the slope there is steep.
  return std::isfinite(line.value(low)) && !std::isnan(line.slope()) ? low : 0;
}

}  // namespace nonconvex
