// Reads problems of `newFunction` from JavaScript.
#include "binding/register_solver.hpp"
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
};

const RegisterSolver<NewFunctionEntry> newFunction;

}  // namespace
}  // namespace nonconvex
