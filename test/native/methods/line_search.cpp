// Line searches whose lengths are known.
#include "methods/globalization/line_search.hpp"

#include <cmath>

#include "check.hpp"
#include "function_nlp.hpp"
#include "methods/globalization/negative_curvature.hpp"
#include "methods/kkt/kkt_solver.hpp"

using namespace nonconvex;

namespace {

/// One search from the start of an instance along (dx, dlambda), with the factors of K there.
struct Searched {
  Instance in;
  MeritFunction merit;
  LineSearch search;
  std::unique_ptr<KktSolver> solver;
  LeastNorms least;
  Vector H;

  Searched(NlpFormulas formulas, Values start, Values multipliers = {})
      : in(std::move(formulas), std::move(start), std::move(multipliers)),
        merit(in.model, {}),
        search(in.la, in.model, {}),
        H(in.model.hessianValues()) {
    in.model.hessian(in.point, 1, in.point.lambda, H);
    solver = factoredKkt(in.model.hessianPattern(), in.model.jacobianPattern(), H, in.point.jacobian, in.la);
    solver->load(H, in.point.jacobian);
    solver->factor({});
    least.begin(in.point);
  }

  SearchDirection along(const Values& dz) {
    const auto n = in.point.x.size();
    return {.dx = std::span(dz).first(n),
            .dlambda = std::span(dz).subspan(n),
            .slope = merit.slope(in.point, H, dz),
            .descends = true};
  }
  double run(const SearchDirection& direction) {
    return search.run(in.point, direction, merit, least, *solver, in.trial);
  }
};

NlpFormulas halfSquare() {
  return {.f = [](const Values& x) { return 0.5 * x[0] * x[0]; },
          .gradient = [](const Values& x) { return x; },
          .H = [](const Values&, double sigma, std::span<const double>) { return Values{sigma}; }};
}

/// x - log x, not defined for x <= 0.
NlpFormulas logarithm() {
  return {.f = [](const Values& x) { return x[0] > 0 ? x[0] - std::log(x[0]) : unknown; },
          .gradient = [](const Values& x) { return Values{1 - 1 / x[0]}; },
          .H = [](const Values& x, double sigma, std::span<const double>) { return Values{sigma / (x[0] * x[0])}; }};
}

/// x_0 = 0 and x_1 = k x_0^2, n = m = 2.
NlpFormulas parabola(double k) {
  return {.n = 2,
          .m = 2,
          .c =
              [k](const Values& x) {
                return Values{x[0], x[1] - k * x[0] * x[0]};
              },
          .J =
              [k](const Values& x) {
                return Values{1, 0, -2 * k * x[0], 1};
              },
          .H =
              [k](const Values&, double, std::span<const double> lambda) {
                return Values{-2 * k * lambda[1], 0, 0, 0};
              }};
}

}  // namespace

TEST(newtonStepOfAQuadraticIsTakenInFull) {
  Searched s(halfSquare(), {1});
  const Values dz{-1};
  CHECK_EQ(s.run(s.along(dz)), 1.0);
  CHECK_EQ(s.in.trial.x[0], 0.0);
  CHECK_EQ(s.in.trial.g[0], 0.0);  // derivatives are there, too
}

TEST(longStepIsHalvedUntilItDescends) {
  Searched s(halfSquare(), {1});
  const Values dz{-8};  // 1 -> -7, -3, -1, 0
  CHECK_EQ(s.run(s.along(dz)), 0.125);
  CHECK_EQ(s.in.trial.x[0], 0.0);
  CHECK_EQ(s.search.largestDefinedStep(), 1.0);
}

TEST(firstLengthIsTheLongestAllowed) {
  Searched s(halfSquare(), {1});
  const Values dz{-1};
  SearchDirection direction = s.along(dz);
  direction.longest = 0.25;
  CHECK_EQ(s.run(direction), 0.25);
  CHECK_EQ(s.in.trial.x[0], 0.75);
  CHECK_EQ(s.search.largestDefinedStep(), 0.25);
}

TEST(noStepAlongADirectionThatDoesNotDescend) {
  Searched s(halfSquare(), {1});
  const Values up{1}, down{-1};
  SearchDirection direction = s.along(down);
  direction.descends = false;
  CHECK_EQ(s.run(direction), 0.0);
  CHECK_EQ(s.run(s.along(up)), 0.0);  // nor where it only says so
}

TEST(stepEndsBeforeTheBorderOfADomain) {
  Searched s(logarithm(), {2});
  const Values dz{-3};
  const double alpha = s.run(s.along(dz));
  // Bisected to 0.625, of the 2/3 at which x = 0; nine tenths of that are too far for f, half as much is not.
  CHECK_NEAR(s.search.largestDefinedStep(), 0.9 * 0.625, 1e-15);
  CHECK_NEAR(alpha, 0.45 * 0.625, 1e-15);
  CHECK_NEAR(s.in.trial.x[0], 2 - 3 * 0.45 * 0.625, 1e-15);
}

TEST(fullStepsAreTakenWhateverTheMeritFunctionSays) {
  Searched s(halfSquare(), {1});
  const Values up{3};
  s.search.takeFullSteps(1);
  CHECK_EQ(s.run(s.along(up)), 1.0);
  CHECK_EQ(s.in.trial.x[0], 4.0);
  CHECK_EQ(s.run(s.along(up)), 0.0);  // the next one is not
}

TEST(stepsOfSquareSystemsFollowTheirConstraints) {
  // The Newton step from (1, 0) to (0, -4) takes too little off ||c||; corrected it ends in the solution.
  Searched s(parabola(4), {1, 0});
  const Values dz{-1, -4, 0, 0};
  SearchDirection direction = s.along(dz);
  direction.descends = false;
  direction.determined = true;
  CHECK_EQ(s.run(direction), 1.0);
  CHECK_NEAR(s.in.trial.x[0], 0, 1e-15);
  CHECK_NEAR(s.in.trial.x[1], 0, 1e-15);
}

TEST(longCorrectionsAreNotTaken) {
  // x_0 = 0 and x_1 = x_0^40: the step from (1, -39) to (0, -39) takes too little off ||c||. Its correction would end
  // in the solution, but it is 39 times as long.
  Searched s({.n = 2,
              .m = 2,
              .c =
                  [](const Values& x) {
                    return Values{x[0], x[1] - std::pow(x[0], 40)};
                  },
              .J =
                  [](const Values& x) {
                    return Values{1, 0, -40 * std::pow(x[0], 39), 1};
                  }},
             {1, -39});
  const Values dz{-1, 0, 0, 0};
  SearchDirection direction = s.along(dz);
  direction.determined = true;
  CHECK_EQ(s.run(direction), 0.25);
  CHECK_EQ(s.in.trial.x[0], 0.75);
  CHECK_EQ(s.in.trial.x[1], -39.0);
}

TEST(feasibleStepIsTakenThoughTheMeritFunctionRises) {
  // f rises by more than eta1 ||c||^2 pays for, but c = x - 1 becomes 0: a Newton step is taken, a shifted one is not.
  const NlpFormulas steep{.m = 1,
                          .f = [](const Values& x) { return 10 * x[0]; },
                          .gradient = [](const Values&) { return Values{10}; },
                          .c = [](const Values& x) { return Values{x[0] - 1}; },
                          .J = [](const Values&) { return Values{1}; }};
  Searched s(steep, {0}, {0});
  const Values dz{1, 0};
  SearchDirection direction = s.along(dz);
  CHECK_EQ(s.run(direction), 1.0);
  CHECK_EQ(s.in.trial.c[0], 0.0);
  direction.shift.primal = 1;
  CHECK_EQ(s.run(direction), 0.0);
}

TEST(negativeCurvatureIsFollowedFarthestInEitherDirection) {
  const Values x{3, 4};
  std::vector<double> tried;
  const auto below = [&](double bound) {
    return [&, bound](double t) {
      tried.push_back(t);
      return t < 0 && t > -bound;
    };
  };
  CHECK_EQ(searchNegativeCurvature(x, below(2)), 1.25);
  CHECK(tried == (std::vector<double>{5, -5, 2.5, -2.5, 1.25, -1.25}));
  CHECK_EQ(searchNegativeCurvature(x, below(0)), 0.0);
  CHECK_EQ(searchNegativeCurvature(Values{0}, [](double) { return true; }), 1.0);  // the first step is at least 1
}
