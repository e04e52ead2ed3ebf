// After the first evaluation of each kind, evaluations of a compiled model allocate nothing; and programs that share a
// compiled model do not disturb each other.
#include "allocations.hpp"

#include <thread>

#include "check.hpp"
#include "expressions/model_graphs.hpp"

using check::uniform;
using nonconvex::Graph;
using nonconvex::Op;
using nonconvex::Program;

namespace {

/// Every kind of stage: kernels with rows in stretches and in lists, linear maps, dense matrices, maxima.
Graph everything(std::mt19937_64& random) {
  constexpr int n = 200;
  Graph graph(n, {1.5, 0.5});
  const int x = graph.variables(0, n);
  std::vector<std::int32_t> map(n);
  for (std::int32_t& index : map) index = static_cast<std::int32_t>(random() % n);
  const int wave = graph.binary(Op::multiply, graph.unary(Op::sin, x), graph.gather(x, map));
  const int z = graph.matvec(x, graph.matrix(check::denseMatrix(random, 300, n)));
  const int sparse = graph.matrix(check::sparseMatrix(random, n, n, 0.05));
  const int y = graph.unary(Op::exp, graph.matvec(wave, sparse, true));
  const int losses = graph.sum(graph.unary(Op::softplus, graph.binary(Op::multiply, graph.parameters(0, 1), z)));
  graph.minimize(graph.binary(Op::add, losses, graph.logsumexp(y, n)));
  graph.equalZero(graph.slice(y, n - 1, -3, 60));
  graph.equalZero(graph.binary(Op::multiply, graph.sum(wave), graph.slice(x, 0, 7, 20)));
  return graph;
}

struct Results {
  double f;
  std::vector<double> g, c, J, H, Jv, Jtv, Hv;
};

void evaluate(Program& program, const std::vector<double>& x, Results& out) {
  program.moveTo(x);
  out.f = program.objective();
  program.constraintValues(out.c);
  program.gradient(out.g);
  program.hessianProduct(2, out.c, x, out.Hv);
  program.jacobian(out.J);
  program.hessian(1, out.c, out.H);
  program.jacobianProduct(x, out.Jv);
  program.jacobianTransposedProduct(out.c, out.Jtv);
  program.hessianProduct(1, out.c, x, out.Hv);
}

Results room(const Program& program) {
  const auto n = static_cast<std::size_t>(program.variables());
  const auto m = static_cast<std::size_t>(program.constraints());
  const std::vector<double> x(n), c(m);
  return {0,
          x,
          c,
          std::vector<double>(program.jacobianPattern().nonzeros()),
          std::vector<double>(program.hessianPattern().nonzeros()),
          c,
          x,
          x};
}

}  // namespace

TEST(evaluationsAllocateNothing) {
  std::mt19937_64 random(1);
  Program program(everything(random));
  Results results = room(program);
  const std::vector<double> points[] = {uniform(random, 200), uniform(random, 200)};
  const std::vector<double> parameters = {2, 3};
  evaluate(program, points[0], results);
  const long before = allocations;
  evaluate(program, points[1], results);
  program.setParameters(parameters);
  evaluate(program, points[0], results);
  CHECK_EQ(allocations - before, 0);
}

TEST(programsShareAModel) {
  std::mt19937_64 random(2);
  const auto model = std::make_shared<const nonconvex::CompiledModel>(everything(random));
  constexpr std::size_t count = 4;
  std::vector<std::vector<double>> points, parameters;
  std::vector<Results> together(count);
  for (std::size_t k = 0; k < count; ++k) {
    points.push_back(uniform(random, 200));
    parameters.push_back(uniform(random, 2));
  }
  // At once, from the making of the sparse matrices on.
  std::vector<std::thread> threads;
  for (std::size_t k = 0; k < count; ++k) {
    threads.emplace_back([&, k] {
      Program program(model);
      program.setParameters(parameters[k]);
      together[k] = room(program);
      for (int trial = 0; trial < 10; ++trial)
        evaluate(program, points[(k + static_cast<std::size_t>(trial)) % count], together[k]);
      evaluate(program, points[k], together[k]);
    });
  }
  for (std::thread& thread : threads) thread.join();
  Program first(model);
  Results results = room(first);
  for (std::size_t k = 0; k < count; ++k) {
    first.setParameters(parameters[k]);
    Program copy = first;
    evaluate(copy, points[k], results);
    CHECK_EQ(results.f, together[k].f);
    CHECK(results.g == together[k].g);
    CHECK(results.c == together[k].c);
    CHECK(results.J == together[k].J);
    CHECK(results.H == together[k].H);
    CHECK(results.Jv == together[k].Jv);
    CHECK(results.Jtv == together[k].Jtv);
    CHECK(results.Hv == together[k].Hv);
  }
}
