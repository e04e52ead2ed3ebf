// How the training of two-layer ReLU networks is read from JavaScript.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

#include "binding/solve_together.hpp"
#include "binding/tables.hpp"
#include "core/inputs.hpp"
#include "solvers/relu/training.hpp"

namespace nonconvex {

/// What the training of a network is given.
struct ReluInputs {
  MatrixInput x;
  MatrixInput y;
  std::span<const double> sampleWeights;
  std::span<const std::int32_t> rows;
  ReluPatterns patterns;
  std::optional<ReluWarmStart> warmStart;
  std::optional<ReluAdversary> adversary;

  static constexpr auto fields() {
    using Self = ReluInputs;
    return FieldTuple{
        IN(x, matrix("n", "d"), "Inputs of the network, a row each."),
        IN(y, matrix("n", "c").inDoubles(),
           "Outputs that the network is to have: values, -1 and 1, or shares of classes."),
        IN_OPTIONAL(sampleWeights, vector("n").atLeast(0), "How much the loss of each row counts. Default: 1."),
        IN_OPTIONAL(rows, indices().below("n").distinct(), "Rows to train on. Default: all."),
        IN_OPTIONAL(patterns, members(), "Activation patterns of the convex program. Default: a sample."),
        IN_OPTIONAL(warmStart, members(), "An earlier solution of the convex program to begin at."),
        IN_OPTIONAL(adversary, members(), "What an adversary may add to each row of inputs.")};
  }
};

struct ReluEntry {
  static constexpr const char* name = "relu";
  using Problem = ReluProblem;
  using Inputs = ReluInputs;
  using Settings = ReluSettings;
  using Solution = ReluSolution;
  template <class La>
  using Solver = ReluTraining<La>;

  static constexpr std::array<std::string_view, 3> members = {"patterns", "warmStart", "adversary"};

  static void take(Inputs& inputs, Problem& problem) {
    const auto& [x, y, weights, rows, patterns, warmStart, adversary] = inputs;
    problem.n = rows.empty() ? x.rows : static_cast<int>(rows.size());
    problem.leftOut = x.rows - problem.n;
    problem.d = x.columns;
    problem.x64 = x.f64;
    problem.x32 = x.f32;
    problem.outputs = y.columns;
    problem.y = y.f64;
    if (!weights.empty()) problem.weights = weights.data();
    problem.rows = rows;
    problem.patterns = std::move(inputs.patterns);
    if (warmStart) problem.warmStart = std::move(*inputs.warmStart);
    problem.adversary = adversary;
  }

  /// One rank solves as a process without.
  static void join(Problem& problem, const std::shared_ptr<Ranks>& ranks) {
    if (ranks->size() > 1) problem.ranks = ranks;
  }
  static std::uint64_t fingerprint(const Problem& problem, const Settings& settings) {
    std::uint64_t hash = fingerprintOf(settings);
    const double sizes[] = {1.0 * problem.d, 1.0 * problem.outputs, 1.0 * problem.patterns.sample};
    hash = nonconvex::fingerprint(sizes, hash);
    for (const HostMatrix<double>* each : {&problem.patterns.gates, &problem.warmStart.weights}) {
      hash = nonconvex::fingerprint({each->data(), each->size()}, hash);
    }
    return hash;
  }
  static std::span<const double> answer(const Solution& solution) {
    return {solution.weights.data(), solution.weights.size()};
  }
};

}  // namespace nonconvex
