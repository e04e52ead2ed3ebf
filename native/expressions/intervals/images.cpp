// Images and inverse images of intervals. A formula of an inverse is only a guess, which values of the function check.
#include <algorithm>

#include "expressions/intervals/profile.hpp"

namespace nonconvex {
namespace intervals {
namespace {

Interval imageOfValley(const Signed& g, Interval x) {
  const Interval first = boundsAt(g, x.low), last = boundsAt(g, x.high);
  const double high = std::max(first.high, last.high), near = Tuning::slack * g.f->turn;
  if (x.low - near > g.f->turn) return {first.low, high};
  if (x.high + near < g.f->turn) return {last.low, high};
  return {std::min({boundsAt(g, g.f->turn).low, first.low, last.low}), high};
}

Interval imageOfPole(const Signed& g, Interval x, bool even) {
  if (x.low == 0 && x.high == 0) return outward::nothing;
  const bool inside = x.low < 0 && x.high > 0;
  if (inside && !even) return outward::everything;
  const Interval first = boundsAt(g, x.low), last = boundsAt(g, x.high);
  if (inside) return {std::min(first.low, last.low), infinity};
  return {std::min(first.low, last.low), std::max(first.high, last.high)};
}

/// The end of the numbers of `piece`, over which g rises, with g(t) >= y, or g(t) <= y for the upper end.
double inverseEnd(const Signed& g, double y, bool lower, Interval piece, bool left) {
  const Profile& f = *g.f;
  const double w = g.sign * y;
  const bool mirrored = left && (f.growth == Growth::valley || f.growth == Growth::evenPole);
  const double guess = !mirrored                  ? f.inverse(w, g.exponent)
                       : f.leftInverse != nullptr ? f.leftInverse(w, g.exponent)
                                                  : -f.inverse(w, g.exponent);
  double step = f.exact || guess == 0 ? 0 : 2 * Tuning::slack * std::abs(guess);
  for (int k = 0; k < Tuning::mostWidenings; ++k) {
    const double t = lower ? guess - step : guess + step;
    if (!(piece.low < t && t < piece.high)) break;
    const Interval there = boundsAt(g, t);
    if (lower ? there.high <= y : there.low >= y) return t;
    step = Tuning::widening * step + 4 * std::numeric_limits<double>::denorm_min();
  }
  return lower ? piece.low : piece.high;
}

/// The numbers of a piece over which g rises whose values are in w.
Interval risingPart(const Signed& g, Interval w, Interval piece, bool left) {
  if (piece.isEmpty()) return outward::nothing;
  const Interval first = boundsAt(g, piece.low), last = boundsAt(g, piece.high);
  if (first.low > w.high || last.high < w.low) return outward::nothing;
  Interval part = piece;
  if (first.high < w.low) part.low = inverseEnd(g, w.low, true, piece, left);
  if (last.low > w.high) part.high = inverseEnd(g, w.high, false, piece, left);
  return part;
}
Interval monotonePart(const Signed& g, bool rises, Interval w, Interval piece, bool left) {
  if (rises) return risingPart(g, w, piece, left);
  return risingPart({g.f, g.exponent, -g.sign}, outward::negate(w), piece, left);
}

/// The hull of the parts of both sides of a number where the growth changes.
Interval partsOfBothSides(const Signed& g, Interval w, Interval x) {
  const Growth growth = g.f->growth;
  const bool pole = g.f->hasPole();
  const double turn = g.f->turn;
  Interval left{x.low, std::min(x.high, pole ? -0.0 : turn)}, right{std::max(x.low, pole ? 0.0 : turn), x.high};
  if (pole && left.low == 0) left = outward::nothing;
  if (pole && right.high == 0) right = outward::nothing;
  if (pole && left.high == 0) left.high = -0.0;
  if (pole && right.low == 0) right.low = 0.0;
  const Interval a = monotonePart(g, growth == Growth::evenPole, w, left, true);
  const Interval b = monotonePart(g, growth == Growth::valley, w, right, false);
  return a.isEmpty() ? b : b.isEmpty() ? a : hull(a, b);
}

}  // namespace
}  // namespace intervals

using namespace intervals;

double value(const Univariate& g, double t) { return profileOf(g).value(t, g.exponent); }
double derivative(const Univariate& g, double t) { return profileOf(g).derivative(t, g.exponent); }
Interval domain(const Univariate& g) { return profileOf(g).domain; }

Interval image(const Univariate& g, Interval x) {
  const Profile& f = profileOf(g);
  x = inDomain(f, x);
  if (x.isEmpty()) return outward::nothing;
  const Signed up{&f, g.exponent};
  switch (f.growth) {
    case Growth::rising:
      return {boundsAt(up, x.low).low, boundsAt(up, x.high).high};
    case Growth::falling:
      return {boundsAt(up, x.high).low, boundsAt(up, x.low).high};
    case Growth::valley:
      return imageOfValley(up, x);
    case Growth::pole:
    case Growth::evenPole:
      return imageOfPole(up, x, f.growth == Growth::evenPole);
    case Growth::tangent: {
      double turns = 0;
      Interval rests;
      if (!withinBranch(x, turns, rests)) return outward::everything;
      return {boundsAt(up, x.low).low, boundsAt(up, x.high).high};
    }
    default:
      return imageOfWave(f, x);
  }
}

Interval preimage(const Univariate& g, Interval w, Interval x) {
  const Profile& f = profileOf(g);
  x = inDomain(f, x);
  w = intersection(w, f.range);
  if (x.isEmpty() || w.isEmpty()) return outward::nothing;
  const Signed up{&f, g.exponent};
  switch (f.growth) {
    case Growth::rising:
    case Growth::falling:
      return monotonePart(up, f.growth == Growth::rising, w, x, false);
    case Growth::tangent:
      return preimageOfTangent(w, x);
    case Growth::sine:
    case Growth::cosine:
      return preimageOfWave(f, w, x);
    default:
      return partsOfBothSides(up, w, x);
  }
}

}  // namespace nonconvex
