// How the problems of structured statistics are read from JavaScript.
#include <algorithm>
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

/// A copy of a matrix of this size; -1: of any number of rows or columns.
HostMatrix<double> matrixOf(const Reader& in, const char* name, int rows, int columns) {
  filledMatrix(in, name);
  HostMatrix<double> made = in.matrixCopy(name);
  if (rows >= 0) require(made.rows() == rows, "rows of " + in.pathOf(name), made.rows(), "expected " + show(rows));
  if (columns >= 0) {
    require(made.cols() == columns, "columns of " + in.pathOf(name), made.cols(), "expected " + show(columns));
  }
  return made;
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

struct SequentialMaxMarginEntry : StructuredEntry {
  static constexpr const char* name = "sequentialMaxMargin";
  using Problem = SequentialMaxMarginProblem;
  using Settings = SequentialMaxMarginSettings;
  using Solution = SequentialMaxMarginSolution;
  template <class La>
  using Solver = SequentialMaxMarginSolver<La>;

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

struct TeachKernelEntry : StructuredEntry {
  static constexpr const char* name = "teachKernel";
  using Problem = TeachKernelProblem;
  using Settings = TeachKernelSettings;
  using Solution = TeachKernelSolution;
  template <class La>
  using Solver = TeachKernelSolver<La>;

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

struct CheckeredRegressionEntry : StructuredEntry {
  static constexpr const char* name = "checkeredRegression";
  using Problem = CheckeredRegressionProblem;
  using Settings = CheckeredRegressionSettings;
  using Solution = CheckeredRegressionSolution;
  template <class La>
  using Solver = CheckeredRegressionSolver<La>;

  static Problem read(const Reader& in) {
    Problem problem;
    problem.x = filledMatrix(in, "x");
    problem.y = numbersOf(in, "y", problem.x.rows, "rows of x");
    if (in.has("start")) problem.start = matrixOf(in, "start", -1, problem.x.columns + 1);
    return problem;
  }
};

struct RobustMixedModelEntry : StructuredEntry {
  static constexpr const char* name = "robustMixedModel";
  using Problem = RobustMixedModelProblem;
  using Settings = RobustMixedModelSettings;
  using Solution = RobustMixedModelSolution;
  template <class La>
  using Solver = RobustMixedModelSolver<La>;

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

struct BlindCalibrationEntry : StructuredEntry {
  static constexpr const char* name = "blindCalibration";
  using Problem = BlindCalibrationProblem;
  using Settings = BlindCalibrationSettings;
  using Solution = BlindCalibrationSolution;
  template <class La>
  using Solver = BlindCalibrationSolver<La>;

  static Problem read(const Reader& in) {
    Problem problem;
    problem.a = filledMatrix(in, "A");
    problem.y = numbersOf(in, "y", problem.a.rows, "rows of A");
    problem.sensors = in.integer("sensors");
    require(problem.sensors > 0 && problem.a.rows % problem.sensors == 0, in.pathOf("sensors"), problem.sensors,
            "expected a divisor of the number of rows of A, " + show(problem.a.rows));
    int unknowns = problem.a.columns;
    if (in.has("signalBasis")) {
      problem.signalBasis = matrixOf(in, "signalBasis", problem.a.columns, -1);
      unknowns = problem.signalBasis.cols();
    }
    if (in.has("gainBasis")) problem.gainBasis = matrixOf(in, "gainBasis", problem.sensors, -1);
    if (in.has("startSignal")) problem.startSignal = numbersOf(in, "startSignal", unknowns, "unknowns");
    if (in.has("startGains")) problem.startGains = numbersOf(in, "startGains", problem.sensors, "sensors");
    return problem;
  }
};

struct OneClassSubspacesEntry : StructuredEntry {
  static constexpr const char* name = "oneClassSubspaces";
  using Problem = OneClassSubspacesProblem;
  using Settings = OneClassSubspacesSettings;
  using Solution = OneClassSubspacesSolution;
  template <class La>
  using Solver = OneClassSubspacesSolver<La>;

  static Problem read(const Reader& in) {
    Problem problem;
    problem.x = filledMatrix(in, "x");
    if (in.has("start")) problem.start = matrixOf(in, "start", problem.x.columns, -1);
    return problem;
  }
};

struct SupervisedDictionaryEntry : StructuredEntry {
  static constexpr const char* name = "supervisedDictionary";
  using Problem = SupervisedDictionaryProblem;
  using Settings = SupervisedDictionarySettings;
  using Solution = SupervisedDictionarySolution;
  template <class La>
  using Solver = SupervisedDictionarySolver<La>;

  static Problem read(const Reader& in) {
    Problem problem;
    problem.x = filledMatrix(in, "x");
    problem.y = numbersOf(in, "y", problem.x.rows, "rows of x");
    if (in.has("start")) problem.start = numbersOf(in, "start", problem.x.columns + 1, "columns of x, and one");
    return problem;
  }
};

const RegisterSolver<UnlearnEntry> unlearn;
const RegisterSolver<SequentialMaxMarginEntry> sequentialMaxMargin;
const RegisterSolver<TeachKernelEntry> teachKernel;
const RegisterSolver<CheckeredRegressionEntry> checkeredRegression;
const RegisterSolver<RobustMixedModelEntry> robustMixedModel;
const RegisterSolver<BlindCalibrationEntry> blindCalibration;
const RegisterSolver<OneClassSubspacesEntry> oneClassSubspaces;
const RegisterSolver<SupervisedDictionaryEntry> supervisedDictionary;

}  // namespace
}  // namespace nonconvex
