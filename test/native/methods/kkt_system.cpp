// KKT systems of two or three unknowns: which Hessian they have, and by how much it is shifted.
#include "methods/kkt/kkt_system.hpp"

#include <cmath>

#include "check.hpp"
#include "function_nlp.hpp"
#include "methods/kkt/multipliers.hpp"
#include "methods/kkt/refine.hpp"

using namespace nonconvex;

namespace {

/// f = x^T diag(d) x / 2 + e x_0^3 / 6, subject to a^T x = b for each row of A.
NlpFormulas quadratic(Values d, std::vector<Values> A = {}, double b = 0, double cubic = 0) {
  const int n = static_cast<int>(d.size());
  NlpFormulas by{.n = n, .m = static_cast<int>(A.size())};
  by.f = [=](const Values& x) {
    double sum = cubic * x[0] * x[0] * x[0] / 6;
    for (std::size_t j = 0; j < x.size(); ++j) sum += 0.5 * d[j] * x[j] * x[j];
    return sum;
  };
  by.gradient = [=](const Values& x) {
    Values g(x.size());
    for (std::size_t j = 0; j < x.size(); ++j) g[j] = d[j] * x[j];
    g[0] += 0.5 * cubic * x[0] * x[0];
    return g;
  };
  by.c = [=](const Values& x) {
    Values c;
    for (const Values& a : A) {
      c.push_back(-b);
      for (std::size_t j = 0; j < x.size(); ++j) c.back() += a[j] * x[j];
    }
    return c;
  };
  by.J = [=](const Values&) {
    Values J;
    for (const Values& a : A) J.insert(J.end(), a.begin(), a.end());
    return J;
  };
  by.H = [=](const Values& x, double sigma, std::span<const double>) {
    Values H(x.size() * x.size());
    for (std::size_t j = 0; j < x.size(); ++j) H[j * x.size() + j] = sigma * d[j];
    H[0] += sigma * cubic * x[0];
    return H;
  };
  by.facts.linearConstraints = true;
  return by;
}

struct System {
  Instance in;
  KktSystem kkt;

  System(NlpFormulas formulas, Values start, bool lagged = false, KktSettings settings = {})
      : in(std::move(formulas), std::move(start), {}, lagged), kkt(in.la, in.model, settings, lagged) {
    kkt.analyze(in.point);
  }
  int hessians() const { return in.model.counts().hessian; }
  int factorizations() const { return kkt.solver().factorizations(); }
  Values solve(Values b) {
    kkt.solver().solve(b);
    return b;
  }
};

}  // namespace

TEST(positiveDefiniteOnTheNullSpaceNeedsNoShift) {
  System s(quadratic({-1, 3}, {{1, 0}}), {1, 1});
  CHECK(s.kkt.assemble(s.in.point));
  CHECK(s.kkt.factor(s.in.point));
  CHECK(!s.kkt.shifted());
  // [-1 0 1; 0 3 0; 1 0 0] z = (1, 6, 2)
  const Values z = s.solve({1, 6, 2});
  CHECK_NEAR(z[0], 2, 1e-15);
  CHECK_NEAR(z[1], 2, 1e-15);
  CHECK_NEAR(z[2], 3, 1e-15);
}

TEST(negativeCurvatureOnTheNullSpaceIsShiftedAway) {
  System s(quadratic({-1, 3}, {{0, 1}}), {1, 1});
  CHECK(s.kkt.assemble(s.in.point));
  CHECK(s.kkt.factor(s.in.point));
  const double t = s.kkt.shift().primal;
  CHECK(t > 1 && t <= 4);  // the least that will do, up to a factor of four
  CHECK_EQ(s.kkt.shift().dual, 0.0);
  // [t - 1, 0, 0; 0, 3 + t, 1; 0, 1, 0] z = (1, 0, 1)
  const Values z = s.solve({1, 0, 1});
  CHECK_NEAR(z[0], 1 / (t - 1), 1e-13);
  CHECK_NEAR(z[1], 1, 1e-13);
  CHECK_NEAR(z[2], -(3 + t), 1e-13);
}

TEST(dependentConstraintsGetADualShift) {
  System s(quadratic({1, 1}, {{1, 1}, {1, 1}}), {1, 1});
  CHECK(s.kkt.assemble(s.in.point));
  CHECK(s.kkt.factor(s.in.point));
  CHECK_EQ(s.kkt.shift().primal, 0.0);
  CHECK_NEAR(s.kkt.shift().dual, 2e-8, 1e-22);  // 1e-8 of the largest ||J_i||^2
}

TEST(anExactSystemIsSharpenedByLargerShiftsFewTimes) {
  System s(quadratic({2, 3}), {1, 1});
  CHECK(s.kkt.assemble(s.in.point));
  CHECK(s.kkt.factor(s.in.point));
  CHECK(!s.kkt.shifted());
  CHECK(!s.kkt.sharpen(s.in.point, false));
  int attempts = 1;
  for (double last = 0; s.kkt.sharpen(s.in.point, true) && s.kkt.factor(s.in.point); ++attempts) {
    const double t = s.kkt.shift().primal;
    CHECK_NEAR(t, last > 0 ? 10 * last : 1e-4 * 3, 1e-12 * t);
    last = t;
  }
  CHECK_EQ(attempts, 12);
  CHECK(s.kkt.assemble(s.in.point));  // the next step begins without a shift
  s.kkt.forget();
  CHECK_EQ(s.hessians(), 3);  // Hessians of the analysis and of two steps
}

TEST(laggedHessiansBecomeExactWhereTheStepFails) {
  System s(quadratic({1, 1}, {}, 0, 1), {1, 0}, true);  // H_00 = 1 + x_0
  NlpPoint next = s.in.pointAt({3, 0});
  s.kkt.assemble(s.in.point);
  s.kkt.factor(s.in.point);
  const int before = s.hessians();
  s.kkt.noteStep(1, 0.1);
  CHECK(s.kkt.assemble(next));
  CHECK(s.kkt.factor(next));
  CHECK_EQ(s.hessians(), before);  // the Hessian of the first point
  CHECK_NEAR(s.solve({2, 0})[0], 1, 1e-15);
  CHECK(s.kkt.sharpen(next, false));
  CHECK(s.kkt.factor(next));
  CHECK_EQ(s.hessians(), before + 1);
  CHECK_NEAR(s.solve({2, 0})[0], 0.5, 1e-15);
}

TEST(laggedHessiansBecomeExactWhereTheyNeedAShift) {
  System s(quadratic({1, 1}, {}, 0, 1), {-3, 0}, true);  // H_00 = -2 there, and 2 at the next point
  NlpPoint next = s.in.pointAt({1, 0});
  s.kkt.assemble(next);
  CHECK(s.kkt.factor(next));
  CHECK(!s.kkt.shifted());
  s.kkt.noteStep(1, 0.1);
  CHECK(s.kkt.assemble(next));  // lagged
  CHECK(s.kkt.factor(next));
  CHECK(!s.kkt.shifted());
  CHECK_NEAR(s.solve({2, 0})[0], 1, 1e-15);
}

TEST(aHessianThatIsNotFiniteIsNoSystem) {
  NlpFormulas by = quadratic({1, 1});
  by.H = [](const Values&, double, std::span<const double>) { return Values(4, unknown); };
  System s(by, {1, 1});
  CHECK(!s.kkt.assemble(s.in.point));
  CHECK(!s.kkt.factorExact(s.in.point));
  CHECK(!s.kkt.objectiveHessian(s.in.point));
  CHECK(!s.kkt.reducedInertia(s.in.point, s.in.point.jacobian));
}

TEST(inertiaOnTheNullSpaceIsCounted) {
  System free(quadratic({2, -1, 0, 3}), {0, 0, 0, 0});
  const auto inertia = free.kkt.reducedInertia(free.in.point, {});
  CHECK(inertia && inertia->positive == 2 && inertia->negative == 1 && inertia->zero == 1);
  System bound(quadratic({2, -1, 3}, {{0, 1, 0}}), {0, 0, 0});
  const auto reduced = bound.kkt.reducedInertia(bound.in.point, bound.in.point.jacobian);
  CHECK(reduced && reduced->positive == 2 && reduced->negative == 0 && reduced->zero == 0);
}

TEST(factorsOfAQuadraticProgramTellItsInertia) {
  System s(quadratic({2, -1, 3}, {{0, 1, 0}}), {1, 1, 1});
  CHECK(s.kkt.factorExact(s.in.point));
  const int before = s.factorizations();
  const auto inertia = s.kkt.reducedInertia(s.in.point, s.in.point.jacobian);
  CHECK(inertia && inertia->positive == 2 && inertia->negative == 0);
  CHECK_EQ(s.factorizations(), before);
  s.kkt.forget();
  CHECK(s.kkt.reducedInertia(s.in.point, s.in.point.jacobian).has_value());
  CHECK(s.factorizations() > before);
}

TEST(theLeastEigenvectorIsFound) {
  System s(quadratic({2, -1, -5}, {{0, 0, 1}}), {0, 0, 0});
  CHECK(s.kkt.factorExact(s.in.point));
  CHECK_NEAR(s.kkt.leastEigenvector(), -1, 1e-5);
  CHECK_NEAR(std::abs(s.kkt.eigenvector()[1]), 1, 1e-5);
  CHECK_NEAR(s.kkt.eigenvector()[2], 0, 1e-12);
}

TEST(theFirstStepKnowsTheMultipliersOfLinearConstraints) {
  // x^T x / 2 with x_0 + x_1 = 2: x = (1, 1), lambda = -1, in one step from anywhere.
  System s(quadratic({1, 1}, {{1, 1}}, 2), {5, -3});
  MultiplierEstimate multipliers(s.in.model);
  multipliers.takeFirst(s.kkt, s.in.point);
  CHECK_NEAR(s.in.point.lambda[0], -1, 1e-15);
  const int before = s.factorizations();
  CHECK(s.kkt.assemble(s.in.point));
  CHECK(s.kkt.factor(s.in.point));
  CHECK_EQ(s.factorizations(), before);  // they were kept
  const Values z = s.solve({-s.in.point.g[0], -s.in.point.g[1], -s.in.point.c[0]});
  CHECK_NEAR(s.in.point.x[0] + z[0], 1, 1e-14);
  CHECK_NEAR(s.in.point.x[1] + z[1], 1, 1e-14);
}

TEST(multipliersOfLeastSquaresAreTakenWhereTheyHelp) {
  // grad f = (4, 2), J = (1, 1): min ||grad f + J^T lambda|| at -3.
  System s(quadratic({1, 1}, {{1, 1}}), {4, 2});
  MultiplierEstimate multipliers(s.in.model);
  CHECK(multipliers.improve(s.kkt, s.in.point));
  CHECK_NEAR(s.in.point.lambda[0], -3, 1e-14);
  CHECK_NEAR(s.in.point.g[0], 1, 1e-14);
  CHECK(!multipliers.improve(s.kkt, s.in.point));  // nothing is left to improve
  CHECK_NEAR(s.in.point.lambda[0], -3, 1e-14);
}

TEST(thePublishedAccuracyKnowsTheLeastEigenvalueOfJJ) {
  // Rows of lengths 1 and 3 that are orthogonal.
  System s(quadratic({1, 1, 1}, {{1, 0, 0}, {0, 3, 0}}), {1, 1, 1}, false,
           {.accuracy = KktAccuracy::paper, .shift = ShiftRule::paper});
  CHECK(s.kkt.assemble(s.in.point));
  CHECK_NEAR(s.kkt.leastEigenvalueJJ(), 1, 1e-6);
  CHECK(s.kkt.factor(s.in.point));
  CHECK(!s.kkt.shifted());
  System shifted(quadratic({-1, 1, 1}), {1, 1, 1}, false, {.shift = ShiftRule::paper});
  CHECK(shifted.kkt.assemble(shifted.in.point) && shifted.kkt.factor(shifted.in.point));
  CHECK_NEAR(shifted.kkt.shift().primal, 0.1 + std::sqrt(3), 1e-15);
}

TEST(refinementEndsAtItsTargetOrWhereItDoesNotPay) {
  const auto steps = [](std::vector<double> norms, double target, double expected) {
    std::size_t looked = 0;
    int corrected = 0, undone = 0;
    const double norm = refine(
        target, [&] { return norms.at(looked++); }, [&] { ++corrected; }, [&] { ++undone; });
    CHECK_EQ(norm, expected);
    return corrected - undone;
  };
  CHECK_EQ(steps({1}, 1, 1), 0);
  CHECK_EQ(steps({8, 2, 0.5}, 1, 0.5), 2);
  CHECK_EQ(steps({8, 2, 3}, 1, 2), 1);    // the last one is taken back
  CHECK_EQ(steps({8, 6, 0.1}, 1, 6), 1);  // too slow to go on
  CHECK_EQ(steps({8, unknown}, 1, 8), 0);
  std::vector<double> halves;
  for (int k = 0; k < 12; ++k) halves.push_back(std::pow(0.4, k));
  CHECK_EQ(steps(halves, 0, halves[10]), 10);
}
