// How the training of deep linear networks is read from JavaScript.
#include "binding/register_solver.hpp"
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
};

const RegisterSolver<DeepLinearEntry> registered;

}  // namespace
}  // namespace nonconvex
