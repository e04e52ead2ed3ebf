// The table of solvers. An entry says how a solver's problem comes from JavaScript and how its solution goes back.
#pragma once

#include <initializer_list>
#include <tuple>

#include "binding/model.hpp"
#include "binding/settings.hpp"
#include "solvers/fractional/solver.hpp"
#include "solvers/nlp/solver.hpp"
#include "solvers/relu/solver.hpp"

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

struct Fractional {
  static constexpr const char* name = "fractional";
  using Problem = FractionalProblem;
  using Settings = FractionalSettings;
  using Solution = FractionalSolution;
  template <class La>
  using Solver = FractionalSolver<La>;

  static constexpr std::initializer_list<std::string_view> options = {};

  static Problem read(const Reader& in) {
    Problem problem;
    problem.n = in.integer("n");
    for (const Reader& matrix : in.list("matrices")) {
      problem.matrices.push_back(matrix.has("format") ? FractionalMatrix(matrix.asSparse()) : matrix.asMatrix());
    }
    for (const Reader& term : in.list("numerator")) problem.numerator.push_back(readTerm(term));
    if (in.has("denominator")) problem.denominator = readTerm(in.object("denominator"));
    if (in.has("l1")) problem.l1 = in.vector("l1");
    if (in.has("l2")) problem.l2 = in.vector("l2");
    if (in.has("lower")) problem.lower = in.vector("lower");
    if (in.has("upper")) problem.upper = in.vector("upper");
    if (in.has("l1Squared")) problem.l1Squared = in.number("l1Squared");
    if (in.has("start")) problem.start = in.vector("start");
    problem.difference = in.boolean("difference");
    return problem;
  }

  static void write(const Solution& solution, Writer& out) {
    out.vector("x", solution.x);
    out.number("numerator", solution.numerator);
    out.number("denominator", solution.denominator);
    out.number("updates", solution.updates);
    out.text("method", EnumNames<FractionalMethod>::names[static_cast<int>(solution.method)]);
    out.boolean("global", solution.global);
    const auto column = [&](const char* title, auto member) {
      std::vector<double> values;
      for (const auto& start : solution.starts) values.push_back(static_cast<double>(start.*member));
      out.vector(title, values);
    };
    column("startObjective", &Solution::Start::objective);
    column("startSweeps", &Solution::Start::sweeps);
    column("startUpdates", &Solution::Start::updates);
    column("startResidual", &Solution::Start::residual);
  }

 private:
  static FractionalTerm readTerm(const Reader& in) {
    FractionalTerm term;
    term.name = in.path();
    const std::string kind = in.text("kind");
    const auto& names = EnumNames<FractionalTerm::Kind>::names;
    const auto found = std::find(std::begin(names), std::end(names), kind);
    require(found != std::end(names), in.pathOf("kind"), kind, oneOf(names));
    term.kind = static_cast<FractionalTerm::Kind>(found - std::begin(names));
    const auto number = [&](const char* member, double& value) {
      if (in.has(member)) value = in.number(member);
    };
    const auto integer = [&](const char* member, int& value) {
      if (in.has(member)) value = in.integer(member);
    };
    integer("matrix", term.matrix);
    integer("k", term.k);
    integer("p", term.p);
    number("constant", term.constant);
    number("weight", term.weight);
    number("scale", term.scale);
    number("shift", term.shift);
    if (in.has("squared")) term.squared = in.boolean("squared");
    if (in.has("weights")) term.weights = in.vector("weights");
    if (term.kind == FractionalTerm::Kind::separable) {
      const auto ofCoordinate = [](Callback f) {
        return [f = std::move(f)](int i, double u) { return f({u, 1.0 * i}); };
      };
      term.phi = ofCoordinate(in.function("value"));
      term.derivative = ofCoordinate(in.function("derivative"));
    }
    for (const char* member : {"b", "y"}) {
      if (in.has(member)) term.b = in.vector(member);
    }
    for (const char* member : {"c", "linear", "epsilon", "h"}) {
      if (in.has(member)) term.c = in.vector(member);
    }
    return term;
  }
};

struct Newton {
  static constexpr const char* name = "nlp";
  using Problem = NlpProblem;
  using Settings = NlpSettings;
  using Solution = NlpSolution;
  template <class La>
  using Solver = NlpSolver<La>;

  static constexpr std::initializer_list<std::string_view> options = {"warmStart", "reportIterates"};

  static Problem read(const Reader& in) {
    Problem problem;
    problem.nlp = readNlp(in);
    const auto copy = [&](const char* member) {
      const auto from = in.vector(member);
      return std::vector<double>(from.begin(), from.end());
    };
    problem.start = copy("start");
    if (in.has("fallbackStart")) problem.fallbackStart = copy("fallbackStart");
    if (in.has("multipliers")) problem.multipliers = copy("multipliers");
    problem.reportIterates = in.boolean("reportIterates");
    return problem;
  }

  static void write(const Solution& solution, Writer& out) {
    out.vector("x", solution.x);
    out.vector("multipliers", solution.multipliers);
    out.known("residual", solution.residual);
    out.known("unscaledResidual", solution.unscaledResidual);
    out.known("feasibility", solution.feasibility);
    if (solution.inertia.positive >= 0) {
      Writer inertia(out.env());
      inertia.number("positive", solution.inertia.positive);
      inertia.number("negative", solution.inertia.negative);
      inertia.number("zero", solution.inertia.zero);
      out.value("inertia", inertia.object());
    }
    Writer counts(out.env());
    counts.number("objective", solution.counts.objective);
    counts.number("gradient", solution.counts.gradient);
    counts.number("constraints", solution.counts.constraints);
    counts.number("jacobian", solution.counts.jacobian);
    counts.number("hessian", solution.counts.hessian);
    counts.number("factorization", solution.counts.factorization);
    counts.number("restoration", solution.counts.restoration);
    counts.number("sampled", solution.counts.sampled);
    counts.number("innerSteps", static_cast<double>(solution.counts.innerSteps));
    counts.number("fallback", solution.counts.fallback);
    out.value("counts", counts.object());
    Writer time(out.env());
    time.number("derivatives", solution.time.derivatives);
    time.number("linearAlgebra", solution.time.linearAlgebra);
    out.value("time", time.object());
    out.number("constraintPenalty", solution.constraintPenalty);
    out.number("gradientPenalty", solution.gradientPenalty);
  }
};

using Solvers = std::tuple<Relu, Fractional, Newton>;

}  // namespace nonconvex
