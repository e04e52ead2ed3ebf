// The best point of steps between two buffers, one of which it may lie in.
#include "methods/globalization/best_point.hpp"

#include <utility>

#include "check.hpp"
#include "function_nlp.hpp"

using namespace nonconvex;

namespace {

NlpFormulas halfSquare() {
  return {.f = [](const Values& x) { return 0.5 * x[0] * x[0]; },
          .gradient = [](const Values& x) { return x; },
          .H = [](const Values&, double sigma, std::span<const double>) { return Values{sigma}; }};
}

}  // namespace

TEST(theBestPointOutlivesTheBuffersOfSteps) {
  Instance in(halfSquare(), {4});
  BestPoint best(in.model, 1e-8);
  best.record(in.point);
  const auto stepTo = [&](double x) {
    in.trial.x[0] = x;
    CHECK(in.model.evaluateValues(in.trial) && in.model.evaluateDerivatives(in.trial));
    std::swap(in.point, in.trial);
    best.recordStep(in.point, in.trial);
  };
  const auto isAt = [&](double x) {
    const NlpPoint& p = best.point();
    CHECK(p.x[0] == x && p.g[0] == x && p.f == 0.5 * x * x && p.largestG() == x && best.residual() == x);
  };
  stepTo(3);
  isAt(3);
  stepTo(2);
  isAt(2);
  stepTo(5);  // worse: what was best leaves the buffer
  isAt(2);
  stepTo(6);
  isAt(2);
  stepTo(1);
  best.settle();
  in.point.x[0] = in.trial.x[0] = 7;
  isAt(1);
  stepTo(8);
  isAt(1);
}
