// Iterations of the Newton solver ask for no memory, whichever they are.
#include <memory>

#include "allocations.hpp"
#include "check.hpp"
#include "model/program.hpp"
#include "newton_classics.hpp"
#include "solvers/newton.hpp"

using namespace nonconvex;

namespace {

struct Counts {
  int iterations = 0;
  int allocating = 0;  // iterations that asked for memory
};

Counts iterationsOf(const classics::Classic& problem, const NewtonSettings& settings) {
  const Cpu la;
  NewtonSolver<Cpu> solver(la, {std::make_shared<Program>(problem.graph), problem.start, {}}, settings);
  solver.start();
  Counts counts;
  while (counts.iterations < 500) {
    const long before = allocations;
    const auto status = solver.step();
    counts.allocating += allocations != before;
    ++counts.iterations;
    if (status || solver.progress().residual <= settings.tolerance) break;
  }
  return counts;
}

}  // namespace

TEST(steps) {
  for (const NewtonAccuracy accuracy : {NewtonAccuracy::descent, NewtonAccuracy::paper}) {
    NewtonSettings settings;
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
