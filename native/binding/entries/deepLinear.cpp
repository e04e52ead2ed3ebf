// How the training of deep linear networks is read from JavaScript.
#include <array>
#include <string_view>

#include "binding/registry.hpp"
#include "solvers/deepLinear/solver.hpp"

namespace nonconvex {
namespace {

struct DeepLinearEntry {
  static constexpr const char* name = "deepLinear";
  using Problem = DeepLinearProblem;
  using Settings = DeepLinearSettings;
  using Solution = DeepLinearSolution;
  template <class La>
  using Solver = DeepLinearSolver<La>;

  static constexpr std::array<std::string_view, 0> members = {};

  static Problem read(const Reader& in) {
    Problem problem;
    problem.x = in.matrix("x");
    problem.y = in.matrix("y");
    require(problem.y.rows == problem.x.rows, "rows of y", problem.y.rows,
            "expected as many as x has: " + show(problem.x.rows));
    if (in.has("start")) {
      problem.start = in.matrixCopy("start");
      const auto expect = [](const char* name, int value, int wanted) {
        require(value == wanted, name, value, "expected " + show(wanted));
      };
      expect("rows of warmStart.product", problem.start.rows(), problem.x.columns);
      expect("columns of warmStart.product", problem.start.cols(), problem.y.columns);
    }
    return problem;
  }
};

const RegisterSolver<DeepLinearEntry> registered;

}  // namespace
}  // namespace nonconvex
