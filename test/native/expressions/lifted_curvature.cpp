// Columns that the rules call convex, against an interpreter of the same random models at points of their boxes.
#include "expressions/lifted/lifted_curvature.hpp"

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

/// Returns true if the objective, times a sign, is proved to be convex over the bounds.
bool isConvex(const Graph& graph, std::span<const double> parameters, const LiftedBounds& bounds, double sign) {
  const LiftedProgram program = liftedProgram(graph, parameters, bounds);
  LiftedDerivatives derivatives(program);
  if (!derivatives.evaluate(bounds.variables)) return false;
  std::vector<Interval> weights(at(program.count()), {0, 0});
  const LiftedRow& row = program.objectiveRow;
  for (int k = 0; k < row.count; ++k) {
    weights[at(program.indexOf(row)[at(k)])] = outward::multiply(sign, program.coefficient(row, k));
  }
  return LiftedCurvature(program, derivatives).isConvex(weights);
}

}  // namespace

TEST(whatTheRulesCallConvexIsBelowItsChords) {
  std::mt19937_64 random(12);
  int convex = 0, compared = 0;
  for (int trial = 0; trial < check::repetitions(2000); ++trial) {
    const check::RandomGraph drawn(random, {});
    const Graph& graph = drawn.graph;
    const auto n = at(graph.variableCount());
    const std::vector<double> middle = check::uniform(random, n), parameters = {0.7, 1.4, 0.9};
    const double width = trial % 2 == 0 ? 0.5 : 0.05, sign = trial % 4 < 2 ? 1 : -1;
    LiftedBounds bounds;
    for (const double x : middle) bounds.variables.push_back({x - width, x + width});
    bounds.constraints.assign(at(graph.constraintCount()), {-infinity, infinity});
    try {
      if (!isConvex(graph, parameters, bounds, sign)) continue;
    } catch (const Error&) {
      continue;  // an operation without a relaxation
    }
    ++convex;
    for (int sample = 0; sample < 10; ++sample) {
      const std::vector<double> p = check::uniform(random, n, -width, width),
                                q = check::uniform(random, n, -width, width);
      std::vector<double> a = middle, b = middle, half = middle;
      for (std::size_t j = 0; j < n; ++j) {
        a[j] += p[j];
        b[j] += q[j];
        half[j] = (a[j] + b[j]) / 2;
      }
      const auto value = [&](const std::vector<double>& x) { return sign * reference::evaluate(graph, x).f.value; };
      const double ends = (value(a) + value(b)) / 2, between = value(half);
      if (!std::isfinite(ends) || !std::isfinite(between)) continue;
      check::note(between <= ends + 1e-9 * (1 + std::abs(value(a)) + std::abs(value(b))), __FILE__, __LINE__,
                  "trial " + std::to_string(trial) + " is above a chord");
      ++compared;
    }
  }
  CHECK(convex > check::repetitions(40));
  CHECK(compared > check::repetitions(300));
}

TEST(sumsOfExponentialsHaveConvexLogarithms) {
  Graph graph(2);
  const int x = graph.variables(0, 2);
  graph.minimize(graph.logsumexp(x, 2));
  const LiftedBounds box = {.variables = {{-3, 3}, {-2, 5}}, .constraints = {}};
  CHECK(isConvex(graph, {}, box, 1));
  CHECK(!isConvex(graph, {}, box, -1));
  Graph other(1);  // log(exp(x) - 1 / 2), which is concave
  const int y = other.variables(0, 1);
  other.minimize(other.unary(Op::log, other.binary(Op::subtract, other.unary(Op::exp, y), other.constant(0.5))));
  CHECK(!isConvex(other, {}, {.variables = {{0, 3}}, .constraints = {}}, 1));
}
