// Reads problems of `newFunction` from JavaScript.
#include <array>
#include <string_view>

#include "binding/checked_reads.hpp"
#include "binding/registry.hpp"
#include "solvers/newFamily/newFunction/solver.hpp"

namespace nonconvex {
namespace {

struct NewFunctionEntry {
  static constexpr const char* name = "newFunction";
  static constexpr const char* family = "newFamily";
  using Problem = NewFunctionProblem;
  using Settings = NewFunctionSettings;
  using Solution = NewFunctionSolution;
  template <class La>
  using Solver = NewFunctionSolver<La>;

  static constexpr std::array<std::string_view, 0> members = {};

  static Problem read(const Reader& in) {
    Problem problem;
    problem.x = filledMatrix(in, "x");
    if (in.has("start")) problem.start = numbersOf(in, "start", problem.x.columns, "columns of x");
    return problem;
  }
};

const RegisterSolver<NewFunctionEntry> newFunction;

}  // namespace
}  // namespace nonconvex
