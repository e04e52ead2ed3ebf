// What this machine can do, for the floor under the solver's times: GEMM rates at the solver's own shapes, memory
// bandwidth.
//
//   bench_machine THREADS [N D P]...
#include "bench.hpp"
#include "linalg/cpu.hpp"

using namespace nonconvex;
using namespace nonconvex::bench;

namespace {

HostMatrix<double> filled(int rows, int cols) {
  HostMatrix<double> m(rows, cols);
  for (std::size_t i = 0; i < m.size(); ++i) m.data()[i] = 1 / static_cast<double>(i % 1000 + 1);
  return m;
}

/// Square product of order 1024: close to the peak.
void square(const Cpu& la, int threads) {
  const int n = 1024;
  const HostMatrix<double> a = filled(n, n), b = filled(n, n), c(n, n);
  const double seconds = best([&] { la.gemm(Transpose::no, Transpose::no, 1.0, a, b, 0.0, c); });
  printLine({{"threads", threads}, {"order", n}, {"gemmRate", 2.0 * n * n * n / seconds}});
}

/// The two products of an iteration, X V (n x d by d x P) and X^T W (d x n by n x P), and the one with the n x n
/// inverse.
void shapes(const Cpu& la, int threads, int n, int d, int P) {
  const HostMatrix<double> xt = filled(d, n), v = filled(d, P), xv(n, P), w = filled(n, P), q(d, P);
  const HostMatrix<double> inverse = filled(n, n), r = filled(n, 1), theta(n, 1);
  const double forward = best([&] { la.gemm(Transpose::yes, Transpose::no, 1.0, xt, v, 0.0, xv); });
  const double adjoint = best([&] { la.gemm(Transpose::no, Transpose::no, 1.0, xt, w, 0.0, q); });
  const double solve = best([&] { la.gemm(Transpose::yes, Transpose::no, 1.0, inverse, r, 0.0, theta); });
  const double flops = 2.0 * n * d * P;
  printLine({{"threads", threads},
             {"n", n},
             {"d", d},
             {"P", P},
             {"forwardRate", flops / forward},
             {"adjointRate", flops / adjoint},
             {"inverseBandwidth", 8.0 * n * n / solve}});
}

/// a = b + s c over arrays of so many bytes in all, and the sum of an array of that size.
void bandwidth(const Cpu& la, int threads, double bytes) {
  const int pieces = threads;
  const int length = static_cast<int>(bytes / 24 / pieces);
  const HostMatrix<double> a(length, pieces), b = filled(length, pieces), c = filled(length, pieces);
  const double triad = best([&] {
    la.tasks(pieces, [&](int t) {
      double* to = a.column(t);
      const double* x = b.column(t);
      const double* y = c.column(t);
      for (int i = 0; i < length; ++i) to[i] = x[i] + 1e-9 * y[i];
    });
  });
  const HostMatrix<double> whole = filled(3 * length, pieces);
  std::vector<double> sums(static_cast<std::size_t>(pieces));
  const double read = best([&] {
    la.tasks(pieces, [&](int t) {
      sums[static_cast<std::size_t>(t)] = blas::dot(3 * length, whole.column(t), whole.column(t));
    });
  });
  const double moved = 24.0 * length * pieces;
  printLine(
      {{"threads", threads}, {"bytes", moved}, {"triadBandwidth", moved / triad}, {"readBandwidth", moved / read}});
}

int run(int argc, char** argv) {
  const int all = static_cast<int>(argument(argc, argv, 1, availableThreads()));
  WorkerPool pool(all);
  for (const int threads : all > 1 ? std::vector<int>{1, all} : std::vector<int>{1}) {
    const Cpu la(&pool, threads);
    square(la, threads);
    for (int i = 2; i + 2 < argc; i += 3) {
      shapes(la, threads, std::atoi(argv[i]), std::atoi(argv[i + 1]), std::atoi(argv[i + 2]));
    }
    for (const double bytes : {3e5, 3e6, 3e7, 1.2e9}) bandwidth(la, threads, bytes);
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) try { return run(argc, argv); } catch (const std::exception& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
}
