// Derivatives of solutions against formulas and differences of solutions.
#include "methods/implicit/implicit_derivative.hpp"

#include <cmath>
#include <vector>

#include "check.hpp"
#include "core/index.hpp"
#include "core/numbers.hpp"
#include "core/random.hpp"
#include "linalg/lu_dense.hpp"
#include "methods/quadratic/active_set.hpp"
#include "methods/unconstrained/lbfgs.hpp"

using namespace nonconvex;

namespace {

/// sum_i w_i log(1 + e^{-y_i x_i b}) + e^mu ||b||^2 / 2 in b, of which w and mu are the parameters.
class WeightedLogistic {
 public:
  static constexpr int n = 30, p = 4;

  WeightedLogistic() : theta(at(n + 1), 1.0), rows_(p, n), y_(at(n)), b_(at(p)) {
    const Random random(3);
    for (int k = 0; k < n * p; ++k) rows_.data()[k] = random.normal(static_cast<std::uint64_t>(k));
    for (int i = 0; i < n; ++i)
      y_[at(i)] = rows_(0, i) + random.normal(1000 + static_cast<std::uint64_t>(i)) > 0 ? 1 : -1;
    theta.back() = -0.5;
  }

  int variables() const { return p; }
  int parameters() const { return n + 1; }
  double value(In b) {
    double sum = std::exp(theta.back()) * dot(b, b) / 2;
    for (int i = 0; i < n; ++i) sum += theta[at(i)] * std::log1p(std::exp(-margin(i, b)));
    return sum;
  }
  double gradient(In b, Out g) {
    std::copy(b.begin(), b.end(), b_.begin());
    for (int j = 0; j < p; ++j) g[at(j)] = std::exp(theta.back()) * b[at(j)];
    for (int i = 0; i < n; ++i) addRow(i, theta[at(i)] * slope(i), g);
    return value(b);
  }
  void hessianProduct(In v, Out out) {
    for (int j = 0; j < p; ++j) out[at(j)] = std::exp(theta.back()) * v[at(j)];
    for (int i = 0; i < n; ++i)
      addRow(i, theta[at(i)] * slope(i) * (-1 - slope(i) * y_[at(i)]) * y_[at(i)] * along(i, v), out);
  }
  void parameterProduct(In v, Out out) {
    for (int j = 0; j < p; ++j) out[at(j)] = std::exp(theta.back()) * b_[at(j)] * v[at(n)];
    for (int i = 0; i < n; ++i) addRow(i, v[at(i)] * slope(i), out);
  }
  void parameterTransposed(In v, Out out) {
    for (int i = 0; i < n; ++i) out[at(i)] = slope(i) * along(i, v);
    out[at(n)] = std::exp(theta.back()) * dot(b_, v);
  }

  std::vector<double> theta;

 private:
  double along(int i, In v) const { return dot(In(rows_.column(i), at(p)), v); }
  double margin(int i, In b) const { return y_[at(i)] * along(i, b); }
  /// The derivative of a row's loss in x_i b, at the last gradient's b.
  double slope(int i) const { return -y_[at(i)] / (1 + std::exp(margin(i, b_))); }
  void addRow(int i, double by, Out out) const { axpy(by, {rows_.column(i), at(p)}, out); }

  HostMatrix<double> rows_;
  std::vector<double> y_, b_;
};

std::vector<double> minimizer(WeightedLogistic& f) {
  const Cpu la;
  Lbfgs descent(la, f, {.tolerance = 1e-13});
  descent.start(std::vector<double>(at(WeightedLogistic::p)));
  for (int k = 0; k < 500 && !descent.step(); ++k) {
  }
  std::vector<double> b(descent.x().begin(), descent.x().end()), g(b.size());
  f.gradient(b, g);
  return b;
}

/// 1/2 x^T H x + theta^T x subject to a^T x = 1: F = (H x + theta - a y, a^T x - 1), whose derivative in (x, y) is not
/// symmetric.
class OnPlane {
 public:
  OnPlane() : H(3, 3), A(1, 3), lu_(4) {
    const double entries[3][3] = {{3, 1, 0}, {1, 2, -0.5}, {0, -0.5, 1}};
    for (int i = 0; i < 3; ++i) {
      for (int j = 0; j < 3; ++j) H(i, j) = lu_.matrix()(i, j) = entries[i][j];
      A(0, i) = i + 1;
      lu_.matrix()(3, i) = i + 1;
      lu_.matrix()(i, 3) = -(i + 1);
    }
    lu_.matrix()(3, 3) = 0;
    CHECK(lu_.factor());
  }
  int variables() const { return 4; }
  int parameters() const { return 3; }
  bool solve(In v, Out out) const {
    std::copy(v.begin(), v.end(), out.begin());
    lu_.solve(out);
    return true;
  }
  bool solveTransposed(In v, Out out) const {
    std::copy(v.begin(), v.end(), out.begin());
    lu_.solveTransposed(out);
    return true;
  }
  void parameterProduct(In v, Out out) const {
    std::copy(v.begin(), v.end(), out.begin());
    out[3] = 0;
  }
  void parameterTransposed(In v, Out out) const { std::copy(v.begin(), v.begin() + 3, out.begin()); }

  HostMatrix<double> H, A;

 private:
  DenseLu lu_;
};

/// x^2 / 2 - theta x with a Hessian that is claimed to be 0, as that of a kink.
struct Flat {
  int variables() const { return 1; }
  int parameters() const { return 1; }
  void hessianProduct(In, Out out) const { out[0] = 0; }
  void parameterProduct(In v, Out out) const { out[0] = -v[0]; }
  void parameterTransposed(In v, Out out) const { out[0] = -v[0]; }
};

}  // namespace

TEST(derivatives_of_a_regression_in_its_weights_are_those_of_differences) {
  const Cpu la;
  WeightedLogistic f;
  const std::vector<double> b = minimizer(f);
  ImplicitDerivative derivative(la, f);
  const Random random(8);
  std::vector<double> gradient(b.size()), ofTheta(f.theta.size());
  for (std::size_t j = 0; j < b.size(); ++j) gradient[j] = random.normal(j);
  CHECK(derivative.adjoint(gradient, ofTheta));
  constexpr double h = 1e-4;
  for (const int k : {0, 7, 29, 30}) {
    std::vector<double> direction(f.theta.size()), change(b.size());
    direction[at(k)] = 1;
    CHECK(derivative.forward(direction, change));
    WeightedLogistic above, below;
    above.theta[at(k)] += h;
    below.theta[at(k)] -= h;
    const std::vector<double> up = minimizer(above), down = minimizer(below);
    double along = 0;
    for (std::size_t j = 0; j < b.size(); ++j) {
      CHECK_NEAR(change[j], (up[j] - down[j]) / (2 * h), 1e-7);
      along += gradient[j] * change[j];
    }
    CHECK_NEAR(along, ofTheta[at(k)], 1e-11);
  }
}

/// x(theta) is linear: its derivative is the difference of two solutions.
TEST(derivatives_of_a_quadratic_program_come_from_its_kkt_system) {
  const Cpu la;
  OnPlane map;
  ImplicitDerivative derivative(la, map);
  DualActiveSet solver(3, 1);
  const std::vector<double> one{1}, base{0.3, -0.2, 0.1};
  const auto solution = [&](const std::vector<double>& theta) {
    CHECK(solver.solve(
              {.H = map.H, .c = theta, .A = map.A, .rowLower = one, .rowUpper = one, .lower = {}, .upper = {}}) ==
          QuadraticEnd::solved);
    std::vector<double> both(solver.x().begin(), solver.x().end());
    both.push_back(solver.multipliers()[0]);
    return both;
  };
  const std::vector<double> from = solution(base);
  std::vector<double> change(4), gradient{1, -2, 0.5, 0.7}, ofTheta(3);
  CHECK(derivative.adjoint(gradient, ofTheta));
  for (int k = 0; k < 3; ++k) {
    std::vector<double> moved = base, direction(3);
    moved[at(k)] += 1;
    direction[at(k)] = 1;
    const std::vector<double> to = solution(moved);
    CHECK(derivative.forward(direction, change));
    for (std::size_t j = 0; j < 4; ++j) CHECK_NEAR(change[j], to[j] - from[j], 1e-12);
    CHECK_NEAR(dot(In(gradient), In(change)), ofTheta[at(k)], 1e-12);
  }
}

TEST(a_solution_without_a_derivative_has_none) {
  const Cpu la;
  Flat flat;
  ImplicitDerivative derivative(la, flat);
  const std::vector<double> one{1};
  std::vector<double> out(1);
  CHECK(!derivative.forward(one, out));
  CHECK(!derivative.adjoint(one, out));
}
