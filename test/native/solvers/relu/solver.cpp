// Two-layer ReLU training: what holds for every loss, activation, coupling and splitting.
#include "check.hpp"
#include "solvers/relu/aborted_before_start.hpp"
#include "solvers/relu/relu_instances.hpp"

using namespace nonconvex;
using namespace instances;

namespace {

ReluSettings settingsFor(ReluLoss loss) {
  ReluSettings settings;
  settings.loss = loss;
  settings.lambda = 0.4;
  settings.tolerance = 1e-7;
  settings.maxIterations = 20000;
  return settings;
}

/// Every loss, with one output or three, ReLU or gated, both couplings; and the two other methods.
std::vector<Case> cases() {
  std::vector<Case> all;
  for (const ReluLoss loss : kinds) {
    for (const int c : {1, 3}) {
      if (loss == ReluLoss::softmax && c == 1) continue;
      for (const ReluActivation activation : {ReluActivation::relu, ReluActivation::gated}) {
        for (const ReluCoupling coupling : {ReluCoupling::oneVsAll, ReluCoupling::frobenius}) {
          if (c == 1 && coupling == ReluCoupling::frobenius) continue;
          Case each{"", instance(24, 3, c, loss, static_cast<std::uint32_t>(all.size())), settingsFor(loss)};
          each.settings.activation = activation;
          each.settings.coupling = coupling;
          each.settings.bias = all.size() % 3 != 0;
          each.name = std::string(nameOf(loss)) + ", outputs " + show(c) +
                      (activation == ReluActivation::relu ? ", relu" : ", gated") +
                      (coupling == ReluCoupling::oneVsAll ? ", oneVsAll" : ", frobenius");
          all.push_back(std::move(each));
        }
      }
    }
  }
  Case sampled{"sampled", instance(30, 4, 1, ReluLoss::squared, 5), settingsFor(ReluLoss::squared)};
  sampled.settings.method = ReluMethod::sampled;
  all.push_back(sampled);
  Case slack{"slack", instance(24, 3, 1, ReluLoss::squared, 6), settingsFor(ReluLoss::squared)};
  slack.settings.splitting = ReluSplitting::slack;
  slack.settings.tolerance = 1e-4;
  all.push_back(slack);
  return all;
}

void say(const Case& each, bool good) {
  if (!good) std::fprintf(stderr, "  in case %s\n", each.name.c_str());
}

double relative(double a, double b) { return std::abs(a - b) / std::abs(b); }

}  // namespace

TEST(everyCaseIsSolvedAndItsNumbersAreTrue) {
  for (const Case& each : cases()) {
    const long before = check::failures;
    const Run run = solve(each.data.problem(), each.settings);
    const Progress& last = run.outcome.progress;
    CHECK(run.outcome.status == Status::solved);
    CHECK(run.solution.certificate.gap <= each.settings.tolerance);
    CHECK(run.solution.certificate.gap >= 0);
    CHECK_NEAR(networkObjective(each.data, each.settings, run.solution), last.objective, 1e-9 * last.objective);
    CHECK_NEAR(run.solution.networkObjective, last.objective, 1e-9 * last.objective);
    if (each.settings.method == ReluMethod::admm) {
      const ConvexValue convex = convexValue(each.data, each.settings, run.solution);
      CHECK_NEAR(convex.objective, last.objective, 1e-9 * last.objective);
      CHECK(convex.violation <= 1e-10);
    }
    CHECK_EQ(run.solution.activeNeurons, run.solution.hiddenWeights.cols());
    CHECK(run.solution.activeNeurons > 0);
    // No neuron is mere rounding; an output's part of a block that stays may go to zero with the iteration.
    const double least = each.settings.coupling == ReluCoupling::frobenius ? 1e-13 : 1e-10;
    for (int j = 0; j < run.solution.activeNeurons; ++j) {
      CHECK(blas::nrm2(each.data.d, run.solution.hiddenWeights.column(j)) > least);
    }
    CHECK(run.solution.certificate.over == overPatterns);
    say(each, check::failures == before);
  }
}

TEST(objectiveFallsBoundRisesAndTheyDoNotCross) {
  for (Case& each : cases()) {
    const long before = check::failures;
    each.settings.checkInterval = 1;
    each.settings.tolerance = 0;
    each.settings.maxIterations = 300;
    const Run run = solve(each.data.problem(), each.settings);
    for (std::size_t i = 0; i < run.reports.size(); ++i) {
      const Progress& now = run.reports[i];
      CHECK(now.lowerBound <= now.objective * (1 + 1e-14));
      if (i == 0) continue;
      CHECK(now.objective <= run.reports[i - 1].objective);
      CHECK(now.lowerBound >= run.reports[i - 1].lowerBound);
    }
    say(each, check::failures == before);
  }
}

/// A lower bound of an early stop must hold for the optimum, known from a long run.
TEST(boundsOfEarlyStopsHold) {
  for (Case& each : cases()) {
    const long before = check::failures;
    const double optimum = solve(each.data.problem(), each.settings).outcome.progress.objective;
    each.settings.tolerance = 0;
    const std::vector<int> stops = check::longRun() ? std::vector{0, 1, 2, 5, 10, 30, 100} : std::vector{0, 3, 30};
    for (const int iterations : stops) {
      each.settings.maxIterations = iterations;
      const Run run = solve(each.data.problem(), each.settings);
      CHECK(run.outcome.progress.lowerBound <= optimum * (1 + 1e-12));
      CHECK(run.outcome.progress.objective >= optimum * (1 - 2e-4));  // 'slack' is not solved farther
    }
    say(each, check::failures == before);
  }
}

/// The dual point: `lowerBound` is its value, and ||Proj(X^T D_i theta)|| <= lambda for all cones (any sign).
TEST(theDualPointIsFeasibleAndHasTheValueOfTheBound) {
  for (const Case& each : cases()) {
    if (each.settings.method == ReluMethod::sampled || each.settings.coupling == ReluCoupling::frobenius) continue;
    const long before = check::failures;
    const Run run = solve(each.data.problem(), each.settings);
    const ReluSolution& s = run.solution;
    const int n = each.data.n, c = each.data.c, patterns = s.gates.cols();
    const int d = each.data.d + (each.settings.bias ? 1 : 0);
    const ReluRowLoss loss{.kind = each.settings.loss, .delta = each.settings.huberDelta, .c = c, .stride = n};
    double value = 0;
    std::vector<double> y(static_cast<std::size_t>(n * c));
    for (int k = 0; k < n; ++k) {
      for (int j = 0; j < c; ++j)
        y[static_cast<std::size_t>(j * n + k)] = each.data.y[static_cast<std::size_t>(k * c + j)];
    }
    for (int k = 0; k < n; ++k) value += loss.dualValue(s.dual.data() + k, y.data() + k);
    CHECK_NEAR(value, run.outcome.progress.lowerBound, 1e-10 * std::abs(value));
    HostMatrix<double> xt(d, n), active(n, patterns), q(d, 2 * patterns), p(d, 2 * patterns), xp(n, 2 * patterns);
    std::vector<double> unit(static_cast<std::size_t>(d));
    for (int i = 0; i < d; ++i) {
      std::fill(unit.begin(), unit.end(), 0.0);
      unit[static_cast<std::size_t>(i)] = 1;
      for (int k = 0; k < n; ++k) xt(i, k) = product(each.data, each.settings, s, k, unit.data());
    }
    for (int i = 0; i < patterns; ++i) {
      for (int k = 0; k < n; ++k)
        active(k, i) = product(each.data, each.settings, s, k, s.gates.column(i)) >= 0 ? 1 : 0;
    }
    double largest = 0;
    std::vector<int> list;
    for (int i = 0; i < 2 * patterns; ++i) list.push_back(i);
    for (int output = 0; output < c; ++output) {
      for (int i = 0; i < 2 * patterns; ++i) {
        for (int j = 0; j < d; ++j) {
          double sum = 0;
          for (int k = 0; k < n; ++k) sum += xt(j, k) * active(k, i % patterns) * s.dual(k, output);
          q(j, i) = i < patterns ? sum : -sum;
          p(j, i) = q(j, i);
        }
      }
      const Cpu la;
      if (each.settings.activation == ReluActivation::relu) {
        ConeProjector(la, xt, active, 2 * patterns).project({list.data(), 2 * patterns}, q, 0, p, xp);
      }
      for (int i = 0; i < 2 * patterns; ++i) largest = std::max(largest, blas::nrm2(d, p.column(i)));
    }
    CHECK(largest <= each.settings.lambda * (1 + 1e-10));
    CHECK(largest >= each.settings.lambda * 0.99);  // the optimum lies on the border
    say(each, check::failures == before);
  }
}

TEST(theSameBitsForAnyNumberOfThreads) {
  WorkerPool pool(2);
  for (Case& each : cases()) {
    each.settings.tolerance = 0;
    each.settings.maxIterations = 60;
    const Run alone = solve(each.data.problem(), each.settings);
    for (const int threads : {1, 2, 3}) {
      each.settings.threads = threads;
      const Run run = solve(each.data.problem(), each.settings, &pool);
      const long before = check::failures;
      CHECK_EQ(run.outcome.progress.objective, alone.outcome.progress.objective);
      CHECK_EQ(run.outcome.progress.lowerBound, alone.outcome.progress.lowerBound);
      CHECK(check::sameBits(run.solution.weights.data(), alone.solution.weights.data(), alone.solution.weights.size()));
      CHECK(check::sameBits(run.solution.dual.data(), alone.solution.dual.data(), alone.solution.dual.size()));
      say(each, check::failures == before);
    }
  }
}

TEST(theSameBitsOnALargerProblem) {
  WorkerPool pool(2);
  const Instance data = instance(700, 12, 1, ReluLoss::squared, 3);
  ReluSettings settings = settingsFor(ReluLoss::squared);
  settings.maxIterations = 15;
  const Run alone = solve(data.problem(30), settings);
  for (const int threads : {1, 2, 3}) {
    settings.threads = threads;
    const Run run = solve(data.problem(30), settings, &pool);
    CHECK(check::sameBits(run.solution.weights.data(), alone.solution.weights.data(), alone.solution.weights.size()));
    CHECK_EQ(run.outcome.progress.lowerBound, alone.outcome.progress.lowerBound);
  }
}

/// X -> s X with lambda -> s lambda gives the same objective; y -> s y with lambda -> s lambda multiplies it by s^2
/// (squared loss).
TEST(scaleOfXAndY) {
  for (const bool gated : {false, true}) {
    for (const double factor : {2.0, 0x1p-40, 3.7, 1e-5, 1e100, 1e-200}) {
      Instance data = instance(26, 3, 1, ReluLoss::squared, 4);
      ReluSettings settings = settingsFor(ReluLoss::squared);
      settings.bias = false;
      settings.activation = gated ? ReluActivation::gated : ReluActivation::relu;
      const Run base = solve(data.problem(), settings);
      for (double& value : data.x) value *= factor;
      settings.lambda *= factor;
      const Run scaled = solve(data.problem(), settings);
      CHECK(scaled.outcome.status == Status::solved);
      CHECK(relative(scaled.outcome.progress.objective, base.outcome.progress.objective) < 2e-7);
      if (std::frexp(factor, std::array<int, 1>().data()) == 0.5) {  // a power of two changes no digit
        CHECK_EQ(scaled.outcome.progress.objective, base.outcome.progress.objective);
        CHECK_EQ(scaled.outcome.progress.iteration, base.outcome.progress.iteration);
      }
    }
    for (const double factor : {-1.0, 3.7, 1e-5, 1e6}) {
      Instance data = instance(26, 3, 1, ReluLoss::squared, 4);
      ReluSettings settings = settingsFor(ReluLoss::squared);
      settings.activation = gated ? ReluActivation::gated : ReluActivation::relu;
      const Run base = solve(data.problem(), settings);
      for (double& value : data.y) value *= factor;
      settings.lambda *= std::abs(factor);
      const Run scaled = solve(data.problem(), settings);
      CHECK(relative(scaled.outcome.progress.objective, factor * factor * base.outcome.progress.objective) < 2e-7);
    }
  }
}

/// Rotating the inputs (and the gates with them) changes nothing, and neither does the order of rows or columns.
TEST(orderOfRowsAndColumns) {
  const Instance data = instance(20, 3, 1, ReluLoss::logistic, 8);
  ReluSettings settings = settingsFor(ReluLoss::logistic);
  settings.bias = false;
  ReluProblem problem = data.problem();
  problem.patterns.gates = normalDirections(3, 10, 1);
  const double base = solve(problem, settings).outcome.progress.objective;
  Instance turned = data;
  for (int k = 0; k < data.n; ++k) {
    for (int i = 0; i < 3; ++i) {
      turned.x[static_cast<std::size_t>(k * 3 + i)] =
          data.x[static_cast<std::size_t>((data.n - 1 - k) * 3 + (i + 1) % 3)];
    }
    turned.y[static_cast<std::size_t>(k)] = data.y[static_cast<std::size_t>(data.n - 1 - k)];
  }
  ReluProblem other = turned.problem();
  other.patterns.gates = HostMatrix<double>(3, 10);
  for (int j = 0; j < 10; ++j) {
    for (int i = 0; i < 3; ++i) other.patterns.gates(i, j) = 5 * problem.patterns.gates((i + 1) % 3, j);
  }
  CHECK(relative(solve(other, settings).outcome.progress.objective, base) < 2e-7);
}

TEST(oneVsAllIsSeparateFits) {
  for (const ReluLoss loss : {ReluLoss::squared, ReluLoss::logistic, ReluLoss::hinge, ReluLoss::huber}) {
    const Instance data = instance(22, 3, 3, loss, 9);
    const ReluSettings settings = settingsFor(loss);
    const double together = solve(data.problem(), settings).outcome.progress.objective;
    double sum = 0;
    for (int j = 0; j < 3; ++j) {
      Instance one = data;
      one.c = 1;
      one.y.clear();
      for (int k = 0; k < data.n; ++k) one.y.push_back(data.y[static_cast<std::size_t>(k * 3 + j)]);
      sum += solve(one.problem(), settings).outcome.progress.objective;
    }
    CHECK(relative(together, sum) < 3e-7);
  }
}

/// Copies of one output: shared groups pay the norm of all copies, sqrt(c) instead of c times.
TEST(frobeniusGroupsShareTheirNorm) {
  Instance data = instance(22, 3, 1, ReluLoss::squared, 10);
  ReluSettings settings = settingsFor(ReluLoss::squared);
  Instance copies = data;
  copies.c = 4;
  copies.y.clear();
  for (const double value : data.y) copies.y.insert(copies.y.end(), 4, value);
  ReluSettings frobenius = settings;
  frobenius.coupling = ReluCoupling::frobenius;
  settings.lambda /= 2;  // sum of losses 4 L, norm sqrt(4) N: 4 (L + lambda / 2 N)
  const double single = solve(data.problem(), settings).outcome.progress.objective;
  CHECK(relative(solve(copies.problem(), frobenius).outcome.progress.objective, 4 * single) < 3e-7);
}

/// Group lasso conditions of the gated program: X^T D_i r = lambda v_i / ||v_i||, or at most lambda long.
TEST(gatedSolutionsMeetTheGroupLassoConditions) {
  const Instance data = instance(30, 4, 1, ReluLoss::squared, 11);
  ReluSettings settings = settingsFor(ReluLoss::squared);
  settings.activation = ReluActivation::gated;
  settings.tolerance = 1e-12;
  const Run run = solve(data.problem(), settings);
  const ReluSolution& s = run.solution;
  const int d = 5, patterns = s.gates.cols();
  CHECK_EQ(s.weights.cols(), patterns);
  std::vector<double> residual = data.y;
  const auto on = [&](int k, int i) { return product(data, settings, s, k, s.gates.column(i)) >= 0; };
  for (int i = 0; i < patterns; ++i) {
    for (int k = 0; k < data.n; ++k) {
      if (on(k, i)) residual[static_cast<std::size_t>(k)] -= product(data, settings, s, k, s.weights.column(i));
    }
  }
  int active = 0;
  for (int i = 0; i < patterns; ++i) {
    double length = 0, error = 0;
    const double norm = blas::nrm2(d, s.weights.column(i));
    for (int j = 0; j < d; ++j) {
      double q = 0;
      for (int k = 0; k < data.n; ++k) {
        const double x = j < 4 ? data.x[static_cast<std::size_t>(k * 4 + j)] : 1;
        if (on(k, i)) q += x * residual[static_cast<std::size_t>(k)];
      }
      length += q * q;
      if (norm > 0) error += std::pow(q - settings.lambda * s.weights(j, i) / norm, 2);
    }
    CHECK(std::sqrt(length) <= settings.lambda * (1 + 1e-5));
    if (norm > 1e-6) CHECK_NEAR(std::sqrt(error), 0, 1e-4);
    active += norm > 0 ? 1 : 0;
  }
  CHECK(active > 0 && active < patterns);
}

/// The sampled method is a lasso on the features (X g_i)_+, ||g_i|| = 1: coordinate descent finds the same.
TEST(sampledMethodIsALasso) {
  const Instance data = instance(30, 4, 1, ReluLoss::squared, 12);
  ReluSettings settings = settingsFor(ReluLoss::squared);
  settings.method = ReluMethod::sampled;
  settings.lambda = 1;
  const Run run = solve(data.problem(40), settings);
  const int patterns = run.solution.gates.cols();
  std::vector<std::vector<double>> features;
  for (int i = 0; i < patterns; ++i) {
    std::vector<double> g(run.solution.gates.column(i), run.solution.gates.column(i) + 5);
    const double length = blas::nrm2(5, g.data());
    for (double& value : g) value /= length;
    std::vector<double> feature;
    for (int k = 0; k < data.n; ++k)
      feature.push_back(std::max(0.0, product(data, settings, run.solution, k, g.data())));
    features.push_back(std::move(feature));
  }
  std::vector<double> weights(features.size()), residual = data.y;
  for (int sweep = 0; sweep < 20000; ++sweep) {
    for (std::size_t i = 0; i < features.size(); ++i) {
      double square = 0, inner = 0;
      for (std::size_t k = 0; k < residual.size(); ++k) {
        square += features[i][k] * features[i][k];
        inner += features[i][k] * residual[k];
      }
      if (square == 0) continue;
      const double target = inner + square * weights[i];
      const double next = std::copysign(std::max(0.0, std::abs(target) - settings.lambda), target) / square;
      for (std::size_t k = 0; k < residual.size(); ++k) residual[k] -= (next - weights[i]) * features[i][k];
      weights[i] = next;
    }
  }
  double objective = 0;
  for (const double r : residual) objective += r * r / 2;
  for (const double w : weights) objective += settings.lambda * std::abs(w);
  CHECK(run.outcome.status == Status::solved);
  CHECK(relative(run.outcome.progress.objective, objective) < 2e-7);
}

TEST(bothSplittingsFindTheSameOptimum) {
  const Instance data = instance(24, 3, 1, ReluLoss::squared, 13);
  ReluSettings settings = settingsFor(ReluLoss::squared);
  const double cone = solve(data.problem(), settings).outcome.progress.objective;
  settings.splitting = ReluSplitting::slack;
  settings.tolerance = 1e-5;
  settings.maxIterations = 100000;
  const Run slack = solve(data.problem(), settings);
  CHECK(slack.outcome.status == Status::solved);
  CHECK(relative(slack.outcome.progress.objective, cone) < 1.1e-5);
}

TEST(aWarmStartAtTheSolutionIsSolvedAtOnce) {
  for (const ReluLoss loss : kinds) {
    const Instance data = instance(24, 3, loss == ReluLoss::softmax ? 3 : 1, loss, 14);
    ReluSettings settings = settingsFor(loss);
    settings.tolerance = 1e-9;
    const Run first = solve(data.problem(), settings);
    ReluProblem again = data.problem();
    again.warmStart.weights = HostMatrix<double>(first.solution.weights.rows(), first.solution.weights.cols());
    std::copy(first.solution.weights.data(), first.solution.weights.data() + first.solution.weights.size(),
              again.warmStart.weights.data());
    again.warmStart.dual = HostMatrix<double>(first.solution.dual.rows(), first.solution.dual.cols());
    std::copy(first.solution.dual.data(), first.solution.dual.data() + first.solution.dual.size(),
              again.warmStart.dual.data());
    settings.tolerance = 1e-5;
    const Run cold = solve(data.problem(), settings);
    const Run warm = solve(again, settings);
    const long before = check::failures;
    CHECK(warm.outcome.status == Status::solved);
    CHECK(3 * warm.outcome.progress.iteration <= cold.outcome.progress.iteration);
    if (check::failures != before)
      std::fprintf(stderr, "  loss %d: %d iterations warm, %d cold\n", static_cast<int>(loss),
                   warm.outcome.progress.iteration, cold.outcome.progress.iteration);
  }
}

/// The network is empty with lambda above ||Proj(X^T D_i y)|| for all i: nothing is worth its price.
TEST(aLargeLambdaGivesTheEmptyNetwork) {
  for (const ReluLoss loss : kinds) {
    const Instance data = instance(20, 3, loss == ReluLoss::softmax ? 3 : 1, loss, 15);
    ReluSettings settings = settingsFor(loss);
    settings.lambda = 1e4;
    const Run run = solve(data.problem(), settings);
    CHECK(run.outcome.status == Status::solved);
    CHECK_EQ(run.outcome.progress.iteration, 0);
    CHECK_EQ(run.solution.activeNeurons, 0);
    CHECK_NEAR(run.outcome.progress.objective, lossOf(data, settings, std::vector<double>(data.y.size())), 1e-12);
  }
}

TEST(endedBeforeItBeganItStillAnswers) {
  for (const Case& each : cases()) {
    Monitor monitor;
    monitor.abort();
    const Cpu la(nullptr, 0, &monitor);
    const double nothing = lossOf(each.data, each.settings, std::vector<double>(each.data.y.size()));
    const ReluProblem problem = each.data.problem();
    const auto check = [&](auto& solver) {
      const Outcome outcome = iterate(solver, each.settings, monitor);
      const ReluSolution s = solver.solution();
      CHECK(outcome.status == Status::aborted);
      CHECK_NEAR(outcome.progress.objective, nothing, 1e-12 * nothing);
      CHECK_EQ(s.activeNeurons, 0);
      CHECK_NEAR(s.networkObjective, nothing, 1e-12 * nothing);
      CHECK(outcome.progress.lowerBound <= nothing);
    };
    monitor.setInterruptible(false);
    ReluSolver<Cpu> solver(la, problem, each.settings);
    check(solver);
    monitor.setInterruptible(true);
    bool interrupted = false;
    try {
      ReluSolver<Cpu>(la, problem, each.settings);
    } catch (const Interrupted&) {
      interrupted = true;
    }
    CHECK(interrupted);
    ReluAbortedBeforeStart unbuilt(problem, each.settings);
    check(unbuilt);
  }
}

/// A solve that is aborted in any step gives the point of its last report.
TEST(abortedInAStepItKeepsWhatItReported) {
  const Instance data = instance(60, 4, 1, ReluLoss::squared, 3);
  ReluSettings settings = settingsFor(ReluLoss::squared);
  settings.maxIterations = 200;
  settings.tolerance = 0;
  settings.checkInterval = 1;
  for (int at = 1; at < 40; at += 3) {
    double last = 0;
    int reports = 0;
    Monitor* running = nullptr;
    Monitor monitor(INFINITY, [&](const Progress& progress) {
      last = progress.objective;
      if (++reports == at) running->abort();
    });
    running = &monitor;
    const Cpu la(nullptr, 0, &monitor);
    ReluSolver<Cpu> solver(la, data.problem(), settings);
    const Outcome outcome = iterate(solver, settings, monitor);
    CHECK(outcome.status == Status::aborted);
    CHECK_EQ(reports, at);
    CHECK_EQ(double{outcome.progress.objective}, last);
    const double network = networkObjective(data, settings, solver.solution());
    CHECK(network <= last * (1 + 1e-9));
  }
}

/// Columns normalised: the program over x / ||column||, and predictions on the user's x.
TEST(normalizedColumns) {
  Instance data = instance(24, 3, 1, ReluLoss::squared, 16);
  for (int k = 0; k < data.n; ++k) data.x[static_cast<std::size_t>(3 * k)] *= 1000;
  ReluSettings settings = settingsFor(ReluLoss::squared);
  settings.bias = false;
  settings.standardize = ReluStandardize::norm;
  settings.lambda = 0.05;
  ReluProblem problem = data.problem();
  problem.patterns.gates = normalDirections(3, 12, 3);
  const Run run = solve(problem, settings);
  CHECK(run.outcome.status == Status::solved);
  CHECK_NEAR(networkObjective(data, settings, run.solution), run.outcome.progress.objective,
             1e-9 * run.outcome.progress.objective);
  Instance divided = data;
  ReluProblem plain = divided.problem();
  plain.patterns.gates = HostMatrix<double>(3, 12);
  for (int i = 0; i < 3; ++i) {
    double squares = 0;
    for (int k = 0; k < data.n; ++k) squares += std::pow(data.x[static_cast<std::size_t>(3 * k + i)], 2);
    for (int k = 0; k < data.n; ++k) divided.x[static_cast<std::size_t>(3 * k + i)] /= std::sqrt(squares);
    for (int j = 0; j < 12; ++j) plain.patterns.gates(i, j) = problem.patterns.gates(i, j) * std::sqrt(squares);
    CHECK_NEAR(run.solution.inputScale[static_cast<std::size_t>(i)], std::sqrt(squares), 1e-12 * std::sqrt(squares));
  }
  settings.standardize = ReluStandardize::none;
  CHECK(relative(solve(plain, settings).outcome.progress.objective, run.outcome.progress.objective) < 3e-7);
}

TEST(singlePrecisionInput) {
  Instance data = instance(20, 3, 1, ReluLoss::squared, 17);
  std::vector<float> single(data.x.begin(), data.x.end());
  data.x.assign(single.begin(), single.end());
  const ReluSettings settings = settingsFor(ReluLoss::squared);
  ReluProblem problem = data.problem();
  problem.x64 = nullptr;
  problem.x32 = single.data();
  CHECK_EQ(solve(problem, settings).outcome.progress.objective,
           solve(data.problem(), settings).outcome.progress.objective);
}
