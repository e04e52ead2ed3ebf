// How `minimizeGlobally` is read from JavaScript.
#include "binding/nlp_functions.hpp"
#include "binding/register_solver.hpp"
#include "solvers/nlp/minimizeGlobally/solver.hpp"

namespace nonconvex {
namespace {

/// Numbers of a program beside its functions.
struct MinimizeGloballyInputs {
  std::vector<double> start, points, debugSolution, lower, upper, constraintsLower, constraintsUpper;
  std::vector<int> integers;

  static constexpr auto fields() {
    using Self = MinimizeGloballyInputs;
    return FieldTuple{
        IN_OPTIONAL(start, vector("n"), "Point to begin at. Default: what the program computes."),
        IN_OPTIONAL(points, vector(), "Points to begin at beside the start, n numbers each."),
        IN_OPTIONAL(debugSolution, vector("n"), "A known solution, which the search follows."),
        IN_OPTIONAL(lower, vector("n").orInfinite(), "Lower bounds instead of those of the program."),
        IN_OPTIONAL(upper, vector("n").orInfinite(), "Upper bounds instead of those of the program."),
        IN_OPTIONAL(constraintsLower, vector("m").orInfinite(), "Lower sides instead of those of the program."),
        IN_OPTIONAL(constraintsUpper, vector("m").orInfinite(), "Upper sides instead of those of the program."),
        IN_OPTIONAL(integers, indices().below("n").distinct(), "Variables with integer values alone.")};
  }
};

struct MinimizeGloballyEntry {
  static constexpr const char* name = "minimizeGlobally";
  static constexpr const char* family = "nlp";
  using Problem = MinimizeGloballyProblem;
  using Inputs = MinimizeGloballyInputs;
  using Settings = MinimizeGloballySettings;
  using Solution = MinimizeGloballySolution;
  template <class La>
  using Solver = MinimizeGloballySolver;

  static void read(const Reader& in, Problem& problem) { problem.large = readFunctions(in, problem); }
  static void take(Inputs& inputs, Problem& problem) {
    problem.start = std::move(inputs.start);
    problem.points = std::move(inputs.points);
    problem.debugSolution = std::move(inputs.debugSolution);
    problem.bounds = {.lower = std::move(inputs.lower),
                      .upper = std::move(inputs.upper),
                      .constraintLower = std::move(inputs.constraintsLower),
                      .constraintUpper = std::move(inputs.constraintsUpper)};
    problem.integers = std::move(inputs.integers);
  }
};

const RegisterSolver<MinimizeGloballyEntry> registered;

}  // namespace
}  // namespace nonconvex
