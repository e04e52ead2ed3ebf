// Paths against optimality conditions that are recomputed here.
#include "solvers/sparse/solver.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "check.hpp"
#include "core/random.hpp"

using namespace nonconvex;

namespace {

struct Drawn {
  std::vector<double> x, y;  ///< x by rows
  SparseProblem problem;
};

Drawn draw(int n, int p, SparseFamily family, std::uint64_t seed) {
  Drawn made;
  const Random random(seed);
  made.x.resize(static_cast<std::size_t>(n) * static_cast<std::size_t>(p));
  for (std::size_t k = 0; k < made.x.size(); ++k) made.x[k] = random.normal(k) + 0.5;
  for (int i = 0; i < n; ++i) {
    double t = 0;
    for (int j = 0; j < 3; ++j) t += (j % 2 ? -0.6 : 0.8) * made.x[static_cast<std::size_t>(i * p + j)];
    const double noise = random.normal(made.x.size() + static_cast<std::size_t>(i));
    double y = t + noise;
    if (family == SparseFamily::binomial) y = t + noise > 0;
    if (family == SparseFamily::poisson) y = std::floor(std::exp(t / 2 + 0.3 * noise));
    if (family == SparseFamily::gamma) y = std::exp(t / 2 + 0.3 * noise);
    made.y.push_back(y);
  }
  made.problem.x = MatrixInput{.f64 = made.x.data(), .rows = n, .columns = p};
  made.problem.y = made.y;
  return made;
}

}  // namespace

SparseSolution solved(const SparseProblem& problem, const SparseSettings& settings) {
  const Cpu la;
  Monitor monitor;
  PathSolver solver(la, problem, settings);
  const auto outcome = iterate(solver, settings, monitor);
  CHECK(outcome.status == Status::solved);
  return solver.solution();
}

TEST(solves_paths_of_all_families) {
  for (const auto family :
       {SparseFamily::gaussian, SparseFamily::binomial, SparseFamily::poisson, SparseFamily::gamma}) {
    const Drawn drawn = draw(80, 30, family, 5);
    SparseSettings settings;
    settings.family = family;
    settings.minRatio = 0.01;
    settings.nLambda = 30;
    const SparseSolution solution = solved(drawn.problem, settings);
    CHECK(solution.lambda.size() > 5);
    for (const double gap : solution.gap) CHECK(gap <= 1e-6);
  }
}

TEST(penalties_that_are_not_convex_end_at_their_conditions) {
  for (const auto penalty : {SparsePenalty::mcp, SparsePenalty::scad}) {
    const Drawn drawn = draw(60, 90, SparseFamily::gaussian, 7);
    SparseSettings settings;
    settings.penalty = penalty;
    settings.nLambda = 25;
    const SparseSolution solution = solved(drawn.problem, settings);
    for (const double violation : solution.violation) CHECK(violation <= 1e-6);
    CHECK_EQ(solution.locallyConvex.front(), 1);
  }
}

TEST(sparse_columns_give_what_dense_ones_do) {
  const int n = 120, p = 200;
  Drawn drawn = draw(n, p, SparseFamily::poisson, 9);
  // Most entries are set to 0, so that steps are taken by rows.
  SparseMatrix sparse;
  sparse.rows = n;
  sparse.columns = p;
  sparse.offsets = {0};
  for (int i = 0; i < n; ++i) {
    for (int j = 0; j < p; ++j) {
      double& entry = drawn.x[static_cast<std::size_t>(i * p + j)];
      if ((i * 7 + j * 13) % 11 != 0) entry = 0;
      if (entry == 0) continue;
      sparse.values.push_back(entry);
      sparse.indices.push_back(j);
    }
    sparse.offsets.push_back(static_cast<int>(sparse.values.size()));
  }
  SparseSettings settings;
  settings.family = SparseFamily::poisson;
  settings.alpha = 0.9;
  settings.nLambda = 20;
  settings.tolerance = 1e-9;
  const SparseSolution dense = solved(drawn.problem, settings);
  drawn.problem.x = sparse.view();
  const SparseSolution other = solved(drawn.problem, settings);
  CHECK_EQ(dense.lambda.size(), other.lambda.size());
  for (std::size_t k = 0; k < dense.objectives.size(); ++k) CHECK_NEAR(dense.objectives[k], other.objectives[k], 1e-9);
}

// Classes that columns with entries of very different sizes nearly tell apart: conjugate gradients and sweeps by rows
// come to no end there, of which a factor of the Gram matrix takes the place.
TEST(quadratics_that_are_hard_by_rows_take_few_sweeps) {
  const int n = 600, p = 400;
  const Random random(1);
  SparseMatrix sparse;
  sparse.rows = n;
  sparse.columns = p;
  sparse.offsets = {0};
  std::vector<double> y;
  std::uint64_t next = 0;
  for (int i = 0; i < n; ++i) {
    double t = 0;
    for (int j = 0; j < p; ++j) {
      if (random.uniform(next++) >= std::min(0.3, 8.0 / (j + 10) + 0.004)) continue;
      const double value = std::ceil(std::exp(1.5 * random.normal(next++)));
      sparse.values.push_back(value);
      sparse.indices.push_back(j);
      if (j % 60 == 5) t += (j % 120 == 5 ? 1.6 : -1.2) * std::log1p(value);
    }
    sparse.offsets.push_back(static_cast<int>(sparse.values.size()));
    y.push_back(random.uniform(next++) < 1 / (1 + std::exp(-t)));
  }
  SparseSettings settings;
  settings.family = SparseFamily::binomial;
  settings.standardize = false;
  settings.nLambda = 40;
  settings.minRatio = 0.01;
  double sweeps = 0;
  for (const auto penalty : {SparsePenalty::mcp, SparsePenalty::scad}) {
    settings.penalty = penalty;
    SparseProblem problem;
    problem.x = sparse.view();
    problem.y = y;
    const SparseSolution solution = solved(problem, settings);
    for (const double violation : solution.violation) CHECK(violation <= 1e-6);
    sweeps += solution.sweeps;
  }
  CHECK(sweeps < 20000);
}

TEST(best_subsets_of_sizes_are_below_all_others) {
  const int n = 40, p = 7;
  const Drawn drawn = draw(n, p, SparseFamily::gaussian, 11);
  SparseProblem problem = drawn.problem;
  for (int k = 0; k <= p; ++k) problem.sizes.push_back(k);
  SparseSettings settings;
  settings.penalty = SparsePenalty::bestSubset;
  settings.ridge = 0.1;
  const SparseSolution solution = solved(problem, settings);
  CHECK(solution.sizes == problem.sizes);
  std::vector<double> mean(static_cast<std::size_t>(p)), scale(mean.size());
  double meanOfY = 0;
  for (int i = 0; i < n; ++i) {
    meanOfY += drawn.y[static_cast<std::size_t>(i)] / n;
    for (int j = 0; j < p; ++j) mean[static_cast<std::size_t>(j)] += drawn.x[static_cast<std::size_t>(i * p + j)] / n;
  }
  const auto centred = [&](int i, int j) {
    return drawn.x[static_cast<std::size_t>(i * p + j)] - mean[static_cast<std::size_t>(j)];
  };
  for (int i = 0; i < n; ++i) {
    for (int j = 0; j < p; ++j) scale[static_cast<std::size_t>(j)] += centred(i, j) * centred(i, j) / n;
  }
  std::vector<double> least(static_cast<std::size_t>(p) + 1, 1e300);
  for (int mask = 0; mask < 1 << p; ++mask) {
    // The minimiser over these columns, along coordinates.
    std::vector<double> b(static_cast<std::size_t>(p)), r;
    for (const double value : drawn.y) r.push_back(value - meanOfY);
    for (int sweep = 0; sweep < 200; ++sweep) {
      for (int j = 0; j < p; ++j) {
        if (!(mask >> j & 1)) continue;
        const double root = std::sqrt(scale[static_cast<std::size_t>(j)]);
        double& now = b[static_cast<std::size_t>(j)];
        double product = now;
        for (int i = 0; i < n; ++i) product += centred(i, j) / root * r[static_cast<std::size_t>(i)] / n;
        const double to = product / (1 + settings.ridge);
        for (int i = 0; i < n; ++i) r[static_cast<std::size_t>(i)] -= (to - now) * centred(i, j) / root;
        now = to;
      }
    }
    double value = 0;
    int size = 0;
    for (const double each : r) value += each * each / (2 * n);
    for (int j = 0; j < p; ++j) {
      size += mask >> j & 1;
      value += settings.ridge / 2 * b[static_cast<std::size_t>(j)] * b[static_cast<std::size_t>(j)];
    }
    least[static_cast<std::size_t>(size)] = std::min(least[static_cast<std::size_t>(size)], value);
  }
  for (std::size_t k = 0; k < least.size(); ++k) {
    CHECK_NEAR(solution.objectives[k], least[k], 1e-6);
    CHECK(solution.gap[k] <= 1e-6);
  }
}
