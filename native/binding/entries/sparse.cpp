// How paths of sparse regressions are read from JavaScript.
#include <array>
#include <cmath>
#include <cstdint>
#include <string>
#include <string_view>

#include "binding/registry.hpp"
#include "solvers/sparse/completion/matrix_completion.hpp"
#include "solvers/sparse/solver.hpp"
#include "solvers/sparse/trend/trend_filter.hpp"

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
    if (in.has("y")) problem.y = in.vector("y");
    numbers("event", problem.event);
    numbers("strata", problem.strata);
    numbers("start", problem.start);
    numbers("sampleWeight", problem.sampleWeight);
    numbers("offset", problem.offset);
    numbers("penaltyFactor", problem.penaltyFactor);
    numbers("lowerBounds", problem.lowerBounds);
    numbers("upperBounds", problem.upperBounds);
    numbers("sortedWeights", problem.sortedWeights);
    numbers("lambdas", problem.lambdas);
    numbers("warmStart", problem.warmStart);
    const auto integers = [&](const char* member, std::vector<int>& to) {
      if (!in.has(member)) return;
      const auto from = in.integers(member);
      to.assign(from.begin(), from.end());
    };
    integers("sizes", problem.sizes);
    integers("groups", problem.groups);
    if (in.has("responses")) problem.responses = in.integer("responses");
    return problem;
  }
};

/// Copies of numbers, and of indices below a limit.
std::vector<double> copyOf(const Reader& in, const char* member) {
  const auto from = in.vector(member);
  for (std::size_t k = 0; k < from.size(); ++k) {
    if (!std::isfinite(from[k])) {
      require(false, in.pathOf(member) + "[" + show(k) + "]", from[k], "expected a finite number");
    }
  }
  return {from.begin(), from.end()};
}

std::vector<std::int32_t> indicesBelow(const Reader& in, const char* member, int limit) {
  const auto from = in.integers(member);
  for (std::size_t k = 0; k < from.size(); ++k) {
    if (from[k] < 0 || from[k] >= limit) {
      require(false, in.pathOf(member) + "[" + show(k) + "]", from[k],
              "expected an integer in [0, " + show(limit - 1) + "]");
    }
  }
  return {from.begin(), from.end()};
}

void requireFalling(const std::vector<double>& lambdas, bool alsoZero) {
  for (std::size_t k = 0; k < lambdas.size(); ++k) {
    const bool right = (alsoZero ? lambdas[k] >= 0 : lambdas[k] > 0) && (k == 0 || lambdas[k] < lambdas[k - 1]);
    if (!right) require(false, "lambdas[" + show(k) + "]", lambdas[k], "expected positive numbers, falling");
  }
}

struct TrendFilterEntry {
  static constexpr const char* family = "sparse";
  static constexpr const char* name = "trendFilter";
  using Problem = TrendFilterProblem;
  using Settings = TrendFilterSettings;
  using Solution = TrendFilterSolution;
  template <class La>
  using Solver = TrendFilterSolver<La>;

  static constexpr std::array<std::string_view, 0> members = {};

  static Problem read(const Reader& in) {
    Problem problem;
    problem.y = copyOf(in, "y");
    if (in.has("sampleWeight")) problem.sampleWeight = copyOf(in, "sampleWeight");
    require(problem.sampleWeight.empty() || problem.sampleWeight.size() == problem.y.size(), "sampleWeight.length",
            problem.sampleWeight.size(), "expected as many as y has: " + show(problem.y.size()));
    for (std::size_t i = 0; i < problem.sampleWeight.size(); ++i) {
      if (!(problem.sampleWeight[i] > 0)) {
        require(false, "sampleWeight[" + show(i) + "]", problem.sampleWeight[i], "expected a number > 0");
      }
    }
    problem.lambdas = copyOf(in, "lambdas");
    requireFalling(problem.lambdas, true);
    return problem;
  }
};

struct MatrixCompletionEntry {
  static constexpr const char* family = "sparse";
  static constexpr const char* name = "matrixCompletion";
  using Problem = MatrixCompletionProblem;
  using Settings = MatrixCompletionSettings;
  using Solution = MatrixCompletionSolution;
  template <class La>
  using Solver = MatrixCompletionSolver<La>;

  static constexpr std::array<std::string_view, 0> members = {};

  static Problem read(const Reader& in) {
    Problem problem;
    problem.rows = in.integer("rows");
    problem.columns = in.integer("columns");
    require(problem.rows > 0 && problem.columns > 0, "rows", problem.rows, "expected at least one row and one column");
    problem.rowIndices = indicesBelow(in, "rowIndices", problem.rows);
    problem.columnIndices = indicesBelow(in, "columnIndices", problem.columns);
    problem.values = copyOf(in, "values");
    const bool same =
        problem.rowIndices.size() == problem.values.size() && problem.columnIndices.size() == problem.values.size();
    require(same, "values.length", problem.values.size(), "expected as many as there are indices of rows and columns");
    problem.lambdas = copyOf(in, "lambdas");
    requireFalling(problem.lambdas, false);
    if (in.has("startRows")) {
      problem.startRows = copyOf(in, "startRows");
      problem.startColumns = copyOf(in, "startColumns");
      const std::size_t rank = problem.startRows.size() / static_cast<std::size_t>(problem.rows);
      const bool whole = problem.startRows.size() == rank * static_cast<std::size_t>(problem.rows) &&
                         problem.startColumns.size() == rank * static_cast<std::size_t>(problem.columns);
      require(whole, "warmStart.left", "of another size", "expected a factor of each row and column");
    }
    return problem;
  }
};

const RegisterSolver<SparseEntry> registered;
const RegisterSolver<TrendFilterEntry> trendFilter;
const RegisterSolver<MatrixCompletionEntry> matrixCompletion;

}  // namespace
}  // namespace nonconvex
