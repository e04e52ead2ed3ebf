// Curvature, sign and range of one entry of an expression, and the rules by which they compose: M. Grant, S. Boyd, Y.
// Ye, "Disciplined convex programming", 2006, with the range of each argument where that paper has signs.
#pragma once

#include <algorithm>
#include <cmath>
#include <numbers>

#include "core/interval.hpp"
#include "core/numbers.hpp"
#include "expressions/operators.hpp"

namespace nonconvex {

Interval operator+(Interval a, Interval b);
Interval operator-(Interval a);
Interval operator*(Interval a, Interval b);

// The words of the columns `shape` and `rule` of operators.def, and what follows from them.
namespace shapes {

// Facts of an entry. More of them are more knowledge.
constexpr unsigned convex = 1, concave = 2, linear = convex | concave, constant = 4;
/// A sum of squares of convex functions >= 0, of linear ones and of constants: its root is convex.
constexpr unsigned squares = 8;
/// Positive, with a convex logarithm.
constexpr unsigned logConvex = 16;

/// How a function of one number bends and grows over an interval of its argument.
struct Shape {
  unsigned bends = 0;   ///< `convex`, `concave` or both
  int slope = 0;        ///< 1: it grows, -1: it falls, 0: neither is known
  bool valley = false;  ///< it falls below 0 and grows above
  Interval range = {};  ///< numbers that contain all values, also those outside of the interval
};

constexpr double pi = std::numbers::pi;
constexpr Interval atLeast(double low) { return {low, infinity}; }
constexpr Interval atMost(double high) { return {-infinity, high}; }
constexpr Interval between(double low, double high) { return {low, high}; }
constexpr Shape unknownShape() { return {}; }
constexpr Shape bends(unsigned how, Interval range = {}) { return {.bends = how, .range = range}; }
constexpr Shape rises(unsigned how, Interval range = {}) { return {.bends = how, .slope = 1, .range = range}; }
constexpr Shape falls(unsigned how, Interval range = {}) { return {.bends = how, .slope = -1, .range = range}; }
constexpr Shape valley() { return {.bends = convex, .valley = true}; }
/// Curvature over `a` of a function that is convex above 0 and concave below.
constexpr unsigned convexFromZero(Interval a) { return (a.low >= 0 ? convex : 0U) | (a.high <= 0 ? concave : 0U); }
/// The curvature of -f.
constexpr unsigned negated(unsigned how) { return ((how & convex) << 1U) | ((how & concave) >> 1U); }

/// Knowledge of one entry of an expression.
struct Known {
  unsigned char facts = 0;   ///< a set of the facts above
  unsigned char degree = 3;  ///< degree of a polynomial of the variables, up to 2; 3: another function, or not known
  Interval range = {};

  bool has(unsigned fact) const { return (facts & fact) == fact; }
};

/// The shape of an operation of one operand, over an interval.
Shape shapeOf(Op op, Interval a);
/// The shape of a^exponent.
Shape shapeOfPower(double exponent, Interval a);

Known constantEntry(double value);
Known variableEntry(Interval bounds);
Known sumOf(const Known& a, const Known& b);
Known multipleOf(double factor, const Known& a);
/// op(a) of an operation of one operand.
Known unaryOf(Op op, const Known& a);
/// op(a, b); `same`: both operands are the same entry, `entropy`: b is the logarithm of a.
Known binaryOf(Op op, const Known& a, const Known& b, bool same, bool entropy);

}  // namespace shapes
}  // namespace nonconvex
