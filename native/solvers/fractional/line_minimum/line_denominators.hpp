// The kinds of denominators, each with what a search for the minimum asks of it.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/numbers.hpp"
#include "methods/one_dimensional/polynomial.hpp"
#include "solvers/fractional/line_minimum/line_functions.hpp"

namespace nonconvex::line_minimum {

/// g(t) ~ g[2] t^2 + g[1] t + g[0] as t goes to +-infinity: exact in the leading terms that decide a limit. What grows
/// slower than t^2 but faster than t has g[1] infinite, what grows slower than t g[0].
struct Asymptote {
  double g[3];
};

/// max_k s (x_k t + weight y_k) over s = 1 and s = other, defined in affine_pieces.cpp.
double largestOfMany(int n, const double* x, const double* y, double t, double weight, double other);

/// The piece that is the largest as t goes to +-infinity, the sign being that of `direction`.
QuadraticPiece steepestPiece(const LineDenominator& g, double direction);

/// The largest of the pieces at t.
inline double largestPiece(const LineDenominator& g, double t) {
  return largestOfMany(g.pieces, g.phi, g.gamma, t, 1, g.symmetric ? -1 : 1);
}

// One struct for each kind of denominator: its value, what of it counts in a quotient (where that is positive), whether
// it grows no faster than t (`linear`), its derivatives and its behaviour at infinity.

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
    if (d.pieces > 1) {  // the growth of the square decides already
      const double slope = largestOfMany(d.pieces, d.phi, d.gamma, direction, 0, d.symmetric ? -1 : 1);
      if (slope > 0) return {{0, 0, d.scale * slope * slope}};
    }
    const QuadraticPiece w = steepestPiece(d, direction);
    return {{d.scale * w.c * w.c + d.shift, 2 * d.scale * w.b * w.c, d.scale * w.b * w.b}};
  }
};

/// A function's value and its first two derivatives at one point.
struct Jet {
  double g;
  double first;
  double second;
};

/// A polynomial's value and derivatives.
inline Jet jet(int degree, const double* q, double t) {
  Jet p{q[degree], 0, 0};
  for (int k = degree - 1; k >= 0; --k) {
    p.second = p.second * t + 2 * p.first;
    p.first = p.first * t + p.g;
    p.g = p.g * t + q[k];
  }
  return p;
}

/// The square root's value and derivatives.
inline Jet sqrtOf(const Jet& p) {
  const double root = std::sqrt(p.g);
  const double first = p.first / (2 * root);
  return {root, first, (p.second / 2 - first * first) / root};
}

/// scale p + shift.
inline Jet scaled(const Jet& p, const LineDenominator& d) {
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

/// The square root of a polynomial that is a sum of even powers; zero where the polynomial is below zero by no more
/// than rounding.
inline double rootAt(int degree, const double* q, double t) {
  const double p = polynomialAt(degree, q, t);
  if (p >= 0) return std::sqrt(p);
  double terms = 0;
  for (int k = degree; k >= 0; --k) terms = terms * std::abs(t) + std::abs(q[k]);
  return p >= -4e-15 * terms ? 0 : std::numeric_limits<double>::quiet_NaN();
}

/// How scale sqrt(q2 t^2 + q1 t + q0) + shift behaves at infinity.
inline Asymptote sqrtAsymptote(const double* q, double direction, double scale, double shift) {
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

}  // namespace nonconvex::line_minimum
