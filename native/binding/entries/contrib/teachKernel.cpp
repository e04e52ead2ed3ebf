// Reads problems of `teachKernel` from JavaScript.
#include "binding/register_solver.hpp"
#include "solvers/contrib/teachKernel/solver.hpp"

namespace nonconvex {
namespace {

struct TeachKernelEntry {
  static constexpr const char* name = "teachKernel";
  static constexpr const char* family = "contrib";
  using Problem = TeachKernelProblem;
  using Settings = TeachKernelSettings;
  using Solution = TeachKernelSolution;
  template <class La>
  using Solver = TeachKernelSolver<La>;
};

const RegisterSolver<TeachKernelEntry> teachKernel;

}  // namespace
}  // namespace nonconvex
