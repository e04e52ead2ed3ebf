// Refinement and its parts, against plain loops.
#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "check.hpp"
#include "solvers/relu/refinement/batch_descent.hpp"
#include "solvers/relu/refinement/caratheodory.hpp"
#include "solvers/relu/refinement/residual_bound.hpp"
#include "solvers/relu/refinement/rounds.hpp"
#include "solvers/relu/relu_instances.hpp"

using namespace nonconvex;
using namespace instances;

namespace {

const Cpu serial;

ReluData dataOf(const Instance& made, const ReluSettings& settings) {
  return {made.problem(), settings, 1e12, sizeof(double)};
}

ReluSettings settingsFor(ReluLoss loss) {
  ReluSettings settings;
  settings.loss = loss;
  settings.lambda = 0.3;
  return settings;
}

/// f_k of row i by plain loops.
double prediction(const ReluData& data, const ReluNeurons& neurons, int i, int k) {
  double f = 0;
  for (int j = 0; j < neurons.count(); ++j) {
    if (neurons.outputs[at(j)] != k) continue;
    double z = 0;
    for (int l = 0; l < data.d; ++l) z += data.xt(l, i) * neurons.directions(l, j);
    f += neurons.weights[at(j)] * std::max(0.0, z);
  }
  return f;
}

double penalty(const ReluNeurons& neurons) {
  double squares = 0;
  for (std::size_t i = 0; i < neurons.directions.size(); ++i) squares += square(neurons.directions.data()[i]);
  for (const double weight : neurons.weights) squares += square(weight);
  return squares / 2;
}

ReluNeurons someNeurons(const ReluData& data, int count, std::uint64_t seed) {
  ReluNeurons made = randomNeurons(data, count, seed);
  made.balance();
  return made;
}

}  // namespace

TEST(gradientOfTheNetworkObjectiveIsThatOfDifferences) {
  for (const ReluLoss loss : kinds) {
    const int c = loss == ReluLoss::softmax ? 3 : 2;
    const Instance made = instance(30, 4, c, loss, 3);
    const ReluData data = dataOf(made, settingsFor(loss));
    const ReluNeurons neurons = someNeurons(data, 6 * c, 1);
    ReluNetworkObjective objective(serial, data);
    objective.setOutputs(neurons.outputs);
    const int size = objective.variables();
    std::vector<double> x(neurons.directions.data(), neurons.directions.data() + neurons.directions.size());
    x.insert(x.end(), neurons.weights.begin(), neurons.weights.end());
    std::vector<double> gradient(at(size));
    objective.gradient(x, gradient);
    for (int i = 0; i < size; i += 7) {
      constexpr double h = 1e-6;
      const double middle = x[at(i)];
      x[at(i)] = middle + h;
      const double above = objective.value(x);
      x[at(i)] = middle - h;
      const double below = objective.value(x);
      x[at(i)] = middle;
      // Hinge has kinks of its own: a difference across one is between the two slopes.
      CHECK_NEAR(gradient[at(i)], (above - below) / (2 * h), loss == ReluLoss::hinge ? 3.0 : 1e-4);
    }
  }
}

TEST(everyThirdRowIsAProblemWithItsShareOfLambda) {
  const Instance made = instance(31, 4, 2, ReluLoss::huber, 3);
  ReluProblem problem = made.problem();
  std::vector<double> weights(31);
  for (int k = 0; k < 31; ++k) weights[at(k)] = 1 + k % 4;
  problem.weights = weights.data();
  const ReluData data(problem, settingsFor(ReluLoss::huber), 1e12, sizeof(double));
  const ReluData part = data.everyRow(3);
  CHECK_EQ(part.n, 11);
  const ReluNeurons neurons = someNeurons(data, 8, 1);
  double loss = 0;
  for (int i = 0; i < data.n; i += 3) {
    for (int k = 0; k < data.c; ++k) {
      const double r = std::abs(prediction(data, neurons, i, k) - data.y(i, k));
      const double delta = data.loss.delta;
      loss += (1 + i % 4) * (r <= delta ? r * r / 2 : delta * (r - delta / 2));
    }
  }
  ReluNetworkObjective objective(serial, part);
  CHECK_NEAR(objective.value(neurons), loss + data.lambda * 11 / 31 * penalty(neurons), 1e-9 * loss);
}

TEST(batchesDescendAlmostAsFarAsAllRows) {
  for (const ReluLoss loss : kinds) {
    const int c = loss == ReluLoss::softmax ? 3 : 2;
    const Instance made = instance(200, 6, c, loss, 3);
    const ReluData data = dataOf(made, settingsFor(loss));
    ReluNeurons byBatches = someNeurons(data, 20 * c, 1);
    ReluNeurons byAll = byBatches.copy();
    ReluNetworkObjective objective(serial, data);
    const double before = objective.value(byBatches);
    const double reference = descend(serial, data, byAll, 100);
    beginAtMeans(data, byBatches);
    descendByBatches(serial, data, byBatches, {.rows = 20, .steps = 1500});
    CHECK(reference < before);
    CHECK(objective.value(byBatches) - reference < 0.1 * (before - reference));
  }
}

TEST(batchesGiveTheSameForAnyThreadsAndScale) {
  const Instance made = instance(120, 5, 2, ReluLoss::squared, 4);
  WorkerPool pool(3);
  const Cpu parallel(&pool);
  const auto descended = [&](const Cpu& la, double scale) {
    Instance scaled = made;
    for (double& value : scaled.x) value *= scale;
    for (double& value : scaled.y) value *= scale;
    ReluSettings settings = settingsFor(ReluLoss::squared);
    settings.bias = false;
    settings.lambda *= scale * scale;
    const ReluData data = dataOf(scaled, settings);
    ReluNeurons neurons = someNeurons(data, 70, 1);
    descendByBatches(la, data, neurons, {.rows = 16, .steps = 50});
    return std::pair(neurons.variables(), ReluNetworkObjective(serial, data).value(neurons));
  };
  const auto [one, value] = descended(serial, 1);
  const auto [many, same] = descended(parallel, 1);
  CHECK(std::equal(one.begin(), one.end(), many.begin()));
  CHECK_EQ(value, same);
  // Exact for a power of two, but for the squares' least denominator.
  CHECK_NEAR(descended(serial, 0x1p40).second / (value * 0x1p80), 1, 1e-6);
}

TEST(outputsBeginAtTheMeansOfTheirTargets) {
  const Instance made = instance(40, 3, 2, ReluLoss::squared, 5);
  std::vector<double> weights(40);
  for (int k = 0; k < 40; ++k) weights[at(k)] = 1 + k % 3;
  ReluProblem problem = made.problem();
  problem.weights = weights.data();
  const ReluData data(problem, settingsFor(ReluLoss::squared), 1e12, sizeof(double));
  ReluNeurons neurons = someNeurons(data, 2, 1);  // one of each output
  beginAtMeans(data, neurons);
  for (int k = 0; k < 2; ++k) {
    double sum = 0;
    for (int i = 0; i < 40; ++i) sum += weights[at(i)] * made.y[at(2 * i + k)];
    for (int i = 0; i < 40; ++i) {
      const double root = std::sqrt(weights[at(i)]);
      CHECK_NEAR(prediction(data, neurons, i, k) / root, sum / std::accumulate(weights.begin(), weights.end(), 0.0),
                 1e-12);
    }
  }
}

/// A network's own bound is at most the optimum of the program over its patterns; at a local minimum without kinks it
/// is the objective.
TEST(theBoundOfANetworksResidualIsBelowTheProgramOverItsPatterns) {
  for (const ReluLoss loss : {ReluLoss::squared, ReluLoss::logistic}) {
    const Instance made = instance(30, 3, 1, loss, 6);
    ReluSettings settings = settingsFor(loss);
    settings.tolerance = 1e-7;
    const ReluData data = dataOf(made, settings);
    ReluNeurons network = someNeurons(data, 8, 2);
    for (const int iterations : {0, 5, 60}) {
      if (iterations > 0) descend(serial, data, network, iterations);
      ReluNetworkObjective objective(serial, data);
      const double value = objective.value(network);
      double sizes = 0;
      for (int j = 0; j < network.count(); ++j) sizes += network.size(j);
      CHECK_NEAR(lossOf(data, objective.predictions(), 0) + data.lambda * penalty(network), value, 1e-12 * value);
      HostMatrix<double> dual(30, 1);
      const double bound = residualBound(serial, data, network, objective.residual(), 0, 1, dual);
      ReluPatternTable table(data);
      std::vector<std::int32_t> numbers = table.add(serial, network.directions);
      std::sort(numbers.begin(), numbers.end());
      numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
      if (numbers.front() < 0) numbers.erase(numbers.begin());
      ReluSolver<Cpu> solver(serial, data.withPatterns(settings, table.gates(numbers), table.masks(numbers), 1e12),
                             settings);
      Monitor quiet;
      const double optimum = iterate(solver, settings, quiet).progress.objective;
      CHECK(bound > 0);
      CHECK(bound <= optimum * (1 + 1e-6));
      CHECK(optimum <= lossOf(data, objective.predictions(), 0) + data.lambda * sizes + 1e-9);
    }
  }
}

/// Outputs apart, which is what large data have: the sum of their programs, whose bound is about patterns of their own.
TEST(aNetworkOfOneDescentSaysThatItsBoundIsOfItsOwnPatterns) {
  for (const ReluLoss loss : {ReluLoss::squared, ReluLoss::softmax}) {
    const Instance made = instance(40, 4, 3, loss, 8);
    const ReluSettings settings = settingsFor(loss);
    ReluProblem problem = made.problem();
    problem.patterns.refine =
        ReluRefinement{.rounds = 0, .timeLimit = infinity, .restarts = 0, .program = false, .estimate = false};
    ReluRefiner solver(serial, problem, settings);
    Monitor quiet;
    const auto outcome = iterate(solver, settings, quiet);
    const ReluSolution s = solver.solution();
    CHECK(s.certificate.over == overOwnPatterns);
    CHECK(outcome.status == Status::iterationLimit || outcome.status == Status::solved);
    CHECK_NEAR(s.networkObjective / outcome.progress.objective, 1, 1e-9);
    CHECK(outcome.progress.lowerBound > 0);
    CHECK(outcome.progress.lowerBound <= outcome.progress.objective);
  }
}

TEST(withFewRowsADescentStaysInTheirSpan) {
  for (const bool repeated : {false, true}) {
    Instance made = instance(6, 40, 2, ReluLoss::squared, 9);
    if (repeated) std::copy(made.x.begin(), made.x.begin() + 40, made.x.begin() + 80);
    const ReluData data = dataOf(made, settingsFor(ReluLoss::squared));
    ReluNeurons neurons = someNeurons(data, 8, 2);
    ReluNetworkObjective objective(serial, data);
    const double before = objective.value(neurons);
    const double found = descend(serial, data, neurons, 4);
    CHECK(found < before);
    double loss = 0;
    for (int i = 0; i < data.n; ++i) {
      for (int k = 0; k < data.c; ++k) loss += square(prediction(data, neurons, i, k) - data.y(i, k)) / 2;
    }
    CHECK_NEAR(found, loss + data.lambda * penalty(neurons), 1e-9 * found);
    // A vector that is orthogonal to all rows, by eliminating them one after the other.
    std::vector<std::vector<double>> left;
    for (int i = 0; i <= data.n; ++i) {
      std::vector<double> z(at(data.d));
      for (int l = 0; l < data.d; ++l) z[at(l)] = i < data.n ? data.xt(l, i) : std::sin(l * l);
      for (int pass = 0; pass < 2; ++pass) {
        for (const std::vector<double>& other : left) {
          double along = 0;
          for (int l = 0; l < data.d; ++l) along += other[at(l)] * z[at(l)];
          for (int l = 0; l < data.d; ++l) z[at(l)] -= along * other[at(l)];
        }
      }
      const double length = blas::nrm2(data.d, z.data());
      if (length < 1e-9) continue;
      for (double& entry : z) entry /= length;
      left.push_back(z);
    }
    CHECK_EQ(left.size(), std::size_t(repeated ? 6 : 7));
    for (int j = 0; j < neurons.count(); ++j) {
      CHECK_NEAR(blas::dot(data.d, left.back().data(), neurons.directions.column(j)), 0, 1e-12);
    }
  }
}

TEST(ascentEndsAtPricesThatPlainLoopsConfirm) {
  const Instance made = instance(60, 3, 2, ReluLoss::squared, 5);
  const ReluData data = dataOf(made, settingsFor(ReluLoss::squared));
  HostMatrix<double> theta(data.n, data.c);
  const Random random(4);
  for (std::size_t i = 0; i < theta.size(); ++i) theta.data()[i] = random.normal(i);
  ReluPrices prices;
  prices.directions = randomDirections(data, 40, 2);
  const HostMatrix<double> starts = prices.directions.copy();
  for (int j = 0; j < 40; ++j) {
    prices.outputs.push_back(j % 2);
    prices.signs.push_back(j % 4 < 2 ? 1 : -1);
  }
  ascendPrices(serial, data, theta, prices);
  const auto priceAt = [&](const double* u, int j) {
    double sum = 0;
    for (int i = 0; i < data.n; ++i) {
      double z = 0;
      for (int l = 0; l < data.d; ++l) z += data.xt(l, i) * u[l];
      sum += theta(i, prices.outputs[at(j)]) * std::max(0.0, z);
    }
    return prices.signs[at(j)] * sum;
  };
  for (int j = 0; j < 40; ++j) {
    CHECK_NEAR(blas::nrm2(data.d, prices.directions.column(j)), 1, 1e-12);
    CHECK_NEAR(prices.values[at(j)], priceAt(prices.directions.column(j), j), 1e-10);
    CHECK(prices.values[at(j)] >= priceAt(starts.column(j), j) - 1e-12);
  }
}

TEST(ascentThatHasNoTimeKeepsItsFirstStarts) {
  const int rows = 250000;  // enough rows that sixteen starts are ascended at a time
  const Instance made = instance(rows, 2, 1, ReluLoss::squared, 5);
  const ReluData data = dataOf(made, settingsFor(ReluLoss::squared));
  HostMatrix<double> theta(data.n, 1);
  const Random random(4);
  for (std::size_t i = 0; i < theta.size(); ++i) theta.data()[i] = random.normal(i);
  ReluPrices prices;
  prices.directions = randomDirections(data, 40, 2);
  prices.outputs.assign(40, 0);
  prices.signs.assign(40, 1);
  ascendPrices(serial, data, theta, prices, 0);
  CHECK_EQ(prices.count(), 16);
  CHECK_EQ(prices.directions.cols(), 16);
  CHECK_EQ(prices.outputs.size(), std::size_t{16});
  CHECK_EQ(prices.signs.size(), std::size_t{16});
  CHECK(prices.largest() > 0);
  for (int j = 0; j < 16; ++j) CHECK_NEAR(blas::nrm2(data.d, prices.directions.column(j)), 1, 1e-12);
}

TEST(aVertexPredictsTheSameWithFewerNeurons) {
  const Instance made = instance(20, 3, 2, ReluLoss::squared, 7);
  const ReluData data = dataOf(made, settingsFor(ReluLoss::squared));
  const ReluNeurons many = someNeurons(data, 150, 3);
  const ReluNeurons few = reduceByCaratheodory(serial, data, many);
  CHECK(few.count() <= 2 * data.n);
  CHECK(few.count() > 0);
  CHECK(penalty(few) <= penalty(many) * (1 + 1e-12));
  for (int i = 0; i < data.n; ++i) {
    for (int k = 0; k < data.c; ++k) CHECK_NEAR(prediction(data, few, i, k), prediction(data, many, i, k), 1e-8);
  }
  const ReluNeurons again = reduceByCaratheodory(serial, data, few);
  CHECK_EQ(again.count(), few.count());
}

TEST(alikeNeuronsBecomeOne) {
  const Instance made = instance(25, 2, 1, ReluLoss::squared, 2);
  const ReluData data = dataOf(made, settingsFor(ReluLoss::squared));
  const ReluNeurons one = someNeurons(data, 1, 5);
  CHECK_EQ(reduceByCaratheodory(serial, data, one.with(one).with(one)).count(), 1);
}

TEST(patternsAreKeptOnceAndAsTheyWereFound) {
  const Instance made = instance(30, 3, 1, ReluLoss::squared, 9);
  const ReluData data = dataOf(made, settingsFor(ReluLoss::squared));
  ReluPatternTable table(data);
  const HostMatrix<double> directions = randomDirections(data, 10, 1);
  const auto numbers = table.add(serial, directions);
  CHECK(numbers == table.add(serial, directions));
  CHECK_EQ(table.count(), 1 + *std::max_element(numbers.begin(), numbers.end()));
  const HostMatrix<double> masks = table.masks(numbers);
  for (int j = 0; j < 10; ++j) {
    for (int i = 0; i < data.n; ++i) {
      double z = 0;
      for (int l = 0; l < data.d; ++l) z += data.xt(l, i) * directions(l, j);
      CHECK_EQ(masks(i, j), z >= 0 ? 1.0 : 0.0);
    }
  }
}

TEST(refinementOfEveryLossGivesTheNetworkThatItReports) {
  for (const ReluLoss loss : kinds) {
    if (check::sanitized && loss != ReluLoss::squared && loss != ReluLoss::softmax) continue;
    const int c = loss == ReluLoss::softmax ? 3 : 1;
    const int n = check::longRun() ? 50 : 20;
    const Instance made = instance(n, 4, c, loss, 11);
    ReluSettings settings = settingsFor(loss);
    settings.checkInterval = 1;
    ReluProblem problem = made.problem();
    problem.patterns.refine = ReluRefinement{.rounds = 2, .timeLimit = infinity, .restarts = 1};
    ReluRefiner solver(serial, problem, settings);
    Monitor monitor;
    std::vector<double> objectives;
    Monitor reporting(infinity, [&](const Progress& now) { objectives.push_back(now.objective); });
    const auto outcome = iterate(solver, settings, reporting);
    const ReluSolution s = solver.solution();
    CHECK(std::is_sorted(objectives.rbegin(), objectives.rend()));
    CHECK_NEAR(s.networkObjective / outcome.progress.objective, 1, 1e-2 * settings.tolerance);
    CHECK(outcome.progress.lowerBound <= outcome.progress.objective);
    CHECK(s.estimate.lowerBound <= outcome.progress.objective);
    CHECK_EQ(s.activeNeurons, s.hiddenWeights.cols());
    ReluSolver<Cpu> sampled(serial, made.problem(n), settings);
    Monitor quiet;
    CHECK(outcome.progress.objective <= iterate(sampled, settings, quiet).progress.objective * (1 + 1e-6));
  }
}

TEST(refinementEndsWithItsBestNetworkWhereMemoryDoes) {
  const Instance made = instance(60, 4, 1, ReluLoss::squared, 3);
  ReluSettings settings = settingsFor(ReluLoss::squared);
  settings.tolerance = 1e-5;  // two rounds are not enough for that
  ReluProblem problem = made.problem();
  problem.patterns.refine = ReluRefinement{.rounds = 5, .timeLimit = infinity, .restarts = 0};
  int programs = 0;
  ReluRefiner solver(serial, problem, settings, [&] { return ++programs <= 2 ? 1e12 : 1.0; });
  Monitor quiet;
  const auto outcome = iterate(solver, settings, quiet);
  const ReluSolution s = solver.solution();
  CHECK_EQ(programs, 3);
  CHECK(outcome.status == Status::stalled);
  CHECK(outcome.message.find("Refinement ended in round 2") != std::string::npos);
  CHECK(s.activeNeurons > 0);
  CHECK_NEAR(s.networkObjective / outcome.progress.objective, 1, 1e-2 * settings.tolerance);
  CHECK(outcome.progress.lowerBound <= outcome.progress.objective);
}

TEST(refinementInNoTimeHasAnEstimate) {
  const Instance made = instance(60, 4, 1, ReluLoss::squared, 3);
  const ReluSettings settings = settingsFor(ReluLoss::squared);
  ReluProblem problem = made.problem();
  problem.patterns.refine = ReluRefinement{.rounds = 5, .timeLimit = 1e-9, .restarts = 0};
  ReluRefiner solver(serial, problem, settings);
  Monitor quiet;
  const auto outcome = iterate(solver, settings, quiet);
  const ReluSolution s = solver.solution();
  CHECK(outcome.status == Status::timeLimit || outcome.status == Status::solved);
  CHECK_NEAR(s.networkObjective / outcome.progress.objective, 1, 1e-2 * settings.tolerance);
  CHECK(outcome.progress.lowerBound <= outcome.progress.objective);
  CHECK(s.estimate.known());
}
