// Refinement and its parts, against plain loops.
#include "solvers/relu/refiner.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "check.hpp"
#include "solvers/relu/relu_instances.hpp"
#include "solvers/relu/vertex.hpp"

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
  settings.beta = 0.3;
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
    std::vector<double> gradient(at(size)), unused(at(size));
    objective(x.data(), gradient.data());
    for (int i = 0; i < size; i += 7) {
      constexpr double h = 1e-6;
      const double middle = x[at(i)];
      x[at(i)] = middle + h;
      const double above = objective(x.data(), unused.data());
      x[at(i)] = middle - h;
      const double below = objective(x.data(), unused.data());
      x[at(i)] = middle;
      // Hinge has kinks of its own: a difference across one is between the two slopes.
      CHECK_NEAR(gradient[at(i)], (above - below) / (2 * h), loss == ReluLoss::hinge ? 3.0 : 1e-4);
    }
  }
}

TEST(everyThirdRowIsAProblemWithItsShareOfBeta) {
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
  CHECK_NEAR(objective.value(neurons), loss + data.beta * 11 / 31 * penalty(neurons), 1e-9 * loss);
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
    CHECK_NEAR(found, loss + data.beta * penalty(neurons), 1e-9 * found);
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
  const int rows = 250000;  // so many that sixteen starts are ascended at a time
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
  const ReluNeurons few = reduceToVertex(serial, data, many);
  CHECK(few.count() <= 2 * data.n);
  CHECK(few.count() > 0);
  CHECK(penalty(few) <= penalty(many) * (1 + 1e-12));
  for (int i = 0; i < data.n; ++i) {
    for (int k = 0; k < data.c; ++k) CHECK_NEAR(prediction(data, few, i, k), prediction(data, many, i, k), 1e-8);
  }
  const ReluNeurons again = reduceToVertex(serial, data, few);
  CHECK_EQ(again.count(), few.count());
}

TEST(alikeNeuronsBecomeOne) {
  const Instance made = instance(25, 2, 1, ReluLoss::squared, 2);
  const ReluData data = dataOf(made, settingsFor(ReluLoss::squared));
  const ReluNeurons one = someNeurons(data, 1, 5);
  CHECK_EQ(reduceToVertex(serial, data, one.with(one).with(one)).count(), 1);
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
    problem.patterns.refine = ReluRefinement{.rounds = 2, .timeLimit = infinity, .starts = 2};
    ReluRefiner solver(serial, problem, settings);
    Monitor monitor;
    std::vector<double> objectives;
    Monitor reporting(infinity, [&](const Progress& now) { objectives.push_back(now.objective); });
    const auto outcome = iterate(solver, settings, reporting);
    const ReluSolution s = solver.solution();
    CHECK(std::is_sorted(objectives.rbegin(), objectives.rend()));
    CHECK_NEAR(s.networkObjective / outcome.progress.objective, 1, 1e-8);
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
  const ReluSettings settings = settingsFor(ReluLoss::squared);
  ReluProblem problem = made.problem();
  problem.patterns.refine = ReluRefinement{.rounds = 5, .timeLimit = infinity, .starts = 1};
  int programs = 0;
  ReluRefiner solver(serial, problem, settings, [&] { return ++programs <= 2 ? 1e12 : 1.0; });
  Monitor quiet;
  const auto outcome = iterate(solver, settings, quiet);
  const ReluSolution s = solver.solution();
  CHECK_EQ(programs, 3);
  CHECK(outcome.status == Status::stalled);
  CHECK(outcome.message.find("Refinement ended in round 2") != std::string::npos);
  CHECK(s.activeNeurons > 0);
  CHECK_NEAR(s.networkObjective / outcome.progress.objective, 1, 1e-8);
  CHECK(outcome.progress.lowerBound <= outcome.progress.objective);
}

TEST(refinementInNoTimeHasAnEstimate) {
  const Instance made = instance(60, 4, 1, ReluLoss::squared, 3);
  const ReluSettings settings = settingsFor(ReluLoss::squared);
  ReluProblem problem = made.problem();
  problem.patterns.refine = ReluRefinement{.rounds = 5, .timeLimit = 1e-9, .starts = 1};
  ReluRefiner solver(serial, problem, settings);
  Monitor quiet;
  const auto outcome = iterate(solver, settings, quiet);
  const ReluSolution s = solver.solution();
  CHECK(outcome.status == Status::timeLimit || outcome.status == Status::solved);
  CHECK_NEAR(s.networkObjective / outcome.progress.objective, 1, 1e-8);
  CHECK(outcome.progress.lowerBound <= outcome.progress.objective);
  CHECK(s.estimate.known());
}
