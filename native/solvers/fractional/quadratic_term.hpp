// Quadratic forms, in numerators and in denominators.
#pragma once

#include <vector>

#include "linalg/cpu.hpp"
#include "solvers/fractional/term.hpp"

namespace nonconvex {

/// 1/2 x^T Q x + c . x, Q symmetric; the constant is the numerator's.
class QuadraticTerm final : public SmoothTerm {
 public:
  explicit QuadraticTerm(const FractionalTermData& data)
      : Q_(*data.matrix), c_(data.c), curvature_(data.curvature), Qx_(curvature_.size()) {}

  static void read(TermReader& in);
  /// Throws unless Q, as far as it is small enough to be looked at, is symmetric and positive semidefinite.
  static void requireConvex(const Cpu& la, const FractionalTermData& data);
  /// Q + diagonal, so far regularised that semidefinite passes, or no columns when it is too large to look at.
  static HostMatrix<double> regularised(const Columns& Q, const std::vector<double>& diagonal);

  void restart(const double* x) override {
    Q_.multiply(x, Qx_.data());
    evaluate(x);
  }
  Parabola restrictTo(int i, double) const override {
    const auto at = static_cast<std::size_t>(i);
    return {curvature_[at], Qx_[at] + linear(at)};
  }
  void move(int i, double t, Parabola parabola, int) override {
    Q_.axpy(i, t, Qx_.data());
    value_ += parabola(t);
  }
  Parabola restrictToRay(const double* x) const override {
    Parabola p;
    for (std::size_t i = 0; i < Qx_.size(); ++i) {
      p.a += x[i] * Qx_[i];
      p.b += x[i] * (Qx_[i] + linear(i));
    }
    return p;
  }
  void scale(double factor, const double* x) override {
    for (double& each : Qx_) each *= factor;
    evaluate(x);
  }

 private:
  double linear(std::size_t i) const { return c_.empty() ? 0 : c_[i]; }
  void evaluate(const double* x) {
    value_ = 0;
    for (std::size_t i = 0; i < Qx_.size(); ++i) value_ += x[i] * (Qx_[i] / 2 + linear(i));
  }

  const Columns& Q_;
  const std::vector<double>& c_;
  const std::vector<double>& curvature_;
  std::vector<double> Qx_;
};

}  // namespace nonconvex
