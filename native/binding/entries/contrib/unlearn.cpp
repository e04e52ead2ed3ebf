// Reads problems of `unlearn` from JavaScript.
#include "binding/register_solver.hpp"
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
};

const RegisterSolver<UnlearnEntry> unlearn;

}  // namespace
}  // namespace nonconvex
