// How sums over rows are read from JavaScript.
#include <algorithm>
#include <array>
#include <cmath>
#include <memory>
#include <string>
#include <string_view>

#include "binding/callbacks.hpp"
#include "binding/ranks.hpp"
#include "binding/registry.hpp"
#include "binding/rows.hpp"
#include "core/index.hpp"
#include "problems/sums/callback_sum.hpp"
#include "problems/sums/joint_sum.hpp"
#include "problems/sums/regression_sum.hpp"
#include "solvers/smooth/robust_risk.hpp"
#include "solvers/smooth/solver.hpp"

namespace nonconvex {
namespace {

std::vector<double> numbersIn(const Reader& in, const char* name) {
  if (!in.has(name)) return {};
  const auto from = in.vector(name);
  return {from.begin(), from.end()};
}

std::vector<std::int32_t> rowsIn(const Reader& in, const char* name, int limit) {
  if (!in.has(name)) return {};
  const auto from = in.integers(name);
  for (std::size_t k = 0; k < from.size(); ++k) {
    if (from[k] < 0 || from[k] >= limit) {
      require(false, std::string(name) + "[" + show(k) + "]", from[k],
              "expected an integer in [0, " + show(limit - 1) + "]");
    }
  }
  return {from.begin(), from.end()};
}

std::shared_ptr<const FiniteSumSource> readRegression(const Reader& in) {
  RegressionRows rows;
  rows.family = valueNamed<GlmFamily>("loss", in.text("loss"));
  const Reader x = in.object("x");
  if (x.has("format")) {
    rows.matrix = x.asSparse();
  } else {
    rows.matrix = x.asMatrix();
  }
  rows.y = numbersIn(in, "y");
  rows.weights = numbersIn(in, "weights");
  rows.offset = numbersIn(in, "offset");
  rows.ridge = numbersIn(in, "ridge");
  rows.intercept = in.boolean("intercept");
  return std::make_shared<RegressionSource>(std::move(rows));
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

struct MinimizeSumEntry {
  static constexpr const char* family = "smooth";
  static constexpr const char* name = "minimizeSum";
  struct Problem : MinimizeSumProblem {
    std::shared_ptr<Ranks::Turn> turn;  ///< of a solve over ranks
  };
  using Settings = MinimizeSumSettings;
  using Solution = MinimizeSumSolution;
  template <class La>
  using Solver = MinimizeSumSolver;

  static constexpr std::array<std::string_view, 0> members = {};

  static Problem read(const Reader& in) {
    Problem problem;
    problem.turn = readTurn(in);
    problem.sum = readSum(in);
    problem.start = numbersIn(in, "start");
    problem.lower = numbersIn(in, "lower");
    problem.upper = numbersIn(in, "upper");
    if (!problem.lower.empty()) problem.set = SumSet::box;
    if (in.has("radius")) {
      problem.set = SumSet::ball;
      problem.radius = in.number("radius");
    }
    if (in.has("simplex")) problem.set = SumSet::simplex;
    problem.rows = rowsIn(in, "rows", problem.sum->rows());
    problem.validation = rowsIn(in, "validation", problem.sum->rows());
    problem.norms = rowsIn(in, "norms", 3);
    problem.state = numbersIn(in, "state");
    return problem;
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

struct RobustRiskEntry {
  static constexpr const char* family = "smooth";
  static constexpr const char* name = "robustRisk";
  using Problem = RobustRiskProblem;
  using Settings = RobustRiskSettings;
  using Solution = RobustRiskSolution;
  template <class La>
  using Solver = RobustRiskSolver;

  static constexpr std::array<std::string_view, 0> members = {};

  static Problem read(const Reader& in) { return {.sum = readSum(in), .start = numbersIn(in, "start")}; }
};

const RegisterSolver<MinimizeSumEntry> minimizeSum;
const RegisterSolver<RobustRiskEntry> robustRisk;

}  // namespace
}  // namespace nonconvex
