// What a watchdog says after series of steps, the best point, and other starts.
#include "methods/globalization/watchdog.hpp"

#include <cmath>

#include "check.hpp"
#include "function_nlp.hpp"
#include "methods/globalization/best_point.hpp"
#include "methods/globalization/restarts.hpp"

using namespace nonconvex;

namespace {

using Advice = Watchdog::Advice;

/// Steps between points whose f, c and g are as they are written.
struct Series {
  Instance in{
      {.n = 1, .m = 1, .c = [](const Values&) { return Values{0}; }, .J = [](const Values&) { return Values{1}; }},
      {0}};
  MeritFunction merit{in.model, {.constraintPenalty = 1, .gradientPenalty = 0.1, .penaltyFactor = 10}};
  NlpPoint from = in.point;
  NlpPoint to = in.point;
  SearchDirection direction;
  LeastNorms least;
  double alpha = 1;
  double largestDefined = 1;
  Watchdog watchdog;

  Advice step() {
    watchdog.beforeStep({from, to, direction, alpha, largestDefined}, least, merit);
    return watchdog.afterStep();
  }
  /// The first step after which there is something else to do than going on, and what.
  int stepsUntil(Advice expected, int most) {
    for (int k = 1; k <= most; ++k) {
      const Advice advice = step();
      if (advice == Advice::proceed) continue;
      CHECK(advice == expected);
      return k;
    }
    return -1;
  }
};

}  // namespace

TEST(stepsThatBringOnlyRoundingEnd) {
  Series s;
  s.from.f = s.to.f = 1;
  CHECK_EQ(s.stepsUntil(Advice::stop, 100), 30);
}

TEST(aStepThatBringsSomethingBeginsTheCountAnew) {
  Series s;
  s.from.f = s.to.f = 1;
  for (int k = 0; k < 29; ++k) CHECK(s.step() == Advice::proceed);
  s.to.f = 0;
  CHECK(s.step() == Advice::proceed);
  s.to.f = 1;
  CHECK_EQ(s.stepsUntil(Advice::stop, 100), 30);
}

TEST(slowStepsWithAShiftAreOnTheWayToASaddle) {
  Series s;
  s.from.f = 1;
  s.to.f = 0;
  s.from.g[0] = 1;
  s.to.g[0] = 0.8;
  CHECK_EQ(s.stepsUntil(Advice::leaveSaddle, 100), -1);  // steps without a shift are not
  s.direction.shift.primal = 1;
  CHECK_EQ(s.stepsUntil(Advice::leaveSaddle, 100), 10);
  CHECK_EQ(s.stepsUntil(Advice::leaveSaddle, 100), 10);  // and again
  s.to.g[0] = 0.6;
  CHECK_EQ(s.stepsUntil(Advice::leaveSaddle, 100), -1);  // fast enough
}

TEST(shortStepsAskForARestoration) {
  Series s;
  s.from.f = 1;
  s.to.f = 0;
  s.alpha = 0.05;
  CHECK_EQ(s.stepsUntil(Advice::restore, 100), 4);
  s.largestDefined = 0.1;  // short for a domain alone
  CHECK_EQ(s.stepsUntil(Advice::restore, 100), -1);
  s.largestDefined = 1;
  for (int k = 0; k < 3; ++k) CHECK(s.step() == Advice::proceed);
  s.watchdog.forgetShortSteps();
  CHECK_EQ(s.stepsUntil(Advice::restore, 100), 4);
  // Where the constraints alone decide, a step is short that leaves most of them.
  s.alpha = 1;
  s.direction.determined = true;
  s.from.c[0] = 1;
  s.to.c[0] = 0.98;
  CHECK_EQ(s.stepsUntil(Advice::restore, 100), 4);
}

TEST(shortenedStepsSoftenTheMeritFunctionLessAndLessOften) {
  Series s;
  s.from.f = 1;
  s.to.f = 0;
  s.alpha = 0.5;
  s.direction.slope.base = -1;
  const auto stepsUntilSofter = [&] {
    while (s.merit.harden()) {
    }
    const double hard = s.merit.eta1();
    CHECK(hard > 100);
    int steps = 0;
    for (; s.merit.eta1() == hard && steps < 100; ++steps) s.step();
    CHECK_EQ(s.merit.eta1(), 10.0);  // ten times the first, which would do
    s.merit.reset();
    return steps;
  };
  CHECK_EQ(stepsUntilSofter(), 2);
  CHECK_EQ(stepsUntilSofter(), 4);
  CHECK_EQ(stepsUntilSofter(), 8);
  s.watchdog.reset();
  CHECK_EQ(stepsUntilSofter(), 2);
}

TEST(bestPointHasTheLeastResidualOrALowerObjective) {
  Series s;
  BestPoint best(s.in.model, 1e-8);
  const auto at = [&](double f, double c, double g) {
    NlpPoint p = s.from;
    p.f = f;
    p.c[0] = c;
    p.g[0] = g;
    return p;
  };
  best.record(at(5, 1, 1));
  best.record(at(6, 0.5, 0.5));  // nearer
  CHECK_EQ(best.point().f, 6.0);
  best.record(at(7, 0.4, 0.9));  // farther and higher
  CHECK_EQ(best.point().f, 6.0);
  best.record(at(5.5, 0.5, 0.9));  // lower, and no farther from feasible
  CHECK_EQ(best.point().f, 5.5);
  CHECK_EQ(best.residual(), 0.9);
  best.refuse(at(5.4, 0, 0), {.positive = 0, .negative = 1, .zero = 0});
  CHECK_EQ(best.residual(), 0.0);
  CHECK_EQ(best.inertia().negative, 1);
  best.record(at(9, 2, 2));  // anything is better than a saddle
  CHECK_EQ(best.point().f, 9.0);
  CHECK_EQ(best.inertia().negative, -1);
  best.recordInfeasible(at(1, 0.3, 0));
  best.recordInfeasible(at(2, 0.2, 0));
  best.recordInfeasible(at(3, 0.4, 0));
  best.takeLeastInfeasible();
  CHECK_EQ(best.point().f, 2.0);
}

TEST(restartsBeginAtTheStartAndMoveAway) {
  const Values start{0, -8};
  Restarts few(60, 60, 1), many(2, 0, 1), again(2, 0, 1), other(2, 0, 2);
  few.setStart(Values(60));
  Values x(60);
  while (few.next(x)) CHECK(few.count() <= 7);
  CHECK_EQ(few.count(), 7);
  for (Restarts* r : {&many, &again, &other}) r->setStart(start);
  Values a(2), b(2), c(2);
  CHECK(many.next(a) && again.next(b) && other.next(c));
  CHECK(a == start);
  for (int k = 0; k < 20; ++k) {
    CHECK(many.next(a) && again.next(b) && other.next(c));
    CHECK(a == b);
    CHECK(a != c);
    const double radius = 0.1 * std::pow(4, k % 6);
    CHECK(std::abs(a[0]) >= 0.5 * radius && std::abs(a[0]) <= radius);
    CHECK(std::abs(a[1] + 8) >= 4 * radius && std::abs(a[1] + 8) <= 8 * radius);
  }
  CHECK(!many.next(a));
  CHECK(a == b);  // a stays as it was
  CHECK_EQ(many.count(), 21);
}
