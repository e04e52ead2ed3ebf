// How paths of sparse regressions are read from JavaScript.
#include <array>
#include <string_view>

#include "binding/registry.hpp"
#include "solvers/sparse/solver.hpp"

namespace nonconvex {
namespace {

struct SparseEntry {
  static constexpr const char* name = "sparse";
  using Problem = SparseProblem;
  using Settings = SparseSettings;
  using Solution = SparseSolution;
  template <class La>
  using Solver = SparseSolver<La>;

  static constexpr std::array<std::string_view, 0> members = {};

  static Problem read(const Reader& in) {
    Problem problem;
    const Reader x = in.object("x");
    if (x.has("format")) {
      problem.x = x.asSparse();
    } else {
      problem.x = x.asMatrix();
    }
    const auto numbers = [&](const char* member, std::vector<double>& to) {
      if (!in.has(member)) return;
      const auto from = in.vector(member);
      to.assign(from.begin(), from.end());
    };
    numbers("y", problem.y);
    numbers("events", problem.events);
    numbers("strata", problem.strata);
    numbers("weights", problem.weights);
    numbers("offset", problem.offset);
    numbers("penaltyFactor", problem.penaltyFactor);
    numbers("lower", problem.lower);
    numbers("upper", problem.upper);
    numbers("sortedWeights", problem.sortedWeights);
    numbers("lambdas", problem.lambdas);
    numbers("start", problem.start);
    if (in.has("groups")) {
      const auto from = in.integers("groups");
      problem.groups.assign(from.begin(), from.end());
    }
    if (in.has("responses")) problem.responses = in.integer("responses");
    return problem;
  }
};

const RegisterSolver<SparseEntry> registered;

}  // namespace
}  // namespace nonconvex
