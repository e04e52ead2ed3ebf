// The terms of the commonest problems, in a header so that passes over the coordinates can be compiled for them.
#pragma once

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "functions/penalties.hpp"
#include "linalg/blas.hpp"
#include "solvers/fractional/term.hpp"
#include "solvers/fractional/term_reader.hpp"

namespace nonconvex {

/// A value kept up to date by its changes loses its digits where it becomes small.
inline bool cancelled(double before, double now) { return now < 1e-4 * before; }

template <class Values>
double sumOfSquares(const Values& x) {
  return x.size() == 0 ? 0 : blas::dot(static_cast<int>(x.size()), x.data(), x.data());
}

// ---- numerators ----

/// 1/2 ||A x - b||^2 by its residual.
class LeastSquares final : public SmoothTerm {
 public:
  explicit LeastSquares(const FractionalTermData& data)
      : A_(*data.matrix), b_(data.b), curvature_(data.curvature), r_(b_.size()) {}

  static void read(TermReader& in) {
    in.takeMatrixOfColumns(1);
    in.takeTargets("b");
    in.requireLengthOfTargets();
  }

  void restart(const double* x) override {
    A_.multiply(x, r_.data());
    for (std::size_t i = 0; i < r_.size(); ++i) r_[i] -= b_[i];
    evaluate();
  }
  Parabola restrictTo(int i, double) const override { return {curvature_[static_cast<std::size_t>(i)], slope(i)}; }
  double slope(int i) const { return i == ahead_ ? slopeAhead_ : A_.dot(i, r_.data()); }
  void move(int i, double t, Parabola parabola, int next) override {
    ahead_ = A_.sparse() ? -1 : next;
    if (ahead_ < 0) {
      A_.axpy(i, t, r_.data());
    } else {
      slopeAhead_ = A_.axpyDot(i, t, r_.data(), next);
    }
    const double before = std::exchange(value_, value_ + parabola(t));
    if (cancelled(before, value_)) value_ = sumOfSquares(r_) / 2;
  }
  Parabola restrictToRay(const double*) const override {
    Parabola p;
    for (std::size_t i = 0; i < r_.size(); ++i) {
      const double Ax = r_[i] + b_[i];
      p.a += Ax * Ax;
      p.b += Ax * r_[i];
    }
    return p;
  }
  void scale(double factor, const double*) override {
    for (std::size_t i = 0; i < r_.size(); ++i) r_[i] = factor * (r_[i] + b_[i]) - b_[i];
    evaluate();
  }

 private:
  void evaluate() {
    value_ = sumOfSquares(r_) / 2;
    ahead_ = -1;
  }

  const Columns& A_;
  const std::vector<double>& b_;
  const std::vector<double>& curvature_;
  HostBuffer<double> r_;  // A x - b
  int ahead_ = -1;        // the coordinate whose slope is known already
  double slopeAhead_ = 0;
};

/// 1/2 ||A x - b||^2 by its gradient and A^T A: a coordinate that stays costs nothing.
class GramLeastSquares final : public SmoothTerm {
 public:
  explicit GramLeastSquares(const FractionalTermData& data)
      : A_(*data.matrix), b_(data.b), gram_(data.gram), r_(b_.size()), gradient_(static_cast<std::size_t>(A_.cols())) {
    atZero_.resize(gradient_.size());
    A_.multiplyTransposed(b_.data(), atZero_.data());
    for (double& g : atZero_) g = -g;
  }

  void restart(const double* x) override {
    A_.multiply(x, r_.data());
    for (std::size_t i = 0; i < r_.size(); ++i) r_[i] -= b_[i];
    value_ = sumOfSquares(r_) / 2;
    A_.multiplyTransposed(r_.data(), gradient_.data());
  }
  Parabola restrictTo(int i, double) const override { return {gram_(i, i), slope(i)}; }
  double slope(int i) const { return gradient_[static_cast<std::size_t>(i)]; }
  void move(int i, double t, Parabola parabola, int) override {
    blas::axpy(gram_.rows(), t, gram_.column(i), gradient_.data());
    value_ = std::max(0.0, value_ + parabola(t));
  }
  Parabola restrictToRay(const double* x) const override {
    Parabola p;
    for (std::size_t i = 0; i < gradient_.size(); ++i) {
      p.a += x[i] * (gradient_[i] - atZero_[i]);
      p.b += x[i] * gradient_[i];
    }
    return p;
  }
  void scale(double factor, const double* x) override {
    const Parabola p = restrictToRay(x);  // old gradient, new x: x^T A^T A x = factor * p.a / factor^2
    const double quadratic = factor * p.a;
    double linear = 0;
    for (std::size_t i = 0; i < gradient_.size(); ++i) {
      gradient_[i] = atZero_[i] + factor * (gradient_[i] - atZero_[i]);
      linear += atZero_[i] * x[i];
    }
    value_ = std::max(0.0, quadratic / 2 + linear + sumOfSquares(b_) / 2);
  }

 private:
  const Columns& A_;
  const std::vector<double>& b_;
  const HostMatrix<double>& gram_;
  std::vector<double> r_;        // scratch of `restart`
  HostBuffer<double> gradient_;  // A^T (A x - b)
  std::vector<double> atZero_;   // -A^T b
};

// ---- denominators ----

// Denominators that are largest(i) or |x_i| + constant along a coordinate, whichever is larger.

inline constexpr double absolutePieces[] = {0, 1, -1};  // slopes of max(m, |u|)

class NoDenominator final : public DenominatorTerm {
 public:
  NoDenominator() : DenominatorTerm(LineDenominator::Kind::none, 0, 1, 0) {}
  static void read(TermReader&) {}
  void restart(const double*) override {}
  const LineDenominator& restrictTo(int, double) override { return along_; }
  void move(int, double, double, int) override {}
  const LineDenominator& restrictToRay(const double*) override { return along_; }
};

/// A sum of some |x_i|.
class NormOfSome : public DenominatorTerm {
 public:
  static void read(TermReader& in) { in.requireScaleAndShift(); }
  const LineDenominator& restrictToRay(const double*) final { return homogeneousRay(); }

 protected:
  NormOfSome(const FractionalTermData& data, const double* phi, int pieces)
      : DenominatorTerm(LineDenominator::Kind::affineMax, 1, data.term.scale, data.term.shift) {
    along_.pieces = pieces;
    along_.phi = phi;
    along_.gamma = gamma_;
  }

  double gamma_[3] = {0, 0, 0};
};

/// ||x||_1
class NormOne final : public NormOfSome {
 public:
  NormOne(const FractionalTermData& data, int n) : NormOfSome(data, absolutePieces + 1, 2), n_(n) {}
  void restart(const double* x) override {
    double sum = 0;
    for (int i = 0; i < n_; ++i) sum += penalties::L1::value(x[i]);
    inner_ = sum;
  }
  const LineDenominator& restrictTo(int, double xi) override {
    const double others = std::max(0.0, inner_ - std::abs(xi));
    gamma_[0] = others + xi;
    gamma_[1] = others - xi;
    return along_;
  }
  double countsFrom(int) { return 0; }
  void move(int, double xi, double t, int) override { inner_ += std::abs(xi + t) - std::abs(xi); }

 private:
  int n_;
};

/// penalties::TopK, the sum of the k largest |x_i|; k = 1 is ||x||_inf.
class TopK final : public NormOfSome {
 public:
  TopK(const FractionalTermData& data, int n)
      : NormOfSome(data, absolutePieces, 3),
        top_(n, data.term.kind == FractionalTerm::Kind::normInf ? 1 : data.term.k) {}
  static void read(TermReader& in) {
    const FractionalTerm& term = in.term();
    require(term.kind == FractionalTerm::Kind::normInf || (term.k >= 1 && term.k <= in.n()), in.name("k"), term.k,
            "expected an integer in [1, " + show(in.n()) + "]");
    NormOfSome::read(in);
  }
  void restart(const double* x) override {
    top_.assign([&](int i) { return std::abs(x[i]); });
    inner_ = top_.sum();
  }
  const LineDenominator& restrictTo(int i, double xi) override {
    const TopSum::Others others = top_.others(i);
    gamma_[0] = others.sum + others.largest;
    gamma_[1] = others.sum + xi;
    gamma_[2] = others.sum - xi;
    return along_;
  }
  double countsFrom(int i) { return top_.others(i).largest; }
  void move(int i, double xi, double t, int) override {
    if (top_.change(i, std::abs(xi + t))) inner_ = top_.sum();
  }
  void scale(double factor, const double*) override {
    top_.scale(std::abs(factor));
    inner_ = top_.sum();
  }

 private:
  TopSum top_;
};

/// The common part of norms of A x: they remember A x.
class NormOfProduct : public DenominatorTerm {
 public:
  static void read(TermReader& in) {
    in.takeMatrixOfColumns(1);
    const int p = in.term().p;
    require(p == 0 || p == 1 || p == 2 || p == 4, in.name("p"), p, "expected 1, 2, 4 or Infinity");
    in.requireScaleAndShift();
  }
  void restart(const double* x) final {
    A_.multiply(x, r_.data());
    evaluate();
  }
  const LineDenominator& restrictToRay(const double*) final { return homogeneousRay(); }
  void scale(double factor, const double*) final {
    for (double& each : r_) each *= factor;
    evaluate();
  }

 protected:
  NormOfProduct(const FractionalTermData& data, LineDenominator::Kind plain, LineDenominator::Kind squared)
      : DenominatorTerm(data.term.squared ? squared : plain, data.term.squared ? 2 : 1, data.term.scale,
                        data.term.shift),
        A_(*data.matrix),
        squared_(data.term.squared),
        r_(static_cast<std::size_t>(A_.rows())) {}
  virtual void evaluate() = 0;

  const Columns& A_;
  bool squared_;
  HostBuffer<double> r_;  // A x
};

class NormFourOfProduct final : public NormOfProduct {
 public:
  explicit NormFourOfProduct(const FractionalTermData& data)
      : NormOfProduct(data, LineDenominator::Kind::rootQuartic, LineDenominator::Kind::sqrtQuartic),
        fourthPower_(data.fourthPower) {}
  static void read(TermReader& in) {
    NormOfProduct::read(in);
    in.takeFourthPowers();
  }
  const LineDenominator& restrictTo(int i, double) override {
    const Columns::Moments m = i == ahead_ ? momentsAhead_ : A_.moments(i, r_.data());
    along_.q[4] = fourthPower_[static_cast<std::size_t>(i)];
    along_.q[3] = 4 * m.a3r;
    along_.q[2] = 6 * m.a2r2;
    along_.q[1] = 4 * m.ar3;
    along_.q[0] = sum_;
    return along_;
  }
  void move(int i, double, double t, int next) override {
    ahead_ = A_.sparse() ? -1 : next;
    if (ahead_ < 0) {
      A_.axpy(i, t, r_.data());
    } else {
      momentsAhead_ = A_.axpyMoments(i, t, r_.data(), next);
    }
    const double* q = along_.q;
    sum_ += (((q[4] * t + q[3]) * t + q[2]) * t + q[1]) * t;
    largest_ = std::max(largest_, sum_);
    if (cancelled(largest_, sum_)) sum();  // a root needs the digits even where it is small beside `shift`
    setInner();
  }

 private:
  void evaluate() override {
    sum();
    setInner();
    ahead_ = -1;
  }
  void sum() {
    sum_ = 0;
    for (const double r : r_) sum_ += (r * r) * (r * r);
    largest_ = sum_;
  }
  void setInner() { inner_ = squared_ ? std::sqrt(sum_) : std::sqrt(std::sqrt(sum_)); }

  const std::vector<double>& fourthPower_;
  double sum_ = 0;
  double largest_ = 0;  // since it was last added up
  int ahead_ = -1;      // the coordinate whose moments are known already
  Columns::Moments momentsAhead_;
};

}  // namespace nonconvex
