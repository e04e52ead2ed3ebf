#include "methods/interior_point/barrier_augmented_lagrangian.hpp"

#include <cmath>

#include "check.hpp"
#include "interior_point.hpp"

using namespace nonconvex;

namespace {

using Outcome = BarrierAugmentedLagrangian::Outcome;

/// Steps until it ends.
Outcome solve(BarrierInstance& in, int* iterations = nullptr) {
  BarrierAugmentedLagrangian phase(in.state);
  phase.begin();
  Outcome outcome = Outcome::moved;
  while (outcome == Outcome::moved) outcome = phase.step();
  if (iterations != nullptr) *iterations = phase.iterations();
  return outcome;
}

/// Hock and Schittkowski's problem 71: min x0 x3 (x0 + x1 + x2) + x2, x0 x1 x2 x3 >= 25, ||x||^2 = 40.
NlpFormulas hs071() {
  NlpFormulas by{.n = 4, .m = 2};
  by.f = [](const Values& x) { return x[0] * x[3] * (x[0] + x[1] + x[2]) + x[2]; };
  by.gradient = [](const Values& x) {
    const double sum = x[0] + x[1] + x[2];
    return Values{x[3] * (sum + x[0]), x[0] * x[3], x[0] * x[3] + 1, x[0] * sum};
  };
  by.c = [](const Values& x) {
    return Values{x[0] * x[1] * x[2] * x[3], x[0] * x[0] + x[1] * x[1] + x[2] * x[2] + x[3] * x[3]};
  };
  by.J = [](const Values& x) {
    return Values{x[1] * x[2] * x[3], x[0] * x[2] * x[3], x[0] * x[1] * x[3], x[0] * x[1] * x[2],
                  2 * x[0],           2 * x[1],           2 * x[2],           2 * x[3]};
  };
  by.H = [](const Values& x, double sigma, std::span<const double> y) {
    Values H(16);
    const auto set = [&](int i, int j, double value) { H[at(4 * i + j)] = H[at(4 * j + i)] = value; };
    for (int i = 0; i < 4; ++i) set(i, i, 2 * y[1]);
    H[0] += sigma * 2 * x[3];
    set(1, 0, sigma * x[3] + y[0] * x[2] * x[3]);
    set(2, 0, sigma * x[3] + y[0] * x[1] * x[3]);
    set(3, 0, sigma * (2 * x[0] + x[1] + x[2]) + y[0] * x[1] * x[2]);
    set(2, 1, y[0] * x[0] * x[3]);
    set(3, 1, sigma * x[0] + y[0] * x[0] * x[2]);
    set(3, 2, sigma * x[0] + y[0] * x[0] * x[1]);
    return H;
  };
  return by;
}

/// min (x0 - 1)^2 + (x1 - 2)^2 where x0 x1 = 0, x >= 0: no qualification of constraints holds at any feasible point.
NlpFormulas complementary() {
  NlpFormulas by{.n = 2, .m = 1};
  by.f = [](const Values& x) { return std::pow(x[0] - 1, 2) + std::pow(x[1] - 2, 2); };
  by.gradient = [](const Values& x) { return Values{2 * (x[0] - 1), 2 * (x[1] - 2)}; };
  by.c = [](const Values& x) { return Values{x[0] * x[1]}; };
  by.J = [](const Values& x) { return Values{x[1], x[0]}; };
  by.H = [](const Values&, double sigma, std::span<const double> y) {
    return Values{2 * sigma, y[0], y[0], 2 * sigma};
  };
  return by;
}

/// min (x0 + x1 - 1)^2 + x2^4 with x0 + x1 = 1 twice, once times 3, and x0^2 + x1^2 + x2 = 2: J has lost rank
/// everywhere.
NlpFormulas dependent() {
  NlpFormulas by{.n = 3, .m = 3};
  by.f = [](const Values& x) { return std::pow(x[0] - 0.25, 2) + std::pow(x[2], 4); };
  by.gradient = [](const Values& x) { return Values{2 * (x[0] - 0.25), 0, 4 * std::pow(x[2], 3)}; };
  by.c = [](const Values& x) {
    return Values{x[0] + x[1] - 1, 3 * (x[0] + x[1]) - 3, x[0] * x[0] + x[1] * x[1] + x[2] - 2};
  };
  by.J = [](const Values& x) { return Values{1, 1, 0, 3, 3, 0, 2 * x[0], 2 * x[1], 1}; };
  by.H = [](const Values& x, double sigma, std::span<const double> y) {
    return Values{2 * sigma + 2 * y[2], 0, 0, 0, 2 * y[2], 0, 0, 0, 12 * sigma * x[2] * x[2]};
  };
  return by;
}

/// The largest violation of grad f + J^T y - zL + zU = 0, of signs and of complementarity by the formulas alone.
double stationarity(const NlpFormulas& by, const BarrierInstance& in, const Values& lower, const Values& upper) {
  const BarrierPoint& point = in.state.point;
  const Values x(point.v.begin(), point.v.begin() + by.n);
  const Values g = by.gradient(x), J = by.J(x);
  const auto scales = in.nlp.model().constraintScales();
  const double objective = in.nlp.model().objectiveScale();
  double worst = 0;
  for (std::size_t j = 0; j < at(by.n); ++j) {
    double sum = g[j] + (point.zU[j] - point.zL[j]) / objective;
    for (std::size_t i = 0; i < at(by.m); ++i) sum += J[i * at(by.n) + j] * point.y()[i] * scales[i] / objective;
    worst = std::max({worst, std::abs(sum), -point.zL[j], -point.zU[j]});
    if (point.zL[j] != 0) worst = std::max(worst, std::abs(point.zL[j] * (x[j] - lower[j])));
    if (point.zU[j] != 0) worst = std::max(worst, std::abs(point.zU[j] * (upper[j] - x[j])));
  }
  return worst;
}

}  // namespace

TEST(augmentedLagrangianSolvesHs071) {
  const Values lower(4, 1), upper(4, 5);
  BarrierInstance in(hs071(), {1, 5, 5, 1},
                     {.lower = lower, .upper = upper, .constraintLower = {25, 40}, .constraintUpper = {noSide, 40}});
  int iterations = 0;
  CHECK(solve(in, &iterations) == Outcome::solved);
  CHECK(iterations <= 60);
  CHECK_NEAR(in.nlp.unscaledObjective(in.state.point), 17.0140173, 1e-6);
  CHECK_NEAR(in.x(0), 1, 1e-6);
  CHECK_NEAR(in.x(1), 4.7429994, 1e-5);
  CHECK_NEAR(in.state.point.y()[0], -0.5522937, 1e-5);  // a lower side
  CHECK_NEAR(in.state.point.y()[1], 0.1614686, 1e-5);
  CHECK(stationarity(hs071(), in, lower, upper) <= 1e-6);
}

TEST(augmentedLagrangianSolvesAComplementarityProblem) {
  const Values lower(2, 0), upper(2, noSide);
  for (const Values& start : {Values{1, 1}, Values{3, 0.1}, Values{0.01, 5}}) {
    BarrierInstance in(complementary(), start,
                       {.lower = lower, .upper = upper, .constraintLower = {0}, .constraintUpper = {0}});
    CHECK(solve(in) == Outcome::solved);
    CHECK(std::abs(in.x(0) * in.x(1)) <= 1e-7);
    CHECK(stationarity(complementary(), in, lower, upper) <= 1e-6);
  }
}

TEST(augmentedLagrangianNeedsNoRank) {
  BarrierInstance in(dependent(), {5, -3, 1}, {});
  CHECK(solve(in) == Outcome::solved);
  CHECK_NEAR(in.x(0) + in.x(1), 1, 1e-7);
  CHECK_NEAR(in.x(0) * in.x(0) + in.x(1) * in.x(1) + in.x(2), 2, 1e-7);
  CHECK(stationarity(dependent(), in, Values(3, -noSide), Values(3, noSide)) <= 1e-6);
}

TEST(augmentedLagrangianFindsInfeasibilityWithAnObjective) {
  NlpFormulas by{.n = 2, .m = 1};  // min x0 + x1 where x0^2 + x1^2 = -1
  by.f = [](const Values& x) { return x[0] + x[1]; };
  by.gradient = [](const Values&) { return Values{1, 1}; };
  by.c = [](const Values& x) { return Values{x[0] * x[0] + x[1] * x[1] + 1}; };
  by.J = [](const Values& x) { return Values{2 * x[0], 2 * x[1]}; };
  by.H = [](const Values&, double, std::span<const double> y) { return Values{2 * y[0], 0, 0, 2 * y[0]}; };
  BarrierInstance in(by, {2, -3}, {});
  int iterations = 0;
  CHECK(solve(in, &iterations) == Outcome::infeasible);
  CHECK(iterations <= 60);
  CHECK_NEAR(in.x(0), 0, 1e-4);
  CHECK_NEAR(in.x(1), 0, 1e-4);
  CHECK_NEAR(in.state.point.r[0], 1, 1e-4);
}

TEST(augmentedLagrangianFindsContradictoryRows) {
  NlpFormulas by{.n = 2, .m = 2};  // x0 + x1 <= 1, x0 + x1 >= 2, no objective
  by.c = [](const Values& x) { return Values{x[0] + x[1], x[0] + x[1]}; };
  by.J = [](const Values&) { return Values{1, 1, 1, 1}; };
  BarrierInstance in(by, {7, 3},
                     {.lower = {}, .upper = {}, .constraintLower = {-noSide, 2}, .constraintUpper = {1, noSide}});
  CHECK(solve(in) == Outcome::infeasible);
  CHECK_NEAR(in.x(0) + in.x(1), 1.5, 1e-3);
}
