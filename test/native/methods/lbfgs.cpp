// Limited-memory BFGS: known minima, with curvature of very different sizes, with kinks, and in boxes.
#include "methods/unconstrained/lbfgs.hpp"

#include <cmath>

#include "check.hpp"
#include "core/random.hpp"
#include "core/run.hpp"

using namespace nonconvex;

namespace {

/// sum_i w_i / 2 (x_i - i)^2, w_i = 10^(i / 10)
struct Graded {
  static constexpr int n = 40;
  int variables() const { return n; }
  double value(In x) {
    Vector g(x.size());
    return gradient(x, g);
  }
  double gradient(In x, Out g) {
    double sum = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
      const double weight = std::pow(10.0, 0.1 * static_cast<double>(i)), off = x[i] - static_cast<double>(i);
      g[i] = weight * off;
      sum += weight / 2 * off * off;
    }
    return sum;
  }
};

/// Rosenbrock's function, in stages.
struct Rosenbrock {
  double x = 0, y = 0;
  int gradients = 0;
  int variables() const { return 2; }
  double value(In at) {
    x = at[0];
    y = at[1];
    return 100 * square(y - x * x) + square(1 - x);
  }
  bool gradientThere(Out g) {
    ++gradients;
    g[0] = -400 * x * (y - x * x) - 2 * (1 - x);
    g[1] = 200 * (y - x * x);
    return true;
  }
};

/// 1/2 x^T A x - b^T x with A = R^T R + 0.1 I for a random R.
struct Quadratic {
  int n;
  HostMatrix<double> A;
  Vector b;
  explicit Quadratic(int size, std::uint64_t seed) : n(size), A(size, size), b(at(size)) {
    const Random random(seed);
    HostMatrix<double> R(n, n);
    for (std::size_t k = 0; k < R.size(); ++k) R.data()[k] = random.normal(k);
    for (int i = 0; i < n; ++i) {
      b[at(i)] = 3 * random.normal(R.size() + at(i));
      for (int j = 0; j < n; ++j) {
        for (int k = 0; k < n; ++k) A(i, j) += R(k, i) * R(k, j);
      }
      A(i, i) += 0.1;
    }
  }
  int variables() const { return n; }
  double value(In x) {
    Vector g(x.size());
    return gradient(x, g);
  }
  double gradient(In x, Out g) {
    double sum = 0;
    for (int i = 0; i < n; ++i) {
      double product = 0;
      for (int j = 0; j < n; ++j) product += A(i, j) * x[at(j)];
      g[at(i)] = product - b[at(i)];
      sum += x[at(i)] * (product / 2 - b[at(i)]);
    }
    return sum;
  }
};

/// Steps until the method ends.
template <class Method>
Status run(Method& method, In x, int most = 2000) {
  std::optional<Status> status = method.start(x);
  for (int k = 0; k < most && !status; ++k) status = method.step();
  return status.value_or(Status::iterationLimit);
}

}  // namespace

TEST(lbfgsMinimisesAQuadraticOfGradedCurvature) {
  const Cpu la;
  Graded f;
  Lbfgs method(la, f, {.memory = 20});
  CHECK(run(method, Vector(Graded::n, 5.0)) == Status::solved);
  CHECK(method.residual() <= 1e-8);
  for (std::size_t i = 0; i < Graded::n; ++i) CHECK_NEAR(method.x()[i], static_cast<double>(i), 1e-8);
}

TEST(lbfgsMinimisesRosenbrockWithAGradientForEachStepAlone) {
  const Cpu la;
  Rosenbrock f;
  Lbfgs method(la, f);
  CHECK(run(method, Vector{-1.2, 1}) == Status::solved);
  CHECK_NEAR(method.x()[0], 1, 1e-7);
  CHECK_NEAR(method.x()[1], 1, 1e-7);
  CHECK(f.gradients < method.evaluations());
}

TEST(lbfgsComesToAKink) {
  // |x| + 10 |y - x|: a valley with kinks; the minimum is at 0.
  struct Valley {
    int variables() const { return 2; }
    double value(In x) { return std::abs(x[0]) + 10 * std::abs(x[1] - x[0]); }
    double gradient(In x, Out g) {
      const double side = x[1] > x[0] ? 10 : -10;
      g[0] = (x[0] > 0 ? 1 : -1) - side;
      g[1] = side;
      return value(x);
    }
  } f;
  const Cpu la;
  Lbfgs method(la, f, {.memory = 30, .leastDecrease = 1e-12});
  run(method, Vector{3, -2}, 500);
  CHECK(method.value() < 1e-3);
}

TEST(lbfgsIsRunByIterate) {
  const Cpu la;
  Graded f;
  Lbfgs method(la, f, {.memory = 20, .tolerance = 0});
  Limits limits;
  limits.tolerance = 1e-5;
  Monitor monitor;
  method.start(Vector(Graded::n, 5.0));
  const auto outcome = iterate(method, limits, monitor);
  CHECK(outcome.status == Status::solved);
  CHECK(outcome.progress.residual <= 1e-5);
  CHECK(outcome.progress.evaluations >= outcome.progress.iteration);
  CHECK_EQ(static_cast<double>(outcome.progress.objective), method.value());
}

TEST(lbfgsStaysInTheDomain) {
  // x - log(x) for x > 0; the first step from 100 would leave.
  struct Barrier {
    int variables() const { return 1; }
    double value(In x) { return x[0] - std::log(x[0]); }
    double gradient(In x, Out g) {
      g[0] = 1 - 1 / x[0];
      return value(x);
    }
  } f;
  const Cpu la;
  Lbfgs method(la, f);
  CHECK(run(method, Vector{100}) == Status::solved);
  CHECK_NEAR(method.x()[0], 1, 1e-7);
  CHECK(run(method, Vector{-1}) == Status::numericalError);
}

TEST(lbfgsInABoxMeetsTheConditionsOfTheMinimum) {
  const Cpu la;
  for (int seed = 0; seed < check::repetitions(20); ++seed) {
    constexpr int n = 30;
    Quadratic f(n, static_cast<std::uint64_t>(seed));
    Vector lower(n, -0.3), upper(n, 0.2);
    lower[0] = -infinity;
    upper[1] = infinity;
    lower[2] = upper[2] = 0.1;
    Lbfgs method(la, f, {}, TwoMetricBox(n, lower, upper));
    CHECK(run(method, Vector(n, 5.0)) == Status::solved);
    Vector g(n);
    f.gradient(method.x(), g);
    int atBounds = 0;
    for (std::size_t j = 0; j < n; ++j) {
      const double x = method.x()[j];
      CHECK(lower[j] <= x && x <= upper[j]);
      const bool low = x == lower[j], high = x == upper[j];
      CHECK(low || g[j] < 1e-7);
      CHECK(high || g[j] > -1e-7);
      atBounds += low || high;
    }
    CHECK(atBounds > 2);
  }
}

TEST(lbfgsInABoxFindsWhatIsHeldAfterAFewSteps) {
  // 1/2 sum_i (x_i - c_i)^2 / s_i in the unit box: x = the nearest point of the box, whatever s.
  struct Apart {
    Vector c, s;
    int variables() const { return static_cast<int>(c.size()); }
    double value(In x) {
      Vector g(x.size());
      return gradient(x, g);
    }
    double gradient(In x, Out g) {
      double sum = 0;
      for (std::size_t i = 0; i < x.size(); ++i) {
        g[i] = (x[i] - c[i]) / s[i];
        sum += square(x[i] - c[i]) / (2 * s[i]);
      }
      return sum;
    }
  } f{{-3, 0.25, 4, 0.5, 1.5, -0.1}, {1, 2, 0.1, 10, 0.5, 3}};
  const Cpu la;
  const Vector zeros(6, 0.0), ones(6, 1.0);
  Lbfgs method(la, f, {.tolerance = 1e-10}, TwoMetricBox(6, zeros, ones));
  CHECK(run(method, Vector(6, 0.5), 30) == Status::solved);
  const Vector expected = {0, 0.25, 1, 0.5, 1, 0};
  for (std::size_t i = 0; i < 6; ++i) CHECK_NEAR(method.x()[i], expected[i], 1e-9);
  CHECK_EQ(method.x()[0], 0.0);
  CHECK_EQ(method.x()[2], 1.0);
}

TEST(lbfgsInABoxDescendsWhereProjectedNewtonStepsDoNot) {
  // Bertsekas 1982, figure 1: with correlated variables the projection of a Newton step from a bound goes uphill.
  // f = 1/2 (x^2 + 1.8 x y + y^2) - x, x free, y >= 0: the minimum is (1, 0), df/dy = 0.9 there.
  struct Correlated {
    int variables() const { return 2; }
    double value(In p) { return 0.5 * (p[0] * p[0] + 1.8 * p[0] * p[1] + p[1] * p[1]) - p[0]; }
    double gradient(In p, Out g) {
      g[0] = p[0] + 0.9 * p[1] - 1;
      g[1] = 0.9 * p[0] + p[1];
      return value(p);
    }
  } f;
  const Cpu la;
  const Vector lower = {-infinity, 0};
  Lbfgs method(la, f, {}, TwoMetricBox(2, lower, {}));
  CHECK(run(method, Vector{-5, 4}, 50) == Status::solved);
  CHECK_NEAR(method.x()[0], 1, 1e-7);
  CHECK_EQ(method.x()[1], 0.0);
}
