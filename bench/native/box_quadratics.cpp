// Branch and bound of box-constrained quadratic programs: seconds, nodes, bound and objective of each.
//
//   bench_box_quadratics THREADS GAP SECONDS FILE...
//
// A file has n, then c, then the rows of Q: minimise 1/2 x^T Q x + c^T x, 0 <= x <= 1.
#include <cstdio>
#include <fstream>
#include <string>

#include "bench.hpp"
#include "core/limits.hpp"
#include "core/run.hpp"
#include "methods/low_rank_sdp/box_quadratic_search.hpp"

using namespace nonconvex;
using namespace nonconvex::bench;

namespace {

BoxQuadratic read(const char* file) {
  std::ifstream in(file);
  std::size_t n = 0;
  in >> n;
  BoxQuadratic problem;
  problem.c.resize(n);
  problem.Q.resize(n * n);
  problem.lower.assign(n, 0.0);
  problem.upper.assign(n, 1.0);
  for (double& entry : problem.c) in >> entry;
  for (double& entry : problem.Q) in >> entry;
  return problem;
}

}  // namespace

int main(int argc, char** argv) {
  WorkerPool pool(static_cast<int>(argument(argc, argv, 1, 1)) - 1);
  for (int k = 4; k < argc; ++k) {
    Monitor monitor(argument(argc, argv, 3, 60));
    const Cpu la(&pool, 0, &monitor);
    BoxQuadraticSettings settings;
    settings.gap = argument(argc, argv, 2, 1e-4);
    BoxQuadraticSearch search(la, read(argv[k]), settings);
    Timer timer;
    timer.start();
    Limits limits;
    limits.maxIterations = 1'000'000'000;
    iterate(search, limits, monitor);
    timer.stop();
    printLine(argv[k], {{"wall", timer.wall()},
                        {"cpu", timer.cpu()},
                        {"nodes", search.nodes()},
                        {"objective", search.objective()},
                        {"lowerBound", search.lowerBound()}});
  }
  return 0;
}
