// The rules by which functions are known to be convex, compared with values of the functions.
#include "expressions/convexity.hpp"

#include <cmath>

#include "check.hpp"
#include "core/random.hpp"
#include "expressions/formula.hpp"
#include "linalg/sparse/positive_definite.hpp"

using namespace nonconvex;

namespace {

constexpr double slack = 1e-9;

/// Checks what a shape says of f at two points of the interval and at the one between them.
template <class F>
void checkShape(const shapes::Shape& shape, double a, double b, F&& f) {
  const double low = f(a), middle = f((a + b) / 2), high = f(b);
  if (!std::isfinite(low) || !std::isfinite(middle) || !std::isfinite(high)) return;
  const double size = slack * (1 + std::abs(low) + std::abs(middle) + std::abs(high));
  if ((shape.bends & shapes::convex) != 0) CHECK(middle <= (low + high) / 2 + size);
  if ((shape.bends & shapes::concave) != 0) CHECK(middle >= (low + high) / 2 - size);
  if (shape.slope > 0) CHECK(low <= high + size);
  if (shape.slope < 0) CHECK(low >= high - size);
  if (shape.valley && a >= 0) CHECK(low <= high + size);
  if (shape.valley && b <= 0) CHECK(low >= high - size);
  CHECK(low >= shape.range.low - size && high <= shape.range.high + size);
}

/// Draws intervals and points in them: f(random interval, a, b) with a <= b.
template <class F>
void forIntervals(F&& f) {
  constexpr int intervals = 400, points = 10;
  const Random random(5);
  std::uint64_t draws = 0;
  for (int k = 0; k < intervals; ++k) {
    const double width = k % 3 == 0 ? 1 : 6;
    Interval of{width * (2 * random.uniform(draws++) - 1), 0};
    of.high = of.low + width * random.uniform(draws++);
    if (k % 5 == 0) of.low = 0, of.high = std::abs(of.high);
    if (k % 7 == 0) of.high = 0, of.low = -std::abs(of.low);
    for (int p = 0; p < points; ++p) {
      const double x = of.low + random.uniform(draws++) * (of.high - of.low);
      const double y = of.low + random.uniform(draws++) * (of.high - of.low);
      f(of, std::min(x, y), std::max(x, y));
    }
  }
}

/// c(x) of one node, with its objective.
Graph graphWith(int variables, int (*make)(Graph&)) {
  Graph graph(variables);
  graph.minimize(make(graph));
  return graph;
}
bool isConvex(const Graph& graph, Interval each) {
  const std::vector<Interval> bounds(static_cast<std::size_t>(graph.variableCount()), each);
  const auto rest = convexityOf(graph, bounds, {}, 1, {});
  return rest && rest->nodes.empty();
}

SparsePattern dense(int n) {
  SparsePattern lower{.lines = n, .width = n, .offsets = {0}, .indices = {}};
  for (int j = 0; j < n; ++j) {
    for (int i = j; i < n; ++i) lower.indices.push_back(i);
    lower.offsets.push_back(static_cast<int>(lower.indices.size()));
  }
  return lower;
}

}  // namespace

TEST(shapesOfAllOperationsAreThoseOfTheirValues) {
  int known = 0;
  for (const Operation& operation : operations()) {
    if (!isUnary(operation.op)) continue;
    forIntervals([&](Interval of, double a, double b) {
      const shapes::Shape shape = shapes::shapeOf(operation.op, of);
      if (shape.bends != 0) ++known;
      checkShape(shape, a, b, [&](double x) { return applyScalar(static_cast<std::int32_t>(operation.op), x, 0); });
    });
  }
  CHECK(known > 1000);
}

TEST(shapesOfPowersAreThoseOfTheirValues) {
  for (const double c : {-3.0, -2.0, -1.0, -0.5, 0.3, 0.5, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0}) {
    forIntervals([&](Interval of, double a, double b) {
      checkShape(shapes::shapeOfPower(c, of), a, b, [&](double x) { return std::pow(x, c); });
    });
  }
}

TEST(rangesContainAllValues) {
  for (const Operation& operation : operations()) {
    if (!isUnary(operation.op)) continue;
    forIntervals([&](Interval of, double a, double b) {
      const shapes::Known known = shapes::unaryOf(operation.op, shapes::variableEntry(of));
      for (const double x : {a, b}) {
        const double value = applyScalar(static_cast<std::int32_t>(operation.op), x, 0);
        if (!std::isfinite(value)) continue;
        const double size = 1e-14 * std::abs(value);
        CHECK(value >= known.range.low - size && value <= known.range.high + size);
      }
    });
  }
}

TEST(compositionsFollowTheRules) {
  const Interval line, positive{0, infinity};
  const auto square = [](Graph& g) { return g.sum(g.unary(Op::square, g.variables(0, 2))); };
  CHECK(isConvex(graphWith(2, square), line));
  const auto norm = [](Graph& g) { return g.unary(Op::sqrt, g.norm2Squared(g.variables(0, 2), 2)); };
  CHECK(isConvex(graphWith(2, norm), line));
  const auto concave = [](Graph& g) { return g.sum(g.unary(Op::sqrt, g.variables(0, 2))); };
  CHECK(!isConvex(graphWith(2, concave), positive));
  const auto sums = [](Graph& g) { return g.unary(Op::log, g.sum(g.unary(Op::exp, g.variables(0, 2)))); };
  CHECK(isConvex(graphWith(2, sums), line));
  const auto cube = [](Graph& g) { return g.binary(Op::pow, g.variables(0, 1), g.constant(3)); };
  CHECK(isConvex(graphWith(1, cube), positive) && !isConvex(graphWith(1, cube), line));
  const auto ratio = [](Graph& g) {
    return g.binary(Op::divide, g.unary(Op::square, g.variables(0, 1)), g.variables(1, 1));
  };
  CHECK(isConvex(graphWith(2, ratio), positive) && !isConvex(graphWith(2, ratio), line));
  // The domain of a power of a convex function is no convex set.
  const auto gap = [](Graph& g) {
    const int shifted = g.binary(Op::subtract, g.unary(Op::square, g.variables(0, 1)), g.constant(1));
    return g.binary(Op::pow, shifted, g.constant(1.5));
  };
  CHECK(!isConvex(graphWith(1, gap), line));
}

TEST(productsAreLeftToTheirHessian) {
  Graph graph(2);
  const int x = graph.variables(0, 1), y = graph.variables(1, 1);
  const int squares = graph.norm2Squared(graph.variables(0, 2), 2);
  const int sum = graph.binary(Op::add, squares, graph.binary(Op::multiply, x, y));
  graph.minimize(graph.binary(Op::add, sum, graph.unary(Op::exp, x)));
  const std::vector<Interval> bounds(2);
  const auto rest = convexityOf(graph, bounds, {}, 1, {});
  CHECK(rest && !rest->whole && rest->nodes.size() == 1 && rest->nodes[0] == sum);
  const Graph part = graphOf(*rest, graph);
  CHECK_EQ(part.constraintCount(), 0);
  CHECK(!isConvex(part, {}));  // its Hessian decides
}

TEST(definitenessHasAMargin) {
  const auto concavity = [](std::vector<double> values, int n) { return concavityOf(Cpu(), dense(n), values); };
  CHECK_EQ(concavity({2, 1, 2}, 2).value()[0], 0.0);
  const auto singular = concavity({1, 1, 1}, 2);
  CHECK(singular && singular->at(0) > 0 && singular->at(0) < 1e-11);
  CHECK(!concavity({1, 1, 1 - 1e-10}, 2));
  CHECK(!concavity({1, 2, 1}, 2) && !concavity({-1e-300}, 1) && !concavity({0, 1e-9, 1}, 2));
  CHECK_EQ(concavity({0}, 1).value()[0], 0.0);
  // A sparse one: the Laplacian of a path with its ends held.
  constexpr int n = 400;
  SparsePattern lower{.lines = n, .width = n, .offsets = {0}, .indices = {}};
  std::vector<double> values;
  for (int j = 0; j < n; ++j) {
    lower.indices.push_back(j);
    values.push_back(2);
    if (j + 1 < n) {
      lower.indices.push_back(j + 1);
      values.push_back(-1);
    }
    lower.offsets.push_back(static_cast<int>(lower.indices.size()));
  }
  CHECK_EQ(concavityOf(Cpu(), lower, values).value()[0], 0.0);
  values[0] = 0.9;
  CHECK(!concavityOf(Cpu(), lower, values));
}
