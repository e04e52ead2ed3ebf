// The Newton solver and Ipopt's C API in turn on the same compiled models and families, so that both have the same
// derivatives. Timed are the solves alone: models are read, compiled and their patterns made before.
//
//   bench_ipopt_nl SECONDS THREADS MODEL...      see family_models.hpp
//
// About so many seconds for each model, ours and the kernels of families on so many threads; a line for each solver and
// model, of medians.
#include <IpStdCInterface.h>

#include <memory>

#include "bench.hpp"
#include "core/run.hpp"
#include "family_models.hpp"
#include "linalg/cpu.hpp"
#include "problems/feasible_start.hpp"
#include "solvers/nlp/solver.hpp"

namespace nonconvex::bench {
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

class Ipopt {
 public:
  Ipopt(Nlp& program, const std::vector<double>& start) : program_(program), start_(start) {
    const auto n = static_cast<std::size_t>(program.variables()), m = static_cast<std::size_t>(program.constraints());
    std::vector<double> low(n, -1e20), high(n, 1e20), zero(m);
    problem_ = CreateIpoptProblem(program.variables(), low.data(), high.data(), program.constraints(), zero.data(),
                                  zero.data(), static_cast<int>(program.jacobianPattern().nonzeros()),
                                  static_cast<int>(program.hessianPattern().nonzeros()), 0, objective, constraints,
                                  gradient, jacobian, hessian);
    if (problem_ == nullptr) throw std::runtime_error("Ipopt refused the problem");
    const auto text = [&](std::string name, std::string value) {
      if (!AddIpoptStrOption(problem_, name.data(), value.data())) throw std::invalid_argument(name);
    };
    const auto integer = [&](std::string name, int value) {
      if (!AddIpoptIntOption(problem_, name.data(), value)) throw std::invalid_argument(name);
    };
    text("sb", "yes");  // no banner
    text("option_file_name", "");
    text("linear_solver", "mumps");
    integer("print_level", 0);
    integer("max_iter", maxIterations);
    std::string name = "tol";
    AddIpoptNumOption(problem_, name.data(), tolerance);
    SetIntermediateCallback(problem_, report);
  }
  ~Ipopt() { FreeIpoptProblem(problem_); }
  Ipopt(const Ipopt&) = delete;
  Ipopt& operator=(const Ipopt&) = delete;

  Run solve() {
    Run run;
    run.x = start_;
    run.multipliers.resize(static_cast<std::size_t>(program_.constraints()));
    inCallbacks_ = 0;
    hessians_ = 0;
    const Stopwatch watch;
    run.status = IpoptSolve(problem_, run.x.data(), nullptr, nullptr, run.multipliers.data(), nullptr, nullptr, this);
    run.seconds = watch.seconds();
    run.derivatives = inCallbacks_;
    run.iterations = iterations_;
    run.hessians = hessians_;
    run.solved = run.status == Solve_Succeeded || run.status == Solved_To_Acceptable_Level;
    return run;
  }

 private:
  template <class F>
  static bool timed(void* self, bool moved, double* x, F&& f) {
    auto& ipopt = *static_cast<Ipopt*>(self);
    const Stopwatch watch;
    if (moved) ipopt.program_.moveTo({x, static_cast<std::size_t>(ipopt.program_.variables())});
    const bool finite = f(ipopt.program_);
    ipopt.inCallbacks_ += watch.seconds();
    return finite;
  }
  static bool finite(const double* values, int count) {
    return std::all_of(values, values + count, [](double value) { return std::isfinite(value); });
  }
  /// Lines are rows of the Jacobian, or columns of the lower triangle of the Hessian.
  static void writeEntries(const SparsePattern& pattern, int* lines, int* indices) {
    for (int l = 0; l < pattern.lines; ++l) {
      for (const int index : pattern.line(l)) {
        *lines++ = l;
        *indices++ = index;
      }
    }
  }

  static bool objective(int, double* x, bool moved, double* f, void* self) {
    return timed(self, moved, x, [&](Nlp& p) {
      *f = p.objective();
      return std::isfinite(*f);
    });
  }
  static bool gradient(int n, double* x, bool moved, double* g, void* self) {
    return timed(self, moved, x, [&](Nlp& p) {
      p.gradient({g, static_cast<std::size_t>(n)});
      return finite(g, n);
    });
  }
  static bool constraints(int, double* x, bool moved, int m, double* c, void* self) {
    return timed(self, moved, x, [&](Nlp& p) {
      p.constraintValues({c, static_cast<std::size_t>(m)});
      return finite(c, m);
    });
  }
  static bool jacobian(int, double* x, bool moved, int, int entries, int* rows, int* columns, double* values,
                       void* self) {
    if (values == nullptr) {
      writeEntries(static_cast<Ipopt*>(self)->program_.jacobianPattern(), rows, columns);
      return true;
    }
    return timed(self, moved, x, [&](Nlp& p) {
      p.jacobian({values, static_cast<std::size_t>(entries)});
      return finite(values, entries);
    });
  }
  static bool hessian(int, double* x, bool moved, double sigma, int m, double* lambda, bool, int entries, int* rows,
                      int* columns, double* values, void* self) {
    if (values == nullptr) {
      writeEntries(static_cast<Ipopt*>(self)->program_.hessianPattern(), columns, rows);
      return true;
    }
    ++static_cast<Ipopt*>(self)->hessians_;
    return timed(self, moved, x, [&](Nlp& p) {
      p.hessian(sigma, {lambda, static_cast<std::size_t>(m)}, {values, static_cast<std::size_t>(entries)});
      return finite(values, entries);
    });
  }
  static bool report(int, int iteration, double, double, double, double, double, double, double, double, int,
                     void* self) {
    static_cast<Ipopt*>(self)->iterations_ = iteration;
    return true;
  }

  Nlp& program_;
  const std::vector<double>& start_;
  IpoptProblem problem_;
  double inCallbacks_ = 0;
  int iterations_ = 0;
  int hessians_ = 0;
};

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
  Ipopt ipopt(*program, model.start);
  std::vector<Run> ours, theirs;
  const Stopwatch watch;
  // Three rounds at least, but of very slow ones: in the first, memory may be dear.
  constexpr double slow = 30;
  for (int round = 0; round < 1 || watch.seconds() < (round < 3 ? std::max(slow, seconds) : seconds); ++round) {
    lendThreads(*program, la);  // as many threads in the kernels for both
    theirs.push_back(ipopt.solve());
    // More of ours, where they take microseconds.
    const Stopwatch begin;
    do {
      ours.push_back(solveOurs(model, pool, threads));
    } while (begin.seconds() < 0.5 * theirs.back().seconds && ours.size() < 10000);
  }
  lendThreads(*program, la);  // that of the last solve is gone
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
}  // namespace nonconvex::bench

int main(int argc, char** argv) try { return nonconvex::bench::run(argc, argv); } catch (const std::exception& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
}
