// How the problems of structured statistics are read from JavaScript.
#include <array>
#include <string>
#include <string_view>

#include "binding/registry.hpp"
#include "solvers/structured/solver.hpp"

namespace nonconvex {
namespace {

/// What is the same of all entries of the family.
struct StructuredEntry {
  static constexpr const char* family = "structured";
  static constexpr std::array<std::string_view, 0> members = {};
};

/// A matrix that is not empty.
MatrixInput filledMatrix(const Reader& in, const char* name) {
  const MatrixInput found = in.matrix(name);
  require(found.rows > 0 && found.columns > 0, "rows of " + in.pathOf(name), found.rows,
          "expected at least one row and one column, and got " + show(found.columns) + " columns");
  return found;
}

/// A copy of a vector of `length` numbers, as many as there are `per`.
std::vector<double> numbersOf(const Reader& in, const char* name, int length, std::string_view per) {
  const auto from = in.vector(name);
  require(from.size() == static_cast<std::size_t>(length), in.pathOf(name) + ".length", from.size(),
          "expected " + show(length) + " numbers, as many as there are " + std::string(per));
  return {from.begin(), from.end()};
}

/// A copy of indices below `limit`.
std::vector<std::int32_t> indicesOf(const Reader& in, const char* name, int limit) {
  const auto from = in.integers(name);
  for (std::size_t k = 0; k < from.size(); ++k) {
    require(from[k] >= 0 && from[k] < limit, in.pathOf(name) + "[" + show(k) + "]", from[k],
            "expected an integer in [0, " + show(limit - 1) + "]");
  }
  return {from.begin(), from.end()};
}

struct UnlearnEntry : StructuredEntry {
  static constexpr const char* name = "unlearn";
  using Problem = UnlearnProblem;
  using Settings = UnlearnSettings;
  using Solution = UnlearnSolution;
  template <class La>
  using Solver = UnlearnSolver<La>;

  static Problem read(const Reader& in) {
    Problem problem;
    problem.x = filledMatrix(in, "x");
    problem.y = numbersOf(in, "y", problem.x.rows, "rows of x");
    problem.coefficients = numbersOf(in, "coefficients", problem.x.columns, "columns of x");
    if (in.has("intercept")) problem.intercept = in.number("intercept");
    problem.rows = indicesOf(in, "rows", problem.x.rows);
    return problem;
  }
};

const RegisterSolver<UnlearnEntry> unlearn;

}  // namespace
}  // namespace nonconvex
