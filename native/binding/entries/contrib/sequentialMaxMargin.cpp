// Reads problems of `sequentialMaxMargin` from JavaScript.
#include "binding/register_solver.hpp"
#include "solvers/contrib/sequentialMaxMargin/solver.hpp"

namespace nonconvex {
namespace {

struct SequentialMaxMarginEntry {
  static constexpr const char* name = "sequentialMaxMargin";
  static constexpr const char* family = "contrib";
  using Problem = SequentialMaxMarginProblem;
  using Settings = SequentialMaxMarginSettings;
  using Solution = SequentialMaxMarginSolution;
  template <class La>
  using Solver = SequentialMaxMarginSolver<La>;
};

const RegisterSolver<SequentialMaxMarginEntry> sequentialMaxMargin;

}  // namespace
}  // namespace nonconvex
