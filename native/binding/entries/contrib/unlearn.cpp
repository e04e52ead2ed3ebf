// Reads problems of `unlearn` from JavaScript.
#include <array>
#include <string_view>

#include "binding/checked_reads.hpp"
#include "binding/registry.hpp"
#include "solvers/contrib/unlearn/solver.hpp"

namespace nonconvex {
namespace {

struct UnlearnEntry {
  static constexpr const char* name = "unlearn";
  static constexpr const char* family = "contrib";
  using Problem = UnlearnProblem;
  using Settings = UnlearnSettings;
  using Solution = UnlearnSolution;
  template <class La>
  using Solver = UnlearnSolver<La>;

  static constexpr std::array<std::string_view, 0> members = {};

  static Problem read(const Reader& in) {
    Problem problem;
    problem.x = filledMatrix(in, "x");
    problem.y = numbersOf(in, "y", problem.x.rows, "rows of x");
    problem.coefficients = numbersOf(in, "coefficients", problem.x.columns, "columns of x");
    if (in.has("intercept")) problem.intercept = in.number("intercept");
    problem.rows = indicesOf(in, "rows", problem.x.rows);
    return problem;
  }
};

const RegisterSolver<UnlearnEntry> unlearn;

}  // namespace
}  // namespace nonconvex
