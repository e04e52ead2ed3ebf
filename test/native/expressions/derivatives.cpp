// Values and derivatives of compiled models, against hand-written derivatives, finite differences and an interpreter.
#include "check.hpp"
#include "expressions/model_check.hpp"
#include "expressions/model_graphs.hpp"

using check::againstDifferences;
using check::denseMatrix;
using check::sparseMatrix;
using check::uniform;
using nonconvex::ConstantMatrix;
using nonconvex::Graph;
using nonconvex::Op;
using nonconvex::Program;

namespace {

struct Domain {
  Op op;
  double low, high;
};
constexpr Domain unaries[] = {
    {Op::negate, -2, 2},     {Op::abs, -2, 2},       {Op::square, -2, 2},   {Op::abs2, -2, 2},
    {Op::sqrt, 0.1, 3},      {Op::exp, -2, 2},       {Op::log, 0.1, 3},     {Op::log1p, -0.8, 3},
    {Op::expm1, -2, 2},      {Op::log10, 0.1, 3},    {Op::sin, -4, 4},      {Op::cos, -4, 4},
    {Op::tan, -1.2, 1.2},    {Op::asin, -0.9, 0.9},  {Op::acos, -0.9, 0.9}, {Op::atan, -3, 3},
    {Op::sinh, -2, 2},       {Op::cosh, -2, 2},      {Op::tanh, -2, 2},     {Op::asinh, -3, 3},
    {Op::acosh, 1.2, 4},     {Op::atanh, -0.9, 0.9}, {Op::softplus, -5, 5}, {Op::sigmoid, -5, 5},
    {Op::reciprocal, 0.2, 3}};
constexpr Op binaries[] = {Op::add, Op::subtract, Op::multiply, Op::divide, Op::pow, Op::min, Op::max, Op::atan2};

/// Compares at a few random points; true when all agree.
bool agrees(const Graph& graph, std::mt19937_64& random, double low, double high, const std::string& name,
            bool exactPattern = true) {
  Program program(graph);
  const auto n = static_cast<std::size_t>(graph.variableCount());
  const auto m = static_cast<std::size_t>(graph.constraintCount());
  check::Seen seen;
  bool good = true;
  for (int trial = 0; trial < 3; ++trial) {
    std::string what;
    const auto x = uniform(random, n, low, high);
    const int wrong = check::compare(program, graph, x, 0.7, uniform(random, m), uniform(random, n), seen, what);
    check::note(wrong == 0, name.c_str(), trial, std::to_string(wrong) + " wrong, " + what);
    good = good && wrong == 0;
  }
  const int superfluous = check::superfluous(program, seen);
  if (exactPattern)
    check::note(superfluous == 0, name.c_str(), 0, std::to_string(superfluous) + " superfluous entries");
  return good;
}

}  // namespace

TEST(unaryOperators) {
  std::mt19937_64 random(1);
  for (const Domain& domain : unaries) {
    Graph graph(5);
    const int y = graph.unary(domain.op, graph.variables(0, 5));
    graph.minimize(graph.sum(graph.binary(Op::multiply, y, graph.constant(uniform(random, 5)))));
    graph.equalZero(y);
    agrees(graph, random, domain.low, domain.high, nonconvex::nameOf(domain.op));
    againstDifferences(graph, uniform(random, 5, domain.low, domain.high), nonconvex::nameOf(domain.op));
  }
}

TEST(binaryOperators) {
  std::mt19937_64 random(2);
  for (const Op op : binaries) {
    Graph graph(7);
    const int x = graph.variables(0, 3);
    const int y = graph.variables(3, 3);
    const int s = graph.variables(6, 1);
    for (const int node : {graph.binary(op, x, y), graph.binary(op, x, s), graph.binary(op, s, y),
                           graph.binary(op, x, graph.constant(1.7)), graph.binary(op, graph.constant(0.6), y),
                           graph.binary(op, graph.constant(uniform(random, 3, 0.5, 2)), s)}) {
      graph.equalZero(node);
    }
    graph.minimize(graph.sum(graph.binary(op, y, x)));
    // min and max are linear on either side: which entries of a pattern are 0 depends on the point.
    agrees(graph, random, 0.3, 2, nonconvex::nameOf(op), op != Op::min && op != Op::max);
    againstDifferences(graph, uniform(random, 7, 0.3, 2), nonconvex::nameOf(op));
  }
}

TEST(powersWithConstantExponents) {
  std::mt19937_64 random(3);
  for (const double exponent :
       {-3.0, -2.5, -2.0, -1.0, -0.5, 0.0, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 7.0, 8.0, 9.0, 12.0}) {
    Graph graph(2);
    const int y = graph.binary(Op::pow, graph.variables(0, 2), graph.constant(exponent));
    graph.minimize(graph.sum(y));
    graph.equalZero(y);
    agrees(graph, random, 0.5, 2, "pow " + check::text(exponent));
  }
  // Integer powers have derivatives at 0 and below.
  Graph graph(3);
  graph.equalZero(graph.binary(Op::pow, graph.variables(0, 3), graph.constant(3.0)));
  Program program(graph);
  std::vector<double> J(3), H(3);
  program.moveTo(std::vector<double>{0, -2, 1});
  program.jacobian(J);
  program.hessian(0, std::vector<double>{1, 1, 1}, H);
  CHECK_EQ(J[0], 0.0);
  CHECK_EQ(J[1], 12.0);
  CHECK_EQ(H[1], -12.0);
}

TEST(stableAtExtremes) {
  Graph graph(1);
  const int x = graph.variables(0, 1);
  const std::vector<int> parts = {graph.unary(Op::softplus, x), graph.unary(Op::sigmoid, x), graph.unary(Op::expm1, x),
                                  graph.logsumexp(graph.concatenate(std::vector<int>{x, graph.constant(1.0)}), 2)};
  graph.equalZero(graph.concatenate(parts));
  Program program(graph);
  std::vector<double> c(4), J(4);
  program.moveTo(std::vector<double>{-1000});
  program.constraintValues(c);
  program.jacobian(J);
  CHECK_EQ(c[0], 0.0);
  CHECK_EQ(c[1], 0.0);
  CHECK_EQ(c[2], -1.0);
  CHECK_EQ(c[3], 1.0);
  for (const double entry : J) CHECK_EQ(entry, 0.0);
  program.moveTo(std::vector<double>{1000});
  program.constraintValues(c);
  program.jacobian(J);
  CHECK_EQ(c[0], 1000.0);
  CHECK_EQ(c[1], 1.0);
  CHECK_EQ(c[3], 1000.0);
  CHECK_EQ(J[0], 1.0);
  CHECK_EQ(J[1], 0.0);
  CHECK_EQ(J[3], 1.0);
}

TEST(reductionsAndIndexMaps) {
  std::mt19937_64 random(4);
  Graph graph(12);
  const int x = graph.variables(0, 12);
  const int wave = graph.unary(Op::sin, x);
  graph.equalZero(graph.sum(wave, 3));
  graph.equalZero(graph.dot(wave, x, 4));
  graph.equalZero(graph.dot(graph.slice(x, 3, 0, 1), wave, 12));
  graph.equalZero(graph.norm2Squared(graph.unary(Op::exp, x), 6));
  graph.equalZero(graph.logsumexp(x, 3));
  graph.equalZero(graph.logsumexp(wave, 12));
  graph.equalZero(graph.unary(Op::square, graph.slice(x, 11, -2, 6)));
  graph.equalZero(graph.slice(wave, 1, 3, 3));
  const std::vector<int> map = {5, 5, 0, 11, 2};
  graph.equalZero(graph.gather(wave, map));
  graph.equalZero(graph.unary(Op::exp, graph.gather(wave, map)));
  const std::vector<int> pieces = {graph.slice(x, 0, 1, 2), graph.constant(2.0), wave, graph.gather(x, map)};
  const int joined = graph.concatenate(pieces);
  graph.equalZero(graph.unary(Op::atan, joined));
  graph.equalZero(graph.slice(joined, 19, -1, 20));
  graph.minimize(graph.logsumexp(joined, 20));
  agrees(graph, random, -1, 1, "reductions");
}

TEST(matrices) {
  std::mt19937_64 random(5);
  for (const int rows : {3, 11}) {  // small dense matrices are spelled out, large ones are not
    const int columns = 10;
    Graph graph(2 * columns + 2 * rows);
    const int x = graph.variables(0, columns);
    const int y = graph.variables(columns, rows);
    const int wide = graph.variables(0, 2 * columns);
    const int tall = graph.variables(2 * columns, 2 * rows);
    const int dense = graph.matrix(denseMatrix(random, rows, columns));
    const int sparse = graph.matrix(sparseMatrix(random, rows, columns, 0.3));
    for (const int matrix : {dense, sparse}) {
      graph.equalZero(graph.matvec(x, matrix));
      graph.equalZero(graph.matvec(y, matrix, true));
      graph.equalZero(graph.matvec(wide, matrix, false, 2));
      graph.equalZero(graph.matvec(tall, matrix, true, 2));
      graph.equalZero(graph.matvec(graph.unary(Op::sin, x), matrix));
      graph.equalZero(graph.unary(Op::exp, graph.matvec(wide, matrix, false, 2)));
      graph.equalZero(graph.matvec(graph.unary(Op::exp, graph.matvec(x, matrix)), matrix, true));
      graph.equalZero(graph.unary(Op::sin, graph.matvec(graph.slice(x, columns - 1, -1, columns), matrix)));
    }
    graph.minimize(graph.sum(graph.unary(Op::softplus, graph.matvec(x, dense))));
    agrees(graph, random, -1, 1, "matrices", false);
  }
}

// A sum of a function of every row of a dense matrix: the Hessian is a product of matrices, with a border if there is
// an intercept, which may be one of the variables that are multiplied.
TEST(generalisedLinearModel) {
  std::mt19937_64 random(6);
  for (const int rows : {9, 300}) {
    for (const int intercept : {-1, 0, 4, 11}) {
      Graph graph(12);
      const int x = graph.variables(1, 10);
      int z = graph.matvec(x, graph.matrix(denseMatrix(random, rows, 10)));
      if (intercept >= 0) z = graph.binary(Op::add, z, graph.variables(intercept, 1));
      const int y = graph.constant(uniform(random, static_cast<std::size_t>(rows)));
      // sin: second derivatives of both signs.
      const int f = graph.binary(Op::add, graph.sum(graph.unary(Op::sin, graph.binary(Op::multiply, y, z))),
                                 graph.norm2Squared(graph.variables(0, 12), 12));
      graph.minimize(f);
      graph.equalZero(graph.binary(Op::subtract, graph.norm2Squared(x, 10), graph.constant(1.0)));
      agrees(graph, random, -1, 1,
             "model of " + std::to_string(rows) + " rows, intercept " + std::to_string(intercept));
    }
  }
}

// Long rows: f = g(sums of many variables), whose Hessian is dense.
TEST(composedSums) {
  std::mt19937_64 random(7);
  Graph graph(20);
  const int x = graph.variables(0, 20);
  const int s = graph.sum(graph.unary(Op::exp, graph.slice(x, 0, 1, 15)));
  const int t = graph.dot(x, graph.slice(x, 19, -1, 20), 20);
  graph.minimize(graph.binary(Op::multiply, graph.unary(Op::sqrt, s), t));
  graph.equalZero(graph.binary(Op::divide, graph.slice(x, 3, 1, 1), s));
  graph.equalZero(graph.unary(Op::square, graph.sum(x)));
  graph.equalZero(graph.binary(Op::multiply, graph.slice(x, 2, 1, 1), graph.sum(graph.slice(x, 0, 1, 18))));
  agrees(graph, random, -1, 1, "composed sums");
}

TEST(parametersChangeWithoutCompilation) {
  std::mt19937_64 random(8);
  const auto build = [](std::vector<double> p) {
    Graph graph(3, std::move(p));
    const int x = graph.variables(0, 3);
    const int a = graph.parameters(0, 3);
    const int b = graph.parameters(3, 1);
    graph.minimize(graph.dot(graph.unary(Op::exp, a), graph.unary(Op::sin, graph.binary(Op::multiply, b, x)), 3));
    graph.equalZero(graph.binary(Op::subtract, graph.binary(Op::multiply, a, x), b));
    return graph;
  };
  Program program(build({1, 1, 1, 1}));
  for (int trial = 0; trial < 3; ++trial) {
    const auto p = uniform(random, 4, 0.5, 2);
    const Graph graph = build(p);
    program.setParameters(p);
    check::Seen seen;
    std::string what;
    const auto x = uniform(random, 3);
    CHECK_EQ(check::compare(program, graph, x, 1.0, uniform(random, 3), uniform(random, 3), seen, what), 0);
    if (!what.empty()) std::fprintf(stderr, "%s\n", what.c_str());
  }
}

// Terms spelled out one by one become rows of one kernel; constants that differ among them do not matter.
TEST(scalarTerms) {
  std::mt19937_64 random(9);
  constexpr int n = 9;
  Graph graph(n);
  std::vector<int> x;
  for (int k = 0; k < n; ++k) x.push_back(graph.variables(k, 1));
  int f = graph.constant(0.0);
  for (int k = 0; k + 1 < n; ++k) {
    const auto i = static_cast<std::size_t>(k);
    const int a = graph.unary(Op::square, graph.binary(Op::subtract, graph.unary(Op::square, x[i]), x[i + 1]));
    const int b = graph.unary(Op::square, graph.binary(Op::subtract, x[i], graph.constant(k * 0.5)));
    f = graph.binary(Op::add, f, graph.binary(Op::add, graph.binary(Op::multiply, graph.constant(100.0), a), b));
  }
  graph.minimize(f);
  for (int k = 0; k + 2 < n; ++k) {
    const auto i = static_cast<std::size_t>(k);
    graph.equalZero(
        graph.binary(Op::multiply, graph.unary(Op::sin, x[i]), graph.binary(Op::multiply, x[i + 1], x[i + 2])));
  }
  agrees(graph, random, -1, 1, "scalar terms");
}

// Sums that grow by one term, each used in a nonlinear function; parts shared again and again.
TEST(chainsAndSharedParts) {
  std::mt19937_64 random(10);
  Graph graph(14);
  int sum = graph.variables(0, 1);
  int nested = graph.variables(0, 1);
  int doubled = graph.binary(Op::multiply, graph.variables(0, 1), graph.variables(1, 1));
  for (int k = 1; k < 14; ++k) {
    const int x = graph.variables(k, 1);
    sum = graph.binary(Op::add, sum, graph.binary(Op::multiply, x, graph.unary(Op::cos, x)));
    graph.equalZero(graph.unary(Op::sin, sum));
    nested = graph.unary(Op::sin, graph.binary(Op::add, nested, graph.binary(Op::multiply, nested, x)));
    graph.equalZero(nested);
  }
  // 2^60 terms, when written out.
  for (int k = 0; k < 60; ++k) {
    doubled = graph.binary(Op::multiply, graph.constant(0.5), graph.binary(Op::add, doubled, doubled));
  }
  int tower = graph.variables(2, 1);
  for (int k = 0; k < 40; ++k) tower = graph.unary(Op::sin, graph.binary(Op::multiply, tower, tower));
  graph.minimize(graph.binary(Op::add, doubled, tower));
  agrees(graph, random, 0.2, 1, "chains", false);
}

TEST(patternIsTheTrueOne) {
  // x0 - x0 and 0 x1 are not there, nor is the second derivative of what is linear.
  Graph graph(4);
  const auto x = [&](int k) { return graph.variables(k, 1); };
  const int product = graph.binary(Op::multiply, x(2), x(3));
  graph.equalZero(graph.binary(Op::subtract, graph.binary(Op::add, x(0), x(2)), x(0)));
  graph.equalZero(graph.binary(Op::add, graph.binary(Op::multiply, graph.constant(0.0), x(1)), product));
  graph.minimize(
      graph.binary(Op::add, graph.unary(Op::exp, x(1)), graph.binary(Op::divide, x(0), graph.constant(3.0))));
  Program program(graph);
  CHECK_EQ(program.jacobianPattern().nonzeros(), 3u);
  CHECK_EQ(program.jacobianPattern().line(0)[0], 2);
  CHECK_EQ(program.jacobianPattern().line(1)[0], 2);
  CHECK_EQ(program.jacobianPattern().line(1)[1], 3);
  CHECK_EQ(program.hessianPattern().nonzeros(), 2u);
  CHECK_EQ(program.hessianPattern().line(1)[0], 1);
  CHECK_EQ(program.hessianPattern().line(2)[0], 3);
}

// Entries of a vector that nothing uses are not computed, so that they may be undefined.
TEST(linearConstraintsAreKnown) {
  std::mt19937_64 random(6);
  for (const bool sparse : {false, true}) {
    const auto linear = [&](auto&& constraint) {
      Graph graph(12);
      const int matrix = graph.matrix(sparse ? sparseMatrix(random, 11, 12, 0.5) : denseMatrix(random, 11, 12));
      const int x = graph.variables(0, 12);
      graph.minimize(graph.sum(graph.unary(Op::exp, x)));
      graph.equalZero(constraint(graph, x, matrix));
      return Program(graph).facts().linearConstraints;
    };
    CHECK(linear([](Graph& graph, int x, int) { return graph.sum(x); }));
    CHECK(linear([](Graph& graph, int x, int matrix) { return graph.matvec(x, matrix); }));
    CHECK(linear([](Graph& graph, int x, int matrix) {
      return graph.binary(Op::multiply, graph.sum(graph.matvec(x, matrix)), graph.unary(Op::exp, graph.constant(2.0)));
    }));
    CHECK(!linear([](Graph& graph, int x, int) { return graph.unary(Op::sin, x); }));
    CHECK(!linear([](Graph& graph, int x, int matrix) { return graph.unary(Op::sin, graph.matvec(x, matrix)); }));
    CHECK(!linear([](Graph& graph, int x, int matrix) { return graph.matvec(graph.unary(Op::sin, x), matrix); }));
  }
}

TEST(unusedEntries) {
  Graph graph(3);
  const int logs = graph.unary(Op::log, graph.variables(0, 3));
  graph.minimize(graph.binary(Op::multiply, graph.slice(logs, 1, 1, 1), graph.variables(0, 1)));
  graph.equalZero(graph.unary(Op::square, graph.gather(logs, std::vector<int>{2, 1, 2})));
  Program program(graph);
  program.moveTo(std::vector<double>{-1, 1, 2});
  std::vector<double> v = {1, 1, 1}, g(3), Hv(3), H(program.hessianPattern().nonzeros());
  program.gradient(g);
  CHECK_EQ(g[0], 0.0);
  CHECK_EQ(g[1], -1.0);
  program.hessian(1, std::vector<double>{0, 0, 0}, H);
  CHECK_EQ(H.size(), 3u);
  CHECK_EQ(H[0], 1.0);  // second derivative by x0 and x1
  CHECK_EQ(H[1], 1.0);
  program.hessianProduct(1, std::vector<double>{0, 0, 0}, v, Hv);
  CHECK_EQ(Hv[0], 1.0);
  CHECK_EQ(Hv[2], 0.0);
}

TEST(matricesThatAreWrongAreRefused) {
  const auto message = [](ConstantMatrix matrix) {
    return check::messageOf([&] { Graph(2).matrix(std::move(matrix)); });
  };
  nonconvex::SparseMatrix good{.rows = 1, .columns = 2, .values = {1, 2}, .offsets = {0, 2}, .indices = {0, 1}};
  CHECK_EQ(message(good), "");
  CHECK_EQ(message({1, 2, {1, 2}}), "");
  CHECK_EQ(message({1, 2, {1}}), "matrix of 1 x 2: values.length = 1: expected 2");
  CHECK_EQ(message({0, 2, {}}), "matrix of 0 x 2: expected at least one row and one column");
  good.indices = {1, 0};
  CHECK_EQ(message(good), "matrix of 1 x 2: expected rows, with increasing indices");
  good.indices = {0, 2};
  CHECK_EQ(message(good), "matrix of 1 x 2.indices[1] = 2: expected an integer in [0, 1]");
}

TEST(serialisedForm) {
  const std::vector<double> numbers = {3, 1, 2};
  ConstantMatrix m;
  m.rows = 1;
  m.columns = 2;
  m.values = {5, 7};
  const std::vector<std::int32_t> code = {1,  2, 0,         // 0: x
                                          0,  1, 0,         // 1: 3
                                          62, 0, 1,         // 2: 3 x
                                          20, 2,            // 3: sin(3 x)
                                          84, 3, 0, 0,  1,  // 4: M sin(3 x)
                                          0,  2, 1,         // 5: (1, 2)
                                          81, 0, 5, 2,      // 6: x0 + 2 x1
                                          86, 3, 2, 1,  0,  // 7
                                          85, 7, 1, -1, 2,  // 8
                                          87, 2, 8, 6,      // 9
                                          80, 9, 3, 2,  1, 0, 83, 11, 1, 82, 0, 1};
  Graph graph = Graph::parse(2, {4.0}, std::span(code).first(code.size() - 9), numbers, {m});
  graph.minimize(6);
  graph.equalZero(9);
  graph.equalZero(4);
  std::mt19937_64 random(11);
  agrees(graph, random, -1, 1, "serialised");
  const Graph all = Graph::parse(2, {4.0}, code, numbers, {m});
  CHECK_EQ(all.nodes().size(), 14u);
  const auto message = [&](std::vector<std::int32_t> bad) {
    return check::messageOf([&] { Graph::parse(2, {}, bad, numbers, {m}); });
  };
  CHECK(check::contains(message({1, 3, 0}), "node 0: variables"));
  CHECK(check::contains(message({0, 4, 0}), "node 0: constant"));
  CHECK(check::contains(message({1, 2, 0, 20, 1}), "node 1: sin: input 1"));
  CHECK(check::contains(message({1, 2, 0, 0, 3, 0, 60, 0, 1}), "node 2: add: sizes 2 and 3"));
  CHECK(check::contains(message({1, 2, 0, 99, 0}), "unknown operation 99"));
  CHECK(check::contains(message({1, 2, 0, 86, 0, 1000000000}), "code: record 1"));
  CHECK(check::contains(message({1, 2}), "ends within record 0"));
  CHECK(check::contains(message({1, 2, 0, 84, 0, 0, 0, 2147483647}), "matvec"));
  CHECK(check::contains(message({1, 2, 0, 85, 0, 1, 2147483647, 2}), "slice"));
  // Any prefix and any changed integer: an error or a graph.
  for (std::size_t k = 0; k < code.size(); ++k) {
    check::messageOf([&] { Graph::parse(2, {4.0}, std::span(code).first(k), numbers, {m}); });
    for (const std::int32_t to : {-1, 0, 1, 2, 2147483647, -2147483647 - 1}) {
      std::vector<std::int32_t> changed = code;
      changed[k] = to;
      check::messageOf([&] { Graph::parse(2, {4.0}, changed, numbers, {m}); });
    }
  }
}
