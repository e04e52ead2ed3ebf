#include "solvers/fractional/line_minimum/ratio_line_minimum.hpp"

#include <algorithm>
#include <cmath>

#include "core/multiversion.hpp"
#include "methods/one_dimensional/polynomial.hpp"

namespace nonconvex {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
using Kind = LineDenominator::Kind;

/// g(t) ~ g[2] t^2 + g[1] t + g[0] as t goes to +-infinity: exact in the leading terms that decide a limit. What grows
/// slower than t^2 but faster than t has g[1] infinite, what grows slower than t g[0].
struct Asymptote {
  double g[3];
};

constexpr int few = 4;  // pieces up to here are not worth a call
constexpr int descents = 8;
constexpr int block = 128;

/// The least of n > 0 values; those up to the next multiple of `descents` are written, too.
inline __attribute__((always_inline)) double leastOf(int n, double* value) {
  for (int k = n; k % descents != 0; ++k) value[k] = infinity;
  double least[descents];
  for (int l = 0; l < descents; ++l) least[l] = value[l];
  for (int k = descents; k < n; k += descents) {
    for (int l = 0; l < descents; ++l) least[l] = value[k + l] < least[l] ? value[k + l] : least[l];
  }
  return *std::min_element(least, least + descents);
}

/// max_k s (x_k t + weight y_k) over s = 1 and s = other.
NONCONVEX_CLONES double largestOfMany(int n, const double* x, const double* y, double t, double weight, double other) {
  double most = -infinity;
  double w[block];
  for (int first = 0; first < n; first += block) {
    const int size = std::min(block, n - first);
    for (int k = 0; k < size; ++k) {
      const double v = -(x[first + k] * t + weight * y[first + k]);
      w[k] = other * v < v ? other * v : v;
    }
    most = std::max(most, -leastOf(size, w));
  }
  return most;
}

inline double largestPiece(const LineDenominator& g, double t) {
  if (g.pieces > few) return largestOfMany(g.pieces, g.phi, g.gamma, t, 1, g.symmetric ? -1 : 1);
  double most = -infinity;
  for (int k = 0; k < g.pieces; ++k) {
    const double w = g.phi[k] * t + g.gamma[k];
    most = std::max(most, g.symmetric ? std::abs(w) : w);
  }
  return most;
}

/// The piece that is the largest at +-infinity.
QuadraticPiece steepestPiece(const LineDenominator& g, double direction) {
  QuadraticPiece most{0, -infinity, -infinity};
  for (int k = 0; k < g.pieces; ++k) {
    double phi = direction * g.phi[k];
    double gamma = g.gamma[k];
    if (g.symmetric && (phi < 0 || (phi == 0 && gamma < 0))) {
      phi = -phi;
      gamma = -gamma;
    }
    if (phi > most.b || (phi == most.b && gamma > most.c)) most = {0, phi, gamma};
  }
  most.b *= direction;
  return most;
}

// The denominators, one struct a kind: its value, what of it counts in a quotient (where that is positive), whether it
// grows no faster than t, its derivatives and its behaviour at infinity.

struct AffineMax {
  static constexpr bool linear = true;
  const LineDenominator& d;
  double operator()(double t) const { return d.scale * largestPiece(d, t) + d.shift; }
  bool countsAt(double) const { return true; }
  double positive(double t) const { return (*this)(t); }
  Asymptote asymptote(double direction) const {
    const QuadraticPiece w = steepestPiece(d, direction);
    return {{d.scale * w.c + d.shift, d.scale * w.b, 0}};
  }
};

struct AffineMaxSquared {
  static constexpr bool linear = false;
  const LineDenominator& d;
  double operator()(double t) const {
    const double w = largestPiece(d, t);
    return d.scale * (w * w) + d.shift;
  }
  double positive(double t) const {
    const double w = largestPiece(d, t);
    return d.symmetric || w >= 0 ? d.scale * (w * w) + d.shift : 0;
  }
  bool countsAt(double direction) const {
    if (d.symmetric) return true;
    const QuadraticPiece w = steepestPiece(d, direction);
    return direction * w.b > 0 || (w.b == 0 && w.c >= 0);
  }
  Asymptote asymptote(double direction) const {
    if (d.pieces > 1) {  // that the square grows decides already
      const double slope = largestOfMany(d.pieces, d.phi, d.gamma, direction, 0, d.symmetric ? -1 : 1);
      if (slope > 0) return {{0, 0, d.scale * slope * slope}};
    }
    const QuadraticPiece w = steepestPiece(d, direction);
    return {{d.scale * w.c * w.c + d.shift, 2 * d.scale * w.b * w.c, d.scale * w.b * w.b}};
  }
};

/// g, g' and g''.
struct Jet {
  double g;
  double first;
  double second;
};

Jet jet(int degree, const double* q, double t) {
  Jet p{q[degree], 0, 0};
  for (int k = degree - 1; k >= 0; --k) {
    p.second = p.second * t + 2 * p.first;
    p.first = p.first * t + p.g;
    p.g = p.g * t + q[k];
  }
  return p;
}

Jet sqrtOf(const Jet& p) {
  const double root = std::sqrt(p.g);
  const double first = p.first / (2 * root);
  return {root, first, (p.second / 2 - first * first) / root};
}

Jet scaled(const Jet& p, const LineDenominator& d) {
  return {d.scale * p.g + d.shift, d.scale * p.first, d.scale * p.second};
}

struct Quadratic {
  static constexpr bool linear = false;
  const LineDenominator& d;
  Jet derivatives(double t) const { return scaled(jet(2, d.q, t), d); }
  double operator()(double t) const { return d.scale * ((d.q[2] * t + d.q[1]) * t + d.q[0]) + d.shift; }
  bool countsAt(double) const { return true; }
  double positive(double t) const { return (*this)(t); }
  Asymptote asymptote(double) const { return {{d.scale * d.q[0] + d.shift, d.scale * d.q[1], d.scale * d.q[2]}}; }
};

/// The square root of a polynomial that is a sum of even powers: below zero by no more than rounding, it is zero.
double rootAt(int degree, const double* q, double t) {
  const double p = polynomialAt(degree, q, t);
  if (p >= 0) return std::sqrt(p);
  double terms = 0;
  for (int k = degree; k >= 0; --k) terms = terms * std::abs(t) + std::abs(q[k]);
  return p >= -4e-15 * terms ? 0 : std::numeric_limits<double>::quiet_NaN();
}

/// sqrt(q2 t^2 + q1 t + q0) far out.
Asymptote sqrtAsymptote(const double* q, double direction, double scale, double shift) {
  if (q[2] > 0) {
    const double root = std::sqrt(q[2]);
    return {{scale * direction * q[1] / (2 * root) + shift, scale * direction * root, 0}};
  }
  if (q[2] < 0 || direction * q[1] < 0) return {{-infinity, 0, 0}};
  return {{q[1] != 0 ? infinity : scale * std::sqrt(q[0]) + shift, 0, 0}};
}

struct SqrtQuadratic {
  static constexpr bool linear = true;
  const LineDenominator& d;
  Jet derivatives(double t) const { return scaled(sqrtOf(jet(2, d.q, t)), d); }
  double operator()(double t) const { return d.scale * rootAt(2, d.q, t) + d.shift; }
  bool countsAt(double) const { return true; }
  double positive(double t) const { return (*this)(t); }
  Asymptote asymptote(double direction) const { return sqrtAsymptote(d.q, direction, d.scale, d.shift); }
};

struct SqrtQuartic {
  static constexpr bool linear = false;
  const LineDenominator& d;
  Jet derivatives(double t) const { return scaled(sqrtOf(jet(4, d.q, t)), d); }
  double operator()(double t) const { return d.scale * rootAt(4, d.q, t) + d.shift; }
  bool countsAt(double) const { return true; }
  double positive(double t) const { return (*this)(t); }
  Asymptote asymptote(double direction) const {
    if (d.q[4] > 0) return {{0, 0, d.scale * std::sqrt(d.q[4])}};
    if (d.q[4] < 0 || direction * d.q[3] < 0) return {{-infinity, 0, 0}};
    if (d.q[3] != 0) return {{0, direction * infinity, 0}};
    return sqrtAsymptote(d.q, direction, d.scale, d.shift);
  }
};

struct RootQuartic {
  static constexpr bool linear = true;
  const LineDenominator& d;
  Jet derivatives(double t) const { return scaled(sqrtOf(sqrtOf(jet(4, d.q, t))), d); }
  double operator()(double t) const { return d.scale * std::sqrt(rootAt(4, d.q, t)) + d.shift; }
  bool countsAt(double) const { return true; }
  double positive(double t) const { return (*this)(t); }
  Asymptote asymptote(double direction) const {
    if (d.q[4] > 0) return {{0, direction * d.scale * std::sqrt(std::sqrt(d.q[4])), 0}};
    if (d.q[4] < 0 || direction * d.q[3] < 0) return {{-infinity, 0, 0}};
    if (d.q[3] == 0 && (d.q[2] < 0 || (d.q[2] == 0 && direction * d.q[1] < 0))) return {{-infinity, 0, 0}};
    const bool constant = d.q[3] == 0 && d.q[2] == 0 && d.q[1] == 0;
    return {{constant ? d.scale * std::sqrt(std::sqrt(d.q[0])) + d.shift : infinity, 0, 0}};
  }
};

/// N on one side of its kink u = 0, within the bounds: lo <= t <= hi.
struct Side : QuadraticPiece {
  double lo = 0;
  double hi = 0;
};

struct Sides {
  Side side[2];
  int count = 0;

  explicit Sides(const LineNumerator& n) {
    const double lo = n.lower - n.x;
    const double hi = n.upper - n.x;
    if (n.l1 == 0 && n.l1Squared == 0) {
      side[count++] = {{n.a, n.b, n.c}, lo, hi};
      return;
    }
    if (n.upper > 0) side[count++] = folded(n, 1, std::max(lo, -n.x), hi);
    if (n.lower < 0 || count == 0) side[count++] = folded(n, -1, lo, std::min(hi, -n.x));
  }

  /// |u| = sign u.
  static Side folded(const LineNumerator& n, double sign, double lo, double hi) {
    const double base = n.rest + sign * n.x;
    return {{n.a + 2 * n.l1Squared, n.b + sign * (n.l1 + 2 * n.l1Squared * base),
             n.c + sign * n.l1 * n.x + n.l1Squared * base * base},
            lo,
            hi};
  }
};

template <class G>
struct Quotient {
  const LineNumerator& n;
  G g;

  double operator()(double t) const {
    const double under = g.positive(t);
    return under > 0 ? n(t) / under : infinity;
  }
  /// The Newton step for N' g = N g'.
  double correction(const Side& side, double t) const {
    const Jet at = g.derivatives(t);
    const double over = side(t);
    const double slope = side.a * t + side.b;
    return (over * at.first - slope * at.g) / (side.a * at.g - over * at.second);
  }
  double limit(const Side& side, double direction) const {
    if (G::linear && side.a > 0) return infinity;
    const Asymptote far = g.asymptote(direction);
    if (far.g[0] == -infinity || far.g[2] < 0 || !g.countsAt(direction)) return infinity;
    if (side.a > 0 || far.g[2] > 0) return far.g[2] > 0 ? side.a / 2 / far.g[2] : infinity;
    const double over = direction * side.b;
    const double under = direction * far.g[1];
    if (under < 0) return infinity;
    if (over > 0) return under > 0 ? over / under : infinity;
    if (under > 0) return 0;
    return far.g[0] > 0 ? side.c / far.g[0] : infinity;
  }
};

template <class G>
struct Difference {
  const LineNumerator& n;
  G g;
  double s;

  double operator()(double t) const { return s == 0 ? n(t) : n(t) - s * g(t); }
  /// The Newton step for N' = s g'.
  double correction(const Side& side, double t) const {
    const Jet at = g.derivatives(t);
    return (s * at.first - (side.a * t + side.b)) / (side.a - s * at.second);
  }
  double limit(const Side& side, double direction) const {
    if (G::linear && side.a > 0) return infinity;
    Asymptote far = {{0, 0, 0}};
    if (s > 0) far = g.asymptote(direction);
    if (far.g[0] == -infinity) return infinity;
    const double second = side.a / 2 - s * far.g[2];
    if (second != 0) return std::copysign(infinity, second);
    const double first = direction * (side.b - s * far.g[1]);
    if (first != 0) return std::copysign(infinity, first);
    return side.c - s * far.g[0];
  }
};

/// The best step so far; ties go to the earlier one, but a finite step is better than a limit.
template <class F>
struct Search {
  const F& f;
  LineMinimum best;

  explicit Search(const F& function) : f(function), best{0, function(0)} {}

  void offer(double t) {
    const double value = f(t);
    if (value < best.value || (value == best.value && std::isinf(best.t))) best = {t, value};
  }
  void offer(double t, const Side& side) {
    if (t > side.lo && t < side.hi) offer(t);
  }
  void ends(const Sides& sides) {
    for (int i = 0; i < sides.count; ++i) {
      const Side& side = sides.side[i];
      if (std::isfinite(side.lo)) offer(side.lo);
      if (std::isfinite(side.hi) && i == 0) offer(side.hi);  // the second side ends where the first begins
    }
    if (sides.count > 0 && std::isinf(sides.side[0].hi)) limit(sides.side[0], infinity);
    const Side& last = sides.side[sides.count - 1];
    if (sides.count > 0 && std::isinf(last.lo)) limit(last, -infinity);
  }
  /// Newton's method for the stationary point itself: the roots of a polynomial made from it can be less well
  /// conditioned.
  void polish(const Sides& sides) {
    for (int i = 0; i < sides.count; ++i) {
      const Side& side = sides.side[i];
      for (int k = 0; k < 4 && best.t > side.lo && best.t < side.hi; ++k) {
        const double t = best.t;
        const double step = f.correction(side, t);
        if (!(std::abs(step) > 1e-10 * std::abs(t))) break;
        offer(t + step, side);
        if (best.t == t) break;
      }
    }
  }
  void limit(const Side& side, double end) {
    const double value = f.limit(side, std::copysign(1.0, end));
    if (value < best.value) best = {end, value};
  }
};

using Steps = int (*)(const QuadraticPiece&, const double*, double*);

/// N / g for g with a closed form of its stationary points.
template <class G>
LineMinimum quotientByRoots(const LineNumerator& n, const G& g, const double* q, Steps steps) {
  const Quotient<G> f{n, g};
  const Sides sides(n);
  Search search(f);
  search.ends(sides);
  for (int i = 0; i < sides.count; ++i) {
    const Side& side = sides.side[i];
    double t[mostDegree];
    const int count = steps(side, q, t);
    for (int k = 0; k < count; ++k) search.offer(t[k], side);
    if (side.a > 0) search.offer(-side.b / side.a, side);  // where N = 0 the equation has a double root
  }
  search.polish(sides);
  return search.best;
}

using DifferenceSteps = int (*)(const QuadraticPiece&, const double*, double, double*);

/// N / (scale sqrt(P) + shift) by Dinkelbach's method: all stationary points of N - s g, with s the best ratio so far,
/// until none is better. Every inner minimum is global, so the last one is, too.
template <class G>
LineMinimum quotientByDinkelbach(const LineNumerator& n, const G& g, const double* q, Steps steps,
                                 DifferenceSteps differenceSteps) {
  const Quotient<G> f{n, g};
  const Sides sides(n);
  Search search(f);
  search.ends(sides);
  for (int round = 0; round < 60; ++round) {
    const double s = search.best.value;
    for (int i = 0; i < sides.count; ++i) {
      const Side& side = sides.side[i];
      double t[mostDegree];
      // A start that is close when the shift is small.
      int count = round == 0 ? steps(side, q, t) : differenceSteps(side, q, s * g.d.scale, t);
      if (round == 0 && side.a > 0) t[count++] = -side.b / side.a;
      for (int k = 0; k < count; ++k) search.offer(t[k], side);
    }
    search.polish(sides);
    if (round > 0 && !(search.best.value < s - 1e-15 * std::abs(s))) break;
  }
  return search.best;
}

template <class G>
LineMinimum differenceByRoots(const LineNumerator& n, const G& g, double s, const double* q, DifferenceSteps steps) {
  const Difference<G> f{n, g, s};
  const Sides sides(n);
  Search search(f);
  search.ends(sides);
  for (int i = 0; i < sides.count; ++i) {
    double t[mostDegree];
    const int count = steps(sides.side[i], q, s * g.d.scale, t);
    for (int k = 0; k < count; ++k) search.offer(t[k], sides.side[i]);
  }
  search.polish(sides);
  return search.best;
}

int quadraticDifferenceSteps(const QuadraticPiece& n, const double* q, double s, double* steps) {
  steps[0] = quadraticDifferenceStep(n, q, s);
  return 1;
}

// Maxima of affine pieces. By convexity N / g is the least of the N / w_k over pieces w_k > 0, and N - s g of the
// N - s w_k: the best minimiser of a single piece is the minimiser, whichever piece is the largest there.

enum class Rule { quotient, squaredQuotient, difference };

/// `s`: the difference's; for a square the bound that w has to be above: 0, or -infinity where the sign is free.
template <Rule rule>
inline void pieceStep(const Side& side, double phi, double gamma, double s, double& t, double& value) {
  if constexpr (rule == Rule::quotient) t = affineQuotientStep(side, phi, gamma);
  if constexpr (rule == Rule::squaredQuotient) t = affineSquaredQuotientStep(side, phi, gamma);
  if constexpr (rule == Rule::difference) t = affineDifferenceStep(side, phi, s);
  const double w = phi * t + gamma;
  const double over = side(t);
  bool counts = (t > side.lo) & (t < side.hi);
  if constexpr (rule == Rule::quotient) counts = counts & (w > 0);
  if constexpr (rule == Rule::squaredQuotient) counts = counts & (w > s);
  if constexpr (rule == Rule::quotient) value = over / w;
  if constexpr (rule == Rule::squaredQuotient) value = over / (w * w);
  if constexpr (rule == Rule::difference) value = over - s * w;
  value = counts ? value : infinity;
}

/// Steps and values of n pieces; value[n] up to the next multiple of `descents` is set, too. Returns the least value.
template <Rule rule>
inline __attribute__((always_inline)) double blockSteps(const Side& side, const double* phi, const double* gamma, int n,
                                                        double scale, double shift, double s, double* t,
                                                        double* value) {
  const Side local = side;
  for (int k = 0; k < n; ++k) pieceStep<rule>(local, scale * phi[k], scale * gamma[k] + shift, s, t[k], value[k]);
  return leastOf(n, value);
}

NONCONVEX_CLONES double quotientSteps(const Side& side, const double* phi, const double* gamma, int n, double scale,
                                      double shift, double s, double* t, double* value) {
  return blockSteps<Rule::quotient>(side, phi, gamma, n, scale, shift, s, t, value);
}
NONCONVEX_CLONES double squaredQuotientSteps(const Side& side, const double* phi, const double* gamma, int n,
                                             double scale, double shift, double s, double* t, double* value) {
  return blockSteps<Rule::squaredQuotient>(side, phi, gamma, n, scale, shift, s, t, value);
}
NONCONVEX_CLONES double differenceSteps(const Side& side, const double* phi, const double* gamma, int n, double scale,
                                        double shift, double s, double* t, double* value) {
  return blockSteps<Rule::difference>(side, phi, gamma, n, scale, shift, s, t, value);
}

/// The best step of any piece, scale (phi t + gamma) + shift, on any side.
template <Rule rule>
LineMinimum bestPiece(const Sides& sides, const LineDenominator& g, double scale, double shift, double s) {
  constexpr auto steps = rule == Rule::quotient          ? quotientSteps
                         : rule == Rule::squaredQuotient ? squaredQuotientSteps
                                                         : differenceSteps;
  const int signs = g.symmetric && rule != Rule::squaredQuotient ? 2 : 1;
  LineMinimum best{0, infinity};
  double t[block];
  double value[block];
  const auto take = [&](int n, double least) {
    if (!(least < best.value)) return;
    int k = 0;
    while (k < n - 1 && value[k] != least) ++k;
    best = {t[k], least};
  };
  if (g.pieces <= few) {
    int n = 0;
    double least = infinity;
    for (int i = 0; i < sides.count; ++i) {
      for (int sign = 0; sign < signs; ++sign) {
        const double by = sign == 0 ? scale : -scale;
        for (int k = 0; k < g.pieces; ++k, ++n) {
          pieceStep<rule>(sides.side[i], by * g.phi[k], by * g.gamma[k] + shift, s, t[n], value[n]);
          least = std::min(least, value[n]);
        }
      }
    }
    take(n, least);
    return best;
  }
  for (int i = 0; i < sides.count; ++i) {
    for (int sign = 0; sign < signs; ++sign) {
      for (int first = 0; first < g.pieces; first += block) {
        const int n = std::min(block, g.pieces - first);
        take(n,
             steps(sides.side[i], g.phi + first, g.gamma + first, n, sign == 0 ? scale : -scale, shift, s, t, value));
      }
    }
  }
  return best;
}

/// Shifted squares of several pieces, by K3; a piece of one sign counts down to its zero.
LineMinimum bestSquaredPiece(const Sides& sides, const LineDenominator& g) {
  LineMinimum best{0, infinity};
  for (int i = 0; i < sides.count; ++i) {
    const Side& side = sides.side[i];
    for (int k = 0; k < g.pieces; ++k) {
      const double phi = g.phi[k];
      const double gamma = g.gamma[k];
      const double q[3] = {g.scale * gamma * gamma + g.shift, 2 * g.scale * phi * gamma, g.scale * phi * phi};
      const auto offer = [&](double t, double w) {
        if (!(t > side.lo && t < side.hi) || (!g.symmetric && w < 0)) return;
        const double value = side(t) / (g.scale * w * w + g.shift);
        if (value < best.value) best = {t, value};
      };
      double t[2];
      const int count = quadraticQuotientSteps(side, q, t);
      for (int j = 0; j < count; ++j) offer(t[j], phi * t[j] + gamma);
      if (!g.symmetric) {  // a rounding inside, where it counts
        const double zero = -gamma / phi;
        offer(zero + std::copysign(4e-16 * std::abs(zero), phi), 0);
      }
      if (side.a > 0) offer(-side.b / side.a, gamma - phi * side.b / side.a);
    }
  }
  return best;
}

/// N - s g for a few pieces and a > 0 without squares of |u|: each piece's minimiser is a soft threshold, then cut off
/// at the bounds. The commonest case, and the quickest.
LineMinimum softThresholds(const LineNumerator& n, const LineDenominator& g, double s) {
  const double tau = s * g.scale;
  const double inverse = 1 / n.a;
  const double threshold = n.l1 * inverse;
  const double smooth = n.x - n.b * inverse;
  double best = 0;
  double least = infinity;
  for (int k = 0; k < g.pieces; ++k) {
    const double phi = tau * g.phi[k];
    const double v = smooth + phi * inverse;
    const double soft = std::copysign(std::max(std::abs(v) - threshold, 0.0), v);
    const double u = std::min(std::max(soft, n.lower), n.upper);
    const double t = u - n.x;
    const double value = (n.a / 2 * t + n.b - phi) * t + n.l1 * std::abs(u) - tau * g.gamma[k];
    if (value < least) {
      least = value;
      best = t;
    }
  }
  const Difference<AffineMax> f{n, {g}, s};
  Search search(f);
  if (best != 0) search.offer(best);
  return search.best;
}

template <class F>
LineMinimum withPieces(const F& f, const Sides& sides, const LineMinimum& piece) {
  Search search(f);
  search.ends(sides);
  if (piece.value < infinity) search.offer(piece.t);
  return search.best;
}

// K9: for concave g both N' g - N g' and N' - s g' never decrease, so that their change of sign is the minimum.

class ConcaveSearch {
 public:
  ConcaveSearch(const LineNumerator& n, const LineConcave& g, bool quotient, double s)
      : n_(n), g_(g), quotient_(quotient), s_(s) {}

  LineMinimum run() const {
    const Point start = at(0);
    Point end = start;
    if (start.right < 0) {
      end = walk(start, n_.upper - n_.x, 1);
    } else if (start.left > 0) {
      end = walk(start, n_.lower - n_.x, -1);
    }
    return end.value < start.value ? LineMinimum{end.t, end.value} : LineMinimum{0, start.value};
  }

 private:
  struct Point {
    double t = 0;
    double value = infinity;  // outside the domain
    double left = infinity;   // psi, to the left and right of t: they differ at the kink
    double right = infinity;
    double curvature = 0;  // what psi' is at least, g held fixed
    double rounding = 0;   // what psi is known to

    /// psi as a walk in this direction meets it, and after: negative before the minimum, positive past it.
    double before(double direction) const { return value == infinity ? infinity : direction > 0 ? left : -right; }
    double after(double direction) const { return value == infinity ? infinity : direction > 0 ? right : -left; }
  };

  Point at(double t) const {
    Point p;
    p.t = t;
    const LineConcave::Value g = g_.at(t);
    if (!std::isfinite(g.value) || std::isnan(g.derivative) || (quotient_ && !(g.value > 0))) return p;
    const double n = n_(t);
    const double u = n_.x + t;
    const double smooth = n_.a * t + n_.b;
    const double kink = n_.l1 + 2 * n_.l1Squared * (n_.rest + std::abs(u));
    const double factor = quotient_ ? g.value : 1;
    const double weight = quotient_ ? n : s_;
    const double fall = weight == 0 || g.derivative == 0 ? 0 : weight * g.derivative;  // g' may be infinite
    p.value = quotient_ ? n / g.value : s_ == 0 ? n : n - s_ * g.value;
    p.left = (u > 0 ? smooth + kink : smooth - kink) * factor - fall;
    p.right = (u >= 0 ? smooth + kink : smooth - kink) * factor - fall;
    p.curvature = (n_.a + 2 * n_.l1Squared) * factor;
    p.rounding = 4e-16 * ((std::abs(n_.a * t) + std::abs(n_.b) + kink) * factor + std::abs(fall));
    return p;
  }

  Point walk(Point from, double end, double direction) const {
    const double kink = -n_.x;
    if ((n_.l1 > 0 || n_.l1Squared > 0) && direction * kink > 0 && direction * kink <= direction * end) {
      const Point p = at(kink);
      if (p.before(direction) >= 0) return between(from, p, direction);
      if (p.after(direction) >= 0) return p;
      from = p;
    }
    // The step that the curvature asks for is too long where g rises on the way; else the minimum is further away.
    double length = -from.after(direction) / from.curvature;
    if (!(length > 0 && length < 1e140)) length = std::max(1.0, std::abs(n_.x));
    length = std::max(length, 1e-15 * std::abs(from.t));
    Point last = from;
    for (double growth = 4; length < 1e280; length *= growth, growth = std::min(growth * growth, 1e70)) {
      const double t = from.t + direction * length;
      const bool beyond = !(direction * t < direction * end);
      if (beyond && end == from.t) return from;
      const Point p = at(beyond ? end : t);
      if (p.before(direction) >= 0) return between(last, p, direction);
      if (beyond) return p;
      if (length > 1e140) return atInfinity(last, p, direction);
      last = p;
    }
    return last;
  }

  /// psi still points on far out: the limit, or -infinity (0 for a quotient) where the value does not settle.
  Point atInfinity(const Point& last, Point far, double direction) const {
    far.t = direction * infinity;
    if (std::abs(last.value - far.value) > 1e-12 * std::abs(far.value)) far.value = quotient_ ? 0 : -infinity;
    return far;
  }

  /// The change of sign between two points by the secant method of Anderson and Bjorck (BIT 13, 1973): the end that
  /// stays has its psi scaled down. Halves where that is slow or an end is outside the domain.
  Point between(const Point& low, const Point& high, double direction) const {
    double stays = low.t, psiStays = low.after(direction);
    double newest = high.t, psiNewest = high.before(direction);
    Point best = low.value < high.value ? low : high;
    double width = infinity;
    for (int i = 0; i < 300; ++i) {
      double t = newest - psiNewest * (newest - stays) / (psiNewest - psiStays);
      const bool inside = (t > stays && t < newest) || (t < stays && t > newest);
      const bool halve = i % 4 == 3 && std::abs(newest - stays) > width / 4;
      if (i % 4 == 3) width = std::abs(newest - stays);
      if (halve || !inside) t = stays + (newest - stays) / 2;
      if (t == stays || t == newest) break;
      const Point p = at(t);
      if (p.value < best.value) best = p;
      const double psi = p.after(direction);
      if (std::abs(psi) <= p.rounding) break;
      if ((psi < 0) != (psiNewest < 0)) {
        stays = newest;
        psiStays = psiNewest;
      } else {
        const double scale = 1 - psi / psiNewest;
        psiStays *= scale > 0 ? scale : 0.5;
      }
      newest = t;
      psiNewest = psi;
    }
    return best;
  }

  const LineNumerator& n_;
  const LineConcave& g_;
  bool quotient_;
  double s_;
};

/// t = scale y, by which polynomials in y have coefficients of one size: about where N doubles.
double scaleOf(const QuadraticPiece& n, const double* q, int degree) {
  double scale = n.a > 0 && n.c > 0 ? std::sqrt(2 * n.c / n.a) : n.b != 0 ? std::abs(n.c / n.b) : 0;
  if (!(scale > 1e-100 && scale < 1e100)) scale = std::sqrt(std::sqrt(std::abs(q[0] / q[degree])));
  return scale > 1e-100 && scale < 1e100 ? scale : 1;
}

struct Scaled {
  QuadraticPiece n;
  double q[5];
  double scale;

  Scaled(const QuadraticPiece& original, const double* coefficients, int degree, double by) : scale(by) {
    n = {original.a * scale * scale, original.b * scale, original.c};
    double power = 1;
    for (int k = 0; k <= degree; ++k, power *= scale) q[k] = coefficients[k] * power;
  }
  int back(int count, double* steps) const {
    for (int k = 0; k < count; ++k) steps[k] *= scale;
    return count;
  }
};

}  // namespace

double LineNumerator::operator()(double t) const {
  const double size = std::abs(x + t);
  const double outer = rest + size;
  return (a / 2 * t + b) * t + c + l1 * size + l1Squared * outer * outer;
}

double LineDenominator::operator()(double t) const {
  switch (kind) {
    case Kind::affineMax:
      return AffineMax{*this}(t);
    case Kind::affineMaxSquared:
      return AffineMaxSquared{*this}(t);
    case Kind::quadratic:
      return Quadratic{*this}(t);
    case Kind::sqrtQuadratic:
      return SqrtQuadratic{*this}(t);
    case Kind::sqrtQuartic:
      return SqrtQuartic{*this}(t);
    case Kind::rootQuartic:
      return RootQuartic{*this}(t);
    case Kind::concave:
      return concave->at(t).value;
    case Kind::none:
      break;
  }
  return shift;
}

int quadraticQuotientSteps(const QuadraticPiece& n, const double* q, double* steps) {
  return quadraticRoots(n.a / 2 * q[1] - q[2] * n.b, n.a * q[0] - 2 * q[2] * n.c, n.b * q[0] - q[1] * n.c, steps);
}

int sqrtQuadraticQuotientSteps(const QuadraticPiece& piece, const double* coefficients, double* steps) {
  const Scaled s(piece, coefficients, 2, scaleOf(piece, coefficients, 2));
  const auto& [n, q, scale] = s;
  const double cubic[4] = {2 * n.b * q[0] - n.c * q[1], 2 * n.a * q[0] + n.b * q[1] - 2 * n.c * q[2], 1.5 * n.a * q[1],
                           n.a * q[2]};
  return s.back(cubicRoots(cubic, steps), steps);
}

int sqrtQuarticQuotientSteps(const QuadraticPiece& piece, const double* coefficients, double* steps) {
  const Scaled s(piece, coefficients, 4, scaleOf(piece, coefficients, 4));
  const auto& [n, q, scale] = s;
  const double a2 = n.a / 2;
  const double a1 = n.b;
  const double a0 = n.c;
  const double quartic[5] = {2 * a1 * q[0] - a0 * q[1], 4 * a2 * q[0] + a1 * q[1] - 2 * a0 * q[2],
                             3 * (a2 * q[1] - a0 * q[3]), 2 * a2 * q[2] - a1 * q[3] - 4 * a0 * q[4],
                             a2 * q[3] - 2 * a1 * q[4]};
  return s.back(quarticRoots(quartic, steps), steps);
}

NONCONVEX_CLONES bool provenSqrtQuarticQuotientStep(const QuadraticPiece& n, const double* q, double& t) {
  const double a = n.a / 2;
  // Products of these are neither zero nor infinite.
  const auto plain = [](double v) { return v > 1e-50 && v < 1e50; };
  if (!(plain(a) && plain(n.c) && plain(q[0]))) return false;
  // 2 N' P - N P' has the sign of the slope.
  const double s0 = 2 * n.b * q[0] - n.c * q[1];
  const double s1 = 4 * a * q[0] + n.b * q[1] - 2 * n.c * q[2];
  const double s2 = 3 * (a * q[1] - n.c * q[3]);
  const double s3 = 2 * a * q[2] - n.b * q[3] - 4 * n.c * q[4];
  const double s4 = a * q[3] - 2 * n.b * q[4];
  // Halley's method, of third order, from t = 0.
  if (!(s1 > 0)) return false;
  t = -s0 * s1 / (s1 * s1 - s0 * s2);
  for (int k = 0;; ++k) {
    const double t2 = t * t;
    const double value = (s0 + s1 * t) + t2 * ((s2 + s3 * t) + s4 * t2);
    const double slope = (s1 + 2 * s2 * t) + t2 * (3 * s3 + 4 * s4 * t);
    const double bend = (s2 + 3 * s3 * t) + 6 * s4 * t2;
    if (k == 8 || !(slope > 0)) return false;
    const double step = value * slope / (slope * slope - value * bend);
    t -= step;
    if (std::abs(step) <= 1e-4 * std::abs(t)) break;
  }
  const double N = (a * t + n.b) * t + n.c;
  const double P = (((q[4] * t + q[3]) * t + q[2]) * t + q[1]) * t + q[0];
  const double v2 = N * N / P;
  const double middle = n.b * n.b + 2 * a * n.c;
  const double A = a * a - v2 * q[4];
  const double B = 2 * a * n.b - v2 * q[3] + 2 * t * A;
  const double C = middle - v2 * q[2] + (2 * B - t * A) * t;
  if (!(v2 * q[0] < n.c * n.c)) t = 0;
  constexpr double clear = 1e-6;  // above what rounding does
  return A > clear * a * a && C > clear * middle && B * B < (4 - clear) * A * C;
}

int rootQuarticQuotientSteps(const QuadraticPiece& piece, const double* coefficients, double* steps) {
  const Scaled s(piece, coefficients, 4, scaleOf(piece, coefficients, 4));
  const auto& [n, q, scale] = s;
  // 4 N' P - N P'
  double quintic[6] = {0, 0, 0, 0, 0, 0};
  for (int k = 0; k <= 4; ++k) {
    quintic[k + 1] += (4 - k / 2.0) * n.a * q[k];
    quintic[k] += (4 - k) * n.b * q[k];
    if (k > 0) quintic[k - 1] -= k * n.c * q[k];
  }
  return s.back(realRoots(5, quintic, steps), steps);
}

int sqrtQuadraticDifferenceSteps(const QuadraticPiece& piece, const double* coefficients, double s, double* steps) {
  // (a t + b)^2 (q2 t^2 + q1 t + q0) = s^2 (q2 t + q1 / 2)^2
  double scale = std::sqrt(std::abs(coefficients[0] / coefficients[2]));
  if (!(scale > 1e-100 && scale < 1e100)) scale = std::abs(piece.b / piece.a);
  if (!(scale > 1e-100 && scale < 1e100)) scale = 1;
  const Scaled scaled(piece, coefficients, 2, scale);
  const auto& [n, q, by] = scaled;
  const double square[3] = {n.b * n.b, 2 * n.a * n.b, n.a * n.a};
  const double slope[2] = {s * q[1] / 2, s * q[2]};
  const double quartic[5] = {square[0] * q[0] - slope[0] * slope[0],
                             square[0] * q[1] + square[1] * q[0] - 2 * slope[0] * slope[1],
                             square[0] * q[2] + square[1] * q[1] + square[2] * q[0] - slope[1] * slope[1],
                             square[1] * q[2] + square[2] * q[1], square[2] * q[2]};
  return scaled.back(quarticRoots(quartic, steps), steps);
}

int sqrtQuarticDifferenceSteps(const QuadraticPiece& piece, const double* coefficients, double s, double* steps) {
  const Scaled scaled(piece, coefficients, 4, scaleOf(piece, coefficients, 4));
  const auto& [n, q, by] = scaled;
  // 4 N'^2 P = s^2 P'^2
  const double square[3] = {4 * n.b * n.b, 8 * n.a * n.b, 4 * n.a * n.a};
  double sextic[7] = {0, 0, 0, 0, 0, 0, 0};
  for (int k = 0; k <= 4; ++k) {
    for (int j = 0; j <= 2; ++j) sextic[k + j] += square[j] * q[k];
    for (int j = 1; j <= 4; ++j) {
      if (k > 0) sextic[k + j - 2] -= s * s * (k * q[k]) * (j * q[j]);
    }
  }
  return scaled.back(realRoots(6, sextic, steps), steps);
}

LineMinimum minimizeQuotient(const LineNumerator& n, const LineDenominator& g) {
  switch (g.kind) {
    case Kind::affineMax: {
      const Sides sides(n);
      return withPieces(Quotient<AffineMax>{n, {g}}, sides, bestPiece<Rule::quotient>(sides, g, g.scale, g.shift, 0));
    }
    case Kind::affineMaxSquared: {
      const Sides sides(n);
      const double root = std::sqrt(g.scale);
      return withPieces(Quotient<AffineMaxSquared>{n, {g}}, sides,
                        g.shift != 0
                            ? bestSquaredPiece(sides, g)
                            : bestPiece<Rule::squaredQuotient>(sides, g, root, 0, g.symmetric ? -infinity : 0));
    }
    case Kind::quadratic: {
      const double q[3] = {g.scale * g.q[0] + g.shift, g.scale * g.q[1], g.scale * g.q[2]};
      return quotientByRoots(n, Quadratic{g}, q, quadraticQuotientSteps);
    }
    case Kind::sqrtQuadratic:
      if (g.shift == 0) return quotientByRoots(n, SqrtQuadratic{g}, g.q, sqrtQuadraticQuotientSteps);
      return quotientByDinkelbach(n, SqrtQuadratic{g}, g.q, sqrtQuadraticQuotientSteps, sqrtQuadraticDifferenceSteps);
    case Kind::sqrtQuartic:
      if (g.shift == 0 && n.l1 == 0 && n.l1Squared == 0 && n.lower == -infinity && n.upper == infinity) {
        double t = 0;
        if (provenSqrtQuarticQuotientStep({n.a, n.b, n.c}, g.q, t)) return {t, n(t) / g(t)};
      }
      if (g.shift == 0) return quotientByRoots(n, SqrtQuartic{g}, g.q, sqrtQuarticQuotientSteps);
      return quotientByDinkelbach(n, SqrtQuartic{g}, g.q, sqrtQuarticQuotientSteps, sqrtQuarticDifferenceSteps);
    case Kind::rootQuartic:
      return quotientByRoots(n, RootQuartic{g}, g.q, rootQuarticQuotientSteps);
    case Kind::concave:
      return ConcaveSearch(n, *g.concave, true, 0).run();
    case Kind::none:
      break;
  }
  LineDenominator constant = g;
  constant.kind = Kind::quadratic;
  std::fill(constant.q, constant.q + 5, 0.0);
  const double q[3] = {g.shift, 0, 0};
  return quotientByRoots(n, Quadratic{constant}, q, quadraticQuotientSteps);
}

LineMinimum minimizeDifference(const LineNumerator& n, const LineDenominator& g, double s) {
  switch (s == 0 && g.kind != Kind::concave ? Kind::none : g.kind) {
    case Kind::affineMax: {
      if (n.a > 0 && n.l1Squared == 0 && g.pieces <= few && !g.symmetric) return softThresholds(n, g, s);
      const Sides sides(n);
      return withPieces(Difference<AffineMax>{n, {g}, s}, sides,
                        bestPiece<Rule::difference>(sides, g, g.scale, g.shift, s));
    }
    case Kind::affineMaxSquared: {
      const double phi = g.phi[0];
      const double gamma = g.gamma[0];
      const double q[3] = {gamma * gamma, 2 * phi * gamma, phi * phi};
      const Difference<AffineMaxSquared> f{n, {g}, s};
      const Sides sides(n);
      Search search(f);
      search.ends(sides);
      for (int i = 0; i < sides.count; ++i) {
        search.offer(quadraticDifferenceStep(sides.side[i], q, s * g.scale), sides.side[i]);
      }
      return search.best;
    }
    case Kind::quadratic:
      return differenceByRoots(n, Quadratic{g}, s, g.q, quadraticDifferenceSteps);
    case Kind::sqrtQuadratic:
      return differenceByRoots(n, SqrtQuadratic{g}, s, g.q, sqrtQuadraticDifferenceSteps);
    case Kind::concave:
      return ConcaveSearch(n, *g.concave, false, s).run();
    case Kind::sqrtQuartic:
    case Kind::rootQuartic:
    case Kind::none:
      break;
  }
  LineDenominator constant = g;
  constant.kind = Kind::quadratic;
  std::fill(constant.q, constant.q + 5, 0.0);
  return differenceByRoots(n, Quadratic{constant}, s, constant.q, quadraticDifferenceSteps);
}

}  // namespace nonconvex
