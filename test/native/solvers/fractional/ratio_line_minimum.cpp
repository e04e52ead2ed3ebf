// The one-dimensional kernels against brute force: a grid in |t| that is logarithmic around every kink, then golden
// section in long double from its lowest points. The reference evaluates N and g by its own code. A grid may miss a
// minimum, which weakens a check but cannot make it wrong: what the kernel returns must be a value of the function,
// within the bounds, and not above the reference.
#include "solvers/fractional/line_minimum/ratio_line_minimum.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <vector>

#include "check.hpp"
#include "core/random.hpp"

using namespace nonconvex;

namespace {

using Kind = LineDenominator::Kind;
constexpr double infinity = std::numeric_limits<double>::infinity();
const int states = check::repetitions(check::longRun() ? 10000 : 500);  // states of each kind

/// A sequence of draws.
class Draw {
 public:
  explicit Draw(std::uint32_t stream) : random_(2023, stream) {}
  double uniform() { return random_.uniform(next_++); }
  double uniform(double lo, double hi) { return lo + (hi - lo) * uniform(); }
  double normal() { return random_.normal(2 * next_++); }
  double decades(double lo, double hi) { return std::pow(10, uniform(lo, hi)); }
  bool chance(double p) { return uniform() < p; }
  int below(int n) { return static_cast<int>(random_.below(next_++, static_cast<std::uint32_t>(n))); }
  double sign() { return chance(0.5) ? 1 : -1; }

 private:
  Random random_;
  std::uint64_t next_ = 0;
};

// ---- Concave terms

struct SumOfRoots : LineConcave {  // w sqrt(x + t + epsilon) + rest
  double w = 1, x = 0, epsilon = 0, rest = 0;
  Value at(double t) const override {
    const double root = std::sqrt(x + t + epsilon);
    return {w * root + rest, w / (2 * root)};
  }
};
struct SumOfLogs : LineConcave {  // w log(1 + h (x + t)) + rest
  double w = 1, x = 0, h = 1, rest = 0;
  Value at(double t) const override { return {w * std::log(1 + h * (x + t)) + rest, w * h / (1 + h * (x + t))}; }
};
struct Saturating : LineConcave {  // w (1 - exp(-h (x + t))) + rest
  double w = 1, x = 0, h = 1, rest = 0;
  Value at(double t) const override {
    const double e = std::exp(-h * (x + t));
    return {w * (1 - e) + rest, w * h * e};
  }
};
struct Cap : LineConcave {  // rest + slope t - w t^2 / 2
  double w = 1, slope = 0, rest = 0;
  Value at(double t) const override { return {rest + slope * t - w * t * t / 2, slope - w * t}; }
};

// ---- A state: numerator, denominator, and where the function has its features

struct State {
  LineNumerator n;
  LineDenominator g;
  std::vector<double> phi, gamma;
  SumOfRoots roots;
  SumOfLogs logs;
  Saturating saturating;
  Cap cap;
  double s = -1;  // the difference's; below zero: quotient
  double scale = 1;
  std::vector<double> kinks;

  State() = default;
  State(const State&) = delete;
};

template <class Real>
struct Terms {
  Real value;
  Real size;  // size of the terms added up, from which rounding errors come
};

template <class Real>
Terms<Real> numerator(const LineNumerator& n, Real t) {
  const Real u = std::abs(Real(n.x) + t);
  const Real square = Real(n.a) * t * t / 2;
  const Real line = Real(n.b) * t;
  const Real penalty = Real(n.l1) * u + Real(n.l1Squared.weight) * (Real(n.rest) + u) * (Real(n.rest) + u);
  return {square + line + Real(n.c) + penalty, square + std::abs(line) + std::abs(Real(n.c)) + penalty};
}

template <class Real>
Terms<Real> polynomial(const double* q, int degree, Real t) {
  Terms<Real> p{0, 0};
  for (int k = degree; k >= 0; --k) {
    p.value = p.value * t + Real(q[k]);
    p.size = p.size * std::abs(t) + std::abs(Real(q[k]));
  }
  return p;
}

/// Below zero by no more than rounding, it is zero.
template <class Real>
Real rootOf(const Terms<Real>& p) {
  return p.value < 0 && p.value > Real(-4e-15) * p.size ? 0 : std::sqrt(p.value);
}

/// g, or NaN where the point does not count.
template <class Real>
Terms<Real> denominator(const LineDenominator& g, bool quotient, Real t) {
  const Real nan = std::numeric_limits<Real>::quiet_NaN();
  Terms<Real> p{0, 0};
  switch (g.kind) {
    case Kind::affineMax:
    case Kind::affineMaxSquared: {
      p.value = -std::numeric_limits<Real>::infinity();
      for (int k = 0; k < g.pieces; ++k) {
        Real w = Real(g.phi[k]) * t + Real(g.gamma[k]);
        if (g.symmetric) w = std::abs(w);
        if (w > p.value) p = {w, std::abs(Real(g.phi[k]) * t) + std::abs(Real(g.gamma[k]))};
      }
      if (g.kind == Kind::affineMaxSquared) {
        if (quotient && !g.symmetric && p.value < 0) return {nan, 0};
        p = {p.value * p.value, p.size * std::abs(p.value) * 2};
      }
      break;
    }
    case Kind::quadratic:
      p = polynomial<Real>(g.q, 2, t);
      break;
    case Kind::sqrtQuadratic: {
      p = polynomial<Real>(g.q, 2, t);
      const Real root = rootOf(p);
      p = {root, root > 0 ? p.size / root : 1e8f * std::sqrt(p.size)};
      break;
    }
    case Kind::sqrtQuartic: {
      p = polynomial<Real>(g.q, 4, t);
      const Real root = rootOf(p);
      p = {root, root > 0 ? p.size / root : 1e8f * std::sqrt(p.size)};
      break;
    }
    case Kind::rootQuartic: {
      p = polynomial<Real>(g.q, 4, t);
      const Real root = std::sqrt(rootOf(p));
      p = {root, root > 0 ? p.size / (root * root * root) : 1e12f * std::sqrt(std::sqrt(p.size))};
      break;
    }
    case Kind::concave: {
      const double value = g.concave->at(static_cast<double>(t)).value;
      const double start = g.concave->at(0).value;  // its terms may be larger than itself
      return {Real(value), std::abs(Real(value)) + 4 * std::abs(Real(start))};
    }
    case Kind::none:
      break;
  }
  return {Real(g.scale) * p.value + Real(g.shift), Real(g.scale) * p.size + std::abs(Real(g.shift))};
}

template <class Real>
Terms<Real> function(const State& state, Real t) {
  const Terms<Real> n = numerator<Real>(state.n, t);
  const Terms<Real> g = denominator<Real>(state.g, state.s < 0, t);
  if (state.s < 0) {
    if (!(g.value > 0)) return {std::numeric_limits<Real>::infinity(), 0};
    return {n.value / g.value, n.size / g.value + n.value / g.value * (g.size / g.value)};
  }
  const Real s = state.s;
  if (s == 0 && state.g.kind != Kind::concave) return n;
  const Real value = n.value - s * g.value;
  if (!(value == value)) return {std::numeric_limits<Real>::infinity(), 0};
  return {value, n.size + s * g.size};
}

/// The lowest point found between the bounds.
LineMinimum bruteForce(const State& state) {
  const double lo = state.n.lower - state.n.x;
  const double hi = state.n.upper - state.n.x;
  std::vector<double> grid = {0};
  const auto put = [&](double t) {
    if (t >= lo && t <= hi && std::isfinite(t)) grid.push_back(t);
  };
  put(lo);
  put(hi);
  for (const double kink : state.kinks) {
    put(kink);
    for (int k = -16; k <= 20; ++k) {
      const double away = state.scale * std::exp2(k < 4 ? k * 1.0 : k * 1.4 - 1.6);
      put(kink - away);
      put(kink + away);
    }
  }
  std::sort(grid.begin(), grid.end());
  std::vector<double> values(grid.size());
  for (std::size_t i = 0; i < grid.size(); ++i) values[i] = function<double>(state, grid[i]).value;
  std::vector<std::pair<double, std::size_t>> valleys;
  LineMinimum best{0, infinity};
  for (std::size_t i = 0; i < grid.size(); ++i) {
    if (values[i] < best.value) best = {grid[i], values[i]};
    if ((i == 0 || values[i] <= values[i - 1]) && (i + 1 == grid.size() || values[i] <= values[i + 1])) {
      valleys.push_back({values[i], i});
    }
  }
  std::sort(valleys.begin(), valleys.end());
  for (std::size_t v = 0; v < std::min<std::size_t>(valleys.size(), 4); ++v) {
    const std::size_t i = valleys[v].second;
    long double left = grid[i > 0 ? i - 1 : 0];
    long double right = grid[std::min(i + 1, grid.size() - 1)];
    const long double ratio = 0.6180339887498948482L;
    long double t1 = right - ratio * (right - left);
    long double t2 = left + ratio * (right - left);
    long double f1 = function<long double>(state, t1).value;
    long double f2 = function<long double>(state, t2).value;
    for (int k = 0; k < 48; ++k) {
      if (f1 <= f2) {
        right = t2;
        t2 = t1;
        f2 = f1;
        t1 = right - ratio * (right - left);
        f1 = function<long double>(state, t1).value;
      } else {
        left = t1;
        t1 = t2;
        f1 = f2;
        t2 = left + ratio * (right - left);
        f2 = function<long double>(state, t2).value;
      }
    }
    const auto value = static_cast<double>(std::min(f1, f2));
    if (value < best.value) best = {static_cast<double>(f1 <= f2 ? t1 : t2), value};
  }
  best.value = static_cast<double>(function<long double>(state, best.t).value);
  return best;
}

std::string describe(const State& state) {
  std::ostringstream out;
  out.precision(17);
  const LineNumerator& n = state.n;
  const LineDenominator& g = state.g;
  out << " N " << n.a << " " << n.b << " " << n.c << " x " << n.x << " l1 " << n.l1 << " " << n.l1Squared.weight << " "
      << n.rest << " in " << n.lower << " " << n.upper << " g " << static_cast<int>(g.kind) << " scale " << g.scale
      << " shift " << g.shift << " symmetric " << g.symmetric << " q";
  for (const double q : g.q) out << " " << q;
  for (int k = 0; k < std::min(g.pieces, 10); ++k) out << " (" << g.phi[k] << " " << g.gamma[k] << ")";
  if (g.kind == Kind::concave) {
    out << " concave "
        << (g.concave == &state.roots        ? "roots"
            : g.concave == &state.logs       ? "logs"
            : g.concave == &state.saturating ? "saturating"
                                             : "cap");
    for (const double t : {0.0, state.scale})
      out << " g(" << t << ") = " << g.concave->at(t).value << ", " << g.concave->at(t).derivative;
  }
  out << " s " << state.s;
  return out.str();
}

void expect(bool good, const char* what, const State& state, const LineMinimum& found, const LineMinimum& reference) {
  check::note(good, __FILE__, __LINE__,
              good ? std::string()
                   : std::string(what) + ": t " + check::text(found.t) + " value " + check::text(found.value) +
                         ", reference t " + check::text(reference.t) + " value " + check::text(reference.value) +
                         describe(state));
}

void examine(State& state) {
  const bool quotient = state.s < 0;
  const LineMinimum found =
      quotient ? minimizeQuotient(state.n, state.g) : minimizeDifference(state.n, state.g, state.s);
  state.kinks.push_back(0);
  state.kinks.push_back(-state.n.x);
  if (state.n.a > 0) state.kinks.push_back(-state.n.b / state.n.a);
  const LineMinimum reference = bruteForce(state);

  if (std::isinf(found.t)) {
    const double bound = found.t > 0 ? state.n.upper : state.n.lower;
    expect(std::isinf(bound), "beyond a bound", state, found, reference);
    const double far = std::copysign((found.value == -infinity ? 1e25 : 1e9) * state.scale, found.t) - state.n.x;
    const auto there = static_cast<double>(function<long double>(state, far).value);
    const auto further = static_cast<double>(function<long double>(state, 16 * far).value);
    const auto rounding = static_cast<double>(1e-15L * function<long double>(state, 16 * far).size);
    if (found.value == -infinity) {
      expect(further < there, "not unbounded", state, found, reference);
    } else if (found.value == 0 && state.g.kind == Kind::concave) {  // it may be as slow as a logarithm
      expect(further < there || there == 0, "limit too low", state, found, {far, there});
    } else {  // approached from above
      expect(there - found.value >= -1e-10 * std::abs(there) - rounding, "limit too high", state, found, {far, there});
      expect(further - found.value <= 0.75 * (there - found.value) + 1e-7 * std::abs(there) + rounding, "limit too low",
             state, found, {far, further});
    }
  } else {
    expect(found.t >= state.n.lower - state.n.x && found.t <= state.n.upper - state.n.x, "outside", state, found,
           reference);
    const auto here = function<long double>(state, found.t);
    expect(std::abs(found.value - here.value) <= 1e-13L * std::abs(here.value) + 1e-14L * here.size, "not its value",
           state, found, {found.t, static_cast<double>(here.value)});
    const double again = quotient ? state.n(found.t) / state.g(found.t)
                                  : (state.s == 0 ? state.n(found.t) : state.n(found.t) - state.s * state.g(found.t));
    expect(std::abs(found.value - again) <= 1e-14 * std::abs(again), "not what the operators say", state, found,
           {found.t, again});
    const double start = static_cast<double>(function<long double>(state, 0).value);
    expect(found.t == 0 || found.value < start + 1e-14 * static_cast<double>(here.size), "not below the start", state,
           found, {0, start});
  }
  // Where terms cancel, no algorithm in double can do better than their rounding.
  const double rounding = 2e-15 * static_cast<double>(function<long double>(state, reference.t).size);
  expect(found.value <= reference.value + 1e-10 * std::abs(reference.value) + rounding, "not the minimum", state, found,
         reference);
}

// ---- Random states, with the edge cases mixed in

void drawNumerator(Draw& draw, State& state) {
  LineNumerator& n = state.n;
  const bool wild = draw.chance(0.05);
  const double scale = draw.decades(wild ? -30 : -6, wild ? 30 : 6);
  const double height = draw.decades(wild ? -30 : -8, wild ? 30 : 8);
  state.scale = scale;
  n.x = draw.chance(0.2) ? 0 : scale * draw.normal() * (draw.chance(0.2) ? draw.decades(-4, 4) : 1);
  if (draw.chance(0.4)) n.l1 = height / scale * draw.decades(-2, 1);
  if (draw.chance(0.25)) {
    n.l1Squared.weight = height / (scale * scale) * draw.decades(-2, 1);
    n.rest = draw.chance(0.2) ? 0 : scale * std::abs(draw.normal());
  }
  const double above = draw.chance(0.15) ? 0 : height * draw.decades(-3, 1);
  if (draw.chance(0.9)) {  // a parabola with its lowest value above zero
    n.a = height / (scale * scale) * draw.decades(-1, 1);
    const double lowest = draw.chance(0.1) ? 0 : scale * draw.normal() * (draw.chance(0.2) ? draw.decades(-4, 4) : 1);
    n.b = -n.a * lowest;
    n.c = n.a / 2 * lowest * lowest + above;
  } else {  // constant, or a line that the penalty keeps from falling
    n.b = n.l1 * (draw.chance(0.3) ? draw.sign() : draw.uniform(-1, 1));
    n.c = std::max(n.b * n.x, 0.0) + (above > 0 ? above : 1e-6 * height);  // N is not zero together with g
  }
  const double width = scale * draw.decades(-2, 1);
  switch (draw.below(9)) {
    case 0:
      n.lower = n.x - width * draw.uniform();
      n.upper = n.x + width * draw.uniform();
      break;
    case 1:
      n.lower = n.x - width;
      break;
    case 2:
      n.upper = n.x + width;
      break;
    case 3:
      n.x = std::abs(n.x);
      n.c = std::max(n.c, n.b * n.x);
      n.lower = 0;
      break;
    case 4:
      n.lower = n.x;
      if (draw.chance(0.3)) n.upper = n.x;
      break;
    case 5:
      n.upper = std::max(n.x, 0.0);
      break;
    default:
      break;
  }
}

void drawScaleAndShift(Draw& draw, State& state, double size, bool shifts) {
  if (draw.chance(0.3)) state.g.scale = draw.decades(-3, 3);
  if (shifts) state.g.shift = state.g.scale * size * draw.decades(-3, 2);
}

void drawPieces(Draw& draw, State& state, int least, int most) {
  const double x = state.n.x;
  const double scale = state.scale;
  state.phi.clear();
  state.gamma.clear();
  if (least <= 3 && most >= 3 && draw.chance(0.3)) {  // top-k
    const double largest = scale * draw.decades(-2, 2);
    const double S = draw.chance(0.3) ? 0 : largest;
    const double mk = draw.chance(0.3) ? 0 : largest * draw.uniform();
    state.phi = {0, 1, -1};
    state.gamma = {S + mk, S + x, S - x};
  } else {
    const int pieces = least + draw.below(most - least + 1);
    for (int k = 0; k < pieces; ++k) {
      state.phi.push_back(draw.chance(0.1) ? 0 : draw.normal() * (draw.chance(0.1) ? draw.decades(-6, 1) : 1));
      state.gamma.push_back(draw.chance(0.1) ? 0 : scale * draw.normal());
    }
  }
  state.g.pieces = static_cast<int>(state.phi.size());
  state.g.phi = state.phi.data();
  state.g.gamma = state.gamma.data();
  for (int k = 0; k < std::min(state.g.pieces, 6); ++k) state.kinks.push_back(-state.gamma[k] / state.phi[k]);
}

/// sum_j (r_j + alpha_j t)^degree and perhaps a little more.
void drawPowers(Draw& draw, State& state, int degree) {
  const double scale = state.scale;
  std::fill(state.g.q, state.g.q + 5, 0.0);
  const int rows = 1 + draw.below(5);
  const double size = draw.decades(-4, 4);
  for (int j = 0; j < rows; ++j) {
    const double r = draw.chance(0.1) ? 0 : draw.normal() * (draw.chance(0.1) ? draw.decades(-4, 0) : 1);
    double alpha = draw.chance(0.1) ? 0 : draw.normal() / scale * (draw.chance(0.1) ? draw.decades(-4, 0) : 1);
    if (draw.chance(0.05)) alpha = r / state.n.x;  // the kink of |x + t|
    if (!std::isfinite(alpha)) alpha = 1 / scale;
    double choose = 1;
    for (int k = 0; k <= degree; ++k) {
      state.g.q[k] += size * choose * std::pow(alpha, k) * std::pow(r, degree - k);
      choose *= double(degree - k) / (k + 1);
    }
    state.kinks.push_back(-r / alpha);
  }
  if (draw.chance(0.5)) state.g.q[0] += size * draw.decades(-4, 1);
}

void drawS(Draw& draw, State& state) {
  const double ratio = state.n(0) / state.g(0);
  state.s = draw.chance(0.05) ? 0 : ratio * draw.uniform(0.2, 1.2);
}

bool admissible(const State& state) {
  const double g = state.g(0);
  return g > 0 && std::isfinite(g) && state.n(0) >= 0 && denominator<double>(state.g, true, 0.0).value > 0;
}

template <class Make>
void many(std::uint32_t stream, Make&& make, int count = states) {
  Draw draw(stream);
  int examined = 0;
  for (int tried = 0; examined < count && tried < 20 * count; ++tried) {
    State state;
    drawNumerator(draw, state);
    make(draw, state);
    if (!admissible(state)) continue;
    if (state.s == 0) drawS(draw, state);  // asked for
    examine(state);
    ++examined;
  }
  CHECK_EQ(examined, count);
}

void pieces(std::uint32_t stream, Kind kind, bool symmetric, bool shift, bool difference, int least, int most,
            int count = states) {
  many(
      stream,
      [&](Draw& draw, State& state) {
        state.g.kind = kind;
        state.g.symmetric = symmetric;
        drawPieces(draw, state, least, most);
        drawScaleAndShift(draw, state, kind == Kind::affineMax ? state.scale : state.scale * state.scale, shift);
        if (difference) state.s = 0;
      },
      count);
}

void polynomials(std::uint32_t stream, Kind kind, int degree, bool shift, bool difference) {
  many(stream, [&](Draw& draw, State& state) {
    state.g.kind = kind;
    drawPowers(draw, state, degree);
    if (kind == Kind::quadratic && draw.chance(0.1)) {  // any quadratic: it may be linear, or fall
      state.g.q[2] *= draw.below(3) - 1;
      state.g.q[1] *= draw.normal();
    }
    drawScaleAndShift(draw, state, state.g.q[0], shift);
    if (difference) state.s = 0;
  });
}

void drawConcave(Draw& draw, State& state) {
  LineNumerator& n = state.n;
  state.g.kind = Kind::concave;
  const double w = draw.decades(-2, 2);
  const double rest = draw.chance(0.2) ? 0 : w * std::abs(draw.normal());
  const bool within = draw.chance(0.6);
  if (within) {  // x >= 0, where all are defined
    n.x = std::abs(n.x);
    n.c = std::max(n.c, n.b * n.x);
    n.lower = draw.chance(0.5) ? 0 : n.x * draw.uniform();
    n.upper = draw.chance(0.4) ? infinity : n.x + state.scale * draw.decades(-1, 1);
  }
  switch (draw.below(4)) {
    case 0:
      state.roots.w = w;
      state.roots.x = n.x;
      state.roots.epsilon = state.scale * draw.decades(-4, 0);
      state.roots.rest = rest;
      state.g.concave = &state.roots;
      state.kinks.push_back(-n.x - state.roots.epsilon);
      break;
    case 1:
      state.logs.w = w;
      state.logs.x = n.x;
      state.logs.h = draw.decades(-2, 2) / state.scale;
      state.logs.rest = rest;
      state.g.concave = &state.logs;
      state.kinks.push_back(-n.x - 1 / state.logs.h);
      break;
    case 2:
      state.saturating.w = w;
      state.saturating.x = n.x;
      state.saturating.h = draw.decades(-1, 0) / state.scale;
      state.saturating.rest = rest;
      state.g.concave = &state.saturating;
      break;
    default:
      state.cap.w = draw.chance(0.2) ? 0 : w / (state.scale * state.scale);
      state.cap.slope = w / state.scale * draw.normal();
      state.cap.rest = rest;
      state.g.concave = &state.cap;
      break;
  }
}

}  // namespace

TEST(affineQuotient) { pieces(1, Kind::affineMax, false, false, false, 1, 5); }
TEST(affineQuotientShift) { pieces(2, Kind::affineMax, false, true, false, 1, 5); }
TEST(affineQuotientSymmetric) { pieces(3, Kind::affineMax, true, false, false, 1, 8); }
TEST(affineQuotientMany) {
  pieces(4, Kind::affineMax, false, false, false, 5, 300, 400);
  pieces(5, Kind::affineMax, true, true, false, 5, 300, 400);
}
TEST(affineDifference) { pieces(6, Kind::affineMax, false, false, true, 1, 5); }
TEST(affineDifferenceShift) { pieces(7, Kind::affineMax, true, true, true, 1, 5); }
TEST(affineDifferenceMany) { pieces(8, Kind::affineMax, true, false, true, 5, 300, 400); }
TEST(squaredQuotientOnePiece) { pieces(9, Kind::affineMaxSquared, false, false, false, 1, 1); }
TEST(squaredQuotient) { pieces(10, Kind::affineMaxSquared, false, false, false, 1, 5); }
TEST(squaredQuotientSymmetric) { pieces(11, Kind::affineMaxSquared, true, false, false, 1, 8); }
TEST(squaredQuotientShift) { pieces(12, Kind::affineMaxSquared, false, true, false, 1, 5); }
TEST(squaredQuotientSymmetricShift) { pieces(13, Kind::affineMaxSquared, true, true, false, 1, 5); }
TEST(squaredQuotientMany) { pieces(14, Kind::affineMaxSquared, true, false, false, 5, 300, 400); }
TEST(squaredDifference) {
  pieces(15, Kind::affineMaxSquared, false, false, true, 1, 1);
  pieces(16, Kind::affineMaxSquared, true, true, true, 1, 1);
}
TEST(quadraticQuotient) { polynomials(17, Kind::quadratic, 2, false, false); }
TEST(quadraticQuotientShift) { polynomials(18, Kind::quadratic, 2, true, false); }
TEST(quadraticDifference) { polynomials(19, Kind::quadratic, 2, false, true); }
TEST(sqrtQuadraticQuotient) { polynomials(20, Kind::sqrtQuadratic, 2, false, false); }
TEST(sqrtQuadraticQuotientShift) { polynomials(21, Kind::sqrtQuadratic, 2, true, false); }
TEST(sqrtQuadraticDifference) { polynomials(22, Kind::sqrtQuadratic, 2, false, true); }
TEST(sqrtQuadraticDifferenceShift) { polynomials(23, Kind::sqrtQuadratic, 2, true, true); }
TEST(sqrtQuarticQuotient) { polynomials(24, Kind::sqrtQuartic, 4, false, false); }
TEST(sqrtQuarticQuotientShift) { polynomials(25, Kind::sqrtQuartic, 4, true, false); }
TEST(rootQuarticQuotient) { polynomials(26, Kind::rootQuartic, 4, false, false); }
TEST(concaveQuotient) { many(27, drawConcave); }
TEST(concaveDifference) {
  many(28, [](Draw& draw, State& state) {
    drawConcave(draw, state);
    state.s = 0;
  });
}
TEST(noDenominator) {
  many(29, [](Draw& draw, State& state) {
    state.g.kind = Kind::none;
    state.g.shift = draw.decades(-2, 2);
    if (draw.chance(0.5)) state.s = 0;
  });
}

// The kernels by themselves, without the polish and the other candidates: N is a parabola without kink or bounds.

namespace {

template <class Kernel>
void kernel(std::uint32_t stream, Kind kind, int degree, bool difference, Kernel&& steps) {
  Draw draw(stream);
  int examined = 0;
  int compared = 0;
  while (examined < states) {
    State state;
    drawNumerator(draw, state);
    LineNumerator& n = state.n;
    n.l1 = n.l1Squared.weight = n.rest = 0;
    n.lower = -infinity;
    n.upper = infinity;
    if (n.a == 0) continue;
    state.g.kind = kind;
    if (degree == 0) {
      drawPieces(draw, state, 1, 1);
    } else {
      drawPowers(draw, state, degree);
    }
    if (!admissible(state)) continue;
    if (difference) drawS(draw, state);
    state.kinks.push_back(0);
    state.kinks.push_back(-n.b / n.a);
    const LineMinimum reference = bruteForce(state);
    const LineMinimum whole = difference ? minimizeDifference(n, state.g, state.s) : minimizeQuotient(n, state.g);
    double t[8];
    const int count = steps(QuadraticPiece{n.a, n.b, n.c}, state, t);
    LineMinimum found{0, infinity};
    for (int k = 0; k < count; ++k) {
      const double value = function<double>(state, t[k]).value;
      if (value < found.value) found = {t[k], value};
    }
    ++examined;
    // Nothing to find where the infimum is at infinity or where N = 0, a double root of the equation.
    if (std::isinf(whole.t) || std::abs(reference.t) > 1e4 * state.scale) continue;
    if (2 * n.a * n.c - n.b * n.b <= 1e-9 * n.b * n.b) continue;
    ++compared;
    const double rounding = 1e-14 * static_cast<double>(function<long double>(state, reference.t).size);
    expect(found.value <= reference.value + 1e-8 * std::abs(reference.value) + rounding, "kernel", state, found,
           reference);
  }
  CHECK(compared > states / 3);
}

}  // namespace

TEST(kernel1) {
  kernel(41, Kind::affineMax, 0, false, [](const QuadraticPiece& n, const State& state, double* t) {
    t[0] = affineQuotientStep(n, state.phi[0], state.gamma[0]);
    return 1;
  });
}
TEST(kernel2) {
  kernel(42, Kind::affineMaxSquared, 0, false, [](const QuadraticPiece& n, const State& state, double* t) {
    t[0] = affineSquaredQuotientStep(n, state.phi[0], state.gamma[0]);
    return 1;
  });
}
TEST(kernel3) {
  kernel(43, Kind::quadratic, 2, false, [](const QuadraticPiece& n, const State& state, double* t) {
    return quadraticQuotientSteps(n, state.g.q, t);
  });
}
TEST(kernel4) {
  kernel(44, Kind::sqrtQuadratic, 2, false, [](const QuadraticPiece& n, const State& state, double* t) {
    return sqrtQuadraticQuotientSteps(n, state.g.q, t);
  });
}
TEST(kernel5) {
  kernel(45, Kind::sqrtQuartic, 4, false, [](const QuadraticPiece& n, const State& state, double* t) {
    return sqrtQuarticQuotientSteps(n, state.g.q, t);
  });
}
TEST(kernelRootQuartic) {
  kernel(46, Kind::rootQuartic, 4, false, [](const QuadraticPiece& n, const State& state, double* t) {
    return rootQuarticQuotientSteps(n, state.g.q, t);
  });
}
TEST(kernel6) {
  kernel(47, Kind::affineMax, 0, true, [](const QuadraticPiece& n, const State& state, double* t) {
    t[0] = affineDifferenceStep(n, state.phi[0], state.s);
    return 1;
  });
}
TEST(kernel7) {
  kernel(48, Kind::quadratic, 2, true, [](const QuadraticPiece& n, const State& state, double* t) {
    t[0] = quadraticDifferenceStep(n, state.g.q, state.s);
    return 1;
  });
}
TEST(kernel8) {
  kernel(49, Kind::sqrtQuadratic, 2, true, [](const QuadraticPiece& n, const State& state, double* t) {
    return sqrtQuadraticDifferenceSteps(n, state.g.q, state.s, t);
  });
}

// Whatever the scales, and with zeros everywhere: a number no worse than the start, at a step within the bounds.
TEST(anyScale) {
  Draw draw(30);
  for (int i = 0; i < check::repetitions(check::longRun() ? 200000 : 20000); ++i) {
    const auto any = [&] { return draw.chance(0.2) ? 0.0 : draw.sign() * draw.decades(-60, 60); };
    State state;
    LineNumerator& n = state.n;
    n.a = std::abs(any());
    n.c = std::abs(any());
    n.b = std::sqrt(2 * n.a) * std::sqrt(n.c) * (draw.chance(0.2) ? draw.sign() : draw.uniform(-1, 1));
    n.x = any();
    if (draw.chance(0.5)) n.l1 = std::abs(any());
    if (draw.chance(0.3)) n.l1Squared.weight = std::abs(any());
    n.rest = std::abs(any());
    if (draw.chance(0.3)) n.lower = n.x - std::abs(any());
    if (draw.chance(0.3)) n.upper = n.x + std::abs(any());
    LineDenominator& g = state.g;
    g.kind = static_cast<Kind>(draw.below(7));
    g.scale = draw.decades(-3, 3);
    if (draw.chance(0.3) && g.kind != Kind::rootQuartic) g.shift = std::abs(any());
    g.symmetric = draw.chance(0.5);
    const int pieces = 1 + draw.below(6);
    for (int k = 0; k < pieces; ++k) {
      state.phi.push_back(any());
      state.gamma.push_back(any());
    }
    g.pieces = pieces;
    g.phi = state.phi.data();
    g.gamma = state.gamma.data();
    const double r = any();
    const double alpha = r * draw.decades(-6, 6) * draw.normal();  // a power of (r + alpha t), and something
    const bool quartic = g.kind == Kind::sqrtQuartic || g.kind == Kind::rootQuartic;
    const double r1 = quartic ? r * r : r;
    const double alpha1 = quartic ? alpha * alpha : alpha;
    g.q[0] = r1 * r1 + std::abs(any());
    g.q[1] = quartic ? 0 : 2 * r1 * alpha1;
    g.q[2] = quartic ? 2 * r1 * alpha1 : alpha1 * alpha1;
    g.q[4] = quartic ? alpha1 * alpha1 : 0;
    const double start = n(0) / g(0);
    if (!(g(0) > 0) || !std::isfinite(start)) continue;
    const bool one = g.kind != Kind::affineMaxSquared || pieces == 1;
    const auto good = [&](const LineMinimum& m, double before) {
      return !std::isnan(m.value) && !std::isnan(m.t) && m.value <= before && m.t >= n.lower - n.x &&
             m.t <= n.upper - n.x;
    };
    const LineMinimum q = minimizeQuotient(n, g);
    const bool excluded = g.kind == Kind::affineMaxSquared && !(denominator<double>(g, true, 0).value > 0);
    expect(good(q, excluded ? infinity : start), "quotient", state, q, {0, start});
    if (!one || g.kind == Kind::sqrtQuartic || g.kind == Kind::rootQuartic) continue;
    state.s = draw.chance(0.2) ? 0 : start * draw.decades(-3, 1);
    const double before = state.s == 0 ? n(0) : n(0) - state.s * g(0);
    if (!std::isfinite(before)) continue;
    const LineMinimum d = minimizeDifference(n, g, state.s);
    expect(good(d, before), "difference", state, d, {0, before});
  }
}
