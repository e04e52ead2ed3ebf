// How the training of two-layer ReLU networks is read from JavaScript.
#pragma once

#include <array>
#include <cmath>
#include <string_view>
#include <utility>

#include "binding/js.hpp"
#include "binding/ranks.hpp"
#include "binding/settings.hpp"
#include "binding/solve_together.hpp"
#include "solvers/relu/training.hpp"

namespace nonconvex {

struct ReluEntry {
  static constexpr const char* name = "relu";
  struct Problem : ReluProblem {
    std::shared_ptr<Ranks::Turn> turn;  ///< of a solve over ranks
  };
  using Settings = ReluSettings;
  using Solution = ReluSolution;
  template <class La>
  using Solver = ReluTraining<La>;

  static constexpr std::array<std::string_view, 3> members = {"patterns", "warmStart", "adversary"};

  static Problem read(const Reader& in) {
    const MatrixInput x = in.matrix("x");
    const MatrixInput y = in.matrix64("y");
    require(y.rows == x.rows, "rows of y", y.rows, "expected as many as x has: " + show(x.rows));
    Problem problem;
    problem.turn = readTurn(in);
    problem.n = x.rows;
    problem.d = x.columns;
    problem.x64 = x.f64;
    problem.x32 = x.f32;
    problem.outputs = y.columns;
    problem.y = y.f64;
    readRows(in, problem);
    if (in.has("patterns")) {
      const Reader patterns = in.object("patterns");
      if (patterns.has("sample")) problem.patterns.sample = patterns.integer("sample");
      if (patterns.has("exact")) problem.patterns.exact = patterns.boolean("exact");
      if (patterns.has("refine")) problem.patterns.refine = readRefinement(patterns.object("refine"));
      if (patterns.has("gates")) problem.patterns.gates = patterns.matrixCopy("gates");
    }
    if (in.has("adversary")) problem.adversary = readAdversary(in.object("adversary"));
    if (in.has("warmStart")) {
      const Reader warmStart = in.object("warmStart");
      problem.warmStart = {.weights = warmStart.matrixCopy("weights"), .dual = warmStart.matrixCopy("dual")};
    }
    return problem;
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

 private:
  static ReluAdversary readAdversary(const Reader& in) {
    ReluAdversary adversary;
    adversary.norm = valueNamed<AdversaryNorm>(in.pathOf("norm"), in.text("norm"));
    adversary.radius = in.number("radius");
    require(adversary.radius >= 0 && std::isfinite(adversary.radius), "adversary.radius", adversary.radius,
            "expected a finite number >= 0, in the units of x");
    return adversary;
  }

  /// Weights of rows, and which rows to train on.
  static void readRows(const Reader& in, Problem& problem) {
    const int all = problem.n;
    if (in.has("weights")) {
      const std::span<const double> weights = in.vector("weights");
      require(std::cmp_equal(weights.size(), all), "sampleWeights.length", weights.size(), "expected " + show(all));
      problem.weights = weights.data();
    }
    if (!in.has("rows")) return;
    problem.rows = in.integers("rows");
    for (const std::int32_t row : problem.rows) {
      require(row >= 0 && row < all, "rows", row, "expected 0 to " + show(all - 1));
    }
    problem.n = static_cast<int>(problem.rows.size());
    require(problem.n > 0 && problem.n <= all, "rows.length", problem.n, "expected 1 to " + show(all));
    problem.leftOut = all - problem.n;
  }

  static ReluRefinement readRefinement(const Reader& in) {
    ReluRefinement wanted;
    const auto expect = [](bool right, const char* name, auto value, const char* expected) {
      require(right, (std::string("patterns.refine.") + name).c_str(), value, expected);
    };
    if (in.has("rounds")) wanted.rounds = in.integer("rounds");
    if (in.has("timeLimit")) wanted.timeLimit = in.number("timeLimit");
    const int restarts = in.has("restarts") ? in.integer("restarts") : 0;
    expect(restarts >= 0 && restarts < 1000, "restarts", restarts, "expected an integer in [0, 999]");
    if (in.has("restarts")) wanted.starts = restarts + 1;
    if (in.has("onlyPrices")) wanted.starts = 0;
    if (in.has("program")) wanted.program = in.boolean("program");
    if (in.has("estimate")) wanted.estimate = in.boolean("estimate");
    expect(wanted.rounds >= 0, "rounds", wanted.rounds, "expected an integer >= 0");
    expect(wanted.timeLimit >= 0, "timeLimit", wanted.timeLimit, "expected a number >= 0 (seconds)");
    return wanted;
  }
};

}  // namespace nonconvex
