// L-BFGS of ensmallen (Debian's libensmallen-dev) on the chained Rosenbrock function, for
// bench/nlp/rosenbrock.bench.ts: ensmallen N prints a line of JSON.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <ensmallen.hpp>

namespace {

/// sum 100 (x[i+1] - x[i]^2)^2 + (1 - x[i])^2 and its gradient, in one sweep.
struct Chain {
  long evaluations = 0;

  double EvaluateWithGradient(const arma::mat& x, arma::mat& g) {
    ++evaluations;
    g.zeros(x.n_rows, x.n_cols);
    double value = 0;
    for (arma::uword i = 0; i + 1 < x.n_elem; ++i) {
      const double a = x[i], r = x[i + 1] - a * a, s = 1 - a;
      value += 100 * r * r + s * s;
      g[i] += -400 * a * r - 2 * s;
      g[i + 1] += 200 * r;
    }
    return value;
  }
};

}  // namespace

int main(int argc, char** argv) {
  const int n = argc > 1 ? std::atoi(argv[1]) : 10'000;
  arma::mat x(static_cast<arma::uword>(n), 1);
  for (int i = 0; i < n; ++i) x[static_cast<arma::uword>(i)] = i % 2 == 0 ? -1.2 : 1;
  Chain f;
  ens::L_BFGS method(10, 1'000'000);
  method.MinGradientNorm() = 1e-8;
  method.Factr() = 0;
  const std::clock_t begin = std::clock();
  const double objective = method.Optimize(f, x);
  const double seconds = static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
  arma::mat g;
  f.EvaluateWithGradient(x, g);
  std::printf("{\"seconds\":%.4f,\"evaluations\":%ld,\"objective\":%.12g,\"gradient\":%.3g}\n", seconds,
              f.evaluations - 1, objective, arma::abs(g).max());
  return 0;
}
