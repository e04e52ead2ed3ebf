// What is said of objectives that fall out of every range: functions whose end far away is known.
#include <cmath>

#include "check.hpp"
#include "core/numbers.hpp"
#include "function_nlp.hpp"
#include "methods/globalization/falling_ray.hpp"
#include "methods/globalization/feasible_set.hpp"
#include "methods/globalization/flat_direction.hpp"
#include "methods/globalization/unbounded_test.hpp"

using namespace nonconvex;

namespace {

/// f of one variable, from x = 1000 towards infinity or, with `upper`, to a bound.
Fall along(const std::function<double(double)>& f, double upper = infinity) {
  Instance in({.n = 1, .f = [&](const Values& x) { return f(x[0]); }}, {1});
  const Values lower{-infinity}, bound{upper};
  FallingRay ray(in.la, in.model, {lower, bound});
  return ray.follow(Values{1000}, Values{1});
}

/// (x_1 - 3 x_2)^2 / 2 - x_1 under a row that does not change along (3, 1, 0).
NlpFormulas valley() {
  return {.n = 3,
          .m = 1,
          .f = [](const Values& x) { return 0.5 * std::pow(x[0] - 3 * x[1], 2) - x[0]; },
          .gradient =
              [](const Values& x) {
                return Values{x[0] - 3 * x[1] - 1, -3 * (x[0] - 3 * x[1]), 0};
              },
          .c = [](const Values& x) { return Values{7 * x[0] - 21 * x[1] + x[2]}; },
          .J =
              [](const Values&) {
                return Values{7, -21, 1};
              },
          .H = [](const Values&, double sigma,
                  std::span<const double>) { return Values{sigma, -3 * sigma, 0, -3 * sigma, 9 * sigma, 0, 0, 0, 0}; }};
}

}  // namespace

TEST(fallsForEver) {
  CHECK(along([](double x) { return -x; }) == Fall::forEver);
  CHECK(along([](double x) { return 1e6 * x - 1e-20 * x * x; }) == Fall::ends);  // f rises at 1000
  CHECK(along([](double x) { return -x * x * x; }) == Fall::forEver);
  CHECK(along([](double x) { return -std::exp(x / 1000); }) == Fall::forEver);
  CHECK(along([](double x) { return -std::log(x); }) == Fall::forEver);
  CHECK(along([](double x) { return 1 / x; }) == Fall::towardsInfimum);
}

TEST(turnsRoundFarAway) {
  for (int k = 1; k <= 100; ++k) {
    const double small = std::pow(10, -k);
    CHECK(along([=](double x) { return small * x * x - x; }) == Fall::ends);
    CHECK(along([=](double x) { return small * std::pow(x, 4) - x * x * x; }) == Fall::ends);
  }
  CHECK(along([](double x) { return 1e-18 * std::pow(x, 6) - std::pow(x, 4); }) == Fall::ends);
  CHECK(along([](double x) { return x / (1 + 1e-30 * x * x) - 2 * x / (1 + 1e-60 * x * x); }) == Fall::ends);
}

TEST(endsAtABound) {
  for (const double upper : {1e4, 1e8, 1e12, 1e18}) CHECK(along([](double x) { return -x; }, upper) == Fall::ends);
}

/// A ball holds x, up to the tolerance of its row, in which f may fall a little.
TEST(endsInABall) {
  Instance in({.n = 2,
               .m = 1,
               .f = [](const Values& x) { return -std::pow(x[1], 4); },
               .c = [](const Values& x) { return Values{x[0] * x[0] + x[1] * x[1] - 328908.0362966859}; },
               .J =
                   [](const Values& x) {
                     return Values{2 * x[0], 2 * x[1]};
                   }},
              {0.3, 0.4});
  FallingRay ray(in.la, in.model, {});
  for (const double y : {573.5050458, 573.505046, 573.5050459}) {
    CHECK(ray.follow(Values{1e-20, y}, Values{0, 1}) == Fall::ends);
  }
}

/// x_1^3 where x_2 = x_1^2, and -x_1 where x_2 is at least that: the way is a curve, which a ray leaves.
TEST(fallsAlongACurve) {
  const auto curve = [](double power, double sign) {
    Instance in({.n = 2,
                 .m = 1,
                 .f = [=](const Values& x) { return sign * std::pow(x[0], power); },
                 .c = [](const Values& x) { return Values{x[1] - x[0] * x[0]}; },
                 .J =
                     [](const Values& x) {
                       return Values{-2 * x[0], 1};
                     }},
                {1, 1});
    FallingRay ray(in.la, in.model, {});
    return ray.follow(Values{-sign * 1000, 1e6}, Values{-sign * 1e-3, 1});
  };
  CHECK(curve(3, 1) == Fall::forEver);
  CHECK(curve(1, -1) == Fall::forEver);
  CHECK(curve(3, -1) == Fall::forEver);
}

/// A difference of points has lost digits, without which f would turn round at 1e24.
TEST(directionsAreMadeFlat) {
  Instance in(valley(), {1, 1, 0});
  Values d{1, 1.0 / 3 + 1e-12, 3e-12};
  flatten(in.model, in.pointAt({3e12, 1e12, 0}), d);
  CHECK_NEAR(d[0], 1, 1e-11);
  CHECK_NEAR(d[0] - 3 * d[1], 0, 1e-15);
  CHECK_NEAR(7 * d[0] - 21 * d[1] + d[2], 0, 1e-14);
  Values steep{1, 0, 0};  // along which f is curved: left alone
  flatten(in.model, in.pointAt({3e12, 1e12, 0}), steep);
  CHECK_EQ(steep[0], 1);
  CHECK_EQ(steep[1], 0);
}

TEST(feasiblePointsAreReached) {
  Instance in({.n = 2,
               .m = 2,  // dependent rows
               .c =
                   [](const Values& x) {
                     return Values{x[0] + x[1] - 2, 2 * x[0] + 2 * x[1] - 4};
                   },
               .J =
                   [](const Values&) {
                     return Values{1, 1, 2, 2};
                   }},
              {1, 1});
  FeasibleSet set(in.model, {});
  NlpPoint p = in.pointAt({1, 4});
  CHECK(set.reach(p));
  CHECK_NEAR(p.x[0] + p.x[1], 2, 1e-8);

  Instance none({.n = 1,
                 .m = 1,
                 .c = [](const Values& x) { return Values{x[0] * x[0] + 1}; },
                 .J = [](const Values& x) { return Values{2 * x[0]}; }},
                {1});
  FeasibleSet empty(none.model, {});
  NlpPoint q = none.pointAt({1});
  CHECK(!empty.reach(q));
}

TEST(suspicionsAreLookedInto) {
  Instance in({.n = 1, .f = [](const Values& x) { return 1e-16 * x[0] * x[0] - x[0]; }}, {-100});
  UnboundedTest test(in.la, in.model);
  NlpPoint p = in.pointAt({-100});
  p.g[0] = 0;
  test.begin(p, 0);
  CHECK(!test.suspects(in.pointAt({0.9e14}), 0));
  const NlpPoint low = in.pointAt({1.2e14});
  CHECK(test.suspects(low, 0));
  CHECK(!test.confirms(low));     // the minimum is at 5e15
  CHECK(!test.suspects(low, 0));  // the range is wider now
  const NlpPoint far = in.pointAt({2e20});
  CHECK(test.suspects(far, 0));
  CHECK(!test.confirms(far));  // f is above that of points before
  CHECK(!test.suspects(far, 0));
  CHECK(!test.isLost(far));
  CHECK(check::contains(test.addTo("It stalled."), "It stalled. On the way"));
}

TEST(variablesThatGrowAreNamed) {
  Instance in({.n = 2, .f = [](const Values& x) { return x[0] - 2 * x[1]; }}, {1, 1});
  const Values lower{-infinity, -infinity}, upper{5, infinity};
  UnboundedTest test(in.la, in.model, {lower, upper});
  test.begin(in.point, 0);
  const NlpPoint far = in.pointAt({-1e13, 1e13});
  CHECK(test.suspects(far, 0));
  CHECK(test.confirms(far));
  CHECK(check::contains(test.addTo(""), "x[0] goes to -Infinity and x[1] goes to Infinity"));
}

TEST(nothingIsSuspectedInABox) {
  Instance in({.n = 1, .f = [](const Values& x) { return -std::pow(x[0], 5); }}, {1});
  const Values lower{0}, upper{1e10};
  UnboundedTest test(in.la, in.model, {lower, upper});
  test.begin(in.point, 0);
  CHECK(!test.suspects(in.pointAt({1e10}), 0));
}

TEST(constraintsHoldUpToRoundingOfTheirTerms) {
  Instance in(
      {.n = 1, .m = 1, .c = [](const Values&) { return Values{0}; }, .J = [](const Values&) { return Values{1}; }},
      {0});
  const UnboundedTest test(in.la, in.model);
  NlpPoint p = in.pointAt({1000});
  p.c[0] = 0.9e-3;
  CHECK(test.nearlyFeasible(p));
  p.c[0] = -1.1e-3;
  CHECK(!test.nearlyFeasible(p));
  CHECK_NEAR(test.allowedInfeasibility(p), 1e-3, 1e-18);
}
