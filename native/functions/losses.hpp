// Loss functions of predictions f given targets y, as convex optimisation needs them: value, proximal step, conjugate.
//
// Rows of an n x c column-major matrix: entry j of row k lies at [k + j * stride].
#pragma once

#include <algorithm>
#include <cmath>

#include "core/hostdevice.hpp"

namespace nonconvex {

/// sum_k loss(f_k, y_k). squared: 1/2 (f - y)^2. logistic: log(1 + exp(-y f)), y = +-1. hinge: max(0, 1 - y f), y =
/// +-1. softmax: log sum_j exp(f_j) - sum_j y_j f_j, y in the simplex. huber: 1/2 r^2 for |r| <= delta, else delta (|r|
/// - delta/2).
enum class ReluLoss { squared, logistic, hinge, softmax, huber };

struct Loss {
  ReluLoss kind = ReluLoss::squared;
  double delta = 1;
  int c = 1;
  int stride = 0;

  NONCONVEX_HD static double log1pExp(double x) {
    return x > 0 ? x + std::log1p(std::exp(-x)) : std::log1p(std::exp(x));
  }
  NONCONVEX_HD static double sigmoid(double x) {
    return x > 0 ? 1 / (1 + std::exp(-x)) : std::exp(x) / (1 + std::exp(x));
  }
  NONCONVEX_HD static double xlogx(double p) { return p > 0 ? p * std::log(p) : 0.0; }

  NONCONVEX_HD double value(const double* f, const double* y) const {
    double total = 0;
    if (kind == ReluLoss::softmax) {
      double most = f[0];
      for (int j = 1; j < c; ++j) most = std::max(most, f[j * stride]);
      double sum = 0;
      for (int j = 0; j < c; ++j) {
        sum += std::exp(f[j * stride] - most);
        total -= y[j * stride] * (f[j * stride] - most);
      }
      return total + std::log(sum);
    }
    for (int j = 0; j < c; ++j) total += scalarValue(f[j * stride], y[j * stride]);
    return total;
  }

  /// theta := -(a subgradient of the loss at f): a point of the dual's domain.
  NONCONVEX_HD void dualPoint(const double* f, const double* y, double* theta) const {
    if (kind == ReluLoss::softmax) {
      softmax(f, theta);
      for (int j = 0; j < c; ++j) theta[j * stride] = y[j * stride] - theta[j * stride];
      return;
    }
    for (int j = 0; j < c; ++j) {
      const double r = y[j * stride] - f[j * stride];
      const double t = y[j * stride];
      double& out = theta[j * stride];
      switch (kind) {
        case ReluLoss::squared:
          out = r;
          break;
        case ReluLoss::huber:
          out = std::clamp(r, -delta, delta);
          break;
        case ReluLoss::logistic:
          out = t * sigmoid(-t * f[j * stride]);
          break;
        default:
          out = t * f[j * stride] < 1 ? t : 0;
          break;
      }
    }
  }

  /// -loss*(-theta): the dual objective's part of this row; -infinity outside the domain.
  NONCONVEX_HD double dualValue(const double* theta, const double* y) const {
    double total = 0;
    for (int j = 0; j < c; ++j) {
      const double t = theta[j * stride];
      const double target = y[j * stride];
      constexpr double slack = 1e-12;  // rounding of a scaled point
      switch (kind) {
        case ReluLoss::squared:
          total += t * (target - t / 2);
          break;
        case ReluLoss::huber:
          if (std::abs(t) > delta * (1 + slack)) return -INFINITY;
          total += t * (target - t / 2);
          break;
        case ReluLoss::logistic: {
          const double p = t * target;
          if (p < -slack || p > 1 + slack) return -INFINITY;
          total -= xlogx(p) + xlogx(1 - p);
          break;
        }
        case ReluLoss::hinge: {
          const double p = t * target;
          if (p < -slack || p > 1 + slack) return -INFINITY;
          total += p;
          break;
        }
        case ReluLoss::softmax: {
          const double p = target - t;
          if (p < -slack) return -INFINITY;
          total -= xlogx(p);
          break;
        }
      }
    }
    return total;
  }

  /// z := argmin loss(z, y) + sigma/2 ||z - a||^2, from the z of an earlier call; theta := sigma (z - a), in the dual's
  /// domain. `work` has c entries, `stride` apart.
  NONCONVEX_HD void prox(const double* a, const double* y, double sigma, double* z, double* theta, double* work) const {
    if (kind == ReluLoss::softmax) return softmaxProx(a, y, sigma, z, theta, work);
    for (int j = 0; j < c; ++j) {
      const double from = a[j * stride];
      const double target = y[j * stride];
      double& to = z[j * stride];
      switch (kind) {
        case ReluLoss::squared:
          to = (target + sigma * from) / (1 + sigma);
          break;
        case ReluLoss::huber: {
          const double r = (from - target) * sigma / (1 + sigma);  // residual where quadratic
          to = std::abs(r) <= delta ? target + (from - target) - r / sigma : from - std::copysign(delta, r) / sigma;
          break;
        }
        case ReluLoss::logistic:
          to = logisticProx(from, target, sigma, to);
          break;
        default: {
          const double margin = target * from;
          to = margin >= 1 ? from : (margin >= 1 - 1 / sigma ? target : from + target / sigma);
          break;
        }
      }
      const double dual = sigma * (to - from);
      double& out = theta[j * stride];
      switch (kind) {
        case ReluLoss::squared:
          out = dual;
          break;
        case ReluLoss::huber:
          out = std::clamp(dual, -delta, delta);
          break;
        default:
          out = target * std::clamp(target * dual, 0.0, 1.0);
          break;
      }
    }
  }

  NONCONVEX_HD void softmax(const double* f, double* p) const {
    double most = f[0];
    for (int j = 1; j < c; ++j) most = std::max(most, f[j * stride]);
    double sum = 0;
    for (int j = 0; j < c; ++j) sum += p[j * stride] = std::exp(f[j * stride] - most);
    for (int j = 0; j < c; ++j) p[j * stride] /= sum;
  }

 private:
  NONCONVEX_HD double scalarValue(double f, double y) const {
    switch (kind) {
      case ReluLoss::squared:
        return (f - y) * (f - y) / 2;
      case ReluLoss::logistic:
        return log1pExp(-y * f);
      case ReluLoss::hinge:
        return std::max(0.0, 1 - y * f);
      default: {
        const double r = std::abs(f - y);
        return r <= delta ? r * r / 2 : delta * (r - delta / 2);
      }
    }
  }

  /// The root of sigma (z - a) = y sigmoid(-y z): safeguarded Newton; the root lies between a and a + y / sigma.
  NONCONVEX_HD static double logisticProx(double a, double y, double sigma, double z) {
    double low = std::min(a, a + y / sigma);
    double high = std::max(a, a + y / sigma);
    z = std::clamp(z, low, high);
    for (int i = 0; i < 60; ++i) {
      const double p = sigmoid(-y * z);
      const double g = sigma * (z - a) - y * p;
      (g > 0 ? high : low) = z;
      const double next = z - g / (sigma + p * (1 - p));
      const double moved = next > low && next < high ? next : (low + high) / 2;
      if (std::abs(moved - z) <= 1e-15 * (1 + std::abs(z))) return moved;
      z = moved;
    }
    return z;
  }

  /// Newton with backtracking; the Hessian diag(p) - p p^T + sigma I is inverted by Sherman and Morrison.
  NONCONVEX_HD void softmaxProx(const double* a, const double* y, double sigma, double* z, double* p,
                                double* step) const {
    const auto residual = [&] {  // p := softmax(z); ||p - y + sigma (z - a)||^2
      softmax(z, p);
      double s = 0;
      for (int j = 0; j < c; ++j) {
        const double g = p[j * stride] - y[j * stride] + sigma * (z[j * stride] - a[j * stride]);
        s += g * g;
      }
      return s;
    };
    double norm = residual();
    for (int i = 0; i < 50 && norm > 1e-28 * (1 + sigma * sigma); ++i) {
      double pg = 0;
      double pp = 0;
      for (int j = 0; j < c; ++j) {
        const double h = p[j * stride] + sigma;
        const double g = p[j * stride] - y[j * stride] + sigma * (z[j * stride] - a[j * stride]);
        step[j * stride] = g / h;
        pg += p[j * stride] * g / h;
        pp += p[j * stride] * p[j * stride] / h;
      }
      const double factor = pg / (1 - pp);
      for (int j = 0; j < c; ++j) {
        step[j * stride] += p[j * stride] / (p[j * stride] + sigma) * factor;
        z[j * stride] -= step[j * stride];
      }
      const double before = norm;
      double length = 1;
      for (norm = residual(); norm > before * (1 - 0.1 * length) && length > 1e-6; norm = residual()) {
        length /= 2;
        for (int j = 0; j < c; ++j) z[j * stride] += length * step[j * stride];
      }
    }
    for (int j = 0; j < c; ++j) p[j * stride] = y[j * stride] - p[j * stride];  // theta
  }
};

}  // namespace nonconvex
