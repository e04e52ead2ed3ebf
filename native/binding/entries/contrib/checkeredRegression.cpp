// Reads problems of `checkeredRegression` from JavaScript.
#include "binding/register_solver.hpp"
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
};

const RegisterSolver<CheckeredRegressionEntry> checkeredRegression;

}  // namespace
}  // namespace nonconvex
