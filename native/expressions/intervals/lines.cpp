// Lines below and above a function of one number: any slope is allowed, only the intercept has to be safe. So slopes
// are found in plain floating point, and the intercept is the infimum of g(t) - slope t, at the ends or at a touching
// point.
#include <algorithm>

#include "expressions/intervals/profile.hpp"

namespace nonconvex {
namespace intervals {

double heightBelow(const Signed& g, double t, double slope) {
  constexpr double largest = std::numeric_limits<double>::max();
  double found = g.value(t);
  if (std::isinf(t)) {
    if (slope == 0) return boundsAt(g, t).low;
    const double rate = g.derivative(t);
    if (rate == slope) return 0;  // an asymptote other than of slope 0 goes through the origin
    return (rate - slope) * t > 0 ? infinity : -infinity;
  }
  if (found == infinity) found = largest;
  const double product = slope * t;
  const double error =
      Tuning::slack * (std::abs(found) + std::abs(product)) + std::numeric_limits<double>::denorm_min();
  const double height = found - product - error;
  return std::isnan(height) ? -infinity : std::min(height, largest);
}

namespace {

/// A lower bound from the intervals of both terms.
Lowest lowestOfTerms(const Univariate& function, const Signed& g, Interval x, double slope) {
  const Interval values = image(function, x);
  const Interval signedValues = g.sign > 0 ? values : outward::negate(values);
  const Interval rest = outward::subtract(signedValues, outward::multiply(slope, x));
  return {slope > 0 ? x.high : x.low, std::isnan(rest.low) ? -infinity : rest.low};
}

/// The lowest point over a piece where g is convex. `left`: the piece lies below 0, and the touching point is the
/// mirrored one.
Lowest lowestWhereConvex(const Signed& g, Interval piece, double slope, bool left) {
  const bool even = g.f->growth == Growth::evenPole;
  Interval slopes = g.f->slopes;
  if (left && even) slopes = outward::negate(slopes);
  if (g.sign < 0) slopes = outward::negate(slopes);
  double at;
  if (slope <= slopes.low) {
    at = piece.low;
  } else if (slope >= slopes.high) {
    at = piece.high;
  } else {
    const double s = g.sign * slope;
    const double touch = left ? -g.f->touch(even ? -s : s, g.exponent) : g.f->touch(s, g.exponent);
    if (std::isnan(touch)) return {piece.low, -infinity};
    at = std::clamp(touch, piece.low, piece.high);
    if (std::isinf(at)) return {at, -infinity};  // the touching point overflows
    if (at == 0 && g.f->hasPole()) at = left ? -0.0 : 0.0;
  }
  double height = heightBelow(g, at, slope);
  // The exact slope at 0 may be on the other side of this one.
  const double end = g.f->slopes.high;
  if (g.f->roundedSlope && std::abs(std::abs(slope) - end) <= square(Tuning::nearChange) * end)
    height -= Tuning::slack * std::min(Tuning::nearChange, piece.high - piece.low) * std::abs(slope);
  return {at, height};
}

Lowest lowestOfEnds(const Signed& g, Interval piece, double slope) {
  const double first = heightBelow(g, piece.low, slope), last = heightBelow(g, piece.high, slope);
  return first < last ? Lowest{piece.low, first} : Lowest{piece.high, last};
}
Lowest lower(Lowest a, Lowest b) { return b.value < a.value ? b : a; }

bool isConvex(const Signed& g, Bend side) { return (side == Bend::convex) == (g.sign > 0); }

/// The lowest point over an interval below 0 or above.
Lowest lowestOfSide(const Signed& g, Interval x, double slope, bool left) {
  if (!isConvex(g, left ? g.f->below : g.f->above)) return lowestOfEnds(g, x, slope);
  const bool mirrored = left && (g.f->hasPole() || g.f->below != g.f->above);
  return lowestWhereConvex(g, x, slope, mirrored);
}

/// Powers of these exponents have touching points.
bool isTame(const Univariate& g) {
  if (g.entropy || g.op != Op::pow) return true;
  const double distance = std::abs(g.exponent - 1);
  return distance == 0 || (distance > Tuning::leastDistance && distance < Tuning::mostExponent);
}

Lowest lowestOf(const Univariate& function, const Signed& g, Interval x, double slope) {
  const Profile& f = *g.f;
  if (x.isEmpty()) return {x.low, -infinity};
  const double size = std::abs(slope);
  if ((size != 0 && !(size >= Tuning::leastSlope && size <= Tuning::mostSlope)) || !isTame(function))
    return lowestOfTerms(function, g, x, slope);
  if (f.straight) return lowestOfEnds(g, x, slope);
  if (f.isWave()) return lowestOfWave(g, x, slope);
  if (f.growth == Growth::tangent) return lowestOfTangent(g, x, slope);
  if (f.hasPole()) {
    if (x.low == 0 && x.high == 0) return {0, -infinity};
    if (x.low >= 0) return lowestOfSide(g, {0.0 + x.low, x.high}, slope, false);
    if (x.high <= 0) return lowestOfSide(g, x, slope, true);
    if (f.growth == Growth::pole || g.sign < 0) return {0, -infinity};
    return lower(lowestOfSide(g, {x.low, -0.0}, slope, true), lowestOfSide(g, {0.0, x.high}, slope, false));
  }
  if (f.below == f.above) return lowestOfSide(g, x, slope, false);
  if (x.low >= 0) return lowestOfSide(g, x, slope, false);
  if (x.high <= 0) return lowestOfSide(g, x, slope, true);
  return lower(lowestOfSide(g, {x.low, 0}, slope, true), lowestOfSide(g, {0, x.high}, slope, false));
}

/// The slope of the chord between two points of the graph; that of the asymptote where one is infinite.
double chordSlope(const Signed& g, double left, double right) {
  if (g.f->isWave() && std::isinf(right - left)) return 0;
  if (std::isinf(left)) return g.derivative(left);
  if (std::isinf(right)) return g.derivative(right);
  return (g.value(right) - g.value(left)) / (right - left);
}

/// The slope of the tangent at a number, which is moved inside from an end where it is vertical.
double tangentSlope(const Signed& g, Interval x, double at) {
  const double found = g.derivative(at);
  if (std::abs(found) <= Tuning::mostSlope) return found;
  const double width = std::isfinite(x.high - x.low) ? x.high - x.low : std::max(1.0, std::abs(at));
  const double step = Tuning::fromSteepEnd * width;
  const double inside = g.derivative(at - step > x.low ? at - step : std::min(at + step, x.high));
  return std::isfinite(inside) ? inside : 0;
}

/// The highest line below g at a number: the tangent, or a chord whose ends move to where a line of its slope touches.
StraightLine bestLine(const Univariate& function, double sign, Interval x, double at) {
  const Signed g{&profileOf(function), function.exponent, sign};
  x = inDomain(*g.f, x);
  if (x.isEmpty()) return {0, -infinity};
  at = std::clamp(at, x.low, x.high);
  if (std::isinf(at))
    at = std::clamp(0.0, std::max(x.low, -1.0 / machineEpsilon), std::min(x.high, 1.0 / machineEpsilon));
  double slope = tangentSlope(g, x, at), left = at, right = at;
  double most = g.value(at);  // a bound of the height of the convex envelope
  StraightLine best{0, -infinity};
  double height = -infinity;
  for (int k = 0; k < Tuning::mostChords && std::isfinite(slope); ++k) {
    const Lowest lowest = lowestOf(function, g, x, slope);
    const double now = lowest.value + slope * at;
    if (now > height) height = now, best = {slope, lowest.value};
    const double terms = std::abs(lowest.value) + std::abs(slope * at);
    if (std::isfinite(now) && most - now <= Tuning::converged * terms) break;
    double& moved = lowest.at < at ? left : right;
    if (lowest.at == at || moved == lowest.at) break;
    moved = lowest.at;
    slope = chordSlope(g, left, right);
    const double end = std::isinf(left) ? right : left;
    most = std::isinf(end) ? infinity : g.value(end) + slope * (at - end);
  }
  return best;
}

}  // namespace
}  // namespace intervals

using namespace intervals;

Bend bendOver(const Univariate& g, Interval x) {
  const Profile& f = profileOf(g);
  x = inDomain(f, x);
  if (f.isWave() || f.growth == Growth::tangent) return bendOfWave(f, x);
  if (x.low >= 0) return f.above;
  if (x.high <= 0) return f.below;
  return f.below == f.above && !f.hasPole() ? f.above : Bend::mixed;
}

StraightLine lineBelow(const Univariate& g, Interval x, double slope) {
  const Profile& f = profileOf(g);
  return {slope, lowestOf(g, {&f, g.exponent}, inDomain(f, x), slope).value};
}
StraightLine lineAbove(const Univariate& g, Interval x, double slope) {
  const Profile& f = profileOf(g);
  return {slope, -lowestOf(g, {&f, g.exponent, -1}, inDomain(f, x), -slope).value};
}
StraightLine bestBelow(const Univariate& g, Interval x, double at) { return bestLine(g, 1, x, at); }
StraightLine bestAbove(const Univariate& g, Interval x, double at) {
  const StraightLine negative = bestLine(g, -1, x, at);
  return {-negative.slope, -negative.intercept};
}

}  // namespace nonconvex
