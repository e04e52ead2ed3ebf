// Iterations of the Newton solver ask for no memory, whichever they are.
#include "allocations.hpp"

#include <memory>

#include "check.hpp"
#include "expressions/program.hpp"
#include "solvers/nlp/newton_classics.hpp"
#include "solvers/nlp/solver.hpp"

using namespace nonconvex;

namespace {

struct Counts {
  int iterations = 0;
  int allocating = 0;  // iterations that asked for memory
};

Counts iterationsOf(const classics::Classic& problem, const NlpSettings& settings) {
  const Cpu la;
  NlpSolver solver(la, {std::make_shared<Program>(problem.graph), problem.start, {}}, settings);
  solver.start();
  Counts counts;
  while (counts.iterations < 500) {
    const long before = allocations;
    const auto status = solver.step();
    // The step that solves the problem makes its lower bound, once.
    counts.allocating += !status && allocations != before;
    ++counts.iterations;
    if (status || solver.progress().residual <= settings.tolerance) break;
  }
  return counts;
}

}  // namespace

TEST(steps) {
  for (const KktAccuracy accuracy : {KktAccuracy::descent, KktAccuracy::paper}) {
    NlpSettings settings;
    settings.accuracy = accuracy;
    int all = 0;
    for (const auto& list : {classics::small(), classics::systems(), classics::chains()}) {
      for (const classics::Classic& problem : list) {
        const auto [iterations, allocating] = iterationsOf(problem, settings);
        // Where a sparse factorisation has more pivots that wait than ever before, its fronts grow.
        const int allowed = problem.start.size() > 50 ? 2 : 0;
        check::note(allocating <= allowed, __FILE__, __LINE__, problem.name + ": " + std::to_string(allocating));
        all += iterations;
      }
    }
    CHECK(all > 200);
  }
}
