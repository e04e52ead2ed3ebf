#include "expressions/intervals/profile.hpp"

#include <algorithm>
#include <array>

#include "expressions/convexity_rules.hpp"
#include "expressions/formula.hpp"

namespace nonconvex::intervals {
namespace {

constexpr int mostOperations = 60;  // definition: operations of one operand have smaller numbers

// The words of the column `derivative` of operators.def, for numbers.
constexpr double one = 1;
constexpr double constant(double value) { return value; }
double add(double a, double b) { return a + b; }
double subtract(double a, double b) { return a - b; }
double multiply(double a, double b) { return a * b; }
double divide(double a, double b) { return a / b; }
double negate(double a) { return -a; }
double unary(Op op, double a) { return applyScalar(static_cast<std::int32_t>(op), a, 0); }
double scalar(ScalarOp op, double a) { return applyScalar(static_cast<std::int32_t>(op), a, 0); }

// The words of the column `domain`.
constexpr Interval everywhere = {};
using shapes::atLeast;
using shapes::between;

/// The number whose error function is y, to some digits: S. Winitzki's formula and steps of Newton's method.
double inverseErf(double y) {
  constexpr double shape = 0.147;  // published: of the formula
  const double rest = std::log1p(-y * y), half = 2 / (std::numbers::pi * shape) + rest / 2;
  double t = std::copysign(std::sqrt(std::max(0.0, std::sqrt(half * half - rest / shape) - half)), y);
  for (int k = 0; k < 3; ++k) {
    const double step = (std::erf(t) - y) * std::sqrt(std::numbers::pi) / 2 * std::exp(t * t);
    t -= step / (1 + t * step);
  }
  return t;
}

/// The logarithm u of t with u e^u = w, from a first guess, by Halley's method.
double logarithmOf(double w, double u) {
  for (int k = 0; k < 8; ++k) {
    const double e = std::exp(u), miss = u * e - w;
    const double step = miss / (e * (u + 1) - (u + 2) * miss / (2 * u + 2));
    if (!std::isfinite(step)) break;
    u -= step;
  }
  return u;
}

/// The numbers above and below 1/e where t log t is w >= -1/e.
double entropyAbove(double w, double) {
  if (w > 3) return std::exp(logarithmOf(w, std::log(w) - std::log(std::log(w))));
  const double root = std::sqrt(std::max(0.0, 2 * (1 + std::numbers::e * w)));
  return std::exp(w > 0 ? logarithmOf(w, std::log1p(w)) : logarithmOf(w, -1 + root));
}
double entropyBelow(double w, double) {
  if (w >= 0) return 0;
  const double root = std::sqrt(std::max(0.0, 2 * (1 + std::numbers::e * w)));
  return std::exp(logarithmOf(w, w > -0.1 ? std::log(-w) - std::log(-std::log(-w)) : -1 - root));
}

Bend bendOf(unsigned facts) { return (facts & shapes::convex) != 0 ? Bend::convex : Bend::concave; }

Growth growthOf(Op op, const shapes::Shape& whole) {
  if (op == Op::sin) return Growth::sine;
  if (op == Op::cos) return Growth::cosine;
  if (op == Op::tan) return Growth::tangent;
  if (whole.valley) return Growth::valley;
  return whole.slope > 0 ? Growth::rising : whole.slope < 0 ? Growth::falling : Growth::pole;
}

/// What follows from the columns and the shape.
Profile completed(Op op, Profile f) {
  const shapes::Shape whole = shapes::shapeOf(op, f.domain);
  const unsigned below = shapes::shapeOf(op, {-1, 0}).bends, above = shapes::shapeOf(op, {0, 1}).bends;
  f.range = whole.range;
  f.growth = growthOf(op, whole);
  f.below = bendOf(below);
  f.above = bendOf(above);
  f.straight = whole.bends == shapes::linear;
  f.exact = op == Op::negate || op == Op::abs;
  if (f.isWave()) {
    f.slopes = {-1, 1};
    return f;
  }
  const double first = f.derivative(f.below != f.above ? 0.0 : f.domain.low, 1);
  f.roundedSlope = f.below != f.above && std::isfinite(first) && static_cast<float>(first) != first;
  const double last = f.derivative(f.growth == Growth::tangent ? shapes::pi / 2 : f.domain.high, 1);
  f.slopes = {std::min(first, last), std::max(first, last)};
  return f;
}

#define UNARY(name, number, nl, valueColumn, derivativeColumn, shape, domainColumn, inverseColumn, touchColumn) \
  Profile name##Profile() {                                                                                     \
    Profile f;                                                                                                  \
    f.value = [](double a, double) -> double { return valueColumn; };                                           \
    f.derivative = []([[maybe_unused]] double a, double) -> double {                                            \
      [[maybe_unused]] const double y = valueColumn;                                                            \
      return derivativeColumn;                                                                                  \
    };                                                                                                          \
    f.inverse = [](double y, double) -> double { return inverseColumn; };                                       \
    f.touch = []([[maybe_unused]] double s, double) -> double { return touchColumn; };                          \
    f.domain = domainColumn;                                                                                    \
    return completed(Op::name, f);                                                                              \
  }
#include "expressions/operators.def"

std::array<Profile, mostOperations> makeProfiles() {
  std::array<Profile, mostOperations> all;
#define UNARY(name, number, ...) all[number] = name##Profile();
#include "expressions/operators.def"
  return all;
}

Profile entropyProfile() {
  Profile f;
  f.value = [](double t, double) { return t == 0 ? 0.0 : t * std::log(t); };
  f.derivative = [](double t, double) { return std::log(t) + 1; };
  f.inverse = entropyAbove;
  f.leftInverse = entropyBelow;
  f.touch = [](double s, double) { return std::exp(s - 1); };
  f.domain = {0, infinity};
  f.range = {outward::below(-1 / std::numbers::e), infinity};
  f.growth = Growth::valley;
  f.turn = 1 / std::numbers::e;
  return f;
}

/// The kinds of powers that differ in their facts.
enum class PowerKind { zeroth, first, even, odd, evenPole, pole, convex, concave, falling };

PowerKind kindOf(double p) {
  if (p == 0) return PowerKind::zeroth;
  if (p == 1) return PowerKind::first;
  if (p != std::floor(p)) return p > 1 ? PowerKind::convex : p > 0 ? PowerKind::concave : PowerKind::falling;
  const bool even = p / 2 == std::floor(p / 2);
  return p > 0 ? (even ? PowerKind::even : PowerKind::odd) : (even ? PowerKind::evenPole : PowerKind::pole);
}

Profile powerProfile(PowerKind kind) {
  Profile f;
  f.value = [](double t, double p) { return std::pow(t, p); };
  f.derivative = [](double t, double p) { return p == 0 ? 0 : p * std::pow(t, p - 1); };
  f.inverse = [](double y, double p) { return std::copysign(std::pow(std::abs(y), 1 / p), y); };
  f.touch = [](double s, double p) { return std::copysign(std::pow(std::abs(s / p), 1 / (p - 1)), s / p); };
  const Interval positive{0, infinity}, negative{-infinity, 0};
  const bool real = kind == PowerKind::convex || kind == PowerKind::concave || kind == PowerKind::falling;
  if (real) f.domain = positive;
  if (real || kind == PowerKind::even || kind == PowerKind::evenPole) f.range = positive;
  if (kind == PowerKind::zeroth) f.range = {1, 1};
  f.exact = f.straight = kind == PowerKind::zeroth || kind == PowerKind::first;
  f.slopes = kind == PowerKind::even                                                                ? Interval{}
             : kind == PowerKind::falling || kind == PowerKind::pole || kind == PowerKind::evenPole ? negative
                                                                                                    : positive;
  f.growth = kind == PowerKind::even       ? Growth::valley
             : kind == PowerKind::pole     ? Growth::pole
             : kind == PowerKind::evenPole ? Growth::evenPole
             : kind == PowerKind::falling  ? Growth::falling
                                           : Growth::rising;
  if (kind == PowerKind::odd || kind == PowerKind::pole) f.below = Bend::concave;
  if (kind == PowerKind::concave) f.below = f.above = Bend::concave;
  return f;
}

std::array<Profile, 9> makePowers() {
  std::array<Profile, 9> all;
  for (std::size_t k = 0; k < all.size(); ++k) all[k] = powerProfile(static_cast<PowerKind>(k));
  return all;
}

}  // namespace

const Profile& profileOf(const Univariate& g) {
  static const std::array<Profile, mostOperations> operations = makeProfiles();
  static const std::array<Profile, 9> powers = makePowers();
  static const Profile entropy = entropyProfile();
  if (g.entropy) return entropy;
  if (g.op == Op::pow) return powers[static_cast<std::size_t>(kindOf(g.exponent))];
  return operations[static_cast<std::size_t>(g.op)];
}

Interval boundsAt(const Signed& g, double t) {
  constexpr double largest = std::numeric_limits<double>::max();
  constexpr double smallest = 4 * std::numeric_limits<double>::denorm_min();
  const double found = g.f->value(t, g.exponent);
  Interval bounds{found, found};
  const bool zero = found == 0 && (t == 0 || t == 1);  // no function underflows there
  if (std::isinf(found)) {
    if (std::isfinite(t)) (found > 0 ? bounds.low : bounds.high) = found > 0 ? largest : -largest;
  } else if (!g.f->exact && !zero) {
    const double error = Tuning::slack * std::abs(found) + smallest;
    bounds = {std::max(found - error, g.f->range.low), std::min(found + error, g.f->range.high)};
  }
  return g.sign > 0 ? bounds : outward::negate(bounds);
}

Interval inDomain(const Profile& f, Interval x) {
  Interval both = intersection(f.domain, x);
  if (both.low == 0) both.low = 0.0;
  if (both.high == 0) both.high = f.hasPole() ? -0.0 : 0.0;
  return both;
}

}  // namespace nonconvex::intervals
