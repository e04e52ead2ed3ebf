// The table of solvers. An entry says how a solver's problem comes from JavaScript and how its solution goes back.
#pragma once

#include <initializer_list>
#include <tuple>

#include "binding/js.hpp"
#include "solvers/relu.hpp"

namespace nonconvex {

struct Relu {
  static constexpr const char* name = "relu";
  using Problem = ReluProblem;
  using Settings = ReluSettings;
  using Solution = ReluSolution;
  template <class La>
  using Solver = ReluSolver<La>;

  /// Members of the settings object that belong to the problem.
  static constexpr std::initializer_list<std::string_view> options = {"patterns", "warmStart"};

  static Problem read(const Reader& in) {
    const MatrixInput x = in.matrix("x");
    const MatrixInput y = in.matrix64("y");
    require(y.rows == x.rows, "rows of y", y.rows, "expected as many as x has: " + show(x.rows));
    Problem problem;
    problem.n = x.rows;
    problem.d = x.columns;
    problem.x64 = x.f64;
    problem.x32 = x.f32;
    problem.outputs = y.columns;
    problem.y = y.f64;
    if (in.has("patterns")) {
      const Reader patterns = in.object("patterns");
      if (patterns.has("sample")) problem.patterns.sample = patterns.integer("sample");
      if (patterns.has("exact")) problem.patterns.exact = patterns.boolean("exact");
      if (patterns.has("gates")) problem.patterns.gates = patterns.matrixCopy("gates");
    }
    if (in.has("warmStart")) {
      const Reader warmStart = in.object("warmStart");
      problem.warmStart = {.weights = warmStart.matrixCopy("weights"), .dual = warmStart.matrixCopy("dual")};
    }
    return problem;
  }

  static void write(const Solution& solution, Writer& out) {
    out.matrix("hiddenWeights", solution.hiddenWeights);
    out.vector("biases", {solution.biases.data(), solution.biases.size()});
    out.matrix("outputWeights", solution.outputWeights);
    out.integers("pattern", solution.pattern);
    out.vector("inputScale", {solution.inputScale.data(), solution.inputScale.size()});
    out.matrix("gates", solution.gates);
    out.matrix("weights", solution.weights);
    out.matrix("dual", solution.dual);
    out.known("networkObjective", solution.networkObjective);
    out.known("gap", solution.gap);
    out.number("activeNeurons", solution.activeNeurons);
    out.number("patterns", solution.patterns);
    out.boolean("global", solution.global);
    out.number("rho", solution.rho);
  }
};

using Solvers = std::tuple<Relu>;

}  // namespace nonconvex
