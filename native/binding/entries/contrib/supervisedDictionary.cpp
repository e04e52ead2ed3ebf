// Reads problems of `supervisedDictionary` from JavaScript.
#include <array>
#include <string_view>

#include "binding/checked_reads.hpp"
#include "binding/registry.hpp"
#include "solvers/contrib/supervisedDictionary/solver.hpp"

namespace nonconvex {
namespace {

struct SupervisedDictionaryEntry {
  static constexpr const char* name = "supervisedDictionary";
  static constexpr const char* family = "contrib";
  using Problem = SupervisedDictionaryProblem;
  using Settings = SupervisedDictionarySettings;
  using Solution = SupervisedDictionarySolution;
  template <class La>
  using Solver = SupervisedDictionarySolver<La>;

  static constexpr std::array<std::string_view, 0> members = {};

  static Problem read(const Reader& in) {
    Problem problem;
    problem.x = filledMatrix(in, "x");
    problem.y = numbersOf(in, "y", problem.x.rows, "rows of x");
    if (in.has("start")) problem.start = numbersOf(in, "start", problem.x.columns + 1, "columns of x, and one");
    return problem;
  }
};

const RegisterSolver<SupervisedDictionaryEntry> supervisedDictionary;

}  // namespace
}  // namespace nonconvex
