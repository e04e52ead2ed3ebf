// Networks of gated and of ReLU neurons, and those of fixed directions, whose rows are spread over ranks, which are
// threads here: the answer of one process with all rows.
#include <cmath>

#include "check.hpp"
#include "core/random.hpp"
#include "solvers/relu/solver.hpp"
#include "thread_ranks.hpp"

using namespace nonconvex;

namespace {

constexpr int rows = 240, columns = 4;

struct Data {
  std::vector<double> x = std::vector<double>(rows * columns), y, weights;
  explicit Data(ReluLoss loss) : outputs(loss == ReluLoss::softmax ? 3 : 1) {
    const Random random(5);
    for (std::size_t k = 0; k < x.size(); ++k) x[k] = random.normal(k) * (k % columns == 1 ? 30 : 1);
    for (std::size_t i = 0; i < rows; ++i) {
      const double value = std::abs(x[columns * i]) - 0.02 * x[columns * i + 1] + 0.3 * random.normal(5000 + i);
      weights.push_back(1 + static_cast<double>(i % 3));
      if (loss == ReluLoss::softmax) {
        for (int j = 0; j < 3; ++j) y.push_back(j == (value < 0.2 ? 0 : value < 1 ? 1 : 2) ? 1 : 0);
      } else {
        y.push_back(loss == ReluLoss::squared || loss == ReluLoss::huber ? value : value > 0.7 ? 1 : -1);
      }
    }
  }
  int outputs;
};

struct Case {
  ReluLoss loss;
  ReluMethod method;
  ReluInner inner;
  ReluStandardize standardize = ReluStandardize::none;
  bool weighted = false;
  double tolerance = 1e-5;
  ReluActivation activation = ReluActivation::gated;
  ReluSplitting splitting = ReluSplitting::cone;
};

Solved<ReluSolution> solve(const Data& data, const Case& c, int begin, int end, const std::shared_ptr<Ranks>& ranks,
                           Monitor& monitor) {
  ReluProblem problem;
  problem.n = end - begin;
  problem.d = columns;
  problem.x64 = data.x.data() + begin * columns;
  problem.y = data.y.data() + begin * data.outputs;
  problem.outputs = data.outputs;
  if (c.weighted) problem.weights = data.weights.data() + begin;
  problem.patterns.sample = 12;
  problem.ranks = ranks;
  ReluSettings settings;
  settings.loss = c.loss;
  settings.method = c.method;
  settings.activation = c.method == ReluMethod::sampled ? ReluActivation::relu : c.activation;
  settings.splitting = c.splitting;
  settings.inner = c.inner;
  settings.standardize = c.standardize;
  settings.lambda = c.method == ReluMethod::sampled ? 5 : c.activation == ReluActivation::relu ? 20 : 1;
  settings.maxIterations = 100000;
  settings.tolerance = c.tolerance;
  const Cpu la(nullptr, 1, &monitor);
  ReluSolver<Cpu> solver(la, problem, settings);
  auto outcome = iterate(solver, settings, monitor);
  return {std::move(outcome), solver.solution()};
}

/// How far weights of ReLU neurons are outside of the cones of all rows, over the rows' lengths and theirs; computed
/// from the data and the gates alone.
double violation(const Data& data, const ReluSolution& solution) {
  double worst = 0;
  const int patterns = solution.patterns;
  for (int j = 0; j < solution.weights.cols(); ++j) {
    const double *v = solution.weights.column(j), *gate = solution.gates.column(j % patterns);
    double length = 0;
    for (int i = 0; i <= columns; ++i) length += v[i] * v[i];
    for (int k = 0; k < rows; ++k) {
      double product = v[columns], side = gate[columns], size = 1;  // the bias comes last
      for (int i = 0; i < columns; ++i) {
        const auto input = static_cast<std::size_t>(i);
        const double shifted = data.x[static_cast<std::size_t>(columns * k + i)] - solution.inputShift[input];
        const double x = shifted / solution.inputScale[input];
        product += x * v[i];
        side += x * gate[i];
        size += x * x;
      }
      if (length > 0) worst = std::max(worst, (side >= 0 ? -product : product) / std::sqrt(length * size));
    }
  }
  return worst;
}

void compare(const Case& c, int size) {
  const Data data(c.loss);
  Monitor none;
  const Solved<ReluSolution> alone = solve(data, c, 0, rows, nullptr, none);
  CHECK(alone.outcome.status == Status::solved);
  std::vector<Solved<ReluSolution>> found(static_cast<std::size_t>(size));
  std::vector<double> bytes(found.size());
  ThreadRanks(size).run([&](const std::shared_ptr<Ranks>& ranks) {
    Monitor wishes;
    JointSolve joint(std::make_shared<Ranks::Turn>(ranks), wishes, 1);
    const int rank = ranks->rank();
    // Ranks with few rows and with many.
    const auto border = [&](int k) { return k == 0 ? 0 : rows * k * k / (size * size); };
    auto mine = solve(data, c, border(rank), border(rank + 1), ranks, joint.monitor());
    joint.end({mine.solution.weights.data(), mine.solution.weights.size()});
    bytes[static_cast<std::size_t>(rank)] = ranks->bytes();
    found[static_cast<std::size_t>(rank)] = std::move(mine);
  });
  const double objective = static_cast<double>(alone.outcome.progress.objective);
  for (const auto& [outcome, solution] : found) {
    CHECK(outcome.status == Status::solved);
    CHECK_NEAR(static_cast<double>(outcome.progress.objective), objective, 10 * c.tolerance * objective);
    CHECK_NEAR(solution.networkObjective, static_cast<double>(outcome.progress.objective), 1e-9 * objective);
    CHECK(static_cast<double>(outcome.progress.lowerBound) <= objective * (1 + 1e-12));
    CHECK_EQ(solution.patterns, alone.solution.patterns);
    CHECK(check::sameBits(solution.weights.data(), found[0].solution.weights.data(), solution.weights.size()));
    CHECK(outcome.progress.iteration == found[0].outcome.progress.iteration);
    CHECK(solution.networkObjective == found[0].solution.networkObjective);
    // Cones of one process go on by Newton's method.
    const bool alike = c.activation == ReluActivation::gated || c.splitting == ReluSplitting::slack;
    if (alike) CHECK(outcome.progress.iteration <= 3 * alone.outcome.progress.iteration + 20);
    if (c.activation == ReluActivation::relu) CHECK(violation(data, solution) <= 1e-9);
  }
  CHECK(bytes[0] > 0 && bytes[0] == bytes.back());
}

TEST(gatedNetworksOverRanks) {
  for (const int size : {2, 4}) {
    for (const ReluInner inner : {ReluInner::exact, ReluInner::krylov}) {
      compare({ReluLoss::squared, ReluMethod::admm, inner}, size);
    }
  }
  compare({ReluLoss::squared, ReluMethod::admm, ReluInner::exact, ReluStandardize::deviation, true}, 3);
  compare({ReluLoss::logistic, ReluMethod::admm, ReluInner::exact, ReluStandardize::norm}, 2);
}

TEST(otherLossesOverRanks) {
  if (!check::longRun()) return;
  for (const ReluLoss loss : {ReluLoss::logistic, ReluLoss::hinge, ReluLoss::softmax, ReluLoss::huber}) {
    compare({loss, ReluMethod::admm, ReluInner::exact, ReluStandardize::none, false, 1e-3}, 2);
    // Coupled outputs of columns of other scales take inexact solves very long, on one process too.
    const ReluStandardize scales = loss == ReluLoss::softmax ? ReluStandardize::deviation : ReluStandardize::none;
    compare({loss, ReluMethod::admm, ReluInner::krylov, scales, false, 1e-3}, 2);
    compare({loss, ReluMethod::admm, ReluInner::exact, ReluStandardize::deviation, true, 1e-3}, 3);
  }
}

TEST(reluNetworksOverRanks) {
  const auto relu = [](ReluSplitting splitting, ReluInner inner, double tolerance) {
    return Case{ReluLoss::squared, ReluMethod::admm,     inner,    ReluStandardize::deviation, false,
                tolerance,         ReluActivation::relu, splitting};
  };
  compare(relu(ReluSplitting::slack, ReluInner::exact, 1e-2), 2);
  compare(relu(ReluSplitting::slack, ReluInner::krylov, 3e-2), 3);
  compare(relu(ReluSplitting::cone, ReluInner::exact, 1e-3), 2);
  if (!check::longRun()) return;
  for (const int size : {2, 4}) {
    for (const ReluInner inner : {ReluInner::exact, ReluInner::krylov}) {
      compare(relu(ReluSplitting::slack, inner, 1e-5), size);
      compare(relu(ReluSplitting::cone, inner, 1e-4), size);
    }
  }
  Case weighted = relu(ReluSplitting::slack, ReluInner::exact, 1e-4);
  weighted.weighted = true;
  compare(weighted, 3);
  for (const ReluLoss loss : {ReluLoss::logistic, ReluLoss::softmax}) {
    Case other = relu(ReluSplitting::cone, ReluInner::exact, 1e-3);
    other.loss = loss;
    compare(other, 2);
  }
}

/// Bytes of a rank's messages in an iteration, of one that no report comes with.
double bytesOfIteration(ReluActivation activation, ReluSplitting splitting, int& weights) {
  constexpr int steps = 20;
  const Data data(ReluLoss::squared);
  double bytes = 0;
  ThreadRanks(2).run([&](const std::shared_ptr<Ranks>& ranks) {
    Monitor wishes;
    JointSolve joint(std::make_shared<Ranks::Turn>(ranks), wishes, 1);
    ReluProblem problem;
    problem.n = rows / 2;
    problem.d = columns;
    problem.x64 = data.x.data() + ranks->rank() * problem.n * columns;
    problem.y = data.y.data() + ranks->rank() * problem.n;
    problem.patterns.sample = 12;
    problem.ranks = ranks;
    ReluSettings settings;
    settings.activation = activation;
    settings.splitting = splitting;
    settings.inner = ReluInner::exact;
    settings.lambda = 1;
    const Cpu la(nullptr, 1, &joint.monitor());
    ReluSolver<Cpu> solver(la, problem, settings);
    solver.start();
    const double before = ranks->bytes();
    for (int k = 0; k < steps; ++k) solver.step();
    const double after = ranks->bytes();
    const ReluSolution solution = solver.solution();  // which all ranks make together
    joint.end({});
    if (ranks->rank() != 0) return;
    bytes = (after - before) / steps;
    weights = (columns + 1) * solution.patterns;
  });
  return bytes;
}

TEST(bytesOfAnIteration) {
  constexpr int head = 64;
  int weights = 0;
  // F^T theta; and for slacks, in both signs, X^T of them.
  const double gated = bytesOfIteration(ReluActivation::gated, ReluSplitting::cone, weights);
  CHECK(weights > 0);
  CHECK_EQ(gated, 8 * weights + head);
  const double slack = bytesOfIteration(ReluActivation::relu, ReluSplitting::slack, weights);
  CHECK_EQ(slack, 24 * weights + 2 * head);
}

TEST(fixedDirectionsOverRanks) {
  compare({ReluLoss::squared, ReluMethod::sampled, ReluInner::exact}, 2);
  compare({ReluLoss::squared, ReluMethod::sampled, ReluInner::krylov}, 3);
  if (check::longRun()) compare({ReluLoss::logistic, ReluMethod::sampled, ReluInner::exact, ReluStandardize::norm}, 4);
}

}  // namespace
