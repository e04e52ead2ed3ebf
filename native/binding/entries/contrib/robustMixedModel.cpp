// Reads problems of `robustMixedModel` from JavaScript.
#include "binding/register_solver.hpp"
#include "solvers/contrib/robustMixedModel/solver.hpp"

namespace nonconvex {
namespace {

struct RobustMixedModelEntry {
  static constexpr const char* name = "robustMixedModel";
  static constexpr const char* family = "contrib";
  using Problem = RobustMixedModelProblem;
  using Settings = RobustMixedModelSettings;
  using Solution = RobustMixedModelSolution;
  template <class La>
  using Solver = RobustMixedModelSolver<La>;
};

const RegisterSolver<RobustMixedModelEntry> robustMixedModel;

}  // namespace
}  // namespace nonconvex
