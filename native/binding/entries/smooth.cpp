// How sums over rows are read from JavaScript.
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "binding/callbacks.hpp"
#include "binding/inputs.hpp"
#include "binding/register_solver.hpp"
#include "binding/rows.hpp"
#include "core/index.hpp"
#include "core/inputs.hpp"
#include "problems/sums/callback_sum.hpp"
#include "problems/sums/joint_sum.hpp"
#include "problems/sums/regression_sum.hpp"
#include "solvers/smooth/robust_risk.hpp"
#include "solvers/smooth/solver.hpp"

namespace nonconvex {
namespace {

/// Rows of a regression.
struct RegressionInputs {
  AnyMatrix x;
  GlmFamily loss = GlmFamily::logistic;
  std::vector<double> y, weights, offset, ridge;
  bool intercept = false;

  static constexpr auto fields() {
    using Self = RegressionInputs;
    return FieldTuple{IN(loss, choice(), "Loss of the rows."),
                      IN(x, matrix("n", "p"), "Rows of the regression, dense or sparse."),
                      IN(y, vector("n"), "Responses."),
                      IN(weights, vector("n").atLeast(0), "Weights of the rows, of sum 1."),
                      IN_OPTIONAL(offset, vector("n"), "Numbers that are added to the predictions. Default: 0."),
                      IN_OPTIONAL(ridge, vector("p").atLeast(0), "Weight of the square of each coefficient."),
                      IN(intercept, flag(), "Whether the last column is that of the intercept.")};
  }
};

std::shared_ptr<const FiniteSumSource> readRegression(const Reader& in) {
  auto from = readStruct<RegressionInputs>(in);
  return std::make_shared<RegressionSource>(RegressionRows{.family = from.loss,
                                                           .matrix = from.x,
                                                           .y = std::move(from.y),
                                                           .weights = std::move(from.weights),
                                                           .offset = std::move(from.offset),
                                                           .ridge = std::move(from.ridge),
                                                           .intercept = from.intercept});
}

std::shared_ptr<const FiniteSumSource> readCallbacks(const Reader& in) {
  const int rows = in.integer("rows"), n = in.integer("n");
  const std::size_t each = at(rows), length = at(n);
  SumFunctions functions{
      .value = readVectorFunction(in, "value", {length, each}, {}), .gradient = {}, .hessianProduct = {}, .losses = {}};
  if (in.has("gradient")) functions.gradient = readVectorFunction(in, "gradient", {length, each}, {length});
  if (in.has("hessianProduct")) {
    functions.hessianProduct = readVectorFunction(in, "hessianProduct", {length, each, length}, {length});
  }
  if (in.has("losses")) functions.losses = readVectorFunction(in, "losses", {length, each}, {each});
  return std::make_shared<CallbackSource>(rows, n, std::move(functions));
}

/// Callbacks, a model with sums over rows, or a regression.
std::shared_ptr<const FiniteSumSource> readSum(const Reader& in) {
  if (in.has("callbacks")) return readCallbacks(in.object("callbacks"));
  return in.has("program") ? readRowSum(in) : readRegression(in);
}

/// Numbers of a sum beside its rows or functions.
struct MinimizeSumInputs {
  std::vector<double> start, lower, upper;
  std::optional<double> radius;
  bool simplex = false;
  std::vector<std::int32_t> rows, validation, norms;
  std::vector<double> state;

  static constexpr auto fields() {
    using Self = MinimizeSumInputs;
    return FieldTuple{
        IN_OPTIONAL(start, vector("n"), "Point to begin at. Default: 0."),
        IN_OPTIONAL(lower, vector("n").orInfinite(), "Lower bounds. Default: none."),
        IN_OPTIONAL(upper, vector("n").orInfinite(), "Upper bounds. Default: none."),
        IN_OPTIONAL(radius, number().positive(), "Radius of the ball about 0 that x is in. Default: no ball."),
        IN_OPTIONAL(simplex, flag(), "Whether x is in the simplex."),
        IN_OPTIONAL(rows, indices(), "Rows of the sum. Default: all."),
        IN_OPTIONAL(validation, indices(), "Other rows, on which the answer is tried."),
        IN_OPTIONAL(norms, indices().within(between(0, 2)), "Norm of each variable: Euclidean, largest, spectral."),
        IN_OPTIONAL(state, vector().orInfinite(), "State of an earlier solve to go on from.")};
  }
};

void requireBelow(const char* name, const std::vector<std::int32_t>& rows, int limit) {
  for (std::size_t k = 0; k < rows.size(); ++k) {
    if (rows[k] < limit) continue;
    require(false, std::string(name) + "[" + show(k) + "]", rows[k],
            "expected an integer in [0, " + show(limit - 1) + "]");
  }
}

struct MinimizeSumEntry {
  static constexpr const char* family = "smooth";
  static constexpr const char* name = "minimizeSum";
  using Problem = MinimizeSumProblem;
  using Inputs = MinimizeSumInputs;
  using Settings = MinimizeSumSettings;
  using Solution = MinimizeSumSolution;
  template <class La>
  using Solver = MinimizeSumSolver;

  static void read(const Reader& in, Problem& problem) { problem.sum = readSum(in); }
  static void take(Inputs& inputs, Problem& problem) {
    requireBelow("rows", inputs.rows, problem.sum->rows());
    requireBelow("validation", inputs.validation, problem.sum->rows());
    problem.start = std::move(inputs.start);
    problem.set = inputs.simplex          ? SumSet::simplex
                  : inputs.radius         ? SumSet::ball
                  : !inputs.lower.empty() ? SumSet::box
                                          : SumSet::none;
    problem.radius = inputs.radius.value_or(1);
    problem.lower = std::move(inputs.lower);
    problem.upper = std::move(inputs.upper);
    problem.rows = std::move(inputs.rows);
    problem.validation = std::move(inputs.validation);
    problem.norms = std::move(inputs.norms);
    problem.state = std::move(inputs.state);
  }

  static void join(Problem& problem, const std::shared_ptr<Ranks>& ranks) {
    problem.sum = jointSource(std::move(problem.sum), ranks);
  }
  static std::uint64_t fingerprint(const Problem& problem, const Settings& settings) {
    std::uint64_t hash = fingerprintOf(settings);
    const double set[] = {static_cast<double>(problem.set), problem.radius};
    hash = nonconvex::fingerprint(set, hash);
    for (const auto* values : {&problem.start, &problem.lower, &problem.upper, &problem.state}) {
      hash = nonconvex::fingerprint(*values, hash);
    }
    return hash;
  }
  static std::span<const double> answer(const Solution& solution) { return solution.x; }
};

struct RobustRiskInputs {
  std::vector<double> start;

  static constexpr auto fields() {
    using Self = RobustRiskInputs;
    return FieldTuple{IN_OPTIONAL(start, vector("n"), "Point to begin at. Default: 0.")};
  }
};

struct RobustRiskEntry {
  static constexpr const char* family = "smooth";
  static constexpr const char* name = "robustRisk";
  using Problem = RobustRiskProblem;
  using Inputs = RobustRiskInputs;
  using Settings = RobustRiskSettings;
  using Solution = RobustRiskSolution;
  template <class La>
  using Solver = RobustRiskSolver;

  static void read(const Reader& in, Problem& problem) { problem.sum = readSum(in); }
  static void take(Inputs& inputs, Problem& problem) { problem.start = std::move(inputs.start); }
};

const RegisterSolver<MinimizeSumEntry> minimizeSum;
const RegisterSolver<RobustRiskEntry> robustRisk;

}  // namespace
}  // namespace nonconvex
