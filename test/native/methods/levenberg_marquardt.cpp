// Sums of squares whose minimisers are known, from the collection of J. J. More, B. S. Garbow, K. E. Hillstrom,
// "Testing unconstrained optimization software", ACM TOMS 7, 1981.
#include "methods/least_squares/levenberg_marquardt.hpp"

#include <array>

#include "allocations.hpp"
#include "check.hpp"
#include "jet_residuals.hpp"

using namespace nonconvex;
using check::jetResiduals;

namespace {

struct Ended {
  Status status;
  Vector x;
  double squares;  // 2 F
  int steps;
};

Ended minimized(Residuals& function, const Vector& start, const LeastSquaresSettings& settings = {}, In lower = {},
                In upper = {}) {
  LevenbergMarquardt method(function, lower, upper, settings);
  CHECK(method.start(start));
  std::optional<Status> status;
  int steps = 0;
  while (!status && steps < 500) status = method.step(), ++steps;
  return {status.value_or(Status::iterationLimit), Vector(method.x().begin(), method.x().end()), 2 * method.objective(),
          steps};
}

auto rosenbrock() {
  return jetResiduals<2>(2, [](const auto& x, int i) { return i == 0 ? 10.0 * (x[1] - x[0] * x[0]) : 1.0 - x[0]; });
}

auto jennrichSampson() {
  return jetResiduals<2>(10, [](const auto& x, int i) {
    const double t = i + 1;
    return 2 + 2 * t - (exp(t * x[0]) + exp(t * x[1]));
  });
}

/// Points of the line 2 + 3 t, of which every fifth one is far away.
auto lineWithOutliers() {
  return jetResiduals<2>(20, [](const auto& x, int i) {
    const double noise = 0.01 * ((i * 7) % 5 - 2);
    return x[0] + x[1] * (0.1 * i) - (2 + 0.3 * i + (i % 5 == 3 ? 50 : noise));
  });
}

}  // namespace

TEST(leastSquaresOfRosenbrockEndAtZero) {
  auto function = rosenbrock();
  const Ended ended = minimized(function, {-1.2, 1});
  CHECK(ended.status == Status::solved);
  CHECK_NEAR(ended.x[0], 1, 1e-12);
  CHECK_NEAR(ended.x[1], 1, 1e-12);
  CHECK(ended.steps < 30);
}

TEST(leastSquaresStopAtABound) {
  auto function = rosenbrock();
  const Vector upper = {0.5, infinity};
  const Ended ended = minimized(function, {-1.2, 1}, {}, {}, upper);
  CHECK(ended.status == Status::solved);
  CHECK(ended.x[0] == 0.5);
  CHECK_NEAR(ended.x[1], 0.25, 1e-10);
  CHECK_NEAR(ended.squares, 0.25, 1e-12);
}

TEST(leastSquaresLeaveABoundThatTheyBeganAt) {
  auto function = rosenbrock();
  const Vector lower = {-1.2, -1}, upper = {2, 2};
  const Ended ended = minimized(function, {-1.2, -1}, {}, lower, upper);
  CHECK(ended.status == Status::solved);
  CHECK_NEAR(ended.x[0], 1, 1e-8);
}

TEST(leastSquaresHaveTheKnownMinimumWithLargeResiduals) {
  auto function = jennrichSampson();
  const Ended exact = minimized(function, {0.3, 0.4});
  CHECK(exact.status == Status::solved);
  CHECK_NEAR(exact.squares, 124.36218235561, 1e-8);
  CHECK_NEAR(exact.x[0], 0.25782521, 1e-7);
  CHECK_NEAR(exact.x[1], 0.25782521, 1e-7);
  // Without second derivatives J^T J stands for a Hessian that is larger than it.
  const Ended without = minimized(function, {0.3, 0.4}, {.curvature = false});
  CHECK(exact.steps < without.steps);
}

TEST(leastSquaresOfFreudensteinAndRothEndAtTheLocalMinimum) {
  auto function = jetResiduals<2>(2, [](const auto& x, int i) {
    return i == 0 ? x[0] - 13.0 + ((5.0 - x[1]) * x[1] - 2.0) * x[1]
                  : x[0] - 29.0 + ((x[1] + 1.0) * x[1] - 14.0) * x[1];
  });
  const Ended ended = minimized(function, {0.5, -2});
  CHECK(ended.status == Status::solved);
  CHECK_NEAR(ended.squares, 48.984253679, 1e-6);
}

TEST(leastSquaresOfKowalikAndOsborneHaveTheKnownMinimum) {
  const std::array<double, 11> y = {0.1957, 0.1947, 0.1735, 0.1600, 0.0844, 0.0627,
                                    0.0456, 0.0342, 0.0323, 0.0235, 0.0246};
  const std::array<double, 11> u = {4, 2, 1, 0.5, 0.25, 0.167, 0.125, 0.1, 0.0833, 0.0714, 0.0625};
  auto function = jetResiduals<4>(11, [&](const auto& x, int i) {
    const double t = u[static_cast<std::size_t>(i)];
    return y[static_cast<std::size_t>(i)] - x[0] * (t * t + t * x[1]) / (t * t + t * x[2] + x[3]);
  });
  const Ended ended = minimized(function, {0.25, 0.39, 0.415, 0.39});
  CHECK(ended.status == Status::solved);
  CHECK_NEAR(ended.squares, 3.0750560385e-4, 1e-12);
}

TEST(leastSquaresGoOnWhereParametersDependOnEachOther) {
  auto function =
      jetResiduals<2>(5, [](const auto& x, int i) { return (x[0] + x[1]) * (i + 1.0) - 3.0 * (i + 1.0) - i % 2; });
  const Ended ended = minimized(function, {10, -4});
  CHECK(ended.status == Status::solved);
  CHECK_NEAR(ended.x[0] + ended.x[1], 3 + 6.0 / 55, 1e-10);
}

TEST(leastSquaresDoNotCallASaddleSolved) {
  // F = ((x^2 - 1)^2 + y^2) / 2 at x = 0: the slope is 0, and F falls to both sides.
  auto function = jetResiduals<2>(2, [](const auto& x, int i) { return i == 0 ? x[0] * x[0] - 1.0 : x[1]; });
  CHECK(minimized(function, {0, 1}).status == Status::stalled);
}

TEST(robustLossesLeaveOutliersOut) {
  auto function = lineWithOutliers();
  CHECK(std::abs(minimized(function, {0, 0}).x[0] - 2) > 1);
  for (const RobustLoss loss : {RobustLoss::huber, RobustLoss::softL1, RobustLoss::cauchy}) {
    const Ended ended = minimized(function, {0, 0}, {.loss = loss, .lossScale = 0.05});
    CHECK(ended.status == Status::solved);
    CHECK_NEAR(ended.x[0], 2, 0.05);
    CHECK_NEAR(ended.x[1], 3, 0.05);
  }
  // A loss that forgets what is far away begins near by.
  const Ended ended = minimized(function, {2.01, 3.01}, {.loss = RobustLoss::tukey, .lossScale = 0.2});
  CHECK(ended.status == Status::solved);
  CHECK_NEAR(ended.x[0], 2, 0.02);
}

TEST(robustLossesHaveTheDerivativesThatTheySay) {
  for (const RobustLoss loss : {RobustLoss::huber, RobustLoss::softL1, RobustLoss::cauchy, RobustLoss::tukey}) {
    CHECK_EQ(robustValue(loss, 0).value, 0.0);
    for (const double z : {0.0001, 0.3, 0.9, 1.7, 20.0}) {
      const double h = 1e-6 * z;
      const RobustValue rho = robustValue(loss, z);
      const RobustValue above = robustValue(loss, z + h), below = robustValue(loss, z - h);
      CHECK_NEAR((above.value - below.value) / (2 * h), rho.slope, 1e-6);
      CHECK_NEAR((above.slope - below.slope) / (2 * h), rho.curvature, 1e-5);
    }
  }
}

TEST(leastSquaresDoNotBeginWhereResidualsAreNotFinite) {
  auto function = jetResiduals<1>(1, [](const auto& x, int) { return 1.0 / x[0]; });
  LevenbergMarquardt method(function, {}, {}, {});
  CHECK(!method.start(Vector{0.0}));
}

TEST(stepsOfLeastSquaresAskForNoMemory) {
  auto function = jennrichSampson();
  LevenbergMarquardt method(function, {}, {}, {});
  method.start(Vector{0.3, 0.4});
  const long before = allocations;
  for (int k = 0; k < 5; ++k) method.step();
  CHECK_EQ(allocations - before, 0L);
}
