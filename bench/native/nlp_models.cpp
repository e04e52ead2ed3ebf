// Solves models of .nl files with bounds and inequalities, and prints a line of JSON for each: compare_models.py in
// bench/nlp puts such lines beside those of another solver.
//
//   bench_nlp_models SECONDS METHOD MODEL.nl...
//
// METHOD is the setting `method`; each solve has so many seconds. Times are processor seconds in the
// solver, without reading.
#include "nlp_models.hpp"

using namespace nonconvex;
using namespace nonconvex::bench;

namespace {

void solve(const std::string& path, NlpMethod method, double timeLimit) {
  const BoundedModel model = readModel(path);
  std::vector<double> seconds;
  const Stopwatch watch;
  OurRun run;
  do {
    run = solveOurs(model, method, timeLimit);
    seconds.push_back(run.seconds);
  } while (timeAgain(watch.seconds(), seconds.size()));
  print(model, run, median(std::move(seconds)));
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) {
    std::fprintf(stderr, "bench_nlp_models SECONDS METHOD MODEL.nl...\n");
    return 1;
  }
  for (int i = 3; i < argc; ++i) {
    try {
      solve(argv[i], methodOf(argv[2]), std::atof(argv[1]));
    } catch (const std::exception& error) {
      printError(argv[i], error.what());
    }
  }
  return 0;
}
