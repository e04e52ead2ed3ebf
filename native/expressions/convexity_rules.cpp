#include "expressions/convexity_rules.hpp"

#include "expressions/formula.hpp"

namespace nonconvex {

namespace {

// rounding: a function of the C library is within a few units of the last place.
constexpr double ofFunctions = 8 * machineEpsilon;

double below(double value, double error) { return std::isfinite(value) ? value - error * std::abs(value) : value; }
double above(double value, double error) { return std::isfinite(value) ? value + error * std::abs(value) : value; }
Interval rounded(Interval exact, double error = machineEpsilon) {
  return {std::isnan(exact.low) ? -infinity : below(exact.low, error),
          std::isnan(exact.high) ? infinity : above(exact.high, error)};
}

/// 0 times infinity is 0: an endpoint that is infinite is not attained.
double timesEnd(double a, double b) { return a == 0 || b == 0 ? 0 : a * b; }

}  // namespace

Interval operator+(Interval a, Interval b) { return rounded({a.low + b.low, a.high + b.high}); }
Interval operator-(Interval a) { return {-a.high, -a.low}; }
Interval operator*(Interval a, Interval b) {
  const double ends[] = {timesEnd(a.low, b.low), timesEnd(a.low, b.high), timesEnd(a.high, b.low),
                         timesEnd(a.high, b.high)};
  return rounded({*std::min_element(ends, ends + 4), *std::max_element(ends, ends + 4)});
}

namespace shapes {
namespace {

/// How facts of two operands become those of a result.
enum class Rule { none, sum, difference, product, quotient, power, minimum, maximum };

Rule ruleOf(Op op) {
  switch (op) {
#define BINARY(name, number, nl, value, byFirst, bySecond, rule) \
  case Op::name:                                                 \
    return Rule::rule;
#include "expressions/operators.def"
    default:
      return Rule::none;
  }
}

bool isAffine(const Known& a) { return a.has(linear); }
unsigned char degreeOfSum(const Known& a, const Known& b) { return std::max(a.degree, b.degree); }
unsigned char degreeOfProduct(int a, int b) { return static_cast<unsigned char>(std::min(3, a + b)); }

/// The values of f at the ends of an interval over which it is monotone, or those of a valley.
template <class F>
Interval rangeOf(const Shape& shape, Interval a, F&& f) {
  Interval range;
  if (shape.slope > 0) range = {f(a.low), f(a.high)};
  if (shape.slope < 0) range = {f(a.high), f(a.low)};
  if (shape.valley) {
    const double low = f(a.low), high = f(a.high);
    const bool around = a.low <= 0 && a.high >= 0;
    range = {around ? f(0) : std::min(low, high), std::max(low, high)};
  }
  const Interval found = intersection(rounded(range, ofFunctions), shape.range);
  return found.low <= found.high ? found : shape.range;  // 1 / a at a = -0
}

/// Facts of f(a): f is convex where a is affine, or f grows and a is convex, or f falls and a is concave.
unsigned composed(const Shape& shape, const Known& a) {
  if (isAffine(a)) return shape.bends;
  const int slope = !shape.valley ? shape.slope : a.range.low >= 0 ? 1 : a.range.high <= 0 ? -1 : 0;
  if (slope == 0) return 0;
  const unsigned inner = slope > 0 ? a.facts & linear : negated(a.facts);
  return shape.bends & inner;
}

template <class F>
Known functionOf(const Shape& shape, const Known& a, F&& f) {
  if (a.has(constant)) return constantEntry(f(a.range.low));
  return {static_cast<unsigned char>(composed(shape, a)), 3, rangeOf(shape, a.range, f)};
}

/// The square of an entry.
Known squareOf(const Known& a) {
  Known known = functionOf(valley(), a, [](double x) { return square(x); });
  if (known.has(constant)) return known;
  if (known.has(convex)) known.facts |= squares;
  known.degree = degreeOfProduct(a.degree, a.degree);
  known.range.low = std::max(0.0, known.range.low);
  return known;
}

Known productOf(const Known& a, const Known& b) {
  if (a.has(constant)) return multipleOf(a.range.low, b);
  if (b.has(constant)) return multipleOf(b.range.low, a);
  Known known{0, degreeOfProduct(a.degree, b.degree), a.range * b.range};
  if (a.has(logConvex) && b.has(logConvex)) known.facts = logConvex | convex;
  return known;
}

Known quotientOf(const Known& a, const Known& b) {
  if (b.has(constant)) return multipleOf(1 / b.range.low, a);
  Known known = productOf(a, unaryOf(Op::reciprocal, b));
  if (a.has(squares) && b.has(concave) && b.range.low >= 0) known.facts |= convex;
  return known;
}

/// a^c of a constant c.
Known powerOf(const Known& a, double c) {
  if (c == 0) return constantEntry(1);
  if (c == 1) return a;
  if (c == 2) return squareOf(a);
  const bool root = c >= 0.5 && a.has(squares) && !a.has(constant);  // a power >= 1 of a norm
  Known known = functionOf(shapeOfPower(c, a.range), a, [c](double x) { return std::pow(x, c); });
  if (root) known.facts |= convex;
  return known;
}

/// b^a of a constant b.
Known exponentialOf(double b, const Known& a) {
  if (!(b > 0)) return {};
  Known known = functionOf(b >= 1 ? rises(convex, atLeast(0)) : falls(convex, atLeast(0)), a,
                           [b](double x) { return std::pow(b, x); });
  if (known.has(convex)) known.facts |= logConvex;
  return known;
}

/// The larger of two entries; the smaller of two is that of their negatives.
Known maximumOf(const Known& a, const Known& b) {
  if (a.has(constant) && b.has(constant)) return constantEntry(std::max(a.range.low, b.range.low));
  return {static_cast<unsigned char>(a.facts & b.facts & convex),
          3,
          {std::max(a.range.low, b.range.low), std::max(a.range.high, b.range.high)}};
}

}  // namespace

Shape shapeOf(Op op, Interval a) {
  switch (op) {
#define UNARY(name, number, nl, value, derivative, shape, ...) \
  case Op::name:                                               \
    return shape;
#include "expressions/operators.def"
    default:
      return unknownShape();
  }
}

Shape shapeOfPower(double c, Interval a) {
  const bool whole = c == std::floor(c), even = std::fmod(c, 2) == 0;
  if (whole && even && c > 0) return valley();
  if (whole && !even && c > 0) return rises(convexFromZero(a));
  // Other powers have values for a >= 0 alone, so that where a is less there is no admissible point. The points where a
  // convex function is >= 0 are no convex set: a power that grows and is convex asks for the range.
  if (!whole && c > 1) return a.low >= 0 ? rises(convex, atLeast(0)) : bends(convex, atLeast(0));
  if (!whole && c > 0) return rises(concave, atLeast(0));
  if (!whole || a.low >= 0) return falls(convex, atLeast(0));
  if (a.high > 0) return unknownShape();
  return even ? rises(convex, atLeast(0)) : falls(concave, atMost(0));
}

Known constantEntry(double value) {
  const unsigned sign = (value >= 0 ? squares : 0U) | (value > 0 ? logConvex : 0U);
  return {static_cast<unsigned char>(linear | constant | sign), 0, {value, value}};
}

Known variableEntry(Interval bounds) { return {static_cast<unsigned char>(linear), 1, bounds}; }

Known sumOf(const Known& a, const Known& b) {
  if (a.has(constant) && b.has(constant)) return constantEntry(a.range.low + b.range.low);
  return {static_cast<unsigned char>(a.facts & b.facts), degreeOfSum(a, b), a.range + b.range};
}

Known multipleOf(double factor, const Known& a) {
  if (a.has(constant)) return constantEntry(factor * a.range.low);
  if (factor == 0) return constantEntry(0);
  if (!std::isfinite(factor)) return {};
  const unsigned facts = factor > 0 ? a.facts : negated(a.facts);
  return {static_cast<unsigned char>(facts), a.degree, a.range * Interval{factor, factor}};
}

Known unaryOf(Op op, const Known& a) {
  if (op == Op::negate) return multipleOf(-1, a);
  if (op == Op::square || op == Op::abs2) return squareOf(a);
  Known known =
      functionOf(shapeOf(op, a.range), a, [op](double x) { return applyScalar(static_cast<std::int32_t>(op), x, 0); });
  if (known.has(constant)) return known;
  if (op == Op::sqrt && a.has(squares)) known.facts |= convex;
  if (op == Op::exp && known.has(convex)) known.facts |= logConvex;
  // Sums of exponentials, and of them and 1.
  if ((op == Op::log || op == Op::log1p || op == Op::log10) && a.has(logConvex)) known.facts |= convex;
  return known;
}

Known binaryOf(Op op, const Known& a, const Known& b, bool same, bool entropy) {
  switch (ruleOf(op)) {
    case Rule::sum:
      return sumOf(a, b);
    case Rule::difference:
      return sumOf(a, multipleOf(-1, b));
    case Rule::product: {
      if (same) return squareOf(a);
      Known known = productOf(a, b);
      if (entropy && isAffine(a)) known.facts |= convex;
      return known;
    }
    case Rule::quotient:
      return quotientOf(a, b);
    case Rule::power:
      return b.has(constant) ? powerOf(a, b.range.low) : a.has(constant) ? exponentialOf(a.range.low, b) : Known{};
    case Rule::minimum:
      return multipleOf(-1, maximumOf(multipleOf(-1, a), multipleOf(-1, b)));
    case Rule::maximum:
      return maximumOf(a, b);
    case Rule::none:
      break;
  }
  return {};
}

}  // namespace shapes
}  // namespace nonconvex
