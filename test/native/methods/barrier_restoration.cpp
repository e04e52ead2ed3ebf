#include "methods/interior_point/barrier_restoration.hpp"

#include <cmath>

#include "check.hpp"
#include "interior_point.hpp"
#include "methods/interior_point/infeasibility.hpp"

using namespace nonconvex;

namespace {

using Outcome = BarrierRestoration::Outcome;

/// Restores until `theta` is small or it ends.
Outcome restore(BarrierInstance& in, double small, int* iterations = nullptr) {
  BarrierRestoration restoration(in.state);
  restoration.begin();
  Outcome outcome = Outcome::moved;
  while (outcome == Outcome::moved) {
    outcome = restoration.step([&](double theta, double) { return theta <= small; });
  }
  if (iterations != nullptr) *iterations = restoration.iterations();
  return outcome;
}

/// x_0^2 + x_1^2 = 4 and exp(x_0) - x_1 <= 0.
NlpFormulas circleAboveExponential() {
  NlpFormulas by{.n = 2, .m = 2};
  by.f = [](const Values& x) { return x[0]; };
  by.gradient = [](const Values&) { return Values{1, 0}; };
  by.c = [](const Values& x) { return Values{x[0] * x[0] + x[1] * x[1] - 4, std::exp(x[0]) - x[1]}; };
  by.J = [](const Values& x) { return Values{2 * x[0], 2 * x[1], std::exp(x[0]), -1}; };
  by.H = [](const Values& x, double, std::span<const double> y) {
    return Values{2 * y[0] + y[1] * std::exp(x[0]), 0, 0, 2 * y[0]};
  };
  return by;
}

/// x^2 + shift = 0
NlpFormulas parabola(double shift) {
  NlpFormulas by{.n = 1, .m = 1};
  by.c = [=](const Values& x) { return Values{x[0] * x[0] + shift}; };
  by.J = [](const Values& x) { return Values{2 * x[0]}; };
  by.H = [](const Values&, double, std::span<const double> y) { return Values{2 * y[0]}; };
  return by;
}

}  // namespace

TEST(restorationFindsAFeasiblePointWithinBounds) {
  for (const double start : {-1.9, 0.1, 2.5}) {
    BarrierInstance in(
        circleAboveExponential(), {start, -0.5},
        {.lower = {-3, -1}, .upper = {3, noSide}, .constraintLower = {0, -noSide}, .constraintUpper = {0, 0}});
    CHECK(in.begun);
    int iterations = 0;
    CHECK(restore(in, 1e-8, &iterations) == Outcome::restored);
    CHECK(iterations <= 40);
    const double a = in.x(0), b = in.x(1);
    CHECK_NEAR(a * a + b * b, 4, 1e-6);
    CHECK(std::exp(a) - b <= 1e-6);
    CHECK(a >= -3 && a <= 3 && b >= -1);
    for (const double z : in.state.point.zL) CHECK(z >= 0 && z <= 1000);
    // y is a least-squares estimate for the point, bound multipliers included: no other one leaves less.
    const BarrierPoint& at = in.state.point;
    const double J[2][2] = {{2 * a, 2 * b}, {std::exp(a), -1}};
    for (int i = 0; i < 2; ++i) {
      double slope = 0;
      for (int j = 0; j < 2; ++j) {
        const double left = (j == 0) + J[0][j] * at.y()[0] + J[1][j] * at.y()[1] - at.zL[static_cast<std::size_t>(j)] +
                            at.zU[static_cast<std::size_t>(j)];
        slope += J[i][j] * left;
      }
      if (i == 1) slope += at.y()[1] - (at.zU[2] - at.zL[2]);
      CHECK_NEAR(slope, 0, 1e-6);
    }
  }
}

TEST(restorationReturnsAsSoonAsTheFilterTakesThePoint) {
  BarrierInstance in(
      circleAboveExponential(), {2.5, -0.5},
      {.lower = {-3, -1}, .upper = {3, noSide}, .constraintLower = {0, -noSide}, .constraintUpper = {0, 0}});
  const double before = in.state.point.infeasibility(), mu = in.state.mu;
  CHECK(restore(in, noSide) == Outcome::restored);
  CHECK(in.state.point.infeasibility() <= 0.9 * before);
  CHECK_EQ(in.state.mu, mu);
}

TEST(restorationCertifiesAnEquationWithoutSolution) {
  for (const double start : {3.0, -0.2, 1e3}) {
    BarrierInstance in(parabola(1), {start}, {});
    CHECK(restore(in, 0) == Outcome::stationary);
    // y_r = r: the gradient of ||r||^2 / 2 vanishes, and the equation, in its own units, is missed by 1.
    const double scale = in.nlp.model().constraintScales()[0], r = in.state.point.r[0];
    CHECK_NEAR(r / scale, 1, 1e-4);
    CHECK_NEAR(scale * 2 * in.x(0) * r, 0, 1e-5 * std::min(1.0, r));
  }
}

TEST(restorationCertifiesAnInequalityAgainstABound) {
  NlpFormulas by{.n = 2, .m = 1};  // x_0 + x_1 <= 1 with x >= 2
  by.c = [](const Values& x) { return Values{x[0] + x[1]}; };
  by.J = [](const Values&) { return Values{1, 1}; };
  BarrierInstance in(
      by, {5, 2.5}, {.lower = {2, 2}, .upper = {noSide, noSide}, .constraintLower = {-noSide}, .constraintUpper = {1}});
  CHECK(restore(in, 0) == Outcome::stationary);
  CHECK_NEAR(in.x(0), 2, 1e-4);
  CHECK_NEAR(in.x(1), 2, 1e-4);
  CHECK_NEAR(in.state.point.r[0], 3, 1e-4);
}

TEST(restorationDoesNotTakeAMaximumForAMinimum) {
  BarrierInstance in(parabola(-1), {0}, {});  // (x^2 - 1)^2 is largest at 0
  CHECK(restore(in, 1e-8) == Outcome::stuck);
}

TEST(restorationDoesNotTakeAPointBesideABoundForInfeasible) {
  // x_0 x_1 = 0 with x >= 0: at (1e-3, 2) the product of J^T r and the slack is far below ||r||, and yet a step of 1e-3
  // makes it feasible.
  NlpFormulas by{.n = 2, .m = 1};
  by.c = [](const Values& x) { return Values{x[0] * x[1]}; };
  by.J = [](const Values& x) { return Values{x[1], x[0]}; };
  by.H = [](const Values&, double, std::span<const double> y) { return Values{0, y[0], y[0], 0}; };
  for (const double start : {1e-3, 1e-5, 1e-6}) {
    BarrierInstance in(by, {start, 2},
                       {.lower = {0, 0}, .upper = {noSide, noSide}, .constraintLower = {0}, .constraintUpper = {0}},
                       1e-7);
    CHECK(!minimizesInfeasibility(in.state));
    CHECK(restore(in, 1e-8) == Outcome::restored);
    CHECK(std::abs(in.x(0) * in.x(1)) <= 1e-8);
  }
}

TEST(restorationKeepsFixedVariables) {
  BarrierInstance in(
      circleAboveExponential(), {0.3, 0.1},
      {.lower = {0.5, -noSide}, .upper = {0.5, noSide}, .constraintLower = {0, -noSide}, .constraintUpper = {0, 0}});
  CHECK(restore(in, 1e-8) == Outcome::restored);
  CHECK_EQ(in.x(0), 0.5);
  CHECK_NEAR(in.x(1), std::sqrt(3.75), 1e-6);
}
