// Quadratics of groups of columns: the minimum, and the sweeps on the way there.
#include "solvers/sparse/quadratic/quadratic.hpp"

#include <numeric>
#include <vector>

#include "check.hpp"
#include "core/random.hpp"
#include "solvers/sparse/problem.hpp"

using namespace nonconvex;

namespace {

constexpr int rows = 60, columns = 90, ofGroup = 5;

/// Columns in groups, and responses of three of these columns.
struct Drawn {
  std::vector<double> x, y;
  SparseProblem problem;

  explicit Drawn(std::uint64_t seed) {
    const Random random(seed);
    for (int k = 0; k < rows * columns; ++k) x.push_back(random.normal(static_cast<std::uint64_t>(k)));
    problem.x = MatrixInput{.f64 = x.data(), .rows = rows, .columns = columns};
    for (int i = 0; i < rows; ++i) {
      const double* row = &x[at(i * columns)];
      y.push_back(row[0] - row[3] + row[5] / 2 + random.normal(at(rows * columns + i)));
    }
    problem.y = y;
    for (int j = 0; j < columns; ++j) problem.groups.push_back(j / ofGroup);
  }
};

}  // namespace

TEST(quadratics_of_groups_that_only_few_rows_are_curved_along_take_newton_steps) {
  const Drawn drawn(5);
  SparseSettings settings;
  settings.penalty = SparsePenalty::groupLasso;
  const Cpu la;
  const SparseData data(la, drawn.problem, settings);
  const Blocks blocks(data, settings);
  GramMetric metric(la, data, true);
  Quadratic quadratic(la, blocks, metric);
  std::vector<int> groups(at(columns / ofGroup));
  std::iota(groups.begin(), groups.end(), 0);
  quadratic.add(groups);
  // As the envelopes of quantiles: rows at the kink are curved far more than others.
  std::vector<double> weights(at(rows), 1e-5), slopes(at(rows));
  for (int i = 0; i < rows; i += 4) weights[at(i)] = 1;
  for (int i = 0; i < rows; ++i) slopes[at(i)] = drawn.problem.y[at(i)] > 0 ? -0.5 / rows : 0.5 / rows;
  metric.setWeights(weights);
  quadratic.forgetCurvatures();
  metric.gradient(slopes, quadratic.q);
  const PenaltyAt penalty(blocks, settings, 0.03);
  CHECK(quadratic.minimize(penalty, {.violation = 1e-9, .scale = 1}));
  CHECK(quadratic.largestViolation(penalty) <= 1e-9);
  // With sweeps alone it takes 7212.
  CHECK(quadratic.sweeps() < 1000);
}
