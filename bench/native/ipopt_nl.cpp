// The Newton solver and Ipopt's C API in turn on the same compiled models and families, so that both have the same
// derivatives. Timed are the solves alone: models are read, compiled and their patterns made before.
//
//   bench_ipopt_nl SECONDS THREADS MODEL...      see family_models.hpp
//
// About so many seconds for each model, ours and the kernels of families on so many threads; a line for each solver and
// model, of medians.
#include <memory>

#include "bench.hpp"
#include "core/run.hpp"
#include "family_models.hpp"
#include "ipopt.hpp"
#include "linalg/cpu.hpp"
#include "problems/feasible_start.hpp"
#include "solvers/nlp/solver.hpp"

using namespace nonconvex;
using namespace nonconvex::bench;

namespace {

constexpr double tolerance = 1e-8;
constexpr int maxIterations = 3000;

struct Run {
  double seconds = 0;
  double derivatives = 0;    ///< seconds in callbacks, or in the nlp
  double linearAlgebra = 0;  ///< known of ours alone
  double iterations = 0, hessians = 0, factorizations = 0;
  int status = 0;
  bool solved = false;
  std::vector<double> x, multipliers;
};

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

Run solveByIpopt(Ipopt& ipopt) {
  IpoptRun from = ipopt.solve();
  Run run;
  run.seconds = from.seconds;
  run.derivatives = from.derivatives;
  run.iterations = from.iterations;
  run.hessians = from.hessians;
  run.status = from.status;
  run.solved = from.status == Solve_Succeeded || from.status == Solved_To_Acceptable_Level;
  run.x = std::move(from.x);
  run.multipliers = std::move(from.multipliers);
  return run;
}

Run solveOurs(const NamedNlp& model, WorkerPool* pool, int threads) {
  NlpSettings settings;
  settings.tolerance = tolerance;
  settings.maxIterations = maxIterations;
  settings.threads = threads;
  NlpProblem problem;
  problem.nlp = model.nlp;
  problem.start = model.start;
  Run run;
  const Stopwatch watch;
  if (model.moveStart) moveToFeasible(*model.nlp, problem.start);
  Monitor monitor(settings.timeLimit);
  const Cpu la(pool, threads, &monitor);
  NlpSolver solver(la, problem, settings);
  const Outcome outcome = iterate(solver, settings, monitor);
  NlpSolution solution = solver.solution();
  run.seconds = watch.seconds();
  run.derivatives = solution.time.derivatives;
  run.linearAlgebra = solution.time.linearAlgebra;
  run.iterations = outcome.progress.iteration;
  run.hessians = solution.counts.hessian;
  run.factorizations = solution.counts.factorization;
  run.status = static_cast<int>(outcome.status);
  run.solved = outcome.status == Status::solved;
  run.x = std::move(solution.x);
  run.multipliers = std::move(solution.multipliers);
  return run;
}

/// max(||grad L||_inf, ||c||_inf), of the problem without scaling.
double residualAt(Nlp& program, const Run& run) {
  const auto n = static_cast<std::size_t>(program.variables()), m = static_cast<std::size_t>(program.constraints());
  std::vector<double> g(n), product(n), c(m);
  program.moveTo(run.x);
  program.gradient(g);
  program.jacobianTransposedProduct(run.multipliers, product);
  program.constraintValues(c);
  double most = 0;
  for (std::size_t j = 0; j < n; ++j) most = std::max(most, std::abs(g[j] + product[j]));
  for (std::size_t i = 0; i < m; ++i) most = std::max(most, std::abs(c[i]));
  return most;
}

void print(int model, bool ours, Nlp& program, const std::vector<Run>& runs) {
  const auto medianOf = [&](double Run::*member) {
    std::vector<double> values;
    for (const Run& run : runs) values.push_back(run.*member);
    return median(std::move(values));
  };
  const Run& last = runs.back();
  const double residual = residualAt(program, last);
  printLine({{"model", model},
             {"ours", ours},
             {"n", program.variables()},
             {"m", program.constraints()},
             {"solved", last.solved},
             {"status", last.status},
             {"objective", program.objective()},
             {"residual", residual},
             {"iterations", last.iterations},
             {"hessians", last.hessians},
             {"factorizations", last.factorizations},
             {"runs", static_cast<double>(runs.size())},
             {"seconds", medianOf(&Run::seconds)},
             {"derivatives", medianOf(&Run::derivatives)},
             {"linearAlgebra", medianOf(&Run::linearAlgebra)}});
}

void race(int position, const std::string& name, double seconds, WorkerPool* pool, int threads) {
  const NamedNlp model = namedNlp(name);
  const std::shared_ptr<Nlp>& program = model.nlp;
  const Cpu la(pool, threads);
  Ipopt ipopt(*program, model.start, {}, maxIterations, tolerance);
  std::vector<Run> ours, theirs;
  const Stopwatch watch;
  // Three rounds at least, but of very slow ones: in the first, memory may be dear.
  constexpr double slow = 30;
  for (int round = 0; round < 1 || watch.seconds() < (round < 3 ? std::max(slow, seconds) : seconds); ++round) {
    lendThreads(*program, la);  // the kernels have as many threads for both
    theirs.push_back(solveByIpopt(ipopt));
    // More of ours, where they take microseconds.
    const Stopwatch begin;
    do {
      ours.push_back(solveOurs(model, pool, threads));
    } while (begin.seconds() < 0.5 * theirs.back().seconds && ours.size() < 10000);
  }
  lendThreads(*program, la);  // the threads of the last solve are gone
  print(position, true, *program, ours);
  print(position, false, *program, theirs);
}

int run(int argc, char** argv) {
  const double seconds = argument(argc, argv, 1, 1);
  const int threads = static_cast<int>(argument(argc, argv, 2, 1));
  const auto pool = threads > 1 ? std::make_unique<WorkerPool>(threads) : nullptr;
  for (int i = 3; i < argc; ++i) race(i - 3, argv[i], seconds, pool.get(), threads);
  return 0;
}

}  // namespace

int main(int argc, char** argv) try { return run(argc, argv); } catch (const std::exception& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
}
