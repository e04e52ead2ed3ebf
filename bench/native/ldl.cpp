// Factorisations LDL^T: dense ones of all sizes.
#include <vector>

#include "bench.hpp"
#include "core/random.hpp"
#include "linalg/ldl_dense.hpp"

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

int run(int argc, char** argv) {
  const int threads = static_cast<int>(argument(argc, argv, 1, availableThreads()));
  WorkerPool pool(threads);
  dense(Cpu(&pool, threads), threads);
  return 0;
}

}  // namespace
}  // namespace nonconvex::bench

int main(int argc, char** argv) try { return nonconvex::bench::run(argc, argv); } catch (const std::exception& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
}
