#include "solvers/fractional/line_minimum/stationary_points.hpp"

#include <cmath>

#include "core/multiversion.hpp"

namespace nonconvex {
namespace {

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

}  // namespace nonconvex
