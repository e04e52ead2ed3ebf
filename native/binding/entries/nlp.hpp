// How the minimisation of nonlinear programs is read from JavaScript.
#pragma once

#include <array>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "binding/nlp_functions.hpp"
#include "binding/solve_together.hpp"
#include "binding/tables.hpp"
#include "core/inputs.hpp"
#include "solvers/nlp/solver.hpp"

namespace nonconvex {

/// Numbers of a nonlinear program beside its functions.
struct NlpInputs {
  std::vector<double> start, fallbackStart;
  std::vector<double> multipliers, lowerMultipliers, upperMultipliers;
  double objectiveScale = 0;
  std::vector<double> constraintScales;
  std::vector<double> lower, upper, constraintsLower, constraintsUpper;
  int m = 0;
  bool reportIterates = false;

  static constexpr auto fields() {
    using Self = NlpInputs;
    return FieldTuple{
        IN_OPTIONAL(start, vector("n"), "Point to begin at. Default: what the program computes."),
        IN_OPTIONAL(fallbackStart, vector("n"), "Point to begin at where the objective is huge at the start."),
        IN_OPTIONAL(multipliers, vector("m"), "Multipliers of the constraints to begin at. Default: least squares."),
        IN_OPTIONAL(lowerMultipliers, vector("n"), "Multipliers of the lower bounds to begin at."),
        IN_OPTIONAL(upperMultipliers, vector("n"), "Multipliers of the upper bounds to begin at."),
        IN_OPTIONAL(objectiveScale, number(), "Scale of the objective of an earlier solve. Default: by the gradient."),
        IN_OPTIONAL(constraintScales, vector("m"), "Scales of the constraints of an earlier solve."),
        IN_OPTIONAL(lower, vector("n").orInfinite(), "Lower bounds instead of those of the program."),
        IN_OPTIONAL(upper, vector("n").orInfinite(), "Upper bounds instead of those of the program."),
        IN_OPTIONAL(constraintsLower, vector("m").orInfinite(), "Lower sides instead of those of the program."),
        IN_OPTIONAL(constraintsUpper, vector("m").orInfinite(), "Upper sides instead of those of the program."),
        IN_OPTIONAL(m, number().atLeast(0), "Constraints, where their number is known before the program is opened."),
        IN(reportIterates, flag(), "True if reports of progress have the point.")};
  }
};

struct NlpEntry {
  static constexpr const char* name = "nlp";
  using Problem = NlpProblem;
  using Inputs = NlpInputs;
  using Settings = NlpSettings;
  using Solution = NlpSolution;
  template <class La>
  using Solver = NlpSolver;

  static constexpr std::array<std::string_view, 3> members = {"warmStart", "reportIterates", "nonsmooth"};

  static void read(const Reader& in, Problem& problem) { problem.large = readFunctions(in, problem); }
  static void take(Inputs& inputs, Problem& problem) {
    problem.start = std::move(inputs.start);
    problem.fallbackStart = std::move(inputs.fallbackStart);
    problem.multipliers = std::move(inputs.multipliers);
    problem.lowerMultipliers = std::move(inputs.lowerMultipliers);
    problem.upperMultipliers = std::move(inputs.upperMultipliers);
    problem.objectiveScale = inputs.objectiveScale;
    problem.constraintScales = std::move(inputs.constraintScales);
    problem.bounds = {.lower = std::move(inputs.lower),
                      .upper = std::move(inputs.upper),
                      .constraintLower = std::move(inputs.constraintsLower),
                      .constraintUpper = std::move(inputs.constraintsUpper)};
    problem.constraints = inputs.m;
    problem.reportIterates = inputs.reportIterates;
  }

  static std::uint64_t fingerprint(const Problem& problem, const Settings& settings) {
    std::uint64_t hash = fingerprintOf(settings);
    for (const auto* values : {&problem.start, &problem.bounds.lower, &problem.bounds.upper,
                               &problem.bounds.constraintLower, &problem.bounds.constraintUpper}) {
      hash = nonconvex::fingerprint(*values, hash);
    }
    return hash;
  }
  static std::span<const double> answer(const Solution& solution) { return solution.x; }
};

}  // namespace nonconvex
