// Reads problems of `teachKernel` from JavaScript.
#include <array>
#include <string_view>

#include "binding/checked_reads.hpp"
#include "binding/registry.hpp"
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

  static constexpr std::array<std::string_view, 0> members = {};

  static Problem read(const Reader& in) {
    Problem problem;
    problem.x = filledMatrix(in, "x");
    problem.y = matrixOf(in, "y", problem.x.rows, -1);
    const int learners = problem.y.cols();
    if (in.has("learners")) problem.learners = matrixOf(in, "learners", learners, learners);
    if (in.has("start")) problem.start = matrixOf(in, "start", problem.x.rows, learners);
    return problem;
  }
};

const RegisterSolver<TeachKernelEntry> teachKernel;

}  // namespace
}  // namespace nonconvex
