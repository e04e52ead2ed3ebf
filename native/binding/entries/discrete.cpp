// How the minimisation of strictly convex quadratics is read from JavaScript.
#include "binding/register_solver.hpp"
#include "solvers/discrete/solver.hpp"

namespace nonconvex {
namespace {

struct DiscreteEntry {
  static constexpr const char* name = "discrete";
  using Problem = DiscreteProblem;
  using Settings = DiscreteSettings;
  using Solution = DiscreteSolution;
  template <class La>
  using Solver = DiscreteSolver<La>;
};

const RegisterSolver<DiscreteEntry> registered;

}  // namespace
}  // namespace nonconvex
