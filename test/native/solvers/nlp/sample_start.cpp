// Regressions from samples of their rows, with Hessians of earlier points: the solutions without.
#include "check.hpp"
#include "core/threads.hpp"
#include "methods/kkt/hessian_reuse.hpp"
#include "problems/glm_data.hpp"
#include "solvers/nlp/solver.hpp"

using namespace glm;

namespace {

struct Run {
  Status status;
  double objective, residual;
  NlpSolution solution;
};

Run solve(const Data& data, Form form, bool sphere, bool economical, WorkerPool* pool = nullptr) {
  const int n = data.rows.matrix.columns;
  Graph g(n);
  const int x = g.variables(0, n);
  if (sphere) {
    constrain(g, x, n);
  } else {
    g.equalZero(g.binary(Op::subtract, g.sum(x), g.constant(0.5)));
  }
  NlpSettings settings;
  settings.sampleStart = economical;
  settings.reuseHessian = economical;
  Monitor monitor;
  const Cpu la(pool, 0, &monitor);
  const auto nlp = std::make_shared<ConstrainedObjective>(data.objective(form), std::make_shared<Program>(g));
  NlpProblem problem;
  problem.nlp = nlp;
  problem.start.assign(at(n), 1.0);
  NlpSolver solver(la, problem, settings);
  const Outcome outcome = iterate(solver, settings, monitor);
  return {outcome.status, outcome.progress.objective, outcome.progress.residual, solver.solution()};
}

/// Solves with and without a sample, to the same solution, or with one to a better; how it went with one.
Run both(const Data& data, Form form, bool sphere = true) {
  const Run plain = solve(data, form, sphere, false), economical = solve(data, form, sphere, true);
  CHECK(plain.status == Status::solved && economical.status == Status::solved);
  CHECK(economical.residual <= 1e-8);
  CHECK_EQ(plain.solution.counts.sampled, 0);
  CHECK_EQ(economical.solution.inertia.negative, 0);
  CHECK(economical.objective <= plain.objective + 1e-7 * std::max(1.0, std::abs(plain.objective)));
  return economical;
}

Case logistic(int rows, int columns, double density, double ridge = 0) {
  return {GlmFamily::logistic, Form::sparse, rows, columns, density, false, false, ridge};
}

}  // namespace

TEST(whenAnEarlierHessianWillDo) {
  HessianReuse never(false, 5);
  never.note(false, false, 0.1, 1e-4);
  CHECK_EQ(never.accuracy(), 0);

  HessianReuse lag(true, 5);
  CHECK_EQ(lag.accuracy(), 0);  // there is none yet
  lag.note(false, false, 0.9, 1e-4);
  const double usual = lag.accuracy();
  CHECK(usual > 0);
  lag.note(true, false, 0.1, 1e-4);
  CHECK_EQ(lag.accuracy(), usual);
  lag.note(true, false, 0.9, 1e-4);  // no use
  const double better = lag.accuracy();
  CHECK(better < usual);
  lag.note(true, false, 0.9, 1e-4);
  CHECK(lag.accuracy() < better);
  lag.note(true, false, NAN, 1e-4);
  CHECK(lag.accuracy() < better);
  lag.note(false, true, 0.9, 1e-4);
  CHECK(lag.accuracy() > 0 && lag.accuracy() < usual && lag.shifted());

  lag.note(true, false, 0.2, 1e-4);  // six steps like this
  CHECK_EQ(lag.accuracy(), usual);
  lag.note(true, false, 0.2, 1e-6);  // nine
  CHECK_EQ(lag.accuracy(), 0);
}

TEST(fewerHessians) {
  for (const Form form : {Form::sparse, Form::dense, Form::dense32}) {
    for (const bool sphere : {true, false}) {
      if (!check::longRun() && (!sphere || form == Form::dense32)) continue;
      const Data data({GlmFamily::logistic, form, check::sanitized ? 6000 : 12000, 40, 1, false, false, 0});
      const NlpSolution::Counts counts = both(data, form, sphere).solution.counts;
      CHECK(counts.sampled > 0);
      CHECK(counts.hessian < solve(data, form, sphere, false).solution.counts.hessian);
    }
  }
}

TEST(sameBitsForAnyNumberOfThreads) {
  const Data data(logistic(12000, 40, 0.4));
  const Run one = solve(data, Form::sparse, true, true);
  CHECK(one.solution.counts.sampled > 0);
  WorkerPool pool(3);
  CHECK(solve(data, Form::sparse, true, true, &pool).solution.x == one.solution.x);
}

TEST(hardData) {
  {
    Data data(logistic(6000, 20, 1));  // separable: only the sphere keeps x from growing
    for (std::size_t i = 0; i < data.rows.y.size(); ++i) data.rows.y[i] = data.numbers[20 * i] > 0 ? 1 : 0;
    CHECK(both(data, Form::sparse).solution.counts.sampled > 0);
  }
  if (!check::sanitized) {
    Data data(logistic(6000, 20, 1, 1e-4));  // also without the sphere
    for (std::size_t i = 0; i < data.rows.y.size(); ++i) data.rows.y[i] = data.numbers[20 * i] > 0 ? 1 : 0;
    both(data, Form::sparse, false);
  }
  {
    Data data(logistic(8000, 30, 0.5, 1e-6));  // the last column in two rows alone
    SparseMatrix& A = data.rows.matrix;
    SparseMatrix rare{.rows = A.rows, .columns = A.columns, .values = {}, .offsets = {0}, .indices = {}};
    for (std::size_t i = 0; i < 8000; ++i) {
      for (int k = A.offsets[i]; k < A.offsets[i + 1]; ++k) {
        if (A.indices[at(k)] == 29 && i != 100 && i != 5000) continue;
        rare.indices.push_back(A.indices[at(k)]);
        rare.values.push_back(A.values[at(k)]);
      }
      rare.offsets.push_back(static_cast<int>(rare.indices.size()));
    }
    A = rare;
    both(data, Form::sparse);
    if (!check::sanitized) both(data, Form::sparse, false);
  }
  {
    Data data(logistic(6000, 20, 1));  // ten rows, 600 times each
    for (std::size_t i = 10; i < 6000; ++i) {
      for (std::size_t j = 0; j < 20; ++j)
        data.rows.matrix.values[20 * i + j] = data.rows.matrix.values[20 * (i % 10) + j];
      data.rows.y[i] = data.rows.y[i % 10];
    }
    both(data, Form::sparse);
  }
  {
    Data data(logistic(6000, 20, 1, 1e-3));  // weights of a hundredth of the rows
    for (std::size_t i = 0; i < 6000; ++i) data.rows.weights[i] = i % 100 == 3 ? 1.0 / 60 : 0;
    both(data, Form::sparse);
    if (!check::sanitized) both(data, Form::sparse, false);
  }
  for (const double scale : {1e-6, 1e4}) {
    Data data(logistic(6000, 20, 1, 1e-3));
    for (std::size_t k = 0; k < data.rows.matrix.values.size(); k += 20) data.rows.matrix.values[k] *= scale;
    both(data, Form::sparse);
  }
  for (const int rows : {1, 2, 50}) both(Data(logistic(rows, 8, 1, 0.1)), Form::sparse);
}

TEST(otherLosses) {
  for (const GlmFamily family : {GlmFamily::squared, GlmFamily::poisson, GlmFamily::gamma}) {
    if (check::sanitized && family == GlmFamily::gamma) continue;
    Case c = logistic(8000, 24, 0.5, 1e-3);
    c.family = family;
    c.offset = true;
    CHECK(both(Data(c), Form::sparse).solution.counts.sampled > 0);
  }
}
