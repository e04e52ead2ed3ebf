// What a fuzzed model has to survive: all of its functions at two points.
#pragma once

#include <vector>

#include "expressions/program.hpp"

namespace fuzz {

/// Models above this take too long to be evaluated thousands of times a second.
constexpr int mostNumbers = 2000;

inline bool small(const nonconvex::Graph& graph) {
  double numbers = graph.variableCount();
  for (const auto& node : graph.nodes()) numbers += node.size;
  return numbers <= mostNumbers;
}

/// Compiles a graph and evaluates its functions and derivatives, whose values may be anything.
inline void evaluate(const nonconvex::Graph& graph, std::vector<double> x) {
  nonconvex::Program program(graph);
  const auto m = static_cast<std::size_t>(program.constraints());
  std::vector<double> g(x.size()), c(m), lambda(m, 0.5), out(x.size());
  std::vector<double> J(program.jacobianPattern().nonzeros()), H(program.hessianPattern().nonzeros());
  for (const double shift : {0.0, 0.7}) {
    for (double& value : x) value += shift;
    program.moveTo(x);
    program.objective();
    program.constraintValues(c);
    program.gradient(g);
    program.jacobian(J);
    program.hessian(1, lambda, H);
    program.hessianProduct(1, lambda, g, out);
    program.jacobianProduct(g, c);
  }
}

}  // namespace fuzz
