// Images, inverse images and lines of functions of one number, compared with values in extended precision at many
// points.
#include "expressions/intervals/univariate.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <numbers>
#include <string>
#include <vector>

#include "check.hpp"
#include "core/random.hpp"
#include "expressions/intervals/perspective.hpp"

using namespace nonconvex;

namespace {

using Real = long double;
using Exact = std::function<Real(Real)>;

/// True if long double has more digits than double: otherwise nothing here can tell an ulp.
constexpr bool extended = std::numeric_limits<Real>::digits >= 64;

struct Case {
  std::string name;
  Univariate g;
  Exact exact;
};

Exact exactOf(Op op) {
  switch (op) {
    case Op::negate:
      return [](Real t) { return -t; };
    case Op::abs:
      return [](Real t) { return std::abs(t); };
    case Op::square:
    case Op::abs2:
      return [](Real t) { return t * t; };
    case Op::sqrt:
      return [](Real t) { return std::sqrt(t); };
    case Op::exp:
      return [](Real t) { return std::exp(t); };
    case Op::log:
      return [](Real t) { return std::log(t); };
    case Op::log1p:
      return [](Real t) { return std::log1p(t); };
    case Op::expm1:
      return [](Real t) { return std::expm1(t); };
    case Op::log10:
      return [](Real t) { return std::log10(t); };
    case Op::sin:
      return [](Real t) { return std::sin(t); };
    case Op::cos:
      return [](Real t) { return std::cos(t); };
    case Op::tan:
      return [](Real t) { return std::tan(t); };
    case Op::asin:
      return [](Real t) { return std::asin(t); };
    case Op::acos:
      return [](Real t) { return std::acos(t); };
    case Op::atan:
      return [](Real t) { return std::atan(t); };
    case Op::sinh:
      return [](Real t) { return std::sinh(t); };
    case Op::cosh:
      return [](Real t) { return std::cosh(t); };
    case Op::tanh:
      return [](Real t) { return std::tanh(t); };
    case Op::asinh:
      return [](Real t) { return std::asinh(t); };
    case Op::acosh:
      return [](Real t) { return std::acosh(t); };
    case Op::atanh:
      return [](Real t) { return std::atanh(t); };
    case Op::softplus:
      return [](Real t) { return t > 0 ? t + std::log1p(std::exp(-t)) : std::log1p(std::exp(t)); };
    case Op::sigmoid:
      return [](Real t) { return t < 0 ? std::exp(t) / (1 + std::exp(t)) : 1 / (1 + std::exp(-t)); };
    case Op::reciprocal:
      return [](Real t) { return 1 / t; };
    case Op::erf:
      return [](Real t) { return std::erf(t); };
    default:
      return nullptr;
  }
}

std::vector<Case> allCases() {
  std::vector<Case> cases;
  for (const Operation& operation : operations()) {
    if (!isUnary(operation.op)) continue;
    const Exact exact = exactOf(operation.op);
    check::note(exact != nullptr, operation.name, 0, "has no reference in this test");
    if (exact != nullptr) cases.push_back({operation.name, Univariate::operation(operation.op), exact});
  }
  for (const double p :
       {-3.0, -2.0, -1.5, -1.0, -0.5, 0.0, 0.3, 0.5, 0.6, 1.0, 1.001, 1.5, 2.0, 2.5, 3.0, 4.0, 7.0, 10.0})
    cases.push_back({"power " + check::text(p), Univariate::power(p), [p](Real t) { return std::pow(t, Real(p)); }});
  cases.push_back({"t log t", Univariate::xLogX(), [](Real t) { return t == 0 ? Real(0) : t * std::log(t); }});
  return cases;
}

class Draws {
 public:
  explicit Draws(std::uint64_t seed) : random_(seed) {}
  double uniform(double low = 0, double high = 1) { return low + (high - low) * random_.uniform(count_++); }
  int below(int n) { return std::min(n - 1, static_cast<int>(uniform() * n)); }

  /// A number of either sign, of moderate size mostly.
  double number() {
    const double sign = below(2) == 0 ? -1 : 1;
    switch (below(8)) {
      case 0:
        return sign * std::pow(10, uniform(-12, 12));
      case 1:
        return sign * std::pow(10, uniform(-9, 2));
      case 2:
        return static_cast<double>(below(7) - 3) * (below(2) == 0 ? 1 : std::numbers::pi / 2);
      case 3:
        return sign * uniform(0, 30);
      default:
        return sign * uniform(0, 4);
    }
  }

  Interval interval(Interval domain) {
    for (;;) {
      double a = number(), b = number();
      switch (below(8)) {
        case 0:
          b = a;
          break;
        case 1:
          b = a + std::abs(a) * std::pow(10, uniform(-15, -1));
          break;
        case 2:
          b = a + std::pow(10, uniform(-8, 1));
          break;
        case 3:
          a = -infinity;
          break;
        case 4:
          b = infinity;
          break;
        case 5:
          b = -a;
          break;
        default:
          break;
      }
      Interval x = intersection({std::min(a, b), std::max(a, b)}, domain);
      if (!x.isEmpty() && x.low < infinity && x.high > -infinity) return x;
    }
  }

 private:
  Random random_;
  std::uint64_t count_ = 0;
};

/// Numbers of x, ends and special ones among them; those of infinite ones grow geometrically.
std::vector<Real> samplesOf(Interval x, Draws& draws, int count) {
  std::vector<Real> t;
  const Real low = std::isinf(x.low) ? std::min(-1e9, x.high - 1e9) : x.low;
  const Real high = std::isinf(x.high) ? std::max(1e9, x.low + 1e9) : x.high;
  t.push_back(low), t.push_back(high);
  const auto add = [&](Real value) {
    if (value >= low && value <= high) t.push_back(value);
  };
  for (const double special : {-1.0, 0.0, 1.0, 1 / std::numbers::e, std::numbers::pi / 2, -std::numbers::pi / 2})
    add(special);
  const Real middle = std::clamp(Real(0), low, high);
  for (int k = 0; k < count; ++k) {
    const Real share = draws.uniform();
    add(low + share * (high - low));
    const Real size = std::pow(Real(10), Real(draws.uniform(-14, 10)));
    add(low + size), add(high - size), add(middle + size), add(middle - size);
  }
  std::sort(t.begin(), t.end());
  t.erase(std::unique(t.begin(), t.end()), t.end());
  return t;
}

/// The least value of h about the samples from t[first] to t[last], by golden sections, and where it is.
void refine(const std::function<Real(Real)>& h, Real a, Real b, Real& least, Real& at) {
  const Real golden = (std::sqrt(Real(5)) - 1) / 2;
  Real c = b - golden * (b - a), d = a + golden * (b - a), hc = h(c), hd = h(d);
  constexpr int sections = 140;
  for (int k = 0; k < sections; ++k) {
    if (hc < least) least = hc, at = c;
    if (hd < least) least = hd, at = d;
    if (hc < hd)
      b = d, d = c, hd = hc, c = b - golden * (b - a), hc = h(c);
    else
      a = c, c = d, hc = hd, d = a + golden * (b - a), hd = h(d);
  }
}

/// The least value of h, refined about the lowest samples, and all low places that were refined.
Real refined(const std::vector<Real>& t, const std::function<Real(Real)>& h, Real& at,
             std::vector<Real>* places = nullptr) {
  std::vector<std::pair<Real, std::size_t>> lowest;
  std::vector<Real> values;
  for (const Real s : t) values.push_back(h(s));
  for (std::size_t k = 0; k < t.size(); ++k) {
    if ((k == 0 || values[k] <= values[k - 1]) && (k + 1 == t.size() || values[k] <= values[k + 1]))
      lowest.emplace_back(values[k], k);
  }
  std::sort(lowest.begin(), lowest.end());
  if (lowest.empty()) return std::numeric_limits<Real>::infinity();
  Real least = lowest.front().first;
  at = t[lowest.front().second];
  constexpr std::size_t most = 3;
  for (std::size_t i = 0; i < std::min(most, lowest.size()); ++i) {
    const std::size_t k = lowest[i].second;
    refine(h, t[k > 0 ? k - 1 : 0], t[std::min(k + 1, t.size() - 1)], least, at);
    if (places == nullptr) continue;
    Real low = values[k], where = t[k];
    refine(h, t[k > 0 ? k - 1 : 0], t[std::min(k + 1, t.size() - 1)], low, where);
    places->push_back(where);
  }
  return least;
}

std::string described(const Case& of, Interval x, double extra, const char* what) {
  return of.name + " over [" + check::text(x.low) + ", " + check::text(x.high) + "], " + check::text(extra) + ": " +
         what;
}

bool overPole(const Case& of, Interval x) {
  const double p = of.g.op == Op::reciprocal ? -1 : of.g.op == Op::pow && !of.g.entropy ? of.g.exponent : 1;
  return p < 0 && x.low <= 0 && x.high >= 0;
}

/// A value in extended precision is itself off by some units.
constexpr Real unit = 8 * std::numeric_limits<Real>::epsilon();

void checkLine(const Case& of, Interval x, Draws& draws, double sign) {
  const double slope = draws.below(5) == 0   ? 0
                       : draws.below(3) == 0 ? derivative(of.g, std::clamp(draws.number(), x.low, x.high))
                                             : draws.number();
  if (!std::isfinite(slope)) return;
  const bool usual =
      slope == 0 || (std::abs(slope) > 1e-99 && std::abs(slope) < 1e99);  // others are safe, but not tight
  const StraightLine line = sign > 0 ? lineBelow(of.g, x, slope) : lineAbove(of.g, x, slope);
  check::note(line.slope == slope && !std::isnan(line.intercept), __FILE__, __LINE__,
              described(of, x, slope, "no line"));
  std::vector<Real> t = samplesOf(x, draws, 60);
  const auto h = [&](Real at) {
    const Real now = Real(sign) * (of.exact(at) - Real(slope) * at);
    return std::isnan(now) ? std::numeric_limits<Real>::infinity() : now;
  };
  Real at = 0;
  const Real least = refined(t, h, at), intercept = Real(sign) * line.intercept;
  Real terms = std::abs(of.exact(at)) + std::abs(Real(slope) * at);
  check::note(!(least + unit * terms < intercept), __FILE__, __LINE__,
              described(of, x, slope, sign > 0 ? "line is not below" : "line is not above") + " at " +
                  check::text(static_cast<double>(at)) + " by " + check::text(static_cast<double>(intercept - least)));
  if (!usual || std::isinf(x.low) || std::isinf(x.high) || overPole(of, x) ||
      !std::isfinite(static_cast<double>(least)))
    return;
  if (of.g.op == Op::tan && (x.high - x.low > 1.5 || std::isinf(intercept))) return;
  if ((of.g.op == Op::sin || of.g.op == Op::cos) && x.high - x.low > 6) return;  // samples miss the touching point
  if (std::isinf(static_cast<double>(of.exact(x.low))) || std::isinf(static_cast<double>(of.exact(x.high)))) return;
  // An end may be as low and have larger terms.
  for (const Real end : {Real(x.low), Real(x.high)}) {
    const Real there = std::abs(of.exact(end)) + std::abs(Real(slope) * end);
    if (h(end) - least <= 1e-13L * there) terms = std::max(terms, there);
  }
  const Real ends = std::max(std::abs(x.low), std::abs(x.high));
  const Real phase = ends * machineEpsilon;
  const Real wave = of.g.op == Op::sin || of.g.op == Op::cos || of.g.op == Op::tan ? 100 * phase * phase : 0;
  check::note(least - intercept <= 1e-12 * terms + wave + 1e-40, __FILE__, __LINE__,
              described(of, x, slope, sign > 0 ? "line below has a gap" : "line above has a gap") + " of " +
                  check::text(static_cast<double>(least - intercept)) + " beside " +
                  check::text(static_cast<double>(terms)));
}

/// The lower convex envelope of samples at a number of x.
Real envelopeAt(const Case& of, const std::vector<Real>& t, Real at, Real sign) {
  std::vector<std::pair<Real, Real>> hull;
  for (const Real x : t) {
    const Real y = sign * of.exact(x);
    if (!hull.empty() && hull.back().first == x) continue;
    while (hull.size() >= 2) {
      const auto& [x1, y1] = hull[hull.size() - 2];
      const auto& [x2, y2] = hull.back();
      if ((y2 - y1) * (x - x1) < (y - y1) * (x2 - x1)) break;
      hull.pop_back();
    }
    hull.emplace_back(x, y);
  }
  for (std::size_t k = 1; k < hull.size(); ++k) {
    if (hull[k].first < at) continue;
    const auto& [x1, y1] = hull[k - 1];
    const auto& [x2, y2] = hull[k];
    return y1 + (y2 - y1) * ((at - x1) / (x2 - x1));
  }
  return hull.front().second;
}

void checkBest(const Case& of, Draws& draws, double sign) {
  Interval x = draws.interval(domain(of.g));
  x.low = std::max(x.low, -12.0), x.high = std::min(x.high, 12.0);
  if (!(x.high - x.low > 1e-3) || overPole(of, x)) return;
  if (of.g.op == Op::tan) x.low = std::max(x.low, -1.5), x.high = std::min(x.high, 1.5);
  if (of.g.op == Op::tan && std::floor(x.low / std::numbers::pi + 0.5) != std::floor(x.high / std::numbers::pi + 0.5))
    return;
  if (of.g.op == Op::pow && !of.g.entropy && std::abs(of.g.exponent) > 5)
    x.low = std::max(x.low, -2.0), x.high = std::min(x.high, 2.0);
  if (!(x.high - x.low > 1e-3)) return;
  if (std::isinf(static_cast<double>(of.exact(x.low))) || std::isinf(static_cast<double>(of.exact(x.high)))) return;
  const double at = draws.uniform(x.low + 0.01 * (x.high - x.low), x.high - 0.01 * (x.high - x.low));
  const StraightLine line = sign > 0 ? bestBelow(of.g, x, at) : bestAbove(of.g, x, at);
  std::vector<Real> t;
  constexpr int pieces = 3000;
  Real size = 0;
  for (int k = 0; k <= pieces; ++k) t.push_back(x.low + (Real(x.high) - x.low) * k / pieces);
  t.push_back(at);
  std::sort(t.begin(), t.end());
  // The hull is to have the numbers where the line touches, if it does.
  Real touched = 0;
  std::vector<Real> places;
  refined(
      t, [&](Real s) { return Real(sign) * (of.exact(s) - Real(line.slope) * s); }, touched, &places);
  t.insert(t.end(), places.begin(), places.end());
  std::sort(t.begin(), t.end());
  for (const Real s : t) size = std::max(size, std::abs(of.exact(s)));
  const Real envelope = envelopeAt(of, t, at, sign), found = Real(sign) * (Real(line.slope) * at + line.intercept);
  check::note(envelope - found <= 1e-9 * size && envelope - found >= -1e-15 * size, __FILE__, __LINE__,
              described(of, x, at, sign > 0 ? "best line below" : "best line above") + " is off by " +
                  check::text(static_cast<double>(envelope - found)));
}

}  // namespace

TEST(imagesContainAllValuesAndNoOthers) {
  if (!extended) return;
  Draws draws(1);
  for (const Case& of : allCases()) {
    for (int k = 0; k < check::repetitions(600); ++k) {
      const Interval x = draws.interval(domain(of.g)), w = image(of.g, x);
      Real low = std::numeric_limits<Real>::infinity(), high = -low;
      const std::vector<Real> t = samplesOf(x, draws, 30);
      for (const Real at : t) {
        const Real y = of.exact(at);
        if (!std::isfinite(y) || (overPole(of, x) && at == 0)) continue;
        low = std::min(low, y), high = std::max(high, y);
        const Real slack = unit * std::abs(y);
        check::note(y + slack >= w.low && y - slack <= w.high, __FILE__, __LINE__,
                    described(of, x, static_cast<double>(at), "image lacks a value"));
      }
      const bool wave = of.g.op == Op::sin || of.g.op == Op::cos || of.g.op == Op::tan;
      if (std::isinf(x.low) || std::isinf(x.high) || overPole(of, x) || (wave && x.high - x.low > 1)) continue;
      Real at = 0;
      const Real least = refined(t, of.exact, at), most = -refined(
                                                       t, [&](Real s) { return -of.exact(s); }, at);
      if (!std::isfinite(static_cast<double>(least)) || !std::isfinite(static_cast<double>(most)) ||
          (wave && std::isinf(w.low)))
        continue;
      const Real phase = wave ? std::max(std::abs(x.low), std::abs(x.high)) * 1e-14L : 0;
      check::note(least - w.low <= 2e-15 * std::abs(least) + phase * phase + 1e-300, __FILE__, __LINE__,
                  described(of, x, w.low, "image is too low"));
      check::note(w.high - most <= 2e-15 * std::abs(most) + phase * phase + 1e-300, __FILE__, __LINE__,
                  described(of, x, w.high, "image is too high"));
    }
  }
}

TEST(inverseImagesLoseNothing) {
  if (!extended) return;
  Draws draws(2);
  for (const Case& of : allCases()) {
    for (int k = 0; k < check::repetitions(600); ++k) {
      const Interval x = draws.interval(domain(of.g));
      const std::vector<Real> t = samplesOf(x, draws, 30);
      Interval w{draws.number(), 0};
      const double middle =
          static_cast<double>(of.exact(t[static_cast<std::size_t>(draws.below(static_cast<int>(t.size())))]));
      if (k % 3 != 0 && !std::isnan(middle)) w.low = middle;
      w.high = w.low + (k % 2 == 0 ? 0 : std::pow(10, draws.uniform(-12, 2)));
      if (k % 7 == 0) w.high = infinity;
      if (k % 7 == 1) w.low = -infinity;
      const Interval part = preimage(of.g, w, x);
      check::note(part.isEmpty() || (part.low >= x.low && part.high <= x.high), __FILE__, __LINE__, "leaves x");
      for (const Real at : t) {
        const Real y = of.exact(at), slack = unit * std::abs(y);
        if (!(y - slack >= w.low && y + slack <= w.high) || (overPole(of, x) && at == 0)) continue;
        check::note(!part.isEmpty() && at >= part.low && at <= part.high, __FILE__, __LINE__,
                    described(of, x, static_cast<double>(at), "inverse image lacks a number"));
      }
    }
  }
}

TEST(inverseImagesOfPointsAreSmall) {
  for (const Case& of : allCases()) {
    const Interval all = domain(of.g);
    for (const double at : {0.3, 0.7, 0.9, 1.5, 2.5}) {
      if (of.g.op == Op::pow && of.g.exponent == 0) continue;
      const double t = all.low >= 1 ? at + 1 : at;
      if (!all.contains(t)) continue;
      const double w = value(of.g, t);
      const Interval part = preimage(of.g, {w, w}, {t - 0.1, t + 0.1});
      const bool flat = std::abs(derivative(of.g, t)) < 0.2;
      if (!flat) CHECK(part.contains(t) && part.high - part.low <= 1e-13);
    }
  }
  CHECK(preimage(Univariate::operation(Op::square), {-2, -1}, {}).isEmpty());
  CHECK(preimage(Univariate::operation(Op::exp), {2, 3}, {2, 5}).isEmpty());
  const Interval turned = preimage(Univariate::operation(Op::sin), {0.5, 1}, {3, 10});
  CHECK_NEAR(turned.low, 2 * std::numbers::pi + std::asin(0.5), 1e-13);
  CHECK_NEAR(turned.high, 3 * std::numbers::pi - std::asin(0.5), 1e-13);
}

TEST(linesOfAnySlopeAreSafeAndTight) {
  if (!extended) return;
  Draws draws(3);
  const int count = check::repetitions(check::longRun() ? 20000 : 1500);
  for (const Case& of : allCases()) {
    for (int k = 0; k < count; ++k) {
      const Interval x = draws.interval(domain(of.g));
      checkLine(of, x, draws, k % 2 == 0 ? 1 : -1);
    }
  }
}

TEST(bestLinesReachTheEnvelope) {
  if (!extended) return;
  Draws draws(4);
  for (const Case& of : allCases())
    for (int k = 0; k < check::repetitions(40); ++k) checkBest(of, draws, k % 2 == 0 ? 1 : -1);
}

TEST(linesOverHalfLinesTouch) {
  const auto below = [](Op op, Interval x, double at) { return bestBelow(Univariate::operation(op), x, at); };
  CHECK_NEAR(below(Op::exp, {}, 1).slope, std::numbers::e, 1e-12);
  CHECK_NEAR(below(Op::exp, {}, 1).intercept, 0, 1e-12);
  CHECK_NEAR(below(Op::log, {1, infinity}, 5).intercept, 0, 1e-12);
  CHECK_NEAR(below(Op::tanh, {}, 1).intercept, -1, 1e-12);
  CHECK_NEAR(below(Op::tanh, {-3, infinity}, 1).intercept, std::tanh(-3), 1e-12);
  CHECK_NEAR(below(Op::cos, {}, 1).intercept, -1, 1e-12);
  CHECK_EQ(below(Op::cos, {}, 1).slope, 0.0);
  CHECK_EQ(below(Op::sinh, {-infinity, 1}, 0).intercept, -infinity);
  CHECK_EQ(below(Op::reciprocal, {-1, 1}, 0.5).intercept, -infinity);
  CHECK_NEAR(bestAbove(Univariate::operation(Op::sqrt), {0, infinity}, 4).slope, 0.25, 1e-12);
  CHECK_NEAR(bestAbove(Univariate::operation(Op::sqrt), {0, infinity}, 4).intercept, 1, 1e-12);
}

TEST(bendsAreThoseOfTheFunctions) {
  Draws draws(6);
  for (const Case& of : allCases()) {
    for (int k = 0; k < check::repetitions(400); ++k) {
      const Interval x = draws.interval(domain(of.g));
      if (std::isinf(x.low) || std::isinf(x.high) || std::max(-x.low, x.high) > 100) continue;
      const Bend bend = bendOver(of.g, x);
      const Real a = of.exact(x.low), c = of.exact(x.high), b = of.exact((Real(x.low) + x.high) / 2);
      if (!std::isfinite(a) || !std::isfinite(c) || bend == Bend::mixed) continue;
      const Real miss = (a + c) / 2 - b, size = 1e-15L * (std::abs(a) + std::abs(b) + std::abs(c));
      check::note(bend == Bend::convex ? miss >= -size : miss <= size, __FILE__, __LINE__, described(of, x, 0, "bend"));
    }
  }
}

TEST(emptyIntervalsHaveNoValuesAndNoLines) {
  const Univariate log = Univariate::operation(Op::log);
  CHECK(image(log, {-2, -1}).isEmpty());
  CHECK(preimage(log, {0, 1}, {-2, -1}).isEmpty());
  CHECK_EQ(lineBelow(log, {-2, -1}, 1).intercept, -infinity);
  CHECK(image(Univariate::operation(Op::reciprocal), {0, 0}).isEmpty());
  CHECK_EQ(image(Univariate::operation(Op::reciprocal), {0, 2}).high, infinity);
  CHECK_EQ(image(Univariate::power(-2), {-1, 2}).high, infinity);
  CHECK_NEAR(image(Univariate::power(-2), {-1, 2}).low, 0.25, 1e-15);
}

TEST(perspectivesContainTheirValuesAndLieAbovePlanes) {
  if (!extended) return;
  Draws draws(7);
  for (int k = 0; k < check::repetitions(3000); ++k) {
    const Interval x = draws.interval({0, 1e9}), y = draws.interval({0, 1e9});
    const Interval w = perspectiveImage(x, y);
    const double alpha = draws.uniform(-20, 20);
    const Plane plane = perspectiveBelow(alpha);
    for (int i = 0; i < 30; ++i) {
      Real a = x.low + draws.uniform() * (Real(x.high) - x.low), b = y.low + draws.uniform() * (Real(y.high) - y.low);
      if (i % 3 == 0) a = b / std::numbers::e_v<Real>;
      if (i % 3 == 1) a = std::exp(Real(alpha) - 1) * b;
      if (b <= 0 || a < 0) continue;
      const Real value = a == 0 ? 0 : a * std::log(a / b);
      const Real slack = unit * (std::abs(value) + a);
      const Real cut = Real(plane.slopeX) * a + Real(plane.slopeY) * b;
      CHECK(value + slack >= cut);
      if (i % 3 == 1) CHECK(value - cut <= 1e-13L * (std::abs(value) + std::abs(plane.slopeX * a) + a));
      if (a >= x.low && a <= x.high && b >= y.low && b <= y.high)
        CHECK(value + slack >= w.low && value - slack <= w.high);
    }
  }
}

// The mean value theorem: a divided difference is a derivative somewhere between its points, exactly.
TEST(derivativesOverIntervalsContainDividedDifferences) {
  if (!extended) return;
  Draws draws(7);
  int tight = 0;
  for (const Case& of : allCases()) {
    const Interval all = domain(of.g);
    for (int k = 0; k < check::repetitions(400); ++k) {
      const double middle = draws.uniform(-4, 4), h = std::pow(2.0, -draws.below(12));
      const Interval x{middle - h, middle + h};
      const bool hasPole = std::isinf(image(of.g, x).low) || std::isinf(image(of.g, x).high);
      if (!x.within(all.low, all.high) || hasPole) continue;
      const Real a = of.exact(x.low), b = of.exact(middle), c = of.exact(x.high);
      const Real left = Real(middle) - x.low, right = Real(x.high) - middle;
      const Real first = (c - a) / (Real(x.high) - x.low);
      const Real second = 2 * ((c - b) / right - (b - a) / left) / (left + right);
      const Real slack = 1e-17L * (std::abs(a) + std::abs(b) + std::abs(c) + 1) / h;
      if (!std::isfinite(second)) continue;
      const Interval slopes = derivativeImage(of.g, x), bends = secondDerivativeImage(of.g, x);
      check::note(first >= slopes.low - slack && first <= slopes.high + slack, __FILE__, __LINE__,
                  described(of, x, static_cast<double>(first), "derivative lacks a slope"));
      check::note(second >= bends.low - 4 * slack / h && second <= bends.high + 4 * slack / h, __FILE__, __LINE__,
                  described(of, x, static_cast<double>(second), "second derivative lacks a value"));
      const Interval there = secondDerivativeImage(of.g, {middle, middle});
      tight += there.high - there.low <= 1e-9 * (1 + std::abs(there.low)) ? 1 : 0;
    }
  }
  CHECK(tight > check::repetitions(1000));
}
