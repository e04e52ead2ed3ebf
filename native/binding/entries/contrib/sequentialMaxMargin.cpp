// Reads problems of `sequentialMaxMargin` from JavaScript.
#include <array>
#include <string_view>

#include "binding/checked_reads.hpp"
#include "binding/registry.hpp"
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

  static constexpr std::array<std::string_view, 0> members = {};

  static Problem read(const Reader& in) {
    Problem problem;
    problem.x = filledMatrix(in, "x");
    problem.y = numbersOf(in, "y", problem.x.rows, "rows of x");
    problem.tasks = indicesOf(in, "tasks", problem.x.rows + 1);
    const auto& tasks = problem.tasks;
    const bool whole = tasks.size() > 1 && tasks.front() == 0 && tasks.back() == problem.x.rows;
    require(whole, in.pathOf("tasks") + ".length", tasks.size(), "expected offsets from 0 to the number of rows");
    for (std::size_t k = 0; k + 1 < tasks.size(); ++k) {
      require(tasks[k] < tasks[k + 1], in.pathOf("tasks") + "[" + show(k + 1) + "]", tasks[k + 1],
              "expected more than the offset before, " + show(tasks[k]));
    }
    if (in.has("start")) problem.start = numbersOf(in, "start", problem.x.columns, "columns of x");
    return problem;
  }
};

const RegisterSolver<SequentialMaxMarginEntry> sequentialMaxMargin;

}  // namespace
}  // namespace nonconvex
