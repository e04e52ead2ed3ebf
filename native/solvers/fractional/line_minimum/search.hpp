// The common part of all searches for the minimum but the one for a concave denominator: the sides of the kink, the
// function to minimise, and the best of the steps that are offered.
#pragma once

#include <algorithm>
#include <cmath>

#include "solvers/fractional/line_minimum/line_denominators.hpp"
#include "solvers/fractional/line_minimum/line_functions.hpp"

namespace nonconvex::line_minimum {

/// N on one side of its kink u = 0, within the bounds: lo <= t <= hi.
struct Side : QuadraticPiece {
  double lo = 0;
  double hi = 0;
};

/// N on both sides of its kink, or as one side where it has none.
struct Sides {
  Side side[2];
  int count = 0;

  explicit Sides(const LineNumerator& n) {
    const double lo = n.lower - n.x;
    const double hi = n.upper - n.x;
    if (n.l1 == 0 && n.l1Squared.weight == 0) {
      side[count++] = {{n.a, n.b, n.c}, lo, hi};
      return;
    }
    if (n.upper > 0) side[count++] = folded(n, 1, std::max(lo, -n.x), hi);
    if (n.lower < 0 || count == 0) side[count++] = folded(n, -1, lo, std::min(hi, -n.x));
  }

  /// The side where |u| = sign u.
  static Side folded(const LineNumerator& n, double sign, double lo, double hi) {
    const double base = n.rest + sign * n.x;
    return {{n.a + n.l1Squared.slope(1), n.b + sign * (n.l1 + n.l1Squared.slope(base)),
             n.c + sign * n.l1 * n.x + n.l1Squared.ofNorm(base)},
            lo,
            hi};
  }
};

/// N / g, infinite where g does not count.
template <class G>
struct Quotient {
  const LineNumerator& n;
  G g;

  double operator()(double t) const {
    const double under = g.positive(t);
    return under > 0 ? n(t) / under : infinity;
  }
  /// The Newton step for N' g = N g'.
  double correction(const Side& side, double t) const {
    const Jet at = g.derivatives(t);
    const double over = side(t);
    const double slope = side.a * t + side.b;
    return (over * at.first - slope * at.g) / (side.a * at.g - over * at.second);
  }
  /// The limit as t goes to +-infinity; infinity where the quotient does not count there.
  double limit(const Side& side, double direction) const {
    if (G::linear && side.a > 0) return infinity;
    const Asymptote far = g.asymptote(direction);
    if (far.g[0] == -infinity || far.g[2] < 0 || !g.countsAt(direction)) return infinity;
    if (side.a > 0 || far.g[2] > 0) return far.g[2] > 0 ? side.a / 2 / far.g[2] : infinity;
    const double over = direction * side.b;
    const double under = direction * far.g[1];
    if (under < 0) return infinity;
    if (over > 0) return under > 0 ? over / under : infinity;
    if (under > 0) return 0;
    return far.g[0] > 0 ? side.c / far.g[0] : infinity;
  }
};

/// N - s g.
template <class G>
struct Difference {
  const LineNumerator& n;
  G g;
  double s;

  double operator()(double t) const { return s == 0 ? n(t) : n(t) - s * g(t); }
  /// The Newton step for N' = s g'.
  double correction(const Side& side, double t) const {
    const Jet at = g.derivatives(t);
    return (s * at.first - (side.a * t + side.b)) / (side.a - s * at.second);
  }
  /// The limit as t goes to +-infinity.
  double limit(const Side& side, double direction) const {
    if (G::linear && side.a > 0) return infinity;
    Asymptote far = {{0, 0, 0}};
    if (s > 0) far = g.asymptote(direction);
    if (far.g[0] == -infinity) return infinity;
    const double second = side.a / 2 - s * far.g[2];
    if (second != 0) return std::copysign(infinity, second);
    const double first = direction * (side.b - s * far.g[1]);
    if (first != 0) return std::copysign(infinity, first);
    return side.c - s * far.g[0];
  }
};

/// The best step so far; ties go to the earlier one, but a finite step is better than a limit.
template <class F>
struct Search {
  const F& f;
  LineMinimum best;

  explicit Search(const F& function) : f(function), best{0, function(0)} {}

  void offer(double t) {
    const double value = f(t);
    if (value < best.value || (value == best.value && std::isinf(best.t))) best = {t, value};
  }
  void offer(double t, const Side& side) {
    if (t > side.lo && t < side.hi) offer(t);
  }
  /// The bounds, or the limits at ends without a bound.
  void ends(const Sides& sides) {
    for (int i = 0; i < sides.count; ++i) {
      const Side& side = sides.side[i];
      if (std::isfinite(side.lo)) offer(side.lo);
      if (std::isfinite(side.hi) && i == 0) offer(side.hi);  // the second side ends where the first begins
    }
    if (sides.count > 0 && std::isinf(sides.side[0].hi)) limit(sides.side[0], infinity);
    const Side& last = sides.side[sides.count - 1];
    if (sides.count > 0 && std::isinf(last.lo)) limit(last, -infinity);
  }
  /// Newton's method for the stationary point itself: the roots of a polynomial made from it can be less well
  /// conditioned.
  void polish(const Sides& sides) {
    for (int i = 0; i < sides.count; ++i) {
      const Side& side = sides.side[i];
      for (int k = 0; k < 4 && best.t > side.lo && best.t < side.hi; ++k) {
        const double t = best.t;
        const double step = f.correction(side, t);
        if (!(std::abs(step) > 1e-10 * std::abs(t))) break;
        offer(t + step, side);
        if (best.t == t) break;
      }
    }
  }
  void limit(const Side& side, double end) {
    const double value = f.limit(side, std::copysign(1.0, end));
    if (value < best.value) best = {end, value};
  }
};

}  // namespace nonconvex::line_minimum
