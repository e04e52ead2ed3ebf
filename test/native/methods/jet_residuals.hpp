// Residuals with exact first and second derivatives of formulas, by numbers that carry them.
#pragma once

#include <array>
#include <cmath>
#include <utility>
#include <vector>

#include "problems/residuals.hpp"

namespace check {

/// A number with its gradient and Hessian in N variables.
template <int N>
struct Jet {
  double v = 0;
  std::array<double, N> g = {};
  std::array<std::array<double, N>, N> h = {};

  Jet() = default;
  Jet(double value) : v(value) {}
  static Jet variable(double value, int j) {
    Jet made(value);
    made.g[static_cast<std::size_t>(j)] = 1;
    return made;
  }

  /// The result of a function with this value and these derivatives.
  Jet through(double value, double first, double second) const {
    Jet to(value);
    for (std::size_t i = 0; i < N; ++i) {
      to.g[i] = first * g[i];
      for (std::size_t j = 0; j < N; ++j) to.h[i][j] = first * h[i][j] + second * g[i] * g[j];
    }
    return to;
  }
  friend Jet operator+(const Jet& a, const Jet& b) {
    Jet to(a.v + b.v);
    for (std::size_t i = 0; i < N; ++i) {
      to.g[i] = a.g[i] + b.g[i];
      for (std::size_t j = 0; j < N; ++j) to.h[i][j] = a.h[i][j] + b.h[i][j];
    }
    return to;
  }
  friend Jet operator*(const Jet& a, const Jet& b) {
    Jet to(a.v * b.v);
    for (std::size_t i = 0; i < N; ++i) {
      to.g[i] = a.g[i] * b.v + a.v * b.g[i];
      for (std::size_t j = 0; j < N; ++j) {
        to.h[i][j] = a.h[i][j] * b.v + a.v * b.h[i][j] + a.g[i] * b.g[j] + b.g[i] * a.g[j];
      }
    }
    return to;
  }
  friend Jet operator-(const Jet& a, const Jet& b) { return a + b * Jet(-1); }
  friend Jet operator/(const Jet& a, const Jet& b) {
    return a * b.through(1 / b.v, -1 / (b.v * b.v), 2 / (b.v * b.v * b.v));
  }
  friend Jet exp(const Jet& a) {
    const double e = std::exp(a.v);
    return a.through(e, e, e);
  }
};

/// r_i(x) = formula(x, i), i < m.
template <int N, class Formula>
class JetResiduals final : public nonconvex::Residuals {
 public:
  JetResiduals(int m, Formula formula) : m_(m), formula_(std::move(formula)) {}

  int variables() const override { return N; }
  int residuals() const override { return m_; }
  bool values(nonconvex::In x, nonconvex::Out r) override {
    moveTo(x);
    bool finite = true;
    for (int i = 0; i < m_; ++i) {
      r[static_cast<std::size_t>(i)] = formula_(x_, i).v;
      finite = finite && std::isfinite(r[static_cast<std::size_t>(i)]);
    }
    return finite;
  }
  void moveTo(nonconvex::In x) override {
    for (int j = 0; j < N; ++j) x_[static_cast<std::size_t>(j)] = Jet<N>::variable(x[static_cast<std::size_t>(j)], j);
  }
  bool along(nonconvex::In p, nonconvex::Out out) override {
    for (int i = 0; i < m_; ++i) {
      const Jet<N> r = formula_(x_, i);
      double& sum = out[static_cast<std::size_t>(i)] = 0;
      for (std::size_t j = 0; j < N; ++j) {
        for (std::size_t l = 0; l < N; ++l) sum += p[j] * r.h[j][l] * p[l];
      }
    }
    return true;
  }
  bool jacobian(nonconvex::Mat<double> J) override {
    for (int i = 0; i < m_; ++i) {
      const Jet<N> r = formula_(x_, i);
      for (int j = 0; j < N; ++j) J(i, j) = r.g[static_cast<std::size_t>(j)];
    }
    return true;
  }
  bool curvature(nonconvex::In weights, nonconvex::Mat<double> S) override {
    for (int j = 0; j < N; ++j) {
      for (int l = 0; l < N; ++l) S(l, j) = 0;
    }
    for (int i = 0; i < m_; ++i) {
      const Jet<N> r = formula_(x_, i);
      for (int j = 0; j < N; ++j) {
        for (int l = 0; l < N; ++l) {
          S(l, j) +=
              weights[static_cast<std::size_t>(i)] * r.h[static_cast<std::size_t>(l)][static_cast<std::size_t>(j)];
        }
      }
    }
    return true;
  }

 private:
  int m_;
  Formula formula_;
  std::array<Jet<N>, N> x_;
};

template <int N, class Formula>
JetResiduals<N, Formula> jetResiduals(int m, Formula formula) {
  return {m, std::move(formula)};
}

}  // namespace check
