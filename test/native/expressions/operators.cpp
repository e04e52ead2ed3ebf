// Every row of operators.def: its value against the standard library, its derivatives against differences, the code for
// blocks of rows against the scalar one, and a .nl file that is written and read again.
#include "expressions/operators.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "check.hpp"
#include "expressions/formula.hpp"
#include "expressions/nl/reader.hpp"
#include "expressions/nl/writer.hpp"
#include "expressions/program.hpp"

using namespace nonconvex;

namespace {

/// What an operation should be, and where to try it.
struct Reference {
  std::function<double(double, double)> value;
  double low = -2, high = 2;  ///< range of the operands
};

template <class F>
std::function<double(double, double)> unary(F f) {
  return [f](double a, double) { return f(a); };
}

#define UNARY_OF_STD(name) unary([](double a) { return std::name(a); })

/// A new row needs one here.
const std::map<std::string, Reference> references = {
    {"negate", {unary([](double a) { return -a; })}},
    {"abs", {UNARY_OF_STD(fabs)}},
    {"square", {unary([](double a) { return std::pow(a, 2); })}},
    {"abs2", {unary([](double a) { return std::pow(std::fabs(a), 2); })}},
    {"sqrt", {UNARY_OF_STD(sqrt), 0.1, 4}},
    {"exp", {UNARY_OF_STD(exp)}},
    {"log", {UNARY_OF_STD(log), 0.1, 4}},
    {"log1p", {UNARY_OF_STD(log1p), -0.8, 3}},
    {"expm1", {UNARY_OF_STD(expm1)}},
    {"log10", {UNARY_OF_STD(log10), 0.1, 4}},
    {"sin", {UNARY_OF_STD(sin)}},
    {"cos", {UNARY_OF_STD(cos)}},
    {"tan", {UNARY_OF_STD(tan), -1.2, 1.2}},
    {"asin", {UNARY_OF_STD(asin), -0.9, 0.9}},
    {"acos", {UNARY_OF_STD(acos), -0.9, 0.9}},
    {"atan", {UNARY_OF_STD(atan)}},
    {"sinh", {UNARY_OF_STD(sinh)}},
    {"cosh", {UNARY_OF_STD(cosh)}},
    {"tanh", {UNARY_OF_STD(tanh)}},
    {"asinh", {UNARY_OF_STD(asinh)}},
    {"acosh", {UNARY_OF_STD(acosh), 1.2, 4}},
    {"atanh", {UNARY_OF_STD(atanh), -0.9, 0.9}},
    {"softplus", {unary([](double a) { return std::log(1 + std::exp(a)); })}},
    {"sigmoid", {unary([](double a) { return 1 / (1 + std::exp(-a)); })}},
    {"erf", {UNARY_OF_STD(erf)}},
    {"reciprocal", {unary([](double a) { return std::pow(a, -1); }), 0.2, 3}},
    {"add", {std::plus<double>()}},
    {"subtract", {std::minus<double>()}},
    {"multiply", {std::multiplies<double>()}},
    {"divide", {std::divides<double>(), 0.3, 2}},
    {"pow", {[](double a, double b) { return std::pow(a, b); }, 0.3, 2}},
    {"min", {[](double a, double b) { return std::fmin(a, b); }}},
    {"max", {[](double a, double b) { return std::fmax(a, b); }}},
    {"atan2", {[](double a, double b) { return std::atan2(a, b); }, 0.3, 2}},
    {"less", {std::less<double>()}},
    {"lessEqual", {std::less_equal<double>()}},
    {"where", {[](double a, double b) { return std::fabs(a) > 0 ? b : 0; }}},
};

constexpr int points = 7;

/// Operands for `points` trials; the second ones are others than the first, in another order.
std::vector<double> operands(const Reference& reference) {
  std::vector<double> x;
  for (int k = 0; k < points; ++k) x.push_back(reference.low + (reference.high - reference.low) * (k + 0.3) / points);
  for (int k = 0; k < points; ++k) {
    x.push_back(reference.low + (reference.high - reference.low) * ((3 * k + 1) % points + 0.6) / points);
  }
  return x;
}

/// f = sum of the operation, c = its entries.
Graph graphOf(Op op) {
  Graph graph(2 * points);
  const int a = graph.variables(0, points), b = graph.variables(points, points);
  const int y = isUnary(op) ? graph.unary(op, a) : graph.binary(op, a, b);
  graph.minimize(graph.sum(y));
  graph.equalZero(y);
  return graph;
}

std::vector<double> constraintsAt(Program& program, std::span<const double> x) {
  std::vector<double> c(static_cast<std::size_t>(points));
  program.moveTo(x);
  program.constraintValues(c);
  return c;
}

/// Calls f(operation, reference) for those that go element by element.
template <class F>
void forEachElementwise(F&& f) {
  for (const Operation& operation : operations()) {
    if (operandsOf(operation.op) == 0) continue;
    const auto found = references.find(operation.name);
    check::note(found != references.end(), operation.name, 0, "has no reference in this test");
    if (found != references.end()) f(operation, found->second);
  }
}

}  // namespace

TEST(namesAndNumbersAreOfOneOperationEach) {
  std::map<std::string, int> names;
  std::size_t elementwise = 0;
  for (const Operation& operation : operations()) {
    CHECK_EQ(++names[operation.name], 1);
    CHECK(operationOf(operation.op) == &operation);
    CHECK_EQ(nameOf(operation.op), operation.name);
    CHECK(operation.nl == nullptr || operandsOf(operation.op) > 0);
    if (operandsOf(operation.op) > 0) ++elementwise;
  }
  CHECK_EQ(elementwise, references.size());
  CHECK(operationOf(static_cast<Op>(79)) == nullptr);
  CHECK_EQ(nameOf(static_cast<Op>(79)), "operation 79");
}

TEST(valuesAreThoseOfTheStandardLibrary) {
  forEachElementwise([](const Operation& operation, const Reference& reference) {
    const std::vector<double> x = operands(reference);
    Program program(graphOf(operation.op));
    const std::vector<double> found = constraintsAt(program, x);
    for (std::size_t k = 0; k < found.size(); ++k) {
      const double a = x[k], b = x[k + points], expected = reference.value(a, b);
      check::near(found[k], expected, 4e-16 * std::max(1.0, std::fabs(expected)), operation.name, __FILE__, __LINE__);
      const double scalar = applyScalar(static_cast<std::int32_t>(operation.op), a, b);
      check::equal(found[k], scalar, operation.name, __FILE__, __LINE__);
    }
  });
}

TEST(derivativesAreThoseOfDifferences) {
  constexpr double h = 1e-6;
  forEachElementwise([&](const Operation& operation, const Reference& reference) {
    const std::vector<double> x = operands(reference);
    Program program(graphOf(operation.op));
    std::vector<double> g(x.size()), after(x.size()), before(x.size()), Hv(x.size());
    program.moveTo(x);
    program.gradient(g);
    const std::vector<double> lambda(points), v(x.size(), 1);
    program.hessianProduct(1, lambda, v, Hv);
    for (std::size_t j = 0; j < x.size(); ++j) {
      std::vector<double> up = x, down = x;
      up[j] += h;
      down[j] -= h;
      const std::size_t k = j % points;
      const double slope = (constraintsAt(program, up)[k] - constraintsAt(program, down)[k]) / (2 * h);
      check::near(g[j], slope, 1e-7 * std::max(1.0, std::fabs(slope)), operation.name, __FILE__, __LINE__);
    }
    // Second derivatives along (1, ..., 1).
    std::vector<double> up = x, down = x;
    for (double& value : up) value += h;
    for (double& value : down) value -= h;
    program.moveTo(up);
    program.gradient(after);
    program.moveTo(down);
    program.gradient(before);
    for (std::size_t j = 0; j < x.size(); ++j) {
      const double curvature = (after[j] - before[j]) / (2 * h);
      check::near(Hv[j], curvature, 1e-6 * std::max(1.0, std::fabs(curvature)), operation.name, __FILE__, __LINE__);
    }
  });
}

TEST(nlFilesAreReadAsTheyWereWritten) {
  forEachElementwise([](const Operation& operation, const Reference& reference) {
    const std::vector<double> x = operands(reference);
    const Graph graph = graphOf(operation.op);
    if (operation.nl == nullptr) {
      CHECK(check::contains(check::messageOf([&] { nlText(graph, {}); }), operation.name));
      return;
    }
    const std::string text = nlText(graph, {});
    Program written(graph), read(parseNl(text, operation.name).graph);
    const std::vector<double> expected = constraintsAt(written, x), found = constraintsAt(read, x);
    for (std::size_t k = 0; k < found.size(); ++k) {
      check::near(found[k], expected[k], 1e-15 * std::max(1.0, std::fabs(expected[k])), operation.name, __FILE__,
                  __LINE__);
    }
  });
}
