// Reads problems of `learnDag` from JavaScript.
#include "binding/register_solver.hpp"
#include "solvers/discrete/learnDag/solver.hpp"

namespace nonconvex {
namespace {

struct LearnDagEntry {
  static constexpr const char* name = "learnDag";
  static constexpr const char* family = "discrete";
  using Problem = LearnDagProblem;
  using Settings = LearnDagSettings;
  using Solution = LearnDagSolution;
  template <class La>
  using Solver = LearnDagSolver<La>;
};

const RegisterSolver<LearnDagEntry> learnDag;

}  // namespace
}  // namespace nonconvex
