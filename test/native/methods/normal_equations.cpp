// Weighted regressions with a ridge: the gradient at their solution is zero.
#include "methods/quadratic/normal_equations.hpp"

#include <cmath>

#include "check.hpp"
#include "core/random.hpp"

using namespace nonconvex;

TEST(normalEquationsSolveAWeightedRidgeRegression) {
  constexpr int unknowns = 5, rows = 40;
  const Cpu la;
  NormalEquations normal(unknowns, rows);
  for (std::uint64_t seed = 0; seed < 3; ++seed) {  // one object for several weights
    const Random random(seed);
    const auto x = [&](int j, int i) { return random.normal(static_cast<std::uint64_t>(unknowns * i + j)); };
    const auto weight = [&](int i) { return random.uniform(static_cast<std::uint64_t>(1000 + i)); };
    const auto y = [&](int i) { return random.normal(static_cast<std::uint64_t>(2000 + i)); };
    const auto ridge = [](int j) { return j == 0 ? 0.0 : 0.5; };
    HostMatrix<double> b(unknowns, 1);
    for (int i = 0; i < rows; ++i) {
      for (int j = 0; j < unknowns; ++j) b(j, 0) += weight(i) * x(j, i) * y(i);
    }
    CHECK(normal.factor(
        la, [&](int j, int i) { return std::sqrt(weight(i)) * x(j, i); }, ridge));
    normal.solve(la, b);
    for (int j = 0; j < unknowns; ++j) {
      double gradient = ridge(j) * b(j, 0);
      for (int i = 0; i < rows; ++i) {
        double predicted = 0;
        for (int k = 0; k < unknowns; ++k) predicted += x(k, i) * b(k, 0);
        gradient += weight(i) * x(j, i) * (predicted - y(i));
      }
      CHECK_NEAR(gradient, 0.0, 1e-12);
      CHECK_EQ(normal.columns()(j, 7), std::sqrt(weight(7)) * x(j, 7));
    }
  }
  CHECK(!normal.factor(
      la, [](int, int) { return 0.0; }, [](int j) { return j - 1.0; }));
}
