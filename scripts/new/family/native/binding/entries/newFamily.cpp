// How the minimisation of strictly convex quadratics is read from JavaScript.
#include "binding/register_solver.hpp"
#include "solvers/newFamily/solver.hpp"

namespace nonconvex {
namespace {

struct NewFamilyEntry {
  static constexpr const char* name = "newFamily";
  using Problem = NewFamilyProblem;
  using Settings = NewFamilySettings;
  using Solution = NewFamilySolution;
  template <class La>
  using Solver = NewFamilySolver<La>;
};

const RegisterSolver<NewFamilyEntry> registered;

}  // namespace
}  // namespace nonconvex
