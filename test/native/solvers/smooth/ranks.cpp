// Sums whose rows are spread over ranks, which are threads here, minimised: the answer of one process that has the rows
// of one rank after the other's, for methods that draw rows, too.
#include <algorithm>
#include <cmath>
#include <string_view>

#include "check.hpp"
#include "core/index.hpp"
#include "core/random.hpp"
#include "core/run.hpp"
#include "problems/sums/joint_sum.hpp"
#include "problems/sums/regression_sum.hpp"
#include "solvers/smooth/solver.hpp"
#include "thread_ranks.hpp"

using namespace nonconvex;

namespace {

constexpr int rowCount = 180, columns = 6;

std::shared_ptr<const FiniteSumSource> rows(const std::vector<double>& x, int begin, int end, double weight) {
  RegressionRows made{
      .family = GlmFamily::logistic,
      .matrix = MatrixInput{.f64 = x.data() + at(begin * columns), .rows = end - begin, .columns = columns},
      .y = {},
      .weights = std::vector<double>(at(end - begin), weight),
      .offset = {},
      .ridge = std::vector<double>(at(columns), 0.05),
      .intercept = false};
  for (int i = begin; i < end; ++i) {
    const double noise = std::sin(9.7 * i);
    made.y.push_back(x[at(i * columns)] - x[at(i * columns + 1)] + noise > 0 ? 1 : 0);
  }
  return std::make_shared<RegressionSource>(std::move(made));
}

Solved<MinimizeSumSolution> solve(std::shared_ptr<const FiniteSumSource> sum, const MinimizeSumSettings& settings,
                                  Monitor& monitor) {
  MinimizeSumProblem problem;
  problem.sum = std::move(sum);
  problem.start.assign(at(columns), 0.0);
  const Cpu la(nullptr, 1, &monitor);
  MinimizeSumSolver solver(la, problem, settings);
  auto outcome = iterate(solver, settings, monitor);
  return {std::move(outcome), solver.solution()};
}

SumMethod method(std::string_view name) {
  const auto all = names(SumMethod{});
  return static_cast<SumMethod>(std::find(all.begin(), all.end(), name) - all.begin());
}

void compare(const MinimizeSumSettings& settings, SumEnding ending, double tolerance, int size) {
  std::vector<double> x;
  const Random random(11);
  for (std::uint64_t k = 0; k < at(rowCount * columns); ++k) x.push_back(random.normal(k));
  Monitor none;
  const auto alone = solve(rows(x, 0, rowCount, 1.0 / rowCount), settings, none);
  CHECK(alone.solution.ending == ending && (ending != SumEnding::status || alone.outcome.status == Status::solved));
  std::vector<Solved<MinimizeSumSolution>> found(at(size));
  ThreadRanks(size).run([&](const std::shared_ptr<Ranks>& ranks) {
    Monitor wishes;
    JointSolve joint(std::make_shared<Ranks::Turn>(ranks), wishes, 1);
    const int rank = ranks->rank(), begin = rowCount * rank / size, end = rowCount * (rank + 1) / size;
    found[at(rank)] = solve(jointSource(rows(x, begin, end, 1), ranks), settings, joint.monitor());
    joint.end(found[at(rank)].solution.x);
  });
  for (const auto& [outcome, solution] : found) {
    CHECK(outcome.status == alone.outcome.status && solution.ending == ending);
    CHECK(solution.x == found[0].solution.x);
    for (std::size_t j = 0; j < solution.x.size(); ++j) CHECK_NEAR(solution.x[j], alone.solution.x[j], tolerance);
  }
}

}  // namespace

TEST(sumsOverRanks) {
  for (const int size : {2, 3}) {
    MinimizeSumSettings full;
    full.method = method("qagd");
    full.tolerance = 1e-7;
    full.maxEpochs = 5000;
    compare(full, SumEnding::status, 10 * full.tolerance, size);
  }
  for (const char* const name : {"svrg", "adam"}) {
    MinimizeSumSettings batches;
    batches.method = method(name);
    batches.batchSize = 16;
    batches.maxEpochs = 3;
    batches.tolerance = 0;
    batches.precision = SumPrecision::float64;
    compare(batches, SumEnding::epochLimit, 1e-10, 2);
  }
}
