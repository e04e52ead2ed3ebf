// How sums over rows are read from JavaScript.
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "binding/register_solver.hpp"
#include "binding/sums.hpp"
#include "core/inputs.hpp"
#include "problems/sums/joint_sum.hpp"
#include "solvers/smooth/robust_risk.hpp"
#include "solvers/smooth/solver.hpp"

namespace nonconvex {
namespace {

/// The regression that is summed, if it is one, and numbers beside the rows.
struct MinimizeSumInputs {
  std::optional<RegressionInputs> regression;
  std::vector<double> start, lower, upper;
  std::optional<double> radius;
  bool simplex = false;
  std::vector<std::int32_t> rows, validation, norms;
  std::vector<double> state;

  static constexpr auto fields() {
    using Self = MinimizeSumInputs;
    return FieldTuple{
        IN_OPTIONAL(regression, members(), "The rows of the sum. Default: those of a model, or of callbacks."),
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
    if (inputs.regression) problem.sum = sumOf(std::move(*inputs.regression));
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
  std::optional<RegressionInputs> regression;
  std::vector<double> start;

  static constexpr auto fields() {
    using Self = RobustRiskInputs;
    return FieldTuple{IN_OPTIONAL(regression, members(), "The rows. Default: those of a model."),
                      IN_OPTIONAL(start, vector("n"), "Point to begin at. Default: 0.")};
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
  static void take(Inputs& inputs, Problem& problem) {
    if (inputs.regression) problem.sum = sumOf(std::move(*inputs.regression));
    problem.start = std::move(inputs.start);
  }
};

const RegisterSolver<MinimizeSumEntry> minimizeSum;
const RegisterSolver<RobustRiskEntry> robustRisk;

}  // namespace
}  // namespace nonconvex
