// sin, cos and tan: their phases, images, inverse images and touching points.
#include <algorithm>

#include "expressions/intervals/profile.hpp"

namespace nonconvex::intervals {
namespace {

constexpr double pi = std::numbers::pi;
constexpr double piRest = 1.2246467991473532e-16;  // rounding: the exact pi less its nearest number

/// A bound of the error of phases of numbers of x.
double phaseError(Interval x) { return Tuning::slack * (4 + std::abs(x.low) + std::abs(x.high)); }
bool hasPhases(Interval x) { return std::max(std::abs(x.low), std::abs(x.high)) <= Tuning::mostPhase; }

/// True if `period` times a whole number and `first` may be in x, as phases.
bool mayMeet(Interval x, double first, double period, double error) {
  return first + period * std::ceil((x.low - error - first) / period) <= x.high + error;
}

/// The least number >= x.low at whose phase the function has values in w, where its distance from a top is at least
/// `near` and at most `far`; the phase of the top that is next to x.low is given.
double firstInWave(double low, double fromTop, double near, double far, double error) {
  const double distance = std::abs(fromTop);
  if (distance >= near - error && distance <= far + error) return low;
  const double target = fromTop < -far ? -far : distance < near ? near : 2 * pi - far;
  return std::max(low, low + (target - fromTop) - error);
}

/// The phase of t as an angle in [-pi, pi] from a top of the function.
double angleFromTop(const Profile& f, double t) {
  const double rest = phaseOf(t).rest;
  if (f.growth == Growth::cosine) return rest;
  const double shifted = rest - pi / 2;
  return shifted < -pi ? shifted + 2 * pi : shifted;
}

/// The touching point of the sine or cosine with derivative s, |s| < 1, where the function is convex.
double touchOfWave(const Signed& g, double s) {
  if (g.f->growth == Growth::sine) return g.sign > 0 ? -std::acos(s) : std::acos(-s);
  return g.sign > 0 ? std::asin(s) - pi : std::asin(s);
}

/// f(rest) - slope (rest + shift), rounded down.
double heightOf(const Signed& g, double rest, double shift, double slope) {
  const double found = g.value(rest), product = slope * (rest + shift);
  const double terms = std::abs(found) + std::abs(slope) * (std::abs(rest) + std::abs(shift));
  return found - product - Tuning::slack * terms - std::numeric_limits<double>::denorm_min();
}

}  // namespace

Phase phaseOf(double t, bool halfTurns) {
  const double high = halfTurns ? pi : 2 * pi, low = halfTurns ? piRest : 2 * piRest;
  const double turns = std::nearbyint(t / high);
  if (turns == 0) return {0, t};
  return {turns, std::fma(-turns, low, std::fma(-turns, high, t))};
}

bool withinBranch(Interval x, double& turns, Interval& rests) {
  if (!hasPhases(x)) return false;
  const Phase first = phaseOf(x.low, true), last = phaseOf(x.high, true);
  const double most = pi / 2 - 4 * machineEpsilon;
  turns = first.turns;
  rests = {first.rest, last.rest};
  return first.turns == last.turns && first.rest >= -most && last.rest <= most;
}

Interval imageOfWave(const Profile& f, Interval x) {
  const Signed up{&f, 1};
  if (x.isPoint() && std::isfinite(x.low)) return boundsAt(up, x.low);
  if (!hasPhases(x) || x.high - x.low >= 2 * pi) return {-1, 1};
  const double error = phaseError(x), start = phaseOf(x.low).rest;
  const Interval phases{start, start + (x.high - x.low)};
  const double top = f.growth == Growth::sine ? pi / 2 : 0;
  const Interval first = boundsAt(up, x.low), last = boundsAt(up, x.high);
  return {mayMeet(phases, top + pi, 2 * pi, error) ? -1 : std::min(first.low, last.low),
          mayMeet(phases, top, 2 * pi, error) ? 1 : std::max(first.high, last.high)};
}

Interval preimageOfWave(const Profile& f, Interval w, Interval x) {
  const Signed up{&f, 1};
  const double error = phaseError(x);
  if (x.isPoint()) {
    const Interval there = boundsAt(up, x.low);
    return there.low > w.high || there.high < w.low ? outward::nothing : x;
  }
  const double near = w.high >= 1 ? 0 : std::acos(w.high), far = w.low <= -1 ? pi : std::acos(w.low);
  if (std::isfinite(x.low) && std::abs(x.low) <= Tuning::mostPhase)
    x.low = firstInWave(x.low, angleFromTop(f, x.low), near, far, error);
  if (std::isfinite(x.high) && std::abs(x.high) <= Tuning::mostPhase)
    x.high = -firstInWave(-x.high, -angleFromTop(f, x.high), near, far, error);
  return x.isEmpty() ? outward::nothing : x;
}

Interval preimageOfTangent(Interval w, Interval x) {
  const double least = std::atan(w.low), most = std::atan(w.high), error = phaseError(x);
  const auto first = [&](double low, double rest, double from, double to) {
    if (rest >= from - error && rest <= to + error) return low;
    return std::max(low, low + ((rest < from ? from : from + pi) - rest) - error);
  };
  if (std::isfinite(x.low) && std::abs(x.low) <= Tuning::mostPhase)
    x.low = first(x.low, phaseOf(x.low, true).rest, least, most);
  if (std::isfinite(x.high) && std::abs(x.high) <= Tuning::mostPhase)
    x.high = -first(-x.high, -phaseOf(x.high, true).rest, -most, -least);
  return x.isEmpty() ? outward::nothing : x;
}

Bend bendOfWave(const Profile& f, Interval x) {
  if (f.growth == Growth::tangent) {
    double turns = 0;
    Interval rests;
    if (!withinBranch(x, turns, rests)) return Bend::mixed;
    const double error = turns == 0 ? 0 : phaseError(x);
    return rests.low >= error ? Bend::convex : rests.high <= -error ? Bend::concave : Bend::mixed;
  }
  if (!hasPhases(x) || x.high - x.low > pi) return Bend::mixed;
  const Phase start = phaseOf(x.low);
  const double change = f.growth == Growth::sine ? 0 : -pi / 2;
  const bool certain = start.turns == 0 && change == 0;  // 0 itself is no rounded number
  const double error = phaseError(x), end = start.rest + (x.high - x.low);
  // Changes of curvature are at `change` and at a half turn before and after.
  for (const double begin : {change - 2 * pi, change - pi, change, change + pi}) {
    const double least = begin == 0 && certain ? 0 : begin + error,
                 most = begin + pi == 0 && certain ? 0 : begin + pi - error;
    if (start.rest < least || end > most) continue;
    return begin == change || begin == change - 2 * pi ? Bend::concave : Bend::convex;
  }
  return Bend::mixed;
}

Lowest lowestOfWave(const Signed& g, Interval x, double slope) {
  if (slope < 0) {
    const double sign = g.f->growth == Growth::sine ? -g.sign : g.sign;
    const Lowest mirrored = lowestOfWave({g.f, g.exponent, sign}, outward::negate(x), -slope);
    return {-mirrored.at, mirrored.value};
  }
  if (slope == 0 && !(hasPhases(x) && x.high - x.low < 2 * pi)) {
    const double near = std::isfinite(x.high) ? x.high : std::isfinite(x.low) ? x.low + 2 * pi : 0;
    const Phase phase = phaseOf(std::abs(near) <= Tuning::mostPhase ? near : 0);
    const double touch = touchOfWave(g, 0);
    return {touch + 2 * pi * std::floor((phase.rest - touch) / (2 * pi)) + 2 * pi * phase.turns, -1};
  }
  if (x.high == infinity) return {infinity, -infinity};
  if (std::abs(x.high) > Tuning::mostPhase && !x.isPoint()) {
    const double product = slope * x.high;
    return {x.high, -1 - product - Tuning::slack * (1 + std::abs(product))};
  }
  const double first = heightBelow(g, x.low, slope), last = heightBelow(g, x.high, slope);
  Lowest lowest = first < last ? Lowest{x.low, first} : Lowest{x.high, last};
  if (slope >= 1 || x.isPoint()) return lowest;
  const Phase end = phaseOf(x.high);
  const double touch = touchOfWave(g, slope), shift = 2 * pi * end.turns;
  const double rest = touch + 2 * pi * std::floor((end.rest - touch) / (2 * pi)), at = rest + shift;
  if (at >= x.low - 2 * Tuning::slack * std::abs(x.low)) {
    const double height = heightOf(g, rest, shift, slope);
    if (height < lowest.value) lowest = {std::clamp(at, x.low, x.high), height};
  }
  return lowest;
}

Lowest lowestOfTangent(const Signed& g, Interval x, double slope) {
  double turns = 0;
  Interval rests;
  if (!withinBranch(x, turns, rests)) return {x.low, -infinity};
  const double first = heightBelow(g, x.low, slope), last = heightBelow(g, x.high, slope);
  Lowest lowest = first < last ? Lowest{x.low, first} : Lowest{x.high, last};
  if (g.sign * slope <= 1) return lowest;
  const double touch = g.sign * g.f->touch(g.sign * slope, 1);
  if (touch <= rests.low || touch >= rests.high) return lowest;
  const double height = heightOf(g, touch, turns * pi, slope);
  if (height < lowest.value) lowest = {std::clamp(touch + turns * pi, x.low, x.high), height};
  return lowest;
}

}  // namespace nonconvex::intervals
