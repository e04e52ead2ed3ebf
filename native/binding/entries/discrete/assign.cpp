// Reads problems of `assign` from JavaScript.
#include "binding/register_solver.hpp"
#include "solvers/discrete/assign/solver.hpp"

namespace nonconvex {
namespace {

struct AssignEntry {
  static constexpr const char* name = "assign";
  static constexpr const char* family = "discrete";
  using Problem = AssignProblem;
  using Settings = AssignSettings;
  using Solution = AssignSolution;
  template <class La>
  using Solver = AssignSolver<La>;
};

const RegisterSolver<AssignEntry> assign;

}  // namespace
}  // namespace nonconvex
