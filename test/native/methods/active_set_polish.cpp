// Points near solutions that are known, as an interior-point method leaves them.
#include "methods/interior_point/active_set_polish.hpp"

#include <cmath>

#include "check.hpp"
#include "interior_point.hpp"

using namespace nonconvex;

namespace {

/// min (x_0 - 2)^2 + (x_1 - 1)^2 + x_1 x_2 + x_2^2 over a row x_0 + x_1 <= 1 and bounds.
NlpFormulas quadratic() {
  NlpFormulas by{.n = 3, .m = 1};
  by.f = [](const Values& x) { return (x[0] - 2) * (x[0] - 2) + (x[1] - 1) * (x[1] - 1) + x[1] * x[2] + x[2] * x[2]; };
  by.gradient = [](const Values& x) { return Values{2 * (x[0] - 2), 2 * (x[1] - 1) + x[2], x[1] + 2 * x[2]}; };
  by.c = [](const Values& x) { return Values{x[0] + x[1]}; };
  by.J = [](const Values&) { return Values{1, 1, 0}; };
  by.H = [](const Values&, double sigma, std::span<const double>) {
    return Values{2 * sigma, 0, 0, 0, 2 * sigma, sigma, 0, sigma, 2 * sigma};
  };
  return by;
}

/// min a x_0^2 - x_1^2 over x_1 in a box.
NlpFormulas saddle(double a) {
  NlpFormulas by{.n = 2, .m = 0};
  by.f = [=](const Values& x) { return a * x[0] * x[0] - x[1] * x[1]; };
  by.gradient = [=](const Values& x) { return Values{2 * a * x[0], -2 * x[1]}; };
  by.H = [=](const Values&, double sigma, std::span<const double>) { return Values{2 * sigma * a, 0, 0, -2 * sigma}; };
  return by;
}

/// min exp(x_0) + x_1^2 subject to x_0 x_1 = 1
NlpFormulas hyperbola() {
  NlpFormulas by{.n = 2, .m = 1};
  by.f = [](const Values& x) { return std::exp(x[0]) + x[1] * x[1]; };
  by.gradient = [](const Values& x) { return Values{std::exp(x[0]), 2 * x[1]}; };
  by.c = [](const Values& x) { return Values{x[0] * x[1]}; };
  by.J = [](const Values& x) { return Values{x[1], x[0]}; };
  by.H = [](const Values& x, double sigma, std::span<const double> y) {
    return Values{sigma * std::exp(x[0]), y[0], y[0], 2 * sigma};
  };
  return by;
}

GivenBounds box(Values lower, Values upper) {
  GivenBounds bounds;
  bounds.lower = std::move(lower);
  bounds.upper = std::move(upper);
  return bounds;
}

/// Sets the point to v = (x, s), with multipliers; mu is that of a solve that has ended.
void place(BarrierInstance& in, Values v, Values y, Values zL, Values zU) {
  BarrierPoint& p = in.state.point;
  p.v = std::move(v);
  p.at.lambda = std::move(y);
  p.zL = std::move(zL);
  p.zU = std::move(zU);
  in.state.mu = 1e-9;
  CHECK(in.nlp.evaluateValues(p) && in.nlp.evaluateDerivatives(p));
}

}  // namespace

// The minimum over x_0 + x_1 <= 1, x_1 >= 1/4, x_2 >= 0 is (3/4, 1/4, 0): y = 5/2, z_1 = -3/2 + 5/2 = 1, z_2 = 1/4.
TEST(polishMovesOntoActiveRowsAndBounds) {
  BarrierInstance in(quadratic(), {0.5, 0.2, 0.1},
                     {.lower = {-noSide, 0.25, 0},
                      .upper = {noSide, noSide, noSide},
                      .constraintLower = {-noSide},
                      .constraintUpper = {1}});
  const double off = 3e-9;
  place(in, {0.75 + off, 0.25 - 2 * off, -off, 1 + off}, {2.5 + off}, {0, 1 - off, 0.25 + off, 0}, {0, 0, 0, 2.5});
  ActiveSetPolish polish(in.state);
  polish.run(true);
  CHECK(polish.polished());
  CHECK(polish.point().v[1] == 0.25);
  CHECK(polish.point().v[2] == 0);
  CHECK_NEAR(polish.point().v[0], 0.75, 1e-14);
  CHECK_NEAR(polish.point().at.lambda[0], 2.5, 1e-13);
  CHECK_NEAR(polish.point().zL[1], 1, 1e-13);
  CHECK_NEAR(polish.point().zL[2], 0.25, 1e-13);
  CHECK(polish.side(0) == BoundSide::none && polish.side(1) == BoundSide::lower);
  CHECK(polish.side(2) == BoundSide::lower && polish.side(3) == BoundSide::upper);
  CHECK(polish.residual() <= 1e-12);
  CHECK(in.nlp.violation(polish.point()) == 0);
  CHECK(polish.inertia().positive == 0 && polish.inertia().negative == 0 && polish.inertia().zero == 0);
  CHECK(!polish.degenerate());
}

// What a solve leaves has digits to gain, in x and in the multiplier of an equation, and bounds that are far away.
TEST(polishSolvesNonlinearEquationsExactly) {
  BarrierInstance in(hyperbola(), {1, 1},
                     {.lower = {0, -noSide}, .upper = {}, .constraintLower = {1}, .constraintUpper = {1}});
  double t = 1;  // exp(t) t^3 = 2
  for (int k = 0; k < 50; ++k) t -= (std::exp(t) * t * t * t - 2) / (std::exp(t) * (t * t * t + 3 * t * t));
  place(in, {t + 1e-7, 1 / t - 1e-7}, {-std::exp(t) * t + 1e-7}, {1e-9 / t, 0}, {0, 0});
  ActiveSetPolish polish(in.state);
  polish.run(true);
  CHECK(polish.polished());
  CHECK_NEAR(polish.point().v[0], t, 1e-12);
  CHECK_NEAR(polish.point().at.lambda[0], -std::exp(t) * t, 1e-12);
  CHECK(polish.point().zL[0] == 0 && polish.side(0) == BoundSide::none);
  CHECK(polish.inertia().positive == 1 && polish.inertia().negative == 0 && polish.inertia().zero == 0);
}

// At (1, 1) with bounds x_0 >= 1 whose multiplier is 2: but the point says that the upper one, which is near, is
// active.
TEST(polishTriesAnotherActiveSet) {
  BarrierInstance in(saddle(1), {1.2, 0.5}, box({1, -1}, {3, 1}));
  place(in, {1 + 1e-5, 1 - 1e-9}, {}, {0, 0}, {0, 2});
  ActiveSetPolish polish(in.state);
  polish.run(true);
  CHECK(polish.polished());
  CHECK(polish.point().v[0] == 1 && polish.point().v[1] == 1);
  CHECK_NEAR(polish.point().zL[0], 2, 1e-14);
  CHECK_NEAR(polish.point().zU[1], 2, 1e-14);
}

// Where Newton's method does not help, bounds are kept nevertheless.
TEST(polishCutsToTheBoundsOtherwise) {
  BarrierInstance in(saddle(1), {0.5, 0.5}, box({0.3, -1}, {1, 1}));
  place(in, {0.3 - 1e-9, 1 + 5e-9}, {}, {0.6, 0}, {0, 2});
  ActiveSetPolish polish(in.state);
  polish.run(false);
  CHECK(!polish.polished());
  CHECK(polish.point().v[0] == 0.3 && polish.point().v[1] == 1);
  CHECK(polish.side(0) == BoundSide::lower && polish.side(1) == BoundSide::upper);
  CHECK(polish.inertia().positive == 0 && polish.inertia().negative == 0);
}

// Stationary in the middle of the box, with negative curvature along x_1.
TEST(polishFindsNegativeCurvature) {
  BarrierInstance in(saddle(1), {0.5, 0.5}, box({-1, -1}, {1, 1}));
  place(in, {0, 0}, {}, {1e-9, 1e-9}, {1e-9, 1e-9});
  ActiveSetPolish polish(in.state);
  polish.run(true);
  CHECK(polish.inertia().positive == 1 && polish.inertia().negative == 1 && polish.inertia().zero == 0);
  CHECK(!polish.degenerate() && polish.saddle() && !polish.refuted());
  Values x(2);
  CHECK(polish.findDescent(x) && polish.refuted());
  CHECK_NEAR(x[0], 0, 1e-3);
  CHECK_NEAR(std::abs(x[1]), 1, 1e-6);
}

// f falls by 1 of 1e9 at most, which does not count as lower; second derivatives tell that the point is no minimum.
TEST(polishRefutesSaddlesByCurvatureAlone) {
  NlpFormulas flat = saddle(1);
  flat.f = [f = flat.f](const Values& x) { return 1e9 + f(x); };
  for (const bool refine : {true, false}) {
    BarrierInstance in(flat, {0.5, 0.5}, box({-1, -1}, {1, 1}));
    place(in, {0, 0}, {}, {1e-9, 1e-9}, {1e-9, 1e-9});
    ActiveSetPolish polish(in.state);
    polish.run(refine);
    Values x(2);
    CHECK(polish.saddle() && !polish.findDescent(x));
    CHECK(polish.refuted() == refine);
  }
}

// At (1, 1) along the row x_0 x_1 = 1: -x_0 - x_1 is largest there.
TEST(polishRefutesSaddlesOnCurvedRows) {
  NlpFormulas by = hyperbola();
  by.f = [](const Values& x) { return -x[0] - x[1]; };
  by.gradient = [](const Values&) { return Values{-1, -1}; };
  by.H = [](const Values&, double, std::span<const double> y) { return Values{0, y[0], y[0], 0}; };
  BarrierInstance in(by, {1, 1},
                     {.lower = {0.1, -noSide}, .upper = {}, .constraintLower = {1}, .constraintUpper = {1}});
  place(in, {1, 1}, {1}, {1e-9, 0}, {0, 0});
  ActiveSetPolish polish(in.state);
  polish.run(true);
  Values x(2);
  CHECK(polish.saddle() && polish.findDescent(x) && polish.refuted());
  CHECK_NEAR(x[0] * x[1], 1, 1e-7);
  CHECK(x[0] + x[1] > 2.1);
}

// x_0 >= 0 holds with a multiplier of 0: degenerate. Without that bound there is no negative curvature, so the point is
// a minimum all the same.
TEST(polishSaysWhereStrictComplementarityFails) {
  BarrierInstance in(saddle(1), {0.5, 0.5}, box({0, -1}, {1, 1}));
  const double root = std::sqrt(1e-9);
  place(in, {root, 1 - 1e-9}, {}, {2 * root, 0}, {0, 2});
  ActiveSetPolish polish(in.state);
  polish.run(true);
  CHECK(polish.degenerate() && !polish.saddle());
  CHECK(polish.inertia().positive == 1 && polish.inertia().negative == 0 && polish.inertia().zero == 0);
}

// With the curvature of x_0 negative, the bound with multiplier 0 does not make a minimum: f is lower inside.
TEST(polishDoesNotGuessWhereBoundsHoldWeakly) {
  BarrierInstance in(saddle(-1), {0.5, 0.5}, box({0, -1}, {1, 1}));
  const double tiny = 1e-7;
  place(in, {tiny, 1 - 1e-9}, {}, {tiny, 0}, {0, 2});
  ActiveSetPolish polish(in.state);
  polish.run(true);
  CHECK(polish.degenerate() && polish.saddle());
  CHECK(polish.inertia().negative == 1);
  Vector x(2);
  CHECK(polish.findDescent(x));
  CHECK(x[0] >= 0.1);
}

// A variable whose bounds are equal stays, and counts nowhere.
TEST(polishLeavesFixedVariables) {
  BarrierInstance in(saddle(1), {0.5, 0.5}, box({-1, 0.25}, {1, 0.25}));
  place(in, {1e-8, 0.25}, {}, {1e-9, 0}, {1e-9, 0});
  ActiveSetPolish polish(in.state);
  polish.run(true);
  CHECK(polish.polished());
  CHECK(polish.point().v[1] == 0.25);
  CHECK_NEAR(polish.point().v[0], 0, 1e-14);
  CHECK(polish.inertia().positive == 1 && polish.inertia().negative == 0);
}
