// Limited-memory BFGS: known minima, with curvature of very different sizes and with kinks.
#include "methods/quasi_newton/limited_memory.hpp"

#include <cmath>
#include <vector>

#include "check.hpp"

using namespace nonconvex;

namespace {

bool never() { return false; }

}  // namespace

TEST(minimisesAQuadraticOfGradedCurvature) {
  constexpr int n = 40;
  const auto function = [](const double* x, double* gradient) {
    double value = 0;
    for (int i = 0; i < n; ++i) {
      const double weight = std::pow(10.0, 0.1 * i);
      gradient[i] = weight * (x[i] - i);
      value += weight / 2 * square(x[i] - i);
    }
    return value;
  };
  std::vector<double> x(n, 5.0);
  LimitedMemoryDescent method(function, n, {.iterations = 2000, .memory = 20, .decrease = 0});
  CHECK(method.minimize(x.data(), never) < 1e-16);
  for (int i = 0; i < n; ++i) CHECK_NEAR(x[static_cast<std::size_t>(i)], i, 1e-8);
}

TEST(minimisesRosenbrock) {
  const auto function = [](const double* x, double* gradient) {
    const double r = x[1] - x[0] * x[0];
    gradient[0] = -400 * x[0] * r - 2 * (1 - x[0]);
    gradient[1] = 200 * r;
    return 100 * r * r + square(1 - x[0]);
  };
  std::vector<double> x = {-1.2, 1};
  LimitedMemoryDescent method(function, 2, {.iterations = 200});
  CHECK(method.minimize(x.data(), never) < 1e-16);
  CHECK_NEAR(x[0], 1, 1e-7);
}

TEST(comesToAKink) {
  // |x| + 10 |y - x|: a valley with kinks; the minimum is at 0.
  const auto function = [](const double* x, double* gradient) {
    const double side = x[1] > x[0] ? 10 : -10;
    gradient[0] = (x[0] > 0 ? 1 : -1) - side;
    gradient[1] = side;
    return std::abs(x[0]) + 10 * std::abs(x[1] - x[0]);
  };
  std::vector<double> x = {3, -2};
  LimitedMemoryDescent method(function, 2, {.iterations = 500});
  CHECK(method.minimize(x.data(), never) < 1e-3);
}

TEST(neverRisesAndStopsWhenTold) {
  int calls = 0;
  const auto function = [&](const double* x, double* gradient) {
    ++calls;
    gradient[0] = std::cos(x[0]);
    return std::sin(x[0]);
  };
  double x = 1;
  LimitedMemoryDescent method(function, 1, {.iterations = 100});
  CHECK_EQ(method.minimize(&x, [] { return true; }), std::sin(1.0));
  CHECK_EQ(calls, 1);
  CHECK(method.minimize(&x, never) <= std::sin(1.0));
  CHECK_NEAR(std::sin(x), -1, 1e-9);
}
