// Gradients and Hessian matrices over boxes, against an interpreter of the same random models at points of the boxes.
#include "expressions/lifted/lifted_derivatives.hpp"

#include <cmath>
#include <random>
#include <string>
#include <vector>

#include "check.hpp"
#include "core/error.hpp"
#include "core/index.hpp"
#include "expressions/lifted/lifting.hpp"
#include "expressions/model_check.hpp"
#include "expressions/model_graphs.hpp"

using namespace nonconvex;

namespace {

struct Expansion {
  Interval value;
  std::vector<Interval> gradient, hessian;
};

/// The objective over a box; empty where it is not known.
Expansion expansionOf(const LiftedProgram& program, const std::vector<Interval>& box) {
  LiftedDerivatives derivatives(program);
  const int n = program.variables;
  Expansion made;
  if (!derivatives.evaluate(box)) return made;
  derivatives.differentiate();
  made.value = outward::add(derivatives.valueOf(program.objectiveRow), program.objective.constant);
  std::vector<Interval> weights(at(program.count()), {0, 0});
  for (int k = 0; k < program.objectiveRow.count; ++k) {
    weights[at(program.indexOf(program.objectiveRow)[at(k)])] = program.coefficient(program.objectiveRow, k);
  }
  derivatives.backward(weights);
  made.gradient.assign(weights.begin(), weights.begin() + n);
  made.hessian.assign(at(n * n), {0, 0});
  derivatives.addHessian(weights, made.hessian);
  return made;
}

/// Returns true if a number is in an interval, up to rounding of the number.
bool holds(Interval all, double value, double scale) {
  const double slack = 1e-10 * (1 + scale);
  return !(value < all.low - slack) && !(value > all.high + slack);
}

}  // namespace

TEST(derivativesOverBoxesContainThoseOfAllPoints) {
  std::mt19937_64 random(11);
  int compared = 0, tight = 0;
  for (int trial = 0; trial < check::repetitions(600); ++trial) {
    const check::RandomGraph drawn(random, {});
    const Graph& graph = drawn.graph;
    const auto n = at(graph.variableCount());
    const std::vector<double> middle = check::uniform(random, n), parameters = {0.7, 1.4, 0.9};
    const double width = trial % 3 == 0 ? 0 : trial % 3 == 1 ? 1e-3 : 0.1;
    LiftedBounds bounds;
    for (const double x : middle) bounds.variables.push_back({x - width, x + width});
    bounds.constraints.assign(at(graph.constraintCount()), {-infinity, infinity});
    LiftedProgram program;
    try {
      program = liftedProgram(graph, parameters, bounds);
    } catch (const Error&) {
      continue;  // an operation without a relaxation
    }
    const Expansion over = expansionOf(program, bounds.variables);
    if (over.hessian.empty()) continue;
    for (int sample = 0; sample < 4; ++sample) {
      std::vector<double> x = middle;
      const std::vector<double> away = check::uniform(random, n, -width, width);
      for (std::size_t j = 0; j < n; ++j) x[j] += away[j];
      const reference::Model truth = reference::evaluate(graph, x);
      if (!std::isfinite(truth.f.value) || !std::isfinite(check::largest(truth.f.h))) continue;
      const double size = std::abs(truth.f.value) + check::largest(truth.f.g) + check::largest(truth.f.h);
      bool good = holds(over.value, truth.f.value, size);
      for (std::size_t i = 0; i < n; ++i) {
        good = good && holds(over.gradient[i], truth.f.g[i], size);
        for (std::size_t j = i; j < n; ++j) good = good && holds(over.hessian[i * n + j], truth.f.h[i * n + j], size);
      }
      check::note(good, __FILE__, __LINE__, "trial " + std::to_string(trial) + " leaves the intervals");
      ++compared;
      tight += width == 0 && over.hessian[0].high - over.hessian[0].low <= 1e-8 * (1 + size) ? 1 : 0;
    }
  }
  CHECK(compared > check::repetitions(600));
  CHECK(tight > check::repetitions(150));
}
