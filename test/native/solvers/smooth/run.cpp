// Steps of all methods: a state goes on bit for bit, and no memory is asked for.
#include "solvers/smooth/run.hpp"

#include <cmath>

#include "allocations.hpp"
#include "check.hpp"
#include "core/index.hpp"
#include "core/random.hpp"
#include "problems/sums/regression_sum.hpp"
#include "solvers/smooth/archive.hpp"
#include "solvers/smooth/entropy.hpp"
#include "solvers/smooth/geometries.hpp"
#include "solvers/smooth/solver.hpp"

using namespace nonconvex;

namespace {

constexpr int rowCount = 150, columns = 9;

struct Data {
  std::vector<double> x;
  MinimizeSumProblem problem;
};

Data logistic() {
  Data made;
  const Random random(5);
  for (std::uint64_t k = 0; k < at(rowCount * columns); ++k) made.x.push_back(random.normal(k));
  RegressionRows rows{.family = GlmFamily::logistic,
                      .matrix = MatrixInput{.f64 = made.x.data(), .rows = rowCount, .columns = columns},
                      .y = {},
                      .weights = std::vector<double>(at(rowCount), 1.0 / rowCount),
                      .offset = {},
                      .ridge = std::vector<double>(at(columns), 0.01),
                      .intercept = false};
  for (int i = 0; i < rowCount; ++i)
    rows.y.push_back(made.x[at(i * columns)] + made.x[at(i * columns + 1)] > 0 ? 1 : 0);
  made.problem.sum = std::make_shared<RegressionSource>(std::move(rows));
  made.problem.start.assign(at(columns), 0.1);
  return made;
}

MinimizeSumSettings settingsOf(std::size_t row) {
  MinimizeSumSettings settings;
  settings.method = static_cast<SumMethod>(row + 1);
  settings.insecureNoise = sumPresets[row].clipping == "clipRows";
  return settings;
}

template <class T>
void checkSteps(std::size_t row) {
  const Data data = logistic();
  const Cpu la;
  const MinimizeSumSettings settings = settingsOf(row);
  const auto make = [&](const MinimizeSumProblem& problem) {
    return makeRun<T>(la, problem, settings, problem.sum->open<T>(la), {});
  };
  constexpr int before = 37, after = 30;
  const auto whole = make(data.problem);
  std::vector<double> state, end, again, start = data.problem.start;
  for (int k = 0; k < before; ++k) CHECK(whole->step());
  whole->writeState(state);
  const long asked = allocations;
  for (int k = 0; k < after; ++k) whole->step();
  const long more = allocations - asked;
  check::note(more == 0, __FILE__, __LINE__, std::string(sumPresets[row].name) + " asks for memory " + show(more));
  whole->writeLast(end);
  MinimizeSumProblem goesOn = data.problem;
  goesOn.state = state;
  const auto part = make(goesOn);
  for (int k = 0; k < after; ++k) part->step();
  part->writeLast(again);
  check::note(check::sameBits(end.data(), again.data(), end.size()), __FILE__, __LINE__,
              std::string(sumPresets[row].name) + " does not go on from its state");
  double moved = 0;
  for (std::size_t j = 0; j < end.size(); ++j) moved += std::abs(end[j] - start[j]);
  check::note(moved > 0 && std::isfinite(moved), __FILE__, __LINE__,
              std::string(sumPresets[row].name) + " does not move");
}

}  // namespace

TEST(allMethods) {
  for (std::size_t row = 0; row < sumPresets.size(); ++row) {
    checkSteps<double>(row);
    checkSteps<float>(row);
  }
}

TEST(statesOfOthersAreRefused) {
  const Data data = logistic();
  const Cpu la;
  const auto run = makeRun<double>(la, data.problem, settingsOf(0), data.problem.sum->inDouble(la), {});
  run->step();
  MinimizeSumProblem other = data.problem;
  run->writeState(other.state);
  const auto messageFor = [&](std::size_t row) {
    return check::messageOf([&] { makeRun<double>(la, other, settingsOf(row), other.sum->inDouble(la), {}); });
  };
  CHECK(check::contains(messageFor(1), "warmStart.state"));
  CHECK_EQ(messageFor(0), "");
  other.state.pop_back();
  CHECK(check::contains(messageFor(0), "warmStart.state"));
}

TEST(settingsThatAMethodDoesNotUse) {
  MinimizeSumSettings settings = settingsOf(0);
  settings.momentum = 0.5;
  const std::string message = check::messageOf([&] { requireUsed(settings); });
  CHECK(check::contains(message, "momentum = 0.5: method 'adog' does not use it; it has batchSize"));
  settings.method = static_cast<SumMethod>(4);
  CHECK_EQ(check::messageOf([&] { requireUsed(settings); }), "");
}

TEST(polarFactors) {
  const Random random(3);
  for (const auto& [rows, cols] : {std::pair{4, 7}, {7, 4}, {5, 5}}) {
    std::vector<double> m, d(at(rows * cols));
    for (std::uint64_t k = 0; k < at(rows * cols); ++k) m.push_back(random.normal(k));
    PolarFactor<double> exact({{.name = "W", .offset = 0, .rows = rows, .columns = cols}}, true);
    exact.apply(rows, cols, m.data(), d.data());
    // U V^T has orthonormal rows, or columns, and its product with m is symmetric with the trace of the singular
    // values.
    const int side = std::min(rows, cols), other = std::max(rows, cols);
    const auto entry = [&](const std::vector<double>& of, int i, int k) {
      return rows <= cols ? of[at(i * cols + k)] : of[at(k * cols + i)];
    };
    for (int i = 0; i < side; ++i) {
      for (int j = 0; j < side; ++j) {
        double product = 0, ij = 0, ji = 0;
        for (int k = 0; k < other; ++k) {
          product += entry(d, i, k) * entry(d, j, k);
          ij += entry(d, i, k) * entry(m, j, k);
          ji += entry(d, j, k) * entry(m, i, k);
        }
        CHECK_NEAR(product, i == j ? 1 : 0, 1e-12);
        CHECK_NEAR(ij, ji, 1e-12);
      }
    }
  }
}

TEST(noiseOfTheSystem) {
  Entropy secret(true);
  const Random random(1);
  std::vector<double> a(20'000), b(20'000);
  secret.addNormal(random, 0, 2, 20'000, a.data());
  secret.addNormal(random, 0, 2, 20'000, b.data());
  CHECK(a != b);
  double mean = 0, squares = 0;
  for (const double each : a) mean += each / 20'000, squares += each * each / 20'000;
  CHECK_NEAR(mean, 0, 0.1);
  CHECK_NEAR(squares, 4, 0.3);
}
