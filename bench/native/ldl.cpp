// Factorisations LDL^T: dense ones of all sizes, small KKT systems, and sparse KKT systems (see kktOf).
//
//   bench_ldl THREADS [PROBLEM]...
#include "ldl.hpp"

#include <span>
#include <string>
#include <vector>

#include "bench.hpp"
#include "core/random.hpp"
#include "linalg/ldl_dense.hpp"
#include "linalg/sparse/ldl_sparse.hpp"

using namespace nonconvex;
using namespace nonconvex::bench;

namespace {

/// Times a dense matrix; with `constraints` instead of the last diagonal block a KKT matrix.
void dense(const Cpu& la, int threads, int n, int constraints) {
  const Random random(1);
  HostMatrix<double> a(n, n);
  for (int j = 0; j < n; ++j) {
    for (int i = j; i < n; ++i) {
      a(i, j) = j >= n - constraints ? 0
                                     : random.normal(static_cast<std::uint64_t>(j) * static_cast<std::uint64_t>(n) +
                                                     static_cast<std::uint64_t>(i));
    }
  }
  std::vector<double> b(static_cast<std::size_t>(n), 1.0);
  DenseLdl ldl(n, la);
  const int repeat = n <= 100 ? 100 : 1;
  const double factor = best([&] {
    for (int i = 0; i < repeat; ++i) ldl.factor(a);
  });
  const double solve = best([&] {
    for (int i = 0; i < repeat; ++i) ldl.solve(b);
  });
  printLine({{"threads", threads},
             {"n", n},
             {"constraints", constraints},
             {"factorSeconds", factor / repeat},
             {"solveSeconds", solve / repeat}});
}

void sparse(const Cpu& la, int threads, const std::string& name) {
  const Kkt kkt = kktOf(name);
  const Stopwatch watch;
  SparseLdl ldl(kkt.pattern, kkt.values, la);
  const double analysis = watch.seconds();
  const Stopwatch firstWatch;
  const Inertia inertia = ldl.factor(kkt.values);
  const double first = firstWatch.seconds();
  const double factor = best([&] { ldl.factor(kkt.values); });
  std::vector<double> b(static_cast<std::size_t>(kkt.order()), 1.0), x = b;
  const double solve = best([&] { ldl.solve(x); });
  const Refinement refinement = ldl.solve(kkt.values, b, x, 3);
  printLine(name, {{"threads", threads},
                   {"order", kkt.order()},
                   {"nonzeros", static_cast<double>(kkt.values.size())},
                   {"factorEntries", ldl.factorEntries()},
                   {"flops", ldl.flops()},
                   {"analysisSeconds", analysis},
                   {"firstFactorSeconds", first},
                   {"factorSeconds", factor},
                   {"flopRate", ldl.flops() / factor},
                   {"solveSeconds", solve},
                   {"negative", inertia.negative},
                   {"delayed", ldl.delayed()},
                   {"backwardError", refinement.backwardError},
                   {"refinements", refinement.steps}});
}

int run(int argc, char** argv) {
  const int threads = static_cast<int>(argument(argc, argv, 1, availableThreads()));
  WorkerPool pool(threads);
  const Cpu la(&pool, threads);
  if (argc <= 2) {
    for (const int n : {2, 3, 5, 7, 10, 15, 20, 30, 50, 100, 300, 1000, 2000}) {
      dense(la, threads, n, 0);
      dense(la, threads, n, n / 3);
    }
  }
  for (int i = 2; i < argc; ++i) sparse(la, threads, argv[i]);
  return 0;
}

}  // namespace

int main(int argc, char** argv) try { return run(argc, argv); } catch (const std::exception& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
}
