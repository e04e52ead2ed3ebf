// How nonlinear least squares are read from JavaScript.
#include "binding/nlp_functions.hpp"
#include "binding/register_solver.hpp"
#include "solvers/fit/solver.hpp"

namespace nonconvex {
namespace {

/// Numbers of a problem beside its residuals.
struct FitInputs {
  std::vector<double> start, lower, upper;

  static constexpr auto fields() {
    using Self = FitInputs;
    return FieldTuple{IN(start, vector("n"), "Parameters to begin at."),
                      IN_OPTIONAL(lower, vector("n").orInfinite(), "Lower bounds of the parameters."),
                      IN_OPTIONAL(upper, vector("n").orInfinite(), "Upper bounds of the parameters.")};
  }
};

struct FitEntry {
  static constexpr const char* name = "fit";
  using Problem = FitProblem;
  using Inputs = FitInputs;
  using Settings = FitSettings;
  using Solution = FitSolution;
  template <class La>
  using Solver = FitSolver;

  static void read(const Reader& in, Problem& problem) { problem.large = readFunctions(in, problem); }
  static void take(Inputs& inputs, Problem& problem) {
    problem.start = std::move(inputs.start);
    problem.bounds.lower = std::move(inputs.lower);
    problem.bounds.upper = std::move(inputs.upper);
  }
};

const RegisterSolver<FitEntry> registered;

}  // namespace
}  // namespace nonconvex
