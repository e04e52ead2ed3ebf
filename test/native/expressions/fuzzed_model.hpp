// What a model of damaged or random bytes has to survive, for nl_fuzz.cpp and the programs of test/fuzz.
#pragma once

#include <string>
#include <vector>

#include "expressions/nl/reader.hpp"
#include "expressions/nl/writer.hpp"
#include "expressions/program.hpp"

namespace fuzz {

/// Models above this take too long to be evaluated thousands of times a second.
constexpr int mostNumbers = 2000;

inline bool small(const nonconvex::Graph& graph) {
  double numbers = graph.variableCount();
  for (const auto& node : graph.nodes()) numbers += node.size;
  return numbers <= mostNumbers;
}

/// Compiles a graph and evaluates its functions and derivatives at two points, whose values may be anything.
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

/// Writes a model and reads that again: whether its sizes, bounds and sides have stayed what they are.
inline bool isWrittenAsItIs(const nonconvex::NlModel& model) {
  const std::string text = nonconvex::nlText(model.graph, {.start = model.start,
                                                           .multipliers = model.multipliers,
                                                           .lowerMultipliers = model.lowerMultipliers,
                                                           .upperMultipliers = model.upperMultipliers,
                                                           .lower = model.variableLower,
                                                           .upper = model.variableUpper,
                                                           .constraintLower = model.constraintLower,
                                                           .constraintUpper = model.constraintUpper,
                                                           .maximise = model.maximise});
  const nonconvex::NlModel again = nonconvex::parseNl(text, "written.nl");
  const bool sides = again.variableLower == model.variableLower && again.variableUpper == model.variableUpper &&
                     again.constraintLower == model.constraintLower && again.constraintUpper == model.constraintUpper;
  return again.start.size() == model.start.size() && again.multipliers.size() == model.multipliers.size() && sides;
}

}  // namespace fuzz
