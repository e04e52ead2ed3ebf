// Reads problems of `robustMixedModel` from JavaScript.
#include <algorithm>
#include <array>
#include <string_view>

#include "binding/checked_reads.hpp"
#include "binding/registry.hpp"
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

  static constexpr std::array<std::string_view, 0> members = {};

  static Problem read(const Reader& in) {
    Problem problem;
    problem.x = filledMatrix(in, "x");
    problem.y = numbersOf(in, "y", problem.x.rows, "rows of x");
    if (in.has("groups")) {
      problem.groups = indicesOf(in, "groups", problem.x.rows);
      require(problem.groups.size() == problem.y.size(), in.pathOf("groups") + ".length", problem.groups.size(),
              "expected as many as there are rows of x: " + show(problem.x.rows));
      problem.groupCount = 1 + *std::max_element(problem.groups.begin(), problem.groups.end());
    }
    if (in.has("start")) {
      const auto from = in.vector("start");
      problem.start.assign(from.begin(), from.end());
    }
    return problem;
  }
};

const RegisterSolver<RobustMixedModelEntry> robustMixedModel;

}  // namespace
}  // namespace nonconvex
