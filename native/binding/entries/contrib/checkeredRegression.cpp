// Reads problems of `checkeredRegression` from JavaScript.
#include <array>
#include <string_view>

#include "binding/checked_reads.hpp"
#include "binding/registry.hpp"
#include "solvers/contrib/checkeredRegression/solver.hpp"

namespace nonconvex {
namespace {

struct CheckeredRegressionEntry {
  static constexpr const char* name = "checkeredRegression";
  static constexpr const char* family = "contrib";
  using Problem = CheckeredRegressionProblem;
  using Settings = CheckeredRegressionSettings;
  using Solution = CheckeredRegressionSolution;
  template <class La>
  using Solver = CheckeredRegressionSolver<La>;

  static constexpr std::array<std::string_view, 0> members = {};

  static Problem read(const Reader& in) {
    Problem problem;
    problem.x = filledMatrix(in, "x");
    problem.y = numbersOf(in, "y", problem.x.rows, "rows of x");
    if (in.has("start")) problem.start = matrixOf(in, "start", -1, problem.x.columns + 1);
    return problem;
  }
};

const RegisterSolver<CheckeredRegressionEntry> checkeredRegression;

}  // namespace
}  // namespace nonconvex
