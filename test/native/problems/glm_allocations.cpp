// Iterations of the Newton solver on generalised linear models ask for no memory.
#include "allocations.hpp"
#include "check.hpp"
#include "problems/glm_data.hpp"
#include "solvers/nlp/solver.hpp"

using namespace glm;

namespace {

void noMemory(const Data& data, Form form, GlmData::Gram gram) {
  GlmData::Rows rows = data.rows;
  if (form != Form::sparse) rows.matrix.offsets = rows.matrix.indices = {};
  CHECK(GlmData(rows).analysis()->gram == gram);
  const int n = data.rows.matrix.columns;
  Graph constraints(n);
  constrain(constraints, constraints.variables(0, n), n);
  const auto nlp = std::make_shared<ConstrainedObjective>(data.objective(form), std::make_shared<Program>(constraints));
  const Cpu la;
  NlpSettings settings;
  settings.sampleStart = false;  // a quadratic model is a problem of its own
  settings.reuseHessian = false;
  NlpSolver solver(la, {nlp, std::vector<double>(at(n), 1 / std::sqrt(n)), {}}, settings);
  solver.start();
  int iterations = 0, allocating = 0;
  for (; iterations < 100; ++iterations) {
    const long before = allocations;
    const auto status = solver.step();
    // The step that solves the problem makes its lower bound, once.
    allocating += !status && allocations != before;
    if (status || solver.progress().residual <= 1e-8) break;
  }
  CHECK(iterations > 1 && iterations < 100);
  // Where a sparse factorisation has more pivots that wait than ever before, its fronts grow.
  CHECK(allocating <= (gram == GlmData::Gram::columns ? 2 : 0));
}

}  // namespace

TEST(steps) {
  const auto sparse = [](int rows, int n, double density) {
    return Data({GlmFamily::logistic, Form::sparse, rows, n, density, false, false, 0.1});
  };
  noMemory(sparse(2000, 40, 0.1), Form::sparse, GlmData::Gram::rows);
  noMemory(sparse(2000, 40, 0.6), Form::sparse, GlmData::Gram::blocks);
  noMemory(sparse(400, 300, 0.006), Form::sparse, GlmData::Gram::columns);
  noMemory(sparse(2000, 20, 1), Form::dense, GlmData::Gram::blocks);
  noMemory(sparse(2000, 20, 1), Form::dense32, GlmData::Gram::blocks);
  noMemory(categories(), Form::sparse, GlmData::Gram::tree);
}
