// Penalties of one coefficient that set it to zero, with the exact minimiser along a coordinate.
//
// A struct has, of a number u with size s = |u|,
//   value(s)                      P(u), which is even
//   slope(s)                      the derivative of P at s > 0; at 0 the one from the right
//   curvature(s)                  the second derivative at s > 0
//   minimizer(c, z)               argmin_u c / 2 u^2 - z u + P(u), the global one, for any curvature c > 0
//   branches(c, a, out)           the stationary points s > 0 for z = a > 0, each inside its own branch; how many
//   concavity()                   the steepest that the slope falls; infinite where there is no such number
//   weightOfZero(c, a)            the least l with which 0 is the minimiser for z = a
//   convex                        whether P is
//   l, gamma                      its weight, and its shape with the usual value; 0 where it has none
//   leastGamma                    what gamma must be above
// Where c is small beside the concavity of P the problem along a coordinate is not convex: then minimisers are compared
// by value. A penalty that stands in `SelectionPenalties` is tested against a grid by
// test/native/functions/selection_penalties.cpp.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <string_view>

#include "core/type_list.hpp"

namespace nonconvex {
namespace penalties {

/// The best point of a penalty along a coordinate, of 0 and the stationary points of its branches.
template <class Penalty>
double bestOfBranches(const Penalty& penalty, double c, double z) {
  double at[2];
  const double a = std::abs(z);
  const int count = penalty.branches(c, a, at);
  double best = 0, least = 0;
  for (int k = 0; k < count; ++k) {
    const double value = (c / 2 * at[k] - a) * at[k] + penalty.value(at[k]);
    if (value < least) {
      least = value;
      best = at[k];
    }
  }
  return std::copysign(best, z);
}

/// l |u|
struct Lasso {
  static constexpr std::string_view name = "lasso";
  static constexpr bool convex = true;

  static constexpr double leastGamma = 0;  ///< gamma is not read

  double l = 0;
  double gamma = 0;

  double value(double s) const { return l * s; }
  double slope(double /*s*/) const { return l; }
  double curvature(double /*s*/) const { return 0; }
  double concavity() const { return 0; }
  double minimizer(double c, double z) const {
    const double a = std::abs(z) - l;
    return a > 0 ? std::copysign(a, z) / c : 0.0;
  }
  int branches(double c, double a, double* out) const {
    if (a <= l) return 0;
    out[0] = (a - l) / c;
    return 1;
  }
  double weightOfZero(double /*c*/, double a) const { return a; }
};

/// The minimax concave penalty (Zhang, Annals of Statistics 38, 2010): l s - s^2 / (2 gamma) up to s = gamma l, then
/// constant.
struct Mcp {
  static constexpr std::string_view name = "mcp";
  static constexpr bool convex = false;
  static constexpr double leastGamma = 1;  ///< a coordinate of curvature 1 has one minimum where gamma is larger

  double l = 0;
  double gamma = 3;

  double value(double s) const { return s <= gamma * l ? (l - s / (2 * gamma)) * s : gamma * l * l / 2; }
  double slope(double s) const { return std::max(0.0, l - s / gamma); }
  double curvature(double s) const { return s < gamma * l ? -1 / gamma : 0; }
  double concavity() const { return 1 / gamma; }
  double minimizer(double c, double z) const {
    if (c * gamma <= 1) return bestOfBranches(*this, c, z);
    const double a = std::abs(z);
    if (a <= l) return 0;
    return std::copysign(a <= gamma * l * c ? (a - l) / (c - 1 / gamma) : a / c, z);
  }
  int branches(double c, double a, double* out) const {
    int count = 0;
    if (const double s = (a - l) / (c - 1 / gamma); c * gamma > 1 && s > 0 && s <= gamma * l) out[count++] = s;
    if (const double s = a / c; s > gamma * l) out[count++] = s;
    return count;
  }
  double weightOfZero(double c, double a) const { return a / std::sqrt(std::min(1.0, c * gamma)); }
};

/// The smoothly clipped absolute deviation (Fan, Li, Journal of the American Statistical Association 96, 2001): l s up
/// to l, then (2 gamma l s - s^2 - l^2) / (2 (gamma - 1)) up to gamma l, then constant.
struct Scad {
  static constexpr std::string_view name = "scad";
  static constexpr bool convex = false;
  static constexpr double leastGamma = 2;  ///< a coordinate of curvature 1 has one minimum where gamma is larger

  double l = 0;
  double gamma = 3.7;

  double value(double s) const {
    if (s <= l) return l * s;
    if (s <= gamma * l) return (2 * gamma * l * s - s * s - l * l) / (2 * (gamma - 1));
    return l * l * (gamma + 1) / 2;
  }
  double slope(double s) const { return s <= l ? l : std::max(0.0, (gamma * l - s) / (gamma - 1)); }
  double curvature(double s) const { return s > l && s < gamma * l ? -1 / (gamma - 1) : 0; }
  double concavity() const { return 1 / (gamma - 1); }
  double minimizer(double c, double z) const {
    if (c * (gamma - 1) <= 1) return bestOfBranches(*this, c, z);
    const double a = std::abs(z);
    if (a <= l) return 0;
    if (a <= l * (c + 1)) return std::copysign((a - l) / c, z);
    if (a > gamma * l * c) return z / c;
    return std::copysign((a - gamma * l / (gamma - 1)) / (c - 1 / (gamma - 1)), z);
  }
  int branches(double c, double a, double* out) const {
    int count = 0;
    if (const double s = (a - l) / c; s > 0 && s <= l) out[count++] = s;
    const double curved = c - 1 / (gamma - 1);
    if (const double s = (a - gamma * l / (gamma - 1)) / curved; curved > 0 && s > l && s <= gamma * l)
      out[count++] = s;
    if (const double s = a / c; s > gamma * l && count < 2) out[count++] = s;
    return count;
  }
  double weightOfZero(double c, double a) const { return a / std::sqrt(std::min(1.0, c * (gamma + 1))); }
};

/// l sqrt(|u|): lq with q = 1/2, by the half thresholding of Xu et al. (IEEE Transactions on Neural Networks and
/// Learning Systems 23(7), 2012).
struct Lq {
  static constexpr std::string_view name = "lq";
  static constexpr bool convex = false;
  static constexpr double leastGamma = 0;  ///< gamma is not read

  double l = 0;
  double gamma = 0;

  double value(double s) const { return l * std::sqrt(s); }
  double slope(double s) const { return l > 0 ? l / (2 * std::sqrt(s)) : 0; }
  double curvature(double s) const { return l > 0 ? -l / (4 * s * std::sqrt(s)) : 0; }
  double concavity() const { return std::numeric_limits<double>::infinity(); }
  double minimizer(double c, double z) const {
    double s = 0;
    return weightOfZero(c, std::abs(z)) > l && branches(c, std::abs(z), &s) > 0 ? std::copysign(s, z) : 0.0;
  }
  /// The larger root of c s - a + l / (2 sqrt(s)), a cubic of sqrt(s); the other one is a maximum.
  int branches(double c, double a, double* out) const {
    const double t = a / c / 3, cosine = l / (4 * c) / (t * std::sqrt(t));
    if (!(cosine <= 1)) return 0;
    out[0] = 2 * t * (1 + std::cos(2 * (std::numbers::pi - std::acos(cosine)) / 3));
    return 1;
  }
  double weightOfZero(double c, double a) const { return 2 * a / 3 * std::sqrt(2 * a / (3 * c)); }
};

/// argmin of c / 2 u^2 - z u + P(u) over [lower, upper], which contains 0.
template <class Penalty>
double minimizerWithin(const Penalty& penalty, double c, double z, double lower, double upper) {
  const double free = penalty.minimizer(c, z);
  if (free >= lower && free <= upper) return free;
  const double end = free < lower ? lower : upper;  // the bound on the side of z; nothing on the other is better than 0
  if (Penalty::convex) return end;
  const auto value = [&](double s) { return (c / 2 * s - std::abs(z)) * s + penalty.value(s); };
  double at[2];
  const int count = penalty.branches(c, std::abs(z), at);
  double best = 0;
  for (const double s : {std::abs(end), count > 0 ? at[0] : 0, count > 1 ? at[1] : 0}) {
    if (s <= std::abs(end) && value(s) < value(best)) best = s;
  }
  return std::copysign(best, z);
}

}  // namespace penalties

/// Penalties of one coefficient by which regressions select columns.
using SelectionPenalties = TypeList<penalties::Lasso, penalties::Mcp, penalties::Scad, penalties::Lq>;

}  // namespace nonconvex
