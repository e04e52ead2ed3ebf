// Losses of a row of predictions for a row of targets: a loss an entry, or one that takes the row together.
//
// Each has value, derivative, prox and conjugate as losses.hpp explains them, of c entries.
#pragma once

#include <algorithm>
#include <cmath>
#include <string_view>

#include "functions/losses.hpp"

namespace nonconvex {

/// A row of a column-major matrix: its entries lie `stride` apart.
template <class T>
struct RowOf {
  T* data;
  int stride;
  NONCONVEX_HD T& operator[](int j) const { return data[j * stride]; }
};

/// A row with all signs changed, divided by a number.
struct NegatedRow {
  RowOf<const double> row;
  double by = 1;
  NONCONVEX_HD double operator[](int j) const { return -row[j] / by; }
};

namespace losses {

/// The sum of `Loss` over the entries.
template <class Loss>
struct PerEntry {
  static constexpr std::string_view name = Loss::name;
  static constexpr Targets targets = Loss::targets;

  Loss loss = {};

  NONCONVEX_HD double value(int c, RowOf<const double> f, RowOf<const double> y) const {
    double total = 0;
    for (int j = 0; j < c; ++j) total += loss.value(f[j], y[j]);
    return total;
  }
  /// slope := the derivative at f.
  NONCONVEX_HD void derivative(int c, RowOf<const double> f, RowOf<const double> y, RowOf<double> slope) const {
    for (int j = 0; j < c; ++j) slope[j] = loss.derivative(f[j], y[j]);
  }
  /// h := the diagonal of the Hessian at f, which has nothing else; of a generalised one where the loss has kinks in
  /// its slope, and zero where it has kinks.
  NONCONVEX_HD void curvature(int c, RowOf<const double> f, RowOf<const double> y, RowOf<double> h) const {
    for (int j = 0; j < c; ++j) {
      if constexpr (requires { loss.curvature(f[j], y[j]); }) {
        h[j] = loss.curvature(f[j], y[j]);
      } else {
        h[j] = 0;
      }
    }
  }
  template <class Row>
  NONCONVEX_HD double conjugate(int c, Row s, RowOf<const double> y) const {
    double total = 0;
    for (int j = 0; j < c; ++j) total += loss.conjugate(s[j], y[j]);
    return total;
  }
  /// z := prox(a), from the z of an earlier call; slope := sigma (a - z), in the conjugate's domain.
  NONCONVEX_HD void prox(int c, RowOf<const double> a, RowOf<const double> y, double sigma, RowOf<double> z,
                         RowOf<double> slope, RowOf<double> /*work*/) const {
    for (int j = 0; j < c; ++j) {
      z[j] = loss.prox(a[j], y[j], sigma, z[j]);
      slope[j] = -(sigma * (z[j] - a[j]));
      if constexpr (requires { loss.nearestSlope(a[j], y[j]); }) slope[j] = loss.nearestSlope(slope[j], y[j]);
    }
  }
};

/// log sum_j exp(f_j) - sum_j y_j f_j, y in the simplex: as many outcomes as entries.
struct Softmax {
  static constexpr std::string_view name = "softmax";
  static constexpr Targets targets = Targets::probabilities;

  NONCONVEX_HD static double value(int c, RowOf<const double> f, RowOf<const double> y) {
    double total = 0;
    const double most = largest(c, f);
    double sum = 0;
    for (int j = 0; j < c; ++j) {
      sum += std::exp(f[j] - most);
      total -= y[j] * (f[j] - most);
    }
    return total + std::log(sum);
  }
  NONCONVEX_HD static void derivative(int c, RowOf<const double> f, RowOf<const double> y, RowOf<double> slope) {
    probabilities(c, f, slope);
    for (int j = 0; j < c; ++j) slope[j] -= y[j];
  }
  /// h := the probabilities p at f: the Hessian is diag(p) - p p^T.
  NONCONVEX_HD static void curvature(int c, RowOf<const double> f, RowOf<const double> /*y*/, RowOf<double> h) {
    probabilities(c, f, h);
  }
  template <class Row>
  NONCONVEX_HD static double conjugate(int c, Row s, RowOf<const double> y) {
    double total = 0;
    for (int j = 0; j < c; ++j) {
      const double p = y[j] + s[j];
      if (p < -domainSlack) return INFINITY;
      total += xLogX(p);
    }
    return total;
  }
  /// Newton with backtracking; the Hessian diag(p) - p p^T + sigma I is inverted by Sherman and Morrison.
  NONCONVEX_HD static void prox(int c, RowOf<const double> a, RowOf<const double> y, double sigma, RowOf<double> z,
                                RowOf<double> slope, RowOf<double> step) {
    const RowOf<double> p = slope;
    const auto gradient = [&](int j) { return p[j] - y[j] + sigma * (z[j] - a[j]); };
    const auto residual = [&] {  // p := softmax(z); ||p - y + sigma (z - a)||^2
      probabilities(c, {z.data, z.stride}, p);
      double s = 0;
      for (int j = 0; j < c; ++j) {
        const double g = gradient(j);
        s += g * g;
      }
      return s;
    };
    double norm = residual();
    for (int i = 0; i < 50 && norm > 1e-28 * (1 + sigma * sigma); ++i) {
      double pg = 0;
      double pp = 0;
      for (int j = 0; j < c; ++j) {
        const double h = p[j] + sigma;
        const double g = gradient(j);
        step[j] = g / h;
        pg += p[j] * g / h;
        pp += p[j] * p[j] / h;
      }
      const double factor = pg / (1 - pp);
      for (int j = 0; j < c; ++j) {
        step[j] += p[j] / (p[j] + sigma) * factor;
        z[j] -= step[j];
      }
      const double before = norm;
      double length = 1;
      for (norm = residual(); norm > before * (1 - 0.1 * length) && length > 1e-6; norm = residual()) {
        length /= 2;
        for (int j = 0; j < c; ++j) z[j] += length * step[j];
      }
    }
    for (int j = 0; j < c; ++j) slope[j] = -(y[j] - p[j]);
  }

 private:
  NONCONVEX_HD static double largest(int c, RowOf<const double> f) {
    double most = f[0];
    for (int j = 1; j < c; ++j) most = std::max(most, f[j]);
    return most;
  }
  /// p := softmax(f)
  NONCONVEX_HD static void probabilities(int c, RowOf<const double> f, RowOf<double> p) {
    const double most = largest(c, f);
    double sum = 0;
    for (int j = 0; j < c; ++j) sum += p[j] = std::exp(f[j] - most);
    for (int j = 0; j < c; ++j) p[j] /= sum;
  }
};

}  // namespace losses
}  // namespace nonconvex
