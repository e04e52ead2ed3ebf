#include "solvers/relu/worst_case_loss.hpp"

#include <algorithm>
#include <cmath>

#include "core/numbers.hpp"
#include "methods/one_dimensional/secant.hpp"

namespace nonconvex {
namespace {

double xLogX(double x) { return x > 0 ? x * std::log(x) : 0; }

}  // namespace

double ReluAdversary::dualNorm(int inputs, const double* c) const {
  double sum = 0;
  for (int i = 0; i < inputs; ++i) sum += norm == AdversaryNorm::inf ? std::abs(c[i]) : square(c[i]);
  return norm == AdversaryNorm::inf ? sum : std::sqrt(sum);
}

double WorstCaseLoss::product(const double* x, const double* c) const {
  double sum = 0;
  for (int i = 0; i < d_; ++i) sum += x[i] * c[i];
  return sum;
}

double WorstCaseLoss::value(const double* x, double y, const double* c) const {
  const double f = product(x, c);
  if (kind_ == ReluLoss::squared) return square(std::abs(y - f) + reach(c)) / 2;
  const double margin = y * f - reach(c);
  if (kind_ == ReluLoss::hinge) return std::max(0.0, 1 - margin);
  return std::max(0.0, -margin) + std::log1p(std::exp(-std::abs(margin)));
}

/// c := argmin -(tau x - radius t w) . c + sigma / 2 ||c - a||^2 over c, the largest over w.
void WorstCaseLoss::pointAt(const double* x, const WorstCase& at, double sigma, const double* a, double* c) const {
  const double level = at.t * adversary_.radius / sigma;
  for (int i = 0; i < d_; ++i) c[i] = a[i] + at.tau / sigma * x[i];
  if (adversary_.norm == AdversaryNorm::inf) {
    for (int i = 0; i < inputs_; ++i) c[i] = std::copysign(std::max(0.0, std::abs(c[i]) - level), c[i]);
    return;
  }
  const double norm = adversary_.dualNorm(inputs_, c);
  const double share = norm > level ? 1 - level / norm : 0;
  for (int i = 0; i < inputs_; ++i) c[i] *= share;
}

void WorstCaseLoss::direction(const double* x, const WorstCase& at, double sigma, const double* a,
                              double* direction) const {
  const double level = at.t * adversary_.radius / sigma;
  for (int i = 0; i < d_; ++i) direction[i] = a[i] + at.tau / sigma * x[i];
  // Shrinking takes away level times w.
  double share = 0;
  if (adversary_.norm == AdversaryNorm::two) {
    const double norm = adversary_.dualNorm(inputs_, direction);
    share = norm > level ? level / norm : 1;
  }
  for (int i = 0; i < inputs_; ++i) {
    const double taken =
        adversary_.norm == AdversaryNorm::inf ? std::clamp(direction[i], -level, level) : share * direction[i];
    direction[i] = at.tau * x[i] - sigma * taken;
  }
  for (int i = inputs_; i < d_; ++i) direction[i] = at.tau * x[i];
}

WorstCase WorstCaseLoss::prox(const double* x, double y, double sigma, const double* a, double* c) const {
  return kind_ == ReluLoss::squared ? proxOfSquared(x, y, sigma, a, c) : proxOfMargin(x, y, sigma, a, c);
}

/// The zero in t of t + l'(margin of the point at t), which increases.
WorstCase WorstCaseLoss::proxOfMargin(const double* x, double y, double sigma, const double* a, double* c) const {
  const auto margin = [&](double t) {
    pointAt(x, {.tau = y * t, .t = t}, sigma, a, c);
    return y * product(x, c) - reach(c);
  };
  double t = 0;
  if (kind_ == ReluLoss::hinge) {
    // Where the margin is 1, or where it cannot come to be: from 0 to 1.
    const double at0 = margin(0) - 1, at1 = at0 < 0 ? margin(1) - 1 : 1;
    if (at0 < 0) t = at1 <= 0 ? 1 : zeroOf([&](double s) { return margin(s) - 1; }, {0, at0, 1, at1});
  } else {
    const auto slope = [&](double s) { return s - 1 / (1 + std::exp(margin(s))); };
    const double at0 = slope(0), at1 = slope(1);
    t = at0 >= 0 ? 0 : at1 <= 0 ? 1 : zeroOf(slope, {0, at0, 1, at1});
  }
  const WorstCase at{.tau = y * t, .t = t};
  pointAt(x, at, sigma, a, c);
  return at;
}

/// The larger of two squares, of s (y - x . c) + radius ||c|| for s = 1 and -1: where only one counts tau = s t, and
/// where both do y = x . c.
WorstCase WorstCaseLoss::proxOfSquared(const double* x, double y, double sigma, const double* a, double* c) const {
  const double sign = y >= product(x, a) ? 1 : -1;
  const auto excess = [&](double t) {
    pointAt(x, {.tau = sign * t, .t = t}, sigma, a, c);
    return t - sign * (y - product(x, c)) - reach(c);
  };
  const double at0 = excess(0), most = -at0;
  if (!(most > 0)) return {};
  const double atMost = excess(most);
  const double t = atMost <= 0 ? most : zeroOf(excess, {0, at0, most, atMost});
  const WorstCase at{.tau = sign * t, .t = t};
  pointAt(x, at, sigma, a, c);
  if (sign * (y - product(x, c)) >= 0) return at;
  return proxOnTie(x, y, sigma, a, c, most);
}

/// The tau at which the point has x . c = y, which increases with tau.
double WorstCaseLoss::tauOfTie(const double* x, double y, double sigma, const double* a, double* c, double t,
                               double guess) const {
  const auto excess = [&](double tau) {
    pointAt(x, {.tau = tau, .t = t}, sigma, a, c);
    return product(x, c) - y;
  };
  double width = std::max(t, machineEpsilon);
  double low = guess, high = guess;
  double atLow = excess(low), atHigh = atLow;
  constexpr int mostDoublings = 200;
  for (int k = 0; k < mostDoublings && atLow > 0; ++k, width *= 2) atLow = excess(low -= width);
  for (int k = 0; k < mostDoublings && atHigh < 0; ++k, width *= 2) atHigh = excess(high += width);
  if (atLow == 0) return low;
  return atHigh == 0 ? high : zeroOf(excess, {low, atLow, high, atHigh});
}

/// Finds the point on the tie x . c = y, where t = radius ||c||.
WorstCase WorstCaseLoss::proxOnTie(const double* x, double y, double sigma, const double* a, double* c,
                                   double most) const {
  double tau = 0;
  const auto excess = [&](double t) {
    tau = tauOfTie(x, y, sigma, a, c, t, tau);
    pointAt(x, {.tau = tau, .t = t}, sigma, a, c);
    return t - reach(c);
  };
  const double at0 = excess(0), atMost = excess(most);
  const double t = at0 >= 0 ? 0 : atMost <= 0 ? most : zeroOf(excess, {0, at0, most, atMost});
  tau = tauOfTie(x, y, sigma, a, c, t, tau);
  const WorstCase at{.tau = std::clamp(tau, -t, t), .t = t};
  pointAt(x, at, sigma, a, c);
  return at;
}

double WorstCaseLoss::dualValue(const WorstCase& at, double y) const {
  if (kind_ == ReluLoss::squared) return at.tau * y - square(at.t) / 2;
  return kind_ == ReluLoss::hinge ? at.t : -xLogX(at.t) - xLogX(1 - at.t);
}

}  // namespace nonconvex
