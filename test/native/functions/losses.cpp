// Every loss of functions/losses.hpp against its definition: what stands in `Losses` is tested without a word here.
// Compiled with sanitizers itself: what it tests stands in headers.
#include "functions/losses.hpp"

#include <cmath>
#include <string>

#include "check.hpp"
#include "core/random.hpp"
#include "functions/row_losses.hpp"

using namespace nonconvex;

namespace {

struct Draw {
  Random random;
  std::uint64_t next = 0;

  double normal() { return random.normal(next++); }
  double uniform() { return random.uniform(next++); }
  /// A target of the kind that the loss takes, often on the border of what it takes.
  double target(Targets kind) {
    const double edge = uniform();
    switch (kind) {
      case Targets::signs:
        return edge < 0.5 ? -1 : 1;
      case Targets::probabilities:
        return edge < 0.2 ? 0 : edge < 0.4 ? 1 : uniform();
      case Targets::nonNegative:
        return edge < 0.2 ? 0 : std::exp(normal());
      case Targets::positive:
        return std::exp(normal());
      default:
        return 2 * normal();
    }
  }
  /// A prediction: mostly near 0, sometimes far.
  double prediction() { return (uniform() < 0.8 ? 1.5 : 8) * normal(); }
};

/// f(name, loss, draw) with each loss; of those with parameters, one that is not the default.
template <class F>
void forEachLoss(std::uint64_t seed, F&& f) {
  forEachType(Losses{}, [&]<class Loss>() {
    Draw draw{Random(seed)};
    const long before = check::failures;
    if constexpr (std::is_same_v<Loss, losses::Huber>) {
      f(Loss{0.7}, draw);
    } else {
      f(Loss{}, draw);
    }
    if (check::failures != before) std::fprintf(stderr, "  with the loss %s\n", Loss::name.data());
  });
}

}  // namespace

/// Convex: f(t) - f(t - h) <= h f'(t) <= f(t + h) - f(t), and both sides are near f'(t) but for a kink.
TEST(derivativesAreSlopesOfTheValues) {
  forEachLoss(1, [](const auto& loss, Draw& draw) {
    constexpr double h = 1e-5;
    for (int i = 0; i < 500; ++i) {
      const double y = draw.target(loss.targets), t = draw.prediction();
      const double value = loss.value(t, y), slope = loss.derivative(t, y);
      const double rounding = 1e-15 * (1 + std::abs(value) + std::abs(t) + std::abs(y)) / h;
      CHECK((value - loss.value(t - h, y)) / h <= slope + rounding);
      CHECK((loss.value(t + h, y) - value) / h >= slope - rounding);
    }
  });
}

TEST(curvaturesAreSlopesOfTheDerivatives) {
  forEachLoss(2, []<class Loss>(const Loss& loss, Draw& draw) {
    if constexpr (requires { loss.curvature(0.0, 0.0); }) {
      constexpr double h = 1e-5;
      for (int i = 0; i < 500; ++i) {
        const double y = draw.target(loss.targets), t = draw.prediction();
        const double at = loss.derivative(t, y), curvature = loss.curvature(t, y);
        const double left = (at - loss.derivative(t - h, y)) / h, right = (loss.derivative(t + h, y) - at) / h;
        const double rounding = 1e-9 * (1 + std::abs(at) + std::abs(curvature)) + h * curvature;
        CHECK(curvature >= std::min(left, right) - rounding);
        CHECK(curvature <= std::max(left, right) + rounding);
      }
    }
  });
}

/// No two points violate the Lipschitz constant, and some come near to it.
TEST(lipschitzConstantsHoldAndAreSharp) {
  forEachLoss(3, []<class Loss>(const Loss& loss, Draw& draw) {
    if constexpr (requires { Loss::lipschitz; }) {
      double greatest = 0;
      for (int i = 0; i < 2000; ++i) {
        const double y = draw.target(loss.targets), t = draw.prediction();
        const double u = t + draw.normal() * (i % 2 == 0 ? 1 : 1e-3);
        greatest = std::max(greatest, std::abs(loss.derivative(t, y) - loss.derivative(u, y)) / std::abs(t - u));
      }
      CHECK(greatest <= Loss::lipschitz * (1 + 1e-9));
      CHECK(greatest >= Loss::lipschitz * 0.99);
    }
  });
}

/// z = prox(a) has sigma (a - z) among the subgradients at z, which increase. Iterations may take two calls.
TEST(proximalStepsAreOptimal) {
  forEachLoss(4, [](const auto& loss, Draw& draw) {
    if constexpr (requires { loss.prox(0.0, 0.0, 0.0, 0.0); }) {
      for (int i = 0; i < 500; ++i) {
        const double y = draw.target(loss.targets), a = draw.prediction(), sigma = std::exp(2 * draw.normal());
        const double z = loss.prox(a, y, sigma, loss.prox(a, y, sigma, draw.prediction()));
        const double subgradient = sigma * (a - z);
        const double h = 1e-9 * (1 + std::abs(z) + std::abs(y) + std::abs(a));
        const double rounding = 1e-8 * (1 + sigma) * (1 + std::abs(a) + std::abs(y));
        CHECK(loss.derivative(z - h, y) <= subgradient + rounding);
        CHECK(loss.derivative(z + h, y) >= subgradient - rounding);
      }
    }
  });
}

/// value(t) + conjugate(s) >= s t, with equality where s is the derivative at t.
TEST(conjugatesByFenchelAndYoung) {
  forEachLoss(5, [](const auto& loss, Draw& draw) {
    if constexpr (requires { loss.conjugate(0.0, 0.0); }) {
      for (int i = 0; i < 500; ++i) {
        const double y = draw.target(loss.targets), t = draw.prediction();
        const double value = loss.value(t, y), slope = loss.derivative(t, y);
        const double rounding = 1e-11 * (1 + std::abs(value) + std::abs(slope * t));
        CHECK_NEAR(value + loss.conjugate(slope, y), slope * t, rounding);
        const double other = loss.derivative(draw.prediction(), y);
        const double conjugate = loss.conjugate(other, y);
        CHECK(value + conjugate >= other * t - rounding - 1e-11 * std::abs(conjugate));
      }
    }
  });
}

/// The conjugate is finite at `nearestSlope`, which leaves slopes as they are; without it, it is finite everywhere.
TEST(slopesOfTheConjugatesDomain) {
  forEachLoss(6, [](const auto& loss, Draw& draw) {
    if constexpr (requires { loss.conjugate(0.0, 0.0); }) {
      bool outside = false;
      for (int i = 0; i < 500; ++i) {
        const double y = draw.target(loss.targets), s = 3 * draw.normal();
        if constexpr (requires { loss.nearestSlope(s, y); }) {
          const double nearest = loss.nearestSlope(s, y);
          CHECK(std::isfinite(loss.conjugate(nearest, y)));
          CHECK_EQ(loss.nearestSlope(nearest, y), nearest);
          if (std::isfinite(loss.conjugate(s, y))) CHECK_NEAR(nearest, s, 1e-11 * (1 + std::abs(s) + std::abs(y)));
          const double slope = loss.derivative(draw.prediction(), y);
          CHECK_NEAR(loss.nearestSlope(slope, y), slope, 1e-15 * (1 + std::abs(y)));
          outside = outside || !std::isfinite(loss.conjugate(s, y));
        } else {
          CHECK(std::isfinite(loss.conjugate(s, y)));
        }
      }
      if constexpr (requires { loss.nearestSlope(0.0, 0.0); }) CHECK(outside);
    }
  });
}

/// Both forms of the elementary functions give the same numbers but for a few roundings.
TEST(manyRowsAgreeWithOneRow) {
  forEachLoss(7, []<class Loss>(const Loss& loss, Draw& draw) {
    if constexpr (requires { Loss::template at<VectorMath>(0.0, 0.0); }) {
      for (int i = 0; i < 1000; ++i) {
        const double y = draw.target(loss.targets), t = draw.prediction() * (i % 10 == 0 ? 10 : 1);
        const Expansion one = Loss::template at<StandardMath>(t, y), many = Loss::template at<VectorMath>(t, y);
        const auto tolerance = [&](double size) { return 2e-15 * (1 + std::abs(y)) * (1e-300 + std::abs(size)); };
        CHECK_NEAR(one.value, many.value, tolerance(std::abs(one.value) + std::abs(t)));
        CHECK_NEAR(one.derivative, many.derivative, tolerance(1 + std::abs(one.derivative)));
        CHECK_NEAR(one.curvature, many.curvature, tolerance(one.curvature));
        CHECK_EQ(loss.value(t, y), one.value);
        CHECK_EQ(loss.derivative(t, y), one.derivative);
      }
    }
  });
}

TEST(derivativesWhereTheMeanIsKnown) {
  int found = 0;
  forEachLoss(8, [&]<class Loss>(const Loss& loss, Draw& draw) {
    if constexpr (requires { Loss::derivativeAtMean(0.0, 0.0); }) {
      ++found;
      for (int i = 0; i < 200; ++i) {
        const double y = draw.target(loss.targets), t = 2 * draw.normal();
        const double slope = loss.derivative(t, y);
        CHECK_NEAR(Loss::derivativeAtMean(Loss::mean(t), y), slope, 1e-14 * (1 + std::abs(slope) + std::abs(y)));
      }
    }
  });
  CHECK_EQ(found, 4);
}

/// Losses of a difference: moving prediction and target together changes nothing.
TEST(lossesOfADifference) {
  forEachLoss(9, [](const auto& loss, Draw& draw) {
    bool same = true;
    for (int i = 0; i < 100; ++i) {
      const double y = draw.target(loss.targets), t = draw.prediction();
      const double value = loss.value(t, y);
      same = same && std::abs(loss.value(t + 1, y + 1) - value) <= 1e-12 * (1 + value);
    }
    CHECK_EQ(same, loss.ofDifference);
  });
}

/// Predictions and targets as large as can be give numbers, not NaN.
TEST(extremePredictions) {
  forEachLoss(10, [](const auto& loss, Draw& draw) {
    for (const double t : {0.0, -0.0, 40.0, -40.0, 700.0, -700.0, 1e16, -1e16, 1e300, -1e300}) {
      const double y = draw.target(loss.targets);
      CHECK(!std::isnan(loss.value(t, y)));
      CHECK(!std::isnan(loss.derivative(t, y)));
      if constexpr (requires { loss.curvature(t, y); }) CHECK(loss.curvature(t, y) >= 0);
    }
  });
}

/// The softmax of two outcomes is the logistic loss of their difference.
TEST(softmaxOfTwoOutcomesIsLogistic) {
  Draw draw{Random(11)};
  const losses::Softmax softmax;
  for (int i = 0; i < 200; ++i) {
    const double f[] = {draw.prediction(), draw.prediction()}, p = draw.target(Targets::probabilities);
    const double y[] = {p, 1 - p}, t = f[0] - f[1];
    double slope[2];
    const RowOf<const double> fs{f, 1}, ys{y, 1};
    softmax.derivative(2, fs, ys, {slope, 1});
    CHECK_NEAR(softmax.value(2, fs, ys), losses::Logistic::value(t, p), 1e-13 * (1 + std::abs(t)));
    CHECK_NEAR(slope[0], losses::Logistic::derivative(t, p), 1e-14);
    CHECK_NEAR(slope[1], -slope[0], 1e-14);
    CHECK_NEAR(softmax.conjugate(2, RowOf<const double>{slope, 1}, ys), losses::Logistic::conjugate(slope[0], p),
               1e-11);
  }
}
