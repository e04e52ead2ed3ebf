// Objectives that are sums of squares by their formulas.
#include "expressions/squares.hpp"

#include "check.hpp"
#include "core/numbers.hpp"
#include "core/random.hpp"
#include "expressions/program.hpp"

using namespace nonconvex;

namespace {

constexpr int n = 3;

/// f(x) minus the weighted sum of squares that it is said to be, at a drawn point.
double rest(const Graph& graph, std::uint64_t draw, std::span<const double> parameters) {
  const auto shared = std::make_shared<Graph>(graph);
  Program program(std::make_shared<const CompiledModel>(graph), shared.get());
  if (!parameters.empty()) program.setParameters(parameters);
  const auto sum = program.squares(Cpu());
  CHECK(sum.has_value());
  if (!sum) return 0;
  const Random random(draw);
  std::vector<double> x(n), c(static_cast<std::size_t>(sum->residuals->constraints()));
  for (std::size_t j = 0; j < x.size(); ++j) x[j] = 2 * random.uniform(j) - 1;
  program.moveTo(x);
  sum->residuals->moveTo(x);
  sum->residuals->constraintValues(c);
  CHECK_EQ(c.size(), sum->weights.size());
  double f = program.objective();
  for (std::size_t i = 0; i < c.size(); ++i) f -= sum->weights[i] * square(c[i]);
  return f;
}

/// Checks that f is a sum of squares up to a constant.
void checkSum(const Graph& graph, double constant, std::span<const double> parameters = {}) {
  for (const std::uint64_t draw : {1, 2, 3}) CHECK_NEAR(rest(graph, draw, parameters), constant, 1e-13);
}

bool isSum(int (*make)(Graph&)) {
  Graph graph(n);
  graph.minimize(make(graph));
  return sumOfSquares(graph, graph.parameterValues()).has_value();
}

}  // namespace

TEST(sumsOfSquaresAreFoundThroughLinearOperations) {
  Graph graph(n);
  const int x = graph.variables(0, n);
  const int e = graph.binary(Op::subtract, graph.unary(Op::exp, x), graph.constant(std::vector{1.0, 2.0, 3.0}));
  const int weighed = graph.dot(graph.constant(std::vector{1.0, 0.5, 2.0}), graph.unary(Op::square, e), n);
  const int twice = graph.binary(Op::divide, graph.norm2Squared(x, n), graph.constant(4.0));
  const int first = graph.slice(x, 0, 1, 1);
  const int product = graph.binary(Op::multiply, first, first);
  const int power = graph.binary(Op::pow, graph.slice(e, 2, 1, 1), graph.constant(2.0));
  const int pieces = graph.sum(graph.concatenate(std::vector<std::int32_t>{product, power}));
  const int all = graph.binary(Op::add, graph.binary(Op::add, weighed, twice), pieces);
  graph.minimize(graph.binary(Op::subtract, all, graph.constant(7.0)));
  checkSum(graph, -7);
}

TEST(sumsOfSquaresMayHaveParametersAsWeights) {
  Graph graph(n, {0.25});
  const int x = graph.variables(0, n);
  const int ridge = graph.binary(Op::multiply, graph.parameters(0, 1), graph.norm2Squared(x, n));
  graph.minimize(graph.binary(Op::add, graph.norm2Squared(graph.unary(Op::sin, x), n), ridge));
  checkSum(graph, 0);
  checkSum(graph, 0, std::vector{3.0});
  CHECK(!sumOfSquares(graph, std::vector{-1.0}).has_value());
}

TEST(whatHasTermsThatAreNoSquaresIsNoSumOfThem) {
  CHECK(isSum([](Graph& graph) { return graph.norm2Squared(graph.variables(0, n), n); }));
  CHECK(!isSum([](Graph& graph) { return graph.sum(graph.variables(0, n)); }));
  CHECK(!isSum([](Graph& graph) { return graph.constant(1.0); }));
  CHECK(!isSum([](Graph& graph) { return graph.unary(Op::negate, graph.norm2Squared(graph.variables(0, n), n)); }));
  CHECK(!isSum([](Graph& graph) { return graph.unary(Op::sqrt, graph.norm2Squared(graph.variables(0, n), n)); }));
  CHECK(!isSum([](Graph& graph) {
    const int x = graph.variables(0, 1);
    return graph.binary(Op::add, graph.unary(Op::square, x), graph.unary(Op::exp, x));
  }));
  CHECK(!isSum([](Graph& graph) { return graph.binary(Op::pow, graph.variables(0, 1), graph.constant(3.0)); }));
}
