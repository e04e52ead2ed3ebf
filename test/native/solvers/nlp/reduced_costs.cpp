// Bounds by reduced costs, against points of a grid, after linear programs of several costs.
#include <cmath>
#include <random>
#include <vector>

#include "check.hpp"
#include "core/index.hpp"
#include "expressions/lifted/lifting.hpp"
#include "methods/propagation/propagation.hpp"
#include "solvers/nlp/minimizeGlobally/linear_relaxation.hpp"

using namespace nonconvex;

namespace {

double objective(double x, double y) { return std::exp(x) * y + x * x * x - y * y; }

/// minimise exp(x) y + x^3 - y^2 over a box.
LiftedProgram lifted(const std::vector<Interval>& box) {
  Graph graph(2);
  const int x = graph.variables(0, 1), y = graph.variables(1, 1);
  const int product = graph.binary(Op::multiply, graph.unary(Op::exp, x), y);
  const int cube = graph.binary(Op::multiply, graph.unary(Op::square, x), x);
  const int sum = graph.binary(Op::add, product, cube);
  graph.minimize(graph.binary(Op::subtract, sum, graph.unary(Op::square, y)));
  return liftedProgram(graph, {}, {.variables = box, .constraints = {}});
}

/// Points of a grid in the box with an objective below the cutoff that the columns leave out.
int lost(const std::vector<Interval>& box, std::span<const Interval> columns, double cutoff) {
  constexpr int count = 50;
  int outside = 0;
  const auto place = [](const Interval& each, int i) {
    return std::min(each.high, each.low + (each.high - each.low) * i / count);
  };
  for (int i = 0; i <= count; ++i) {
    for (int j = 0; j <= count; ++j) {
      const double x = place(box[0], i), y = place(box[1], j);
      if (objective(x, y) < cutoff) outside += !(columns[0].contains(x) && columns[1].contains(y));
    }
  }
  return outside;
}

double width(std::span<const Interval> columns) {
  double sum = 0;
  for (const Interval& each : columns) sum += each.high - each.low;
  return sum;
}

}  // namespace

TEST(reducedCostsLoseNoPointBelowTheCutoff) {
  std::mt19937 random(5);
  std::uniform_real_distribution<double> uniform(-2, 2);
  int narrower = 0;
  for (int trial = 0; trial < check::repetitions(200); ++trial) {
    std::vector<Interval> box(2);
    for (Interval& each : box) each = {uniform(random), 0};
    for (Interval& each : box) each.high = each.low + 0.2 + std::abs(uniform(random));
    const LiftedProgram program = lifted(box);
    std::vector<Interval> columns = program.columns;
    CHECK(Propagation(program).run(columns, infinity, 20));
    LinearRelaxation relaxation(program, columns);
    std::vector<double> middle;
    for (const Interval& each : columns) middle.push_back((each.low + each.high) / 2);
    const double cutoff = objective(middle[0], middle[1]);
    relaxation.setBox(columns, middle, infinity);
    const auto never = [] { return false; };
    for (int round = 0; round < 3; ++round) {
      if (relaxation.minimise(never, infinity) >= cutoff) break;
      std::vector<Interval> tight = columns;
      relaxation.tightenByReducedCosts(tight, cutoff);
      CHECK(lost(box, tight, cutoff) == 0);
      narrower += width(tight) < width(columns);
      relaxation.addTouching(columns);
    }
    // Multipliers of another cost say nothing of the objective.
    relaxation.minimiseColumn(trial % 2, trial % 4 < 2 ? 1 : -1, never);
    std::vector<Interval> same = columns;
    relaxation.tightenByReducedCosts(same, cutoff);
    CHECK(width(same) == width(columns));
  }
  CHECK(narrower > check::repetitions(50));
}
