// Losses of one prediction t for one target y, one struct each, for the host and for a device.
//
// A struct has what exists of
//   value(t, y), derivative(t, y)        a subgradient where there are several
//   curvature(t, y)                      the second derivative
//   lipschitz                            a constant L: |derivative(t, y) - derivative(u, y)| <= L |t - u|
//   prox(a, y, sigma, near)              argmin_z value(z, y) + sigma / 2 (z - a)^2; iterations begin at `near`
//   conjugate(s, y)                      sup_t s t - value(t, y); infinite outside its domain
//   nearestSlope(s, y)                   the point of the conjugate's domain next to s; absent: all numbers are in it
//   at<Math>(t, y)                       value, derivative and curvature at once, by StandardMath or VectorMath
//   mean(t), derivativeAtMean(mu, y)     generalised linear models: the expected response where the prediction is t,
//   and
//                                        the derivative where that is mu
//   targets                              which y there are
//   ofDifference                         the loss depends on t - y alone
// Members that do not exist, or have no formula, are absent, and users ask by `requires`. All are convex in t. A loss
// that stands in `Losses` below is tested by test/native/functions/losses.cpp: see docs/developers/add-a-loss.md.
#pragma once

#include <algorithm>
#include <cmath>
#include <string_view>

#include "core/hostdevice.hpp"
#include "core/type_list.hpp"
#include "functions/math.hpp"

namespace nonconvex {

/// Which targets a loss takes: all numbers, -1 and 1, those in [0, 1], those >= 0 or those > 0.
enum class Targets { numbers, signs, probabilities, nonNegative, positive };

/// A loss and its derivatives at a point.
struct Expansion {
  double value, derivative, curvature;
};

namespace losses {

/// The part of a conjugate's domain that rounding may leave: points that far outside of it, relatively, count as
/// inside.
inline constexpr double domainSlack = 1e-12;

NONCONVEX_ALWAYS_INLINE double positivePart(double x) { return x > 0 ? x : 0; }

/// x log(x), also at 0.
NONCONVEX_HD inline double xLogX(double x) { return x > 0 ? x * std::log(x) : 0.0; }

/// The sum of p log(p) and (1 - p) log(1 - p), the negative entropy of two outcomes; infinite outside of [0, 1].
NONCONVEX_HD inline double negativeEntropy(double p) {
  return p < -domainSlack || p > 1 + domainSlack ? INFINITY : xLogX(p) + xLogX(1 - p);
}

/// The root of the increasing function sigma (z - a) + slope(z) between `low` and `high`, by safeguarded Newton from
/// `z`; `expand(z)` gives slope and curvature. Rarely Newton's steps go back and forth between the ends for so long
/// that 60 are not enough: then a call that begins at the result goes on.
template <class Expand>
NONCONVEX_HD double newtonProx(double a, double sigma, double low, double high, double z, Expand&& expand) {
  z = std::clamp(z, low, high);
  for (int i = 0; i < 60; ++i) {
    const auto [slope, curvature] = expand(z);
    const double g = sigma * (z - a) + slope;
    (g > 0 ? high : low) = z;
    const double next = z - g / (sigma + curvature);
    const double moved = next > low && next < high ? next : (low + high) / 2;
    if (std::abs(moved - z) <= 1e-15 * (1 + std::abs(z))) return moved;
    z = moved;
  }
  return z;
}

struct SlopeAndCurvature {
  double slope, curvature;
};

/// Value, derivative and curvature of a loss that gives all at once.
template <class Loss>
struct FromExpansion {
  NONCONVEX_ALWAYS_INLINE static double value(double t, double y) { return standard(t, y).value; }
  NONCONVEX_ALWAYS_INLINE static double derivative(double t, double y) { return standard(t, y).derivative; }
  NONCONVEX_ALWAYS_INLINE static double curvature(double t, double y) { return standard(t, y).curvature; }

 private:
  NONCONVEX_ALWAYS_INLINE static Expansion standard(double t, double y) {
    return Loss::template at<StandardMath>(t, y);
  }
};

/// (t - y)^2 / 2
struct Squared : FromExpansion<Squared> {
  static constexpr std::string_view name = "squared";
  static constexpr Targets targets = Targets::numbers;
  static constexpr bool ofDifference = true;
  static constexpr double lipschitz = 1;  ///< largest second derivative

  template <class Math>
  NONCONVEX_ALWAYS_INLINE static Expansion at(double t, double y) {
    const double r = t - y;
    return {0.5 * r * r, r, 1};
  }
  NONCONVEX_HD static double prox(double a, double y, double sigma, double /*near*/) {
    return (y + sigma * a) / (1 + sigma);
  }
  NONCONVEX_HD static double conjugate(double s, double y) { return s * (y + s / 2); }
  NONCONVEX_HD static double mean(double t) { return t; }
  NONCONVEX_HD static double derivativeAtMean(double mu, double y) { return mu - y; }
};

/// log(1 + exp(t)) - y t, 0 <= y <= 1: two outcomes, the first with probability y.
struct Logistic : FromExpansion<Logistic> {
  static constexpr std::string_view name = "logistic";
  static constexpr Targets targets = Targets::probabilities;
  static constexpr bool ofDifference = false;
  static constexpr double lipschitz = 0.25;  ///< largest second derivative

  /// The parts of the loss at t, without overflow: only exp(-|t|) is computed.
  struct Parts {
    double tail;           ///< log(1 + exp(-|t|))
    double first, second;  ///< the probabilities of the outcomes, 1 / (1 + exp(-t)) and 1 / (1 + exp(t))
    double curvature;      ///< their product
  };
  template <class Math>
  NONCONVEX_ALWAYS_INLINE static Parts parts(double t) {
    const double e = Math::exp(-std::fabs(t));
    const double large = Math::quotient(1, 1 + e), small = Math::quotient(e, 1 + e);
    return {Math::log1p(e), t < 0 ? small : large, t < 0 ? large : small, small * large};
  }
  template <class Math>
  NONCONVEX_ALWAYS_INLINE static Expansion at(double t, double y) {
    const Parts p = parts<Math>(t);
    return {(1 - y) * positivePart(t) + y * positivePart(-t) + p.tail, (1 - y) * p.first - y * p.second, p.curvature};
  }
  NONCONVEX_HD static double prox(double a, double y, double sigma, double near) {
    return newtonProx(a, sigma, a + (y - 1) / sigma, a + y / sigma, near, [=](double z) {
      const Expansion loss = at<StandardMath>(z, y);
      return SlopeAndCurvature{loss.derivative, loss.curvature};
    });
  }
  NONCONVEX_HD static double conjugate(double s, double y) { return negativeEntropy(s + y); }
  NONCONVEX_HD static double nearestSlope(double s, double y) { return std::clamp(s, -y, 1 - y); }
  NONCONVEX_HD static double mean(double t) { return parts<StandardMath>(t).first; }
  NONCONVEX_HD static double derivativeAtMean(double mu, double y) { return mu - y; }
};

/// log(1 + exp(-y t)), y = -1 or 1: the logistic loss of the margin y t.
struct LogisticMargin : FromExpansion<LogisticMargin> {
  static constexpr std::string_view name = "logistic";
  static constexpr Targets targets = Targets::signs;
  static constexpr bool ofDifference = false;
  static constexpr double lipschitz = Logistic::lipschitz;

  template <class Math>
  NONCONVEX_ALWAYS_INLINE static Expansion at(double t, double y) {
    const double u = -y * t;
    const Logistic::Parts p = Logistic::parts<Math>(u);
    return {positivePart(u) + p.tail, -y * p.first, p.curvature};
  }
  /// The root lies between a and a + y / sigma.
  NONCONVEX_HD static double prox(double a, double y, double sigma, double near) {
    const double end = a + y / sigma;
    return newtonProx(a, sigma, std::min(a, end), std::max(a, end), near, [=](double z) {
      const double p = Logistic::mean(-y * z);
      return SlopeAndCurvature{-y * p, p * (1 - p)};
    });
  }
  NONCONVEX_HD static double conjugate(double s, double y) { return negativeEntropy(-s * y); }
  NONCONVEX_HD static double nearestSlope(double s, double y) { return -y * std::clamp(-y * s, 0.0, 1.0); }
};

/// max(0, 1 - y t), y = -1 or 1
struct Hinge {
  static constexpr std::string_view name = "hinge";
  static constexpr Targets targets = Targets::signs;
  static constexpr bool ofDifference = false;

  NONCONVEX_HD static double value(double t, double y) { return std::max(0.0, 1 - y * t); }
  NONCONVEX_HD static double derivative(double t, double y) { return y * t < 1 ? -y : 0; }
  NONCONVEX_HD static double prox(double a, double y, double sigma, double /*near*/) {
    const double margin = y * a;
    return margin >= 1 ? a : (margin >= 1 - 1 / sigma ? y : a + y / sigma);
  }
  NONCONVEX_HD static double conjugate(double s, double y) {
    const double p = -s * y;
    return p < -domainSlack || p > 1 + domainSlack ? INFINITY : -p;
  }
  NONCONVEX_HD static double nearestSlope(double s, double y) { return LogisticMargin::nearestSlope(s, y); }
};

/// max(0, t - y)^2 / 2
struct SquaredHinge : FromExpansion<SquaredHinge> {
  static constexpr std::string_view name = "squaredHinge";
  static constexpr Targets targets = Targets::numbers;
  static constexpr bool ofDifference = true;
  static constexpr double lipschitz = 1;  ///< largest second derivative

  template <class Math>
  NONCONVEX_ALWAYS_INLINE static Expansion at(double t, double y) {
    const double r = positivePart(t - y);
    return {r * r / 2, r, r > 0 ? 1.0 : 0.0};
  }
  NONCONVEX_HD static double prox(double a, double y, double sigma, double near) {
    return a <= y ? a : Squared::prox(a, y, sigma, near);
  }
  NONCONVEX_HD static double conjugate(double s, double y) {
    return s < -domainSlack ? INFINITY : Squared::conjugate(s, y);
  }
  NONCONVEX_HD static double nearestSlope(double s, double /*y*/) { return positivePart(s); }
};

/// r^2 / 2 where |r| <= delta, else delta (|r| - delta / 2), of r = t - y
struct Huber {
  static constexpr std::string_view name = "huber";
  static constexpr Targets targets = Targets::numbers;
  static constexpr bool ofDifference = true;
  static constexpr double lipschitz = 1;  ///< largest second derivative

  double delta = 1;

  NONCONVEX_HD double value(double t, double y) const {
    const double r = std::abs(t - y);
    return r <= delta ? r * r / 2 : delta * (r - delta / 2);
  }
  NONCONVEX_HD double derivative(double t, double y) const { return std::clamp(t - y, -delta, delta); }
  NONCONVEX_HD double curvature(double t, double y) const { return std::abs(t - y) <= delta ? 1 : 0; }
  NONCONVEX_HD double prox(double a, double y, double sigma, double /*near*/) const {
    const double r = (a - y) * sigma / (1 + sigma);  // residual where quadratic
    return std::abs(r) <= delta ? y + (a - y) - r / sigma : a - std::copysign(delta, r) / sigma;
  }
  NONCONVEX_HD double conjugate(double s, double y) const {
    return std::abs(s) > delta * (1 + domainSlack) ? INFINITY : Squared::conjugate(s, y);
  }
  NONCONVEX_HD double nearestSlope(double s, double /*y*/) const { return std::clamp(s, -delta, delta); }
};

/// exp(t) - y t, y >= 0: counts, by the logarithmic link.
struct Poisson : FromExpansion<Poisson> {
  static constexpr std::string_view name = "poisson";
  static constexpr Targets targets = Targets::nonNegative;
  static constexpr bool ofDifference = false;

  template <class Math>
  NONCONVEX_ALWAYS_INLINE static Expansion at(double t, double y) {
    const double mu = Math::exp(t);
    return {mu - y * t, mu - y, mu};
  }
  NONCONVEX_HD static double conjugate(double s, double y) {
    const double mu = s + y;
    return mu < -domainSlack * (1 + y) ? INFINITY : xLogX(mu) - mu;
  }
  NONCONVEX_HD static double nearestSlope(double s, double y) { return std::max(s, -y); }
  NONCONVEX_HD static double mean(double t) { return std::exp(t); }
  NONCONVEX_HD static double derivativeAtMean(double mu, double y) { return mu - y; }
};

/// t + y exp(-t), y > 0: positive responses, by the logarithmic link.
struct Gamma : FromExpansion<Gamma> {
  static constexpr std::string_view name = "gamma";
  static constexpr Targets targets = Targets::positive;
  static constexpr bool ofDifference = false;

  template <class Math>
  NONCONVEX_ALWAYS_INLINE static Expansion at(double t, double y) {
    const double ratio = y * Math::exp(-t);
    return {t + ratio, 1 - ratio, ratio};
  }
  NONCONVEX_HD static double conjugate(double s, double y) {
    const double ratio = 1 - s;
    return ratio < -domainSlack ? INFINITY : xLogX(ratio) - positivePart(ratio) * (1 + std::log(y));
  }
  NONCONVEX_HD static double nearestSlope(double s, double /*y*/) { return std::min(s, 1.0); }
  NONCONVEX_HD static double mean(double t) { return std::exp(t); }
  NONCONVEX_HD static double derivativeAtMean(double mu, double y) { return 1 - y / mu; }
};

}  // namespace losses

/// All losses of one prediction. A family of solvers offers a list of some of them.
using Losses = TypeList<losses::Squared, losses::Logistic, losses::LogisticMargin, losses::Hinge, losses::SquaredHinge,
                        losses::Huber, losses::Poisson, losses::Gamma>;

}  // namespace nonconvex
