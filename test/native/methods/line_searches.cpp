// Step lengths on functions of one number: the conditions that they promise.
#include <cmath>

#include "check.hpp"
#include "core/status.hpp"
#include "methods/line_search/armijo.hpp"
#include "methods/line_search/wolfe.hpp"
#include "methods/one_dimensional/bisection.hpp"

using namespace nonconvex;

namespace {

/// (t - 3)^2, not defined from `end` on.
struct Parabola {
  double end = infinity;
  double t = 0;
  int values = 0;
  double value(double at) {
    ++values;
    t = at;
    return t < end ? square(t - 3) : unknown;
  }
  double slope() const { return 2 * (t - 3); }
};

}  // namespace

TEST(backtrackReturnsTheFirstLengthThatIsAccepted) {
  int asked = 0;
  const auto belowFifth = [&](double t) {
    ++asked;
    return t < 0.2;
  };
  CHECK_EQ(backtrack({}, belowFifth), 0.125);
  CHECK_EQ(asked, 4);
  CHECK_EQ(backtrack({.first = 0.1}, belowFifth), 0.1);
  CHECK_EQ(backtrack({.mostTrials = 3}, belowFifth), 0.0);
}

TEST(armijoStepsBringTheShareOfTheDecrease) {
  for (const double first : {0.01, 1.0, 6.0, 1000.0}) {
    Parabola phi;
    const ArmijoCondition condition{.value = 9, .slope = -6, .decrease = 0.25};
    const auto step = armijo([&](double t) { return phi.value(t); }, condition, {.first = first});
    CHECK(step.has_value());
    CHECK_EQ(step->value, square(step->length - 3));
    CHECK(step->value <= 9 - 0.25 * 6 * step->length);
    // The step before was too long, unless it is the first one.
    CHECK(step->length == first || square(2 * step->length - 3) > 9 - 0.25 * 6 * 2 * step->length);
  }
}

TEST(armijoFindsNothingUphillOrWhereNothingIsDefined) {
  const ArmijoCondition condition{.value = 0, .slope = -1};
  CHECK(!armijo([](double t) { return t; }, condition));
  CHECK(!armijo([](double) { return unknown; }, condition));
  // Values that differ by rounding alone are taken.
  CHECK(armijo([](double t) { return 1e-16 * t; }, {.value = 0, .slope = -1e-20, .rounding = 1e-15}).has_value());
}

TEST(wolfeStepsMeetBothConditions) {
  for (const double first : {1e-6, 0.5, 3.0, 100.0, 1e8}) {
    for (const double curvature : {0.1, 0.9}) {
      Parabola phi;
      const WolfeSettings settings{.first = first, .curvature = curvature};
      const double t = wolfe(phi, 9, -6, settings);
      CHECK(t > 0);
      CHECK_EQ(phi.t, t);
      CHECK(square(t - 3) <= 9 - settings.decrease * 6 * t);
      CHECK(2 * (t - 3) >= -6 * curvature);
    }
  }
}

TEST(wolfeStepsStayInTheDomainAndBelowTheLongest) {
  Parabola phi{.end = 1.5};
  const double t = wolfe(phi, 9, -6, {.first = 64, .curvature = 0.6});
  CHECK(t > 0 && t < 1.5);
  CHECK(2 * (t - 3) >= -6 * 0.6);
  Parabola again;
  CHECK_EQ(wolfe(again, 9, -6, {.first = 1e-3, .curvature = 0.1, .longest = 0.25}), 0.25);
}

TEST(wolfeTakesNoStepUphill) {
  Parabola phi;
  CHECK_EQ(wolfe(phi, 9, 0, {}), 0.0);
  CHECK_EQ(phi.values, 0);
  struct Rising {
    double t = 0;
    double value(double at) { return t = at; }
    double slope() const { return 1; }
  } rising;
  CHECK_EQ(wolfe(rising, 0, -1, {}), 0.0);
}

TEST(wolfeGoesByTheSlopeWhereValuesAreRounded) {
  // 1e-20 (t - 3)^2 is lost beside 1, and every value but the first is two last digits too large.
  struct Flat {
    double t = 0;
    double value(double at) {
      t = at;
      return 1 + 2 * machineEpsilon;
    }
    double slope() const { return 2e-20 * (t - 3); }
  } flat;
  const double t = wolfe(flat, 1, -6e-20, {.first = 100, .curvature = 0.1, .rounding = 1e-15});
  CHECK(t > 2.5 && t < 6);
  CHECK(flat.slope() >= -6e-21);
}

TEST(bisectionEndsWhereNoNumberLiesBetween) {
  const Bracket found = bisect({0, 8}, 2000, [](double t) { return t * t < 2; });
  CHECK(found.low * found.low < 2 && found.high * found.high >= 2);
  CHECK_EQ(std::nextafter(found.low, 8), found.high);
  CHECK_EQ(bisect({0, 8}, 3, [](double t) { return t < 5.5; }).middle(), 5.5);
}
