#include "methods/interior_point/predictor_corrector.hpp"

#include <memory>

#include "check.hpp"
#include "expressions/expressions.hpp"
#include "expressions/program.hpp"

using namespace nonconvex;
using namespace expressions;

namespace {

constexpr double none = std::numeric_limits<double>::infinity();

/// A problem of formulas with bounds, and the method at its start.
struct Instance {
  Cpu la;
  BarrierNlp nlp;
  BarrierKkt kkt;
  BarrierState state;
  bool begun;
  PredictorCorrector method;

  template <class F>
  Instance(Vector start, GivenBounds bounds, F&& formulas)
      : nlp(la,
            {.nlp = std::make_shared<Program>(graphOf(static_cast<int>(start.size()), formulas)),
             .start = start,
             .bounds = std::move(bounds)},
            {}),
        kkt(la, nlp),
        state(nlp, kkt),
        begun(nlp.begin(state.point)),
        method(state) {
    method.begin();
  }

  /// How many iterations it takes to the tolerance; -1 where it gives up.
  int iterations(int most) {
    const double least = 1e-9;
    for (int k = 0; k < most; ++k) {
      if (nlp.solved(state.point)) return k;
      if (!method.on() || !method.step(least)) return -1;
    }
    return -1;
  }
};

const GivenBounds boxAndSum = {Vector(6, 0.0), Vector(6, 1.0), {-none}, {2}};

}  // namespace

TEST(predictorCorrectorIsForQuadraticPrograms) {
  const auto total = [](Variables x) { return sum(1, 6, [&](int j) { return x(j); }); };
  const Vector start(6, 0.1);
  const auto quadratic = [&](Variables x) {
    return Minimize{sum(1, 6, [&](int j) { return square(x(j) - 0.3 * j); }), {total(x)}};
  };
  const auto quartic = [&](Variables x) {
    return Minimize{sum(1, 6, [&](int j) { return pow(x(j) - 0.3 * j, 4); }), {total(x)}};
  };
  const auto curved = [&](Variables x) {
    return Minimize{sum(1, 6, [&](int j) { return x(j); }), {sum(1, 6, [&](int j) { return square(x(j)); })}};
  };
  CHECK(Instance(start, boxAndSum, quadratic).method.on());
  CHECK(!Instance(start, boxAndSum, quartic).method.on());
  CHECK(!Instance(start, boxAndSum, curved).method.on());
  CHECK(!Instance(start, {}, [](Variables x) { return Minimize{square(x(1)) + square(x(2) - x(3)), {}}; }).method.on());
}

// The projection of (0.3, 0.6, ..., 1.8) on the box with a sum of at most 2: x_j = clamp(0.3 j - t, 0, 1) with t =
// 0.825.
TEST(predictorCorrectorProjects) {
  Instance in(Vector(6, 0.1), boxAndSum, [](Variables x) {
    return Minimize{sum(1, 6, [&](int j) { return square(x(j) - 0.3 * j); }), {sum(1, 6, [&](int j) { return x(j); })}};
  });
  CHECK(in.begun);
  const int iterations = in.iterations(12);
  CHECK(iterations > 0);
  double total = 0;
  for (int j = 1; j <= 6; ++j) {
    CHECK_NEAR(in.state.point.v[at(j - 1)], std::clamp(0.3 * j - 0.85, 0.0, 1.0), 1e-6);
    total += in.state.point.v[at(j - 1)];
  }
  CHECK_NEAR(total, 2, 1e-6);
}

// max x_1 + 2 x_2 with x_1 + 3 x_2 <= 6, x_1 <= 4: (4, 2/3).
TEST(predictorCorrectorSolvesALinearProgram) {
  Instance in({0, 0}, {{0, 0}, {4, none}, {-none}, {6}}, [](Variables x) {
    return Minimize{-1.0 * x(1) - 2.0 * x(2), {x(1) + 3 * x(2)}};
  });
  CHECK(in.iterations(15) > 0);
  CHECK_NEAR(in.state.point.v[0], 4, 1e-6);
  CHECK_NEAR(in.state.point.v[1], 2.0 / 3, 1e-6);
  CHECK_NEAR(in.state.point.at.lambda[0], 2.0 / 3, 1e-6);
}

// Concave along x_1 - x_2: a factorisation without a shift is not enough, and the filter has to take over.
TEST(predictorCorrectorGivesUpWhereAShiftIsNeeded) {
  Instance in({0.5, 0.5}, {{0, 0}, {1, 1}, {-none}, {1.5}}, [](Variables x) {
    return Minimize{-100 * square(x(1) - x(2)), {x(1) + x(2)}};
  });
  CHECK(in.method.on());
  CHECK_EQ(in.iterations(30), -1);
  CHECK(!in.method.on());
}
