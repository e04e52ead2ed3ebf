// What intervals and lines ask of a function of one number: the columns of operators.def as one table, with powers and
// t log t.
#pragma once

#include <cmath>
#include <numbers>

#include "expressions/intervals/univariate.hpp"

namespace nonconvex::intervals {

struct Tuning {
  /// rounding: functions of the C library are taken to be within 2 units of the last place, softplus and sigmoid, which
  /// are made of several, are within 5; touching points that are off by some units count in second order.
  static constexpr double roundings = 6;
  static constexpr double slack = roundings * machineEpsilon;  ///< rounding: the relative error of a value
  /// rounding: over numbers nearer to 0 a slope there that is off by some units is not seen; about the root of `slack`.
  static constexpr double nearChange = 1e-7;
  /// safeguard: slopes that are smaller or larger get lines from intervals alone, since their touching points overflow.
  static constexpr double leastSlope = 1e-100, mostSlope = 1e100;
  /// safeguard: touching points of powers nearer to 1, or larger, are badly conditioned, so that intervals alone give
  /// lines.
  static constexpr double leastDistance = 1e-8, mostExponent = 1e6;
  /// safeguard: the phase of a larger argument of sin, cos and tan has no digits.
  static constexpr double mostPhase = 1e14;
  static constexpr int mostWidenings = 60;    ///< safeguard: steps of an inverse away from its first guess
  static constexpr double widening = 4;       ///< safeguard: the growth of these steps
  static constexpr int mostChords = 60;       ///< safeguard: chords until a line supports a function
  static constexpr double converged = 1e-13;  ///< rounding: a chord that gains less, in units of its terms, supports
  static constexpr double fromSteepEnd =
      1e-8;  ///< safeguard: a tangent keeps this share of the width from a vertical one
};

/// How a function grows. `pole`: it falls below 0 and above 0; `evenPole`: it grows below 0 and falls above.
enum class Growth : char { rising, falling, valley, pole, evenPole, sine, cosine, tangent };

/// Facts of a function. The functions take a number and the exponent, which powers alone read.
struct Profile {
  using Function = double (*)(double, double);
  Function value = nullptr;
  Function derivative = nullptr;
  Function inverse = nullptr;      ///< the number where the function has a value, the right one where there are two
  Function leftInverse = nullptr;  ///< the left one; null: the negative of the right one
  Function touch = nullptr;        ///< the number where the derivative is s, that >= 0 where there are two
  Interval domain = {};
  Interval range = {};   ///< contains all values
  Interval slopes = {};  ///< the range of the derivative, above 0 where the function bends otherwise below 0
  Growth growth = Growth::rising;
  Bend below = Bend::convex, above = Bend::convex;  ///< how it bends below 0 and above
  bool straight = false;                            ///< linear
  bool roundedSlope = false;                        ///< the slope where the curvature changes is a rounded number
  bool exact = false;                               ///< values have no rounding error
  double turn = 0;                                  ///< the lowest point of a valley

  bool hasPole() const { return growth == Growth::pole || growth == Growth::evenPole; }
  bool isWave() const { return growth == Growth::sine || growth == Growth::cosine; }
};

const Profile& profileOf(const Univariate& g);

/// A function or its negative.
struct Signed {
  const Profile* f;
  double exponent;
  double sign = 1;

  double value(double t) const { return sign * f->value(t, exponent); }
  double derivative(double t) const { return sign * f->derivative(t, exponent); }
};

/// Contains the exact value at t, or the limit where t or the value is infinite.
Interval boundsAt(const Signed& g, double t);
/// The part of x in the domain, with signed zeros at the ends that say from which side a pole is approached.
Interval inDomain(const Profile& f, Interval x);

/// A number t as turns * period + rest with |rest| <= period / 2.
struct Phase {
  double turns;
  double rest;
};
/// The phase in whole turns of 2 pi, or of pi.
Phase phaseOf(double t, bool halfTurns = false);
/// Finds the phases of both ends of x within one branch of the tangent; false if there may be a pole in x.
bool withinBranch(Interval x, double& turns, Interval& rests);
/// The image of sin or cos over a finite interval, and the numbers of x where it has values in w.
Interval imageOfWave(const Profile& f, Interval x);
Interval preimageOfWave(const Profile& f, Interval w, Interval x);
Interval preimageOfTangent(Interval w, Interval x);
Bend bendOfWave(const Profile& f, Interval x);

/// A number where g(t) - slope t is least over an interval, and a number below the infimum.
struct Lowest {
  double at;
  double value;
};
/// A number below g(t) - slope t, also for infinite t, as a limit.
double heightBelow(const Signed& g, double t, double slope);
Lowest lowestOfWave(const Signed& g, Interval x, double slope);
Lowest lowestOfTangent(const Signed& g, Interval x, double slope);

}  // namespace nonconvex::intervals
