// Factorisations LDL^T: dense ones of all sizes; sparse ones of the KKT system of
//   min 1/2 |u - d|^2 + 0.05 |z|^2  subject to  Lap_h u + z = 0  on an N x N grid.
//
//   bench_ldl THREADS [N]...
#include <span>
#include <vector>

#include "bench.hpp"
#include "core/random.hpp"
#include "linalg/ldl_dense.hpp"
#include "linalg/ldl_sparse.hpp"

namespace nonconvex::bench {
namespace {

void dense(const Cpu& la, int threads) {
  for (const int n : {2, 5, 10, 20, 30, 50, 100, 300, 1000, 2000}) {
    const Random random(1);
    HostMatrix<double> a(n, n);
    for (std::size_t i = 0; i < a.size(); ++i) a.data()[i] = random.normal(i);
    std::vector<double> b(static_cast<std::size_t>(n), 1.0);
    DenseLdl ldl(n, la);
    const int repeat = n <= 100 ? 100 : 1;
    const double factor = best([&] {
      for (int i = 0; i < repeat; ++i) ldl.factor(a);
    });
    const double solve = best([&] {
      for (int i = 0; i < repeat; ++i) ldl.solve(b);
    });
    printLine({{"threads", threads}, {"n", n}, {"factorSeconds", factor / repeat}, {"solveSeconds", solve / repeat}});
  }
}

struct Kkt {
  SparsePattern pattern;
  std::vector<double> values;

  /// Variables u, z, then the multipliers.
  explicit Kkt(int side) {
    const int n = side * side;
    const double h = 2.0 / (side + 1), scale = 1 / (h * h);
    pattern.lines = pattern.width = 3 * n;
    const auto put = [&](int row, double value) {
      pattern.indices.push_back(row);
      values.push_back(value);
    };
    const auto close = [&] { pattern.offsets.push_back(static_cast<int>(pattern.indices.size())); };
    for (int i = 0; i < n; ++i) {
      put(i, 1);
      if (i >= side) put(2 * n + i - side, scale);
      if (i % side > 0) put(2 * n + i - 1, scale);
      put(2 * n + i, -4 * scale);
      if (i % side < side - 1) put(2 * n + i + 1, scale);
      if (i < n - side) put(2 * n + i + side, scale);
      close();
    }
    for (int i = 0; i < n; ++i) {
      put(n + i, 0.1);
      put(2 * n + i, 1);
      close();
    }
    for (int i = 0; i < n; ++i) close();
  }
};

void sparse(const Cpu& la, int threads, int side) {
  const Kkt kkt(side);
  const Stopwatch watch;
  SparseLdl ldl(kkt.pattern, kkt.values, la);
  const double analysis = watch.seconds();
  const Stopwatch firstWatch;
  const Inertia inertia = ldl.factor(kkt.values);
  const double first = firstWatch.seconds();
  const double factor = best([&] { ldl.factor(kkt.values); });
  std::vector<double> b(static_cast<std::size_t>(3 * side * side), 1.0), x = b;
  const double solve = best([&] { ldl.solve(x); });
  const Refinement refinement = ldl.solve(kkt.values, b, x, 3);
  printLine({{"threads", threads},
             {"side", side},
             {"nonzeros", static_cast<double>(kkt.values.size())},
             {"factorEntries", ldl.factorEntries()},
             {"flops", ldl.flops()},
             {"analysisSeconds", analysis},
             {"firstFactorSeconds", first},
             {"factorSeconds", factor},
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
  if (argc <= 2) dense(la, threads);
  for (int i = 2; i < argc; ++i) sparse(la, threads, std::atoi(argv[i]));
  return 0;
}

}  // namespace
}  // namespace nonconvex::bench

int main(int argc, char** argv) try { return nonconvex::bench::run(argc, argv); } catch (const std::exception& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
}
