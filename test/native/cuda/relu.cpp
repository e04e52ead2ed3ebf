// Two-layer ReLU training on a device: the optimum of the CPU, certified in double precision whatever the numbers of
// the iterations are. The device is simulated: memory that the host cannot touch, kernels as loops.
#include "cuda/solvers/relu.hpp"

#include "check.hpp"
#include "simulated_device.hpp"
#include "solvers/relu/relu_instances.hpp"

using namespace nonconvex;
using namespace instances;

namespace {

template <class T>
Run solveOnDevice(const ReluProblem& problem, const ReluSettings& settings) {
  Run run;
  Monitor monitor(settings.timeLimit, [&](const Progress& now) { run.reports.push_back(now); });
  const Cuda<T> la(simulated::tables(), &monitor);
  ReluSolver<Cuda<T>> solver(la, problem, settings);
  run.outcome = iterate(solver, settings, monitor);
  run.solution = solver.solution();
  return run;
}

ReluSettings settingsFor(ReluLoss loss) {
  ReluSettings settings;
  settings.loss = loss;
  settings.activation = ReluActivation::gated;
  settings.lambda = 0.4;
  settings.maxIterations = 3000;
  return settings;
}

/// All that a device supports: every loss, with one output or three, both couplings, with and without a bias that
/// counts, columns scaled or not; and the two other methods.
std::vector<Case> allCases() {
  std::vector<Case> all;
  for (const ReluLoss loss : kinds) {
    for (const int c : {1, 3}) {
      if (loss == ReluLoss::softmax && c == 1) continue;
      for (const ReluCoupling coupling : {ReluCoupling::oneVsAll, ReluCoupling::frobenius}) {
        if (c == 1 && coupling == ReluCoupling::frobenius) continue;
        for (const ReluStandardize standardize : {ReluStandardize::none, ReluStandardize::norm}) {
          Case each{"", instance(24, 3, c, loss, static_cast<std::uint32_t>(all.size())), settingsFor(loss)};
          each.settings.coupling = coupling;
          each.settings.standardize = standardize;
          each.settings.bias = all.size() % 3 != 0;
          each.settings.regularizeBias = all.size() % 4 != 1;
          each.name = std::string(nameOf(loss)) + ", outputs " + show(c) +
                      (coupling == ReluCoupling::oneVsAll ? ", oneVsAll" : ", frobenius") +
                      (standardize == ReluStandardize::norm ? ", columns" : "");
          all.push_back(std::move(each));
        }
      }
    }
  }
  for (const int c : {1, 2}) {
    Case sampled{"sampled, outputs " + show(c), instance(30, 4, c, ReluLoss::squared, 5),
                 settingsFor(ReluLoss::squared)};
    sampled.settings.activation = ReluActivation::relu;
    sampled.settings.method = ReluMethod::sampled;
    all.push_back(sampled);
    Case slack{"slack, outputs " + show(c), instance(24, 3, c, ReluLoss::squared, 6), settingsFor(ReluLoss::squared)};
    slack.settings.activation = ReluActivation::relu;
    slack.settings.splitting = ReluSplitting::slack;
    all.push_back(slack);
  }
  return all;
}

/// Part `part` of 3 of the cases, which three tests share; in a long run all.
std::vector<Case> cases(std::size_t part) {
  std::vector<Case> some;
  for (Case& each : allCases()) {
    if (check::longRun() || ++part % 3 == 0) some.push_back(std::move(each));
  }
  return some;
}

double relative(double a, double b) { return std::abs(a - b) / std::abs(b); }

template <class T>
void checkAgainstCpu(const Case& each, double tolerance) {
  const long before = check::failures;
  ReluSettings settings = each.settings;
  settings.tolerance = settings.splitting == ReluSplitting::slack ? 1e-3 : tolerance;
  const Run cpu = solve(each.data.problem(), settings);
  const Run device = solveOnDevice<T>(each.data.problem(), settings);
  const Progress& last = device.outcome.progress;
  CHECK(device.outcome.status == Status::solved);
  CHECK(relative(last.objective, cpu.outcome.progress.objective) <= settings.tolerance);
  // Each bound holds for the other's point.
  CHECK(last.lowerBound <= cpu.outcome.progress.objective * (1 + 1e-12));
  CHECK(cpu.outcome.progress.lowerBound <= last.objective * (1 + 1e-12));
  CHECK(last.lowerBound >= last.objective * (1 - settings.tolerance));
  // What is said of the network is so, by plain loops.
  // The checks below weigh a bias as any weight.
  const bool weighed = !settings.bias || (settings.regularizeBias && settings.standardize == ReluStandardize::none);
  CHECK(!weighed || relative(networkObjective(each.data, settings, device.solution), last.objective) <= 1e-9);
  CHECK(relative(device.solution.networkObjective, last.objective) <= 1e-9);
  if (settings.method == ReluMethod::admm) {
    const ConvexValue convex = convexValue(each.data, settings, device.solution);
    CHECK(!weighed || relative(convex.objective, last.objective) <= 1e-9);
    CHECK(convex.violation <= 1e-10);
  }
  CHECK_EQ(device.solution.patterns, cpu.solution.patterns);
  CHECK(check::sameBits(device.solution.gates.data(), cpu.solution.gates.data(), cpu.solution.gates.size()));
  // The same solution starts the next solve.
  ReluProblem warm = each.data.problem();
  warm.warmStart = {HostMatrix<double>(device.solution.weights.rows(), device.solution.weights.cols()),
                    HostMatrix<double>(device.solution.dual.rows(), device.solution.dual.cols())};
  std::copy(device.solution.weights.data(), device.solution.weights.data() + device.solution.weights.size(),
            warm.warmStart.weights.data());
  std::copy(device.solution.dual.data(), device.solution.dual.data() + device.solution.dual.size(),
            warm.warmStart.dual.data());
  const Run again = solveOnDevice<T>(warm, settings);
  CHECK(again.outcome.status == Status::solved);
  CHECK(2 * again.outcome.progress.iteration <= last.iteration || settings.splitting == ReluSplitting::slack);
  if (check::failures != before) {
    std::fprintf(stderr, "  in case %s: %d iterations on the CPU, %d and %d on the device, gap %g\n", each.name.c_str(),
                 cpu.outcome.progress.iteration, last.iteration, again.outcome.progress.iteration,
                 static_cast<double>(last.residual));
  }
}

}  // namespace

TEST(float64HasTheOptimumOfTheCpu) {
  for (const Case& each : cases(0)) checkAgainstCpu<double>(each, 1e-6);
}

TEST(float32HasTheOptimumOfTheCpu) {
  for (const Case& each : cases(1)) checkAgainstCpu<float>(each, 1e-5);
}

/// More columns than a device holds products of at once.
TEST(manyColumns) {
  const Instance data = instance(12, 2, 60, ReluLoss::squared, 3);
  for (const ReluCoupling coupling : {ReluCoupling::oneVsAll, ReluCoupling::frobenius}) {
    if (!check::longRun() && coupling == ReluCoupling::frobenius) continue;
    ReluSettings settings = settingsFor(ReluLoss::squared);
    settings.coupling = coupling;
    const double tolerance = check::longRun() ? 1e-6 : 1e-4;
    settings.tolerance = tolerance;
    ReluProblem problem = data.problem(40);
    const double cpu = solve(problem, settings).outcome.progress.objective;
    const Run device = solveOnDevice<double>(problem, settings);
    CHECK(device.solution.weights.cols() > 2048 / 2);
    CHECK(relative(device.outcome.progress.objective, cpu) <= tolerance);
    CHECK(device.solution.certificate.gap <= tolerance);
  }
}

TEST(stepsWaitForNothing) {
  for (const Case& each : cases(2)) {
    const Cuda<float> la(simulated::tables());
    ReluSettings settings = each.settings;
    settings.rho = 0.5;  // one that adapts is looked at every 100 iterations
    ReluSolver<Cuda<float>> solver(la, each.data.problem(), settings);
    solver.start();
    solver.step();
    const simulated::Counts before = simulated::counts();
    for (int k = 0; k < 60; ++k) solver.step();
    const simulated::Counts after = simulated::counts();
    CHECK_EQ(after.waits, before.waits);
    CHECK_EQ(after.allocations, before.allocations);
    CHECK(after.launches > before.launches);
  }
}

/// Whatever call fails: an error, and nothing is left on the device.
TEST(failuresLeaveNothing) {
  const Instance data = instance(10, 2, 1, ReluLoss::logistic, 1);
  ReluSettings settings = settingsFor(ReluLoss::logistic);
  settings.maxIterations = 3;
  const long start = simulated::counts().calls;
  solveOnDevice<float>(data.problem(4), settings);
  const long calls = simulated::counts().calls - start;
  CHECK(calls > 100);
  for (long k = 0; k < calls - 1; k += check::longRun() ? 7 : 29) {  // the last one is the destructor's
    simulated::failAt(k);
    const std::string message = check::messageOf([&] { solveOnDevice<float>(data.problem(4), settings); });
    const bool failed = simulated::failed();
    simulated::failAt(-1);
    CHECK(!failed || !message.empty());
    CHECK(simulated::counts().nothingAlive());
  }
}

TEST(anAbortBeforeTheStartHasAnAnswer) {
  const Instance data = instance(10, 2, 1, ReluLoss::squared, 1);
  const ReluSettings settings = settingsFor(ReluLoss::squared);
  Monitor monitor(settings.timeLimit, [](const Progress&) {});
  monitor.abort();
  const Cuda<float> la(simulated::tables(), &monitor);
  ReluSolver<Cuda<float>> solver(la, data.problem(), settings);
  const Outcome outcome = iterate(solver, settings, monitor);
  CHECK(outcome.status == Status::aborted);
  CHECK(outcome.progress.objective >= outcome.progress.lowerBound);
  CHECK_EQ(solver.solution().activeNeurons, 0);
}

TEST(patternsAreThoseOfTheCpu) {
  const Cuda<float> la(simulated::tables());
  for (std::uint32_t seed = 0; seed < 5; ++seed) {
    const HostMatrix<double> rows = normalDirections(2, 9, seed);  // few enough for patterns to coincide
    const HostMatrix<double> gates = normalDirections(2, 60, seed + 100);
    for (const int j : {0, 7}) gates(0, j) = gates(1, j) = 0;  // active everywhere, as the second time
    const Patterns cpu = patternsOf(Cpu(), rows, gates);
    const DeviceCopy<Cuda<float>, double> onDevice(la, rows);
    const PatternsOn<Cuda<float>> device = patternsOf(la, onDevice, gates);
    CHECK(cpu.gates.cols() < 60);
    CHECK_EQ(device.gates.cols(), cpu.gates.cols());
    CHECK(check::sameBits(device.gates.data(), cpu.gates.data(), cpu.gates.size()));
    HostMatrix<float> masks(device.patterns.rows(), device.patterns.cols());
    la.download(Mat<const float, Device>(device.patterns), masks.view());
    CHECK_EQ(masks.size(), cpu.patterns.size());
    for (std::size_t i = 0; i < masks.size(); ++i)
      CHECK_EQ(static_cast<double>(masks.data()[i]), cpu.patterns.data()[i]);
  }
}

/// Contractions, kinks and maps that throw points far out: the same points as on the CPU, also after what is taken
/// back.
TEST(accelerationIsThatOfTheCpu) {
  const Cuda<double> la(simulated::tables());
  const Cpu host;
  const Random random(3);
  for (int map = 0; map < 3; ++map) {
    constexpr int head = 6, size = 8;
    Anderson<Cpu> onHost(host, 4, head, size);
    Anderson<Cuda<double>> onDevice(la, 4, head, size);
    HostMatrix<double> s(size, 1), g(size, 1), answer(size, 1);
    const auto point = la.matrix<double>(size, 1), image = la.matrix<double>(size, 1);
    for (int i = 0; i < size; ++i) s(i, 0) = 4 * random.normal(static_cast<std::uint64_t>(i));
    for (int k = 0; k < 60; ++k) {
      for (int i = 0; i < size; ++i) {
        const double x = s(i, 0);
        g(i, 0) = map == 0   ? 0.1 * i * x + 1
                  : map == 1 ? std::max(-0.5, 0.15 * i * x - 0.3)
                             : (std::abs(x) < 5 ? 0.9 * x + 0.05 * std::sin(3 * x) : 2 * x - std::copysign(5.5, x));
      }
      la.upload(s.view(), point.view());
      la.upload(g.view(), image.view());
      if (k == 30) {
        onHost.reset();
        onDevice.reset();
      }
      onHost.advance(s.flat(), g.flat());
      onDevice.advance(point.flat(), image.flat());
      la.download(image.view(), answer.view());
      for (int i = 0; i < size; ++i) CHECK_NEAR(answer(i, 0), g(i, 0), 1e-6 * (1 + std::abs(g(i, 0))));
      std::copy(g.data(), g.data() + size, s.data());
    }
  }
}

TEST(conesAreRefusedWithWhatWorksInstead) {
  const Instance data = instance(10, 2, 1, ReluLoss::squared, 1);
  const Cuda<double> la(simulated::tables());
  const auto message = check::messageOf([&] { ReluSolver<Cuda<double>>(la, data.problem(), ReluSettings()); });
  for (const char* part : {"'gated'", "'slack'", "'sampled'"}) CHECK(check::contains(message, part));
}
