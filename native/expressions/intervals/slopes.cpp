// First and second derivatives over intervals, from the column `derivative` of operators.def.
#include "expressions/formula.hpp"
#include "expressions/intervals/profile.hpp"

namespace nonconvex {
namespace {

/// Values over an interval, and those of the derivative by the operand.
struct Jet {
  Interval value;
  Interval slope;
};

Interval valuesOf(Op op, Interval x) { return image(Univariate::operation(op), x); }

Interval constantOf(double value) {
  const bool exact = static_cast<float>(value) == value;
  return exact ? outward::point(value) : Interval{outward::below(value), outward::above(value)};
}
Interval signOf(Interval a) { return {a.low > 0 ? 1.0 : -1.0, a.high < 0 ? -1.0 : 1.0}; }

/// The words of the column for intervals.
struct ValueWords {
  using Number = Interval;
  static Interval constant(double value) { return constantOf(value); }
  static Interval add(Interval a, Interval b) { return outward::add(a, b); }
  static Interval subtract(Interval a, Interval b) { return outward::subtract(a, b); }
  static Interval negate(Interval a) { return outward::negate(a); }
  static Interval multiply(Interval a, Interval b) { return outward::multiply(a, b); }
  static Interval unary(Op op, Interval a) { return valuesOf(op, a); }
  static Interval divide(Interval a, Interval b) { return outward::divide(a, b); }
  static Interval scalar(ScalarOp, Interval a) { return signOf(a); }  // the sign is the only one of the column
};

/// The column, in words.
template <class Words>
struct Formula : Words {
  using Number = typename Words::Number;
  using Words::add, Words::constant, Words::divide, Words::multiply, Words::negate, Words::scalar, Words::subtract,
      Words::unary;

  /// The derivative of an operation whose operand and result are given.
  static Number derivative(Op op, [[maybe_unused]] const Number& a, [[maybe_unused]] const Number& y) {
    [[maybe_unused]] const Number one = constant(1);
    switch (op) {
#define UNARY(name, number, nl, valueColumn, derivativeColumn, ...) \
  case Op::name:                                                    \
    return derivativeColumn;
#include "expressions/operators.def"
      default:
        return {};
    }
  }
};

Interval slopesOf(Op op, Interval x) { return Formula<ValueWords>::derivative(op, x, valuesOf(op, x)); }

/// The words for values and their derivatives.
struct JetWords {
  using Number = Jet;
  static Jet constant(double value) { return {constantOf(value), {0, 0}}; }
  static Jet add(const Jet& a, const Jet& b) {
    return {outward::add(a.value, b.value), outward::add(a.slope, b.slope)};
  }
  static Jet negate(const Jet& a) { return {outward::negate(a.value), outward::negate(a.slope)}; }
  static Jet subtract(const Jet& a, const Jet& b) { return add(a, negate(b)); }
  static Jet multiply(const Jet& a, const Jet& b) {
    return {outward::multiply(a.value, b.value),
            outward::add(outward::multiply(a.slope, b.value), outward::multiply(a.value, b.slope))};
  }
  static Jet unary(Op op, const Jet& a) {
    const Interval value = valuesOf(op, a.value);
    return {value, value.isEmpty() ? Interval() : outward::multiply(slopesOf(op, a.value), a.slope)};
  }
  static Jet divide(const Jet& a, const Jet& b) { return multiply(a, unary(Op::reciprocal, b)); }
  static Jet scalar(ScalarOp, const Jet& a) {
    const Interval sign = signOf(a.value);
    return {sign, sign.isPoint() ? Interval{0, 0} : Interval()};
  }
};

Interval timesPower(double factor, double exponent, Interval x) {
  if (exponent == 0) return outward::point(factor);
  return outward::multiply(factor, image(Univariate::power(exponent), x));
}

/// All numbers where the interval is empty or no number.
Interval orEverything(Interval found) { return found.isEmpty() ? Interval() : found; }

}  // namespace

Interval derivativeImage(const Univariate& g, Interval x) {
  x = intersection(x, domain(g));
  if (x.isEmpty()) return outward::nothing;
  const Interval one = outward::point(1);
  if (g.entropy) return orEverything(outward::add(valuesOf(Op::log, x), one));
  if (g.op == Op::pow) return orEverything(timesPower(g.exponent, g.exponent - 1, x));
  return orEverything(slopesOf(g.op, x));
}

Interval secondDerivativeImage(const Univariate& g, Interval x) {
  x = intersection(x, domain(g));
  if (x.isEmpty()) return outward::nothing;
  if (g.entropy) return orEverything(valuesOf(Op::reciprocal, x));
  if (g.op == Op::pow) {
    if (g.exponent == 0 || g.exponent == 1) return {0, 0};
    const Interval factor =
        outward::multiply(outward::point(g.exponent), outward::subtract(outward::point(g.exponent), {1, 1}));
    return orEverything(outward::multiply(factor, timesPower(1, g.exponent - 2, x)));
  }
  const Interval values = valuesOf(g.op, x);
  if (values.isEmpty()) return {};
  return orEverything(Formula<JetWords>::derivative(g.op, {x, {1, 1}}, {values, slopesOf(g.op, x)}).slope);
}

}  // namespace nonconvex
