// How the training of two-layer ReLU networks is read from JavaScript.
#pragma once

#include <array>
#include <string_view>

#include "binding/js.hpp"
#include "solvers/relu/solver.hpp"

namespace nonconvex {

struct ReluEntry {
  static constexpr const char* name = "relu";
  using Problem = ReluProblem;
  using Settings = ReluSettings;
  using Solution = ReluSolution;
  template <class La>
  using Solver = ReluSolver<La>;

  static constexpr std::array<std::string_view, 2> members = {"patterns", "warmStart"};

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
};

}  // namespace nonconvex
