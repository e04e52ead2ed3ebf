#include "methods/one_dimensional/polynomial.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace nonconvex {
namespace {

constexpr double epsilon = std::numeric_limits<double>::epsilon();

/// max |c[k]|, or infinity where one is not a number.
double largest(int degree, const double* c) {
  double m = 0;
  for (int k = 0; k <= degree; ++k) {
    const double size = std::abs(c[k]);
    if (!(size <= m)) m = std::isnan(size) ? std::numeric_limits<double>::infinity() : size;
  }
  return m;
}

/// A Newton step, where it has a finite result.
double polished(int degree, const double* c, double t) {
  double p = c[degree];
  double d = 0;
  for (int k = degree - 1; k >= 0; --k) {
    d = d * t + p;
    p = p * t + c[k];
  }
  const double next = t - p / d;
  return std::isfinite(next) ? next : t;
}

/// The root of y^3 + m y + r on the side of -r, the one that is not between two others.
double outerRoot(double m, double r) {
  if (r == 0) return m < 0 ? std::sqrt(-m) : 0;
  const double f = std::abs(r);
  double y = std::cbrt(f);
  // An upper bound that is at most twice the root, from which Newton's method goes down to it.
  y = m < 0 ? y + std::sqrt(-m) : std::min(y, f / m);
  for (int i = 0; i < 30; ++i) {
    const double next = y - (y * (y * y + m) - f) / (3 * y * y + m);
    if (!(std::abs(next - y) > 4 * epsilon * y)) break;
    y = next;
  }
  return r < 0 ? y : -y;
}

/// The largest real root of z^3 + c2 z^2 + c1 z + c0.
double largestRoot(double c2, double c1, double c0) {
  const double shift = -c2 / 3;
  const double m = c1 + c2 * shift;
  const double r = (shift * shift * -2 + c1) * shift + c0;
  const double y = outerRoot(m, r);
  if (y < 0) {  // the other two, if real, are larger: y2 + y3 = -y, y2 y3 = y^2 + m
    const double discriminant = -4 * m - 3 * y * y;
    if (discriminant >= 0) return shift + (std::sqrt(discriminant) - y) / 2;
  }
  return shift + y;
}

/// A point between lo and hi, near zero in the sense of magnitudes: the bracket may span many of them.
double between(double lo, double hi) {
  if (lo < 0 && hi > 0) return 0;
  const double near = lo >= 0 ? lo : hi;
  const double far = lo >= 0 ? hi : lo;
  if (near == 0) return far * 0x1p-10;
  if (std::abs(far) <= 4 * std::abs(near)) return lo + (hi - lo) / 2;
  return std::copysign(std::sqrt(std::abs(near)) * std::sqrt(std::abs(far)), far);
}

/// The root in [lo, hi], where the polynomial is monotone and changes sign.
double rootBetween(int degree, const double* c, double lo, double hi, bool rising) {
  double t = between(lo, hi);
  double last = std::numeric_limits<double>::infinity();
  for (int i = 0; i < 300; ++i) {
    double p = c[degree];
    double d = 0;
    double rounding = std::abs(p) / 2;  // Kahan's running bound of the rounding errors, in units of epsilon
    const double size = std::abs(t);
    for (int k = degree - 1; k >= 0; --k) {
      d = d * t + p;
      p = p * t + c[k];
      rounding = rounding * size + std::abs(p);
    }
    if (std::abs(p) <= epsilon * rounding && std::isfinite(rounding)) {
      const double next = t - p / d;
      return next >= lo && next <= hi ? next : t;
    }
    ((p < 0) == rising ? lo : hi) = t;
    double next = t - p / d;
    if (!(next > lo && next < hi && std::abs(next - t) <= last / 4)) {
      next = between(lo, hi);
      if (!(next > lo && next < hi)) return t;
    }
    last = std::abs(next - t);
    if (last <= epsilon * std::abs(next)) return next;
    t = next;
  }
  return t;
}

/// An upper bound of the moduli of all roots, by Fujiwara: 2 max_k |c[n-k] / c[n]|^(1/k), rounded up to a power of two.
double rootBound(int degree, const double* c) {
  const int leading = std::ilogb(c[degree]);
  int most = -1000;
  for (int k = 1; k <= degree; ++k) {
    if (c[degree - k] == 0) continue;
    const int ratio = std::ilogb(c[degree - k]) - leading + 1;
    most = std::max(most, ratio >= 0 ? (ratio + k - 1) / k : -(-ratio / k));
  }
  return std::ldexp(1.0, std::min(most + 1, 1000));
}

/// y^4 + b y^3 + g y^2 + d y + e.
struct MonicQuartic {
  double b, g, d, e;
};

/// y^2 + p y + q.
struct MonicQuadratic {
  double p, q;
};

/// Two real factors of a quartic: p = b/2 +- alpha, q = z/2 +- beta, where z, the sum of the q, is the largest root of
/// the resolvent cubic.
std::pair<MonicQuadratic, MonicQuadratic> factorsOf(const MonicQuartic& f) {
  const auto [b, g, d, e] = f;
  const double z = largestRoot(-g, b * d - 4 * e, (4 * g - b * b) * e - d * d);
  const double product = (b * z / 2 - d) / 2;  // alpha beta
  double alpha = b * b / 4 + z - g;            // squares first
  double beta = z * z / 4 - e;
  if (alpha >= beta) {
    alpha = std::sqrt(std::max(alpha, 0.0));
    beta = alpha > 0 ? product / alpha : 0;
  } else {
    beta = std::sqrt(beta);
    alpha = product / beta;
  }
  double p1 = b / 2 + std::copysign(alpha, b);  // the larger of each pair, the other from the product
  double p2 = p1 != 0 ? (g - z) / p1 : 0;
  double q1 = z / 2 + std::copysign(beta, z);
  double q2 = q1 != 0 ? e / q1 : 0;
  if (std::abs(p1 + p2 - b) > 1e-9 * std::abs(p1)) p2 = b - p1;
  if ((std::copysign(1.0, b) * alpha < 0) != (std::copysign(1.0, z) * beta < 0)) std::swap(q1, q2);
  return {{p1, q1}, {p2, q2}};
}

/// Returns true if the product of two factors has the coefficients of the quartic, as far as can be asked.
bool multiplyTo(const MonicQuartic& f, const MonicQuadratic& first, const MonicQuadratic& second) {
  const auto [p1, q1] = first;
  const auto [p2, q2] = second;
  const auto agree = [](double x, double y, double terms) { return std::abs(x - y) <= 1e-7 * terms; };
  const double p12 = p1 * p2;
  const double p1q2 = p1 * q2;
  const double p2q1 = p2 * q1;
  return agree(q1 + q2 + p12, f.g, std::abs(q1) + std::abs(q2) + std::abs(p12)) &&
         agree(p1q2 + p2q1, f.d, std::abs(p1q2) + std::abs(p2q1)) && agree(q1 * q2, f.e, std::abs(f.e));
}

/// How many real roots two factors have, and these; -1 if those of one lie too close together to be found by
/// themselves.
int rootsOf(const MonicQuadratic& first, const MonicQuadratic& second, double* roots) {
  int count = 0;
  for (const bool last : {false, true}) {
    const double half = -(last ? second.p : first.p) / 2;
    const double q = last ? second.q : first.q;
    const double discriminant = half * half - q;
    if (std::abs(discriminant) < 1e-5 * (half * half + std::abs(q))) return -1;
    if (discriminant < 0) continue;
    const double w = half + std::copysign(std::sqrt(discriminant), half);
    roots[count++] = w;
    roots[count++] = q / w;
  }
  return count;
}

}  // namespace

int quadraticRoots(double c2, double c1, double c0, double* roots) {
  const double size = std::max({std::abs(c2), std::abs(c1), std::abs(c0)});
  if (!(size > 0)) return 0;
  if (!(size < 1e150 && size > 1e-100)) {
    c2 /= size;
    c1 /= size;
    c0 /= size;
  }
  if (c2 == 0) {
    if (c1 == 0) return 0;
    roots[0] = -c0 / c1;
    return std::isfinite(roots[0]);
  }
  const double half = -c1 / 2;
  double discriminant = half * half - c2 * c0;
  if (discriminant < 0) {
    if (discriminant < -4 * epsilon * (half * half)) return 0;
    discriminant = 0;  // double, to rounding
  }
  const double w = half + std::copysign(std::sqrt(discriminant), half);
  int count = 0;
  roots[count] = w / c2;
  count += std::isfinite(roots[count]);
  if (w == 0) return count;
  roots[count] = c0 / w;
  return count + std::isfinite(roots[count]);
}

int cubicRoots(const double* c, double* roots) {
  if (c[3] == 0) return quadraticRoots(c[2], c[1], c[0], roots);
  if (c[0] == 0) {
    roots[0] = 0;
    return 1 + quadraticRoots(c[3], c[2], c[1], roots + 1);
  }
  const double b2 = c[2] / c[3];
  const double b1 = c[1] / c[3];
  const double b0 = c[0] / c[3];
  // Cancellation in the shifted coefficients is harmless only while these are of one size.
  if (!(std::max({std::abs(b2), std::abs(b1), std::abs(b0)}) < 1e8)) return realRoots(3, c, roots);
  const double shift = -b2 / 3;
  double r = shift + outerRoot(b1 + b2 * shift, (shift * shift * -2 + b1) * shift + b0);
  r = polished(3, c, polished(3, c, r));
  const double residual = ((r + b2) * r + b1) * r + b0;
  const double terms = ((std::abs(r) + std::abs(b2)) * std::abs(r) + std::abs(b1)) * std::abs(r) + std::abs(b0);
  if (!(std::abs(residual) <= 1e-14 * terms) || r == 0) return realRoots(3, c, roots);
  // t^2 + p t + q is left: p and q by division from the side that does not cancel.
  const double p = r * r * std::abs(r) > std::abs(b0) ? (-b0 / r - b1) / r : b2 + r;
  const double q = -b0 / r;
  const double discriminant = p * p / 4 - q;
  if (std::abs(discriminant) < 1e-6 * (p * p / 4 + std::abs(q))) return realRoots(3, c, roots);
  roots[0] = r;
  const int count = 1 + quadraticRoots(1, p, q, roots + 1);
  for (int i = 1; i < count; ++i) roots[i] = polished(3, c, roots[i]);
  return count;
}

int quarticRoots(const double* c, double* roots) {
  if (c[4] == 0) return cubicRoots(c, roots);
  if (c[0] == 0) {
    roots[0] = 0;
    return 1 + cubicRoots(c + 1, roots + 1);
  }
  // In 1/t where that has the larger leading coefficient.
  const bool reversed = std::abs(c[4]) < std::abs(c[0]);
  double m[5];
  for (int k = 0; k < 5; ++k) m[k] = reversed ? c[4 - k] : c[k];
  const MonicQuartic f{m[3] / m[4], m[2] / m[4], m[1] / m[4], m[0] / m[4]};
  if (!(std::max({std::abs(f.b), std::abs(f.g), std::abs(f.d)}) < 1e8)) return realRoots(4, c, roots);
  const auto [first, second] = factorsOf(f);
  if (!multiplyTo(f, first, second)) return realRoots(4, c, roots);
  const int count = rootsOf(first, second, roots);
  if (count < 0) return realRoots(4, c, roots);
  for (int i = 0; i < count; ++i) {
    const double y = polished(4, m, polished(4, m, roots[i]));
    roots[i] = reversed ? 1 / y : y;
  }
  return count;
}

int realRoots(int degree, const double* c, double* roots) {
  const double size = largest(degree, c);
  if (!(size > 0 && std::isfinite(size))) return 0;
  while (degree > 0 && c[degree] / size == 0) --degree;
  if (degree == 0) return 0;
  if (degree <= 2) return quadraticRoots(degree == 2 ? c[2] : 0, c[1], c[0], roots);
  double chain[mostDegree + 1][mostDegree + 1];  // chain[n]: the derivative of degree n
  for (int k = 0; k <= degree; ++k) chain[degree][k] = c[k] / size;
  for (int n = degree; n > 2; --n) {
    for (int k = 0; k < n; ++k) chain[n - 1][k] = (k + 1) * chain[n][k + 1];
  }
  // Roots of derivatives lie in the convex hull of the roots (Gauss and Lucas): one bound for all.
  const double bound = rootBound(degree, chain[degree]);
  double points[mostDegree + 2];
  int count = quadraticRoots(chain[2][2], chain[2][1], chain[2][0], points + 1);
  if (count == 2 && points[1] > points[2]) std::swap(points[1], points[2]);  // ascending, as later levels find them
  for (int n = 3; n <= degree; ++n) {
    const double* p = chain[n];
    points[0] = -bound;
    points[count + 1] = bound;
    double found[mostDegree];
    int number = 0;
    double left = polynomialAt(n, p, -bound);
    for (int i = 1; i <= count + 1; ++i) {
      const double right = polynomialAt(n, p, points[i]);
      double terms = 0;
      for (int k = n; k >= 0; --k) terms = terms * std::abs(points[i]) + std::abs(p[k]);
      if (left != 0 && ((left < 0) != (right < 0) || right == 0)) {
        found[number++] = right == 0 ? points[i] : rootBetween(n, p, points[i - 1], points[i], left < 0);
      } else if (i <= count && std::abs(right) <= 4 * epsilon * terms && number < n) {
        found[number++] = points[i];  // touches zero
      }
      left = right;
    }
    count = std::min(number, n);
    std::copy(found, found + count, points + 1);
  }
  std::copy(points + 1, points + 1 + count, roots);
  return count;
}

}  // namespace nonconvex
