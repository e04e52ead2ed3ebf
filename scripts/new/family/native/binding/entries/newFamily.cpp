// How the minimisation of strictly convex quadratics is read from JavaScript.
#include <array>
#include <string_view>

#include "binding/registry.hpp"
#include "solvers/newFamily/solver.hpp"

namespace nonconvex {
namespace {

struct NewFamilyEntry {
  static constexpr const char* name = "newFamily";
  using Problem = NewFamilyProblem;
  using Settings = NewFamilySettings;
  using Solution = NewFamilySolution;
  template <class La>
  using Solver = NewFamilySolver<La>;

  static constexpr std::array<std::string_view, 0> members = {};

  static Problem read(const Reader& in) {
    Problem problem;
    problem.Q = in.matrixCopy("Q");
    const auto copy = [&](const char* member) {
      const auto from = in.vector(member);
      require(from.size() == static_cast<std::size_t>(problem.Q.rows()), in.pathOf(member) + ".length", from.size(),
              "expected as many numbers as Q has rows: " + show(problem.Q.rows()));
      return std::vector<double>(from.begin(), from.end());
    };
    require(problem.Q.rows() == problem.Q.cols(), "columns of Q", problem.Q.cols(),
            "expected as many as rows: " + show(problem.Q.rows()));
    problem.c = copy("c");
    if (in.has("start")) problem.start = copy("start");
    return problem;
  }
};

const RegisterSolver<NewFamilyEntry> registered;

}  // namespace
}  // namespace nonconvex
