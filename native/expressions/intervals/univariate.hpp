// Functions of one number, as a branch and bound needs them: values over intervals, inverse images, and lines below and
// above. All results are safe against rounding, also where an end of an interval is infinite.
#pragma once

#include "core/interval.hpp"
#include "expressions/operators.hpp"

namespace nonconvex {

/// g(t): an operation of one operand, t^exponent, or t log t. Where `exponent` is no integer, t >= 0.
struct Univariate {
  Op op = Op::square;    ///< an operation of one operand, or Op::pow
  double exponent = 1;   ///< read where op is Op::pow
  bool entropy = false;  ///< true for t log t, whatever `op` is

  static Univariate operation(Op op) { return {.op = op}; }
  static Univariate power(double exponent) { return {.op = Op::pow, .exponent = exponent}; }
  static Univariate xLogX() { return {.entropy = true}; }
  bool operator==(const Univariate&) const = default;
};

/// g(t), in plain floating point.
double value(const Univariate& g, double t);
/// g'(t), in plain floating point.
double derivative(const Univariate& g, double t);
/// The numbers where g has a value, and where g or its limit is infinite.
Interval domain(const Univariate& g);
/// Contains g of all numbers of x in the domain; empty if x has none.
Interval image(const Univariate& g, Interval x);
/// Contains all numbers t of x with g(t) in w; empty only if there is none.
Interval preimage(const Univariate& g, Interval w, Interval x);
/// Contains g' and g'' of all numbers of x inside of the domain, where g has them; all numbers where that is not known.
Interval derivativeImage(const Univariate& g, Interval x);
Interval secondDerivativeImage(const Univariate& g, Interval x);

/// How a function bends over an interval.
enum class Bend : char { convex, concave, mixed };
/// `mixed` where neither of the two others is certain. A linear function is convex.
Bend bendOver(const Univariate& g, Interval x);

/// slope t + intercept
struct StraightLine {
  double slope = 0;
  double intercept = 0;
};
/// The highest line of this finite slope below g over x, the intercept rounded down; -infinity if there is none.
StraightLine lineBelow(const Univariate& g, Interval x, double slope);
/// The lowest line of this finite slope above g over x, the intercept rounded up; infinity if there is none.
StraightLine lineAbove(const Univariate& g, Interval x, double slope);
/// The line below g over x that is highest at the number `at` of x, up to rounding of its slope.
StraightLine bestBelow(const Univariate& g, Interval x, double at);
/// The line above g over x that is lowest at the number `at` of x, up to rounding of its slope.
StraightLine bestAbove(const Univariate& g, Interval x, double at);

}  // namespace nonconvex
