// What a second thread brings on models of .nl files with bounds and inequalities.
//
//   bench_nlp_threads SECONDS MODEL.nl...
//
// Each model is solved with one thread and with two in turn, three times; each solve has so many seconds. Prints a line
// of JSON for each: processor seconds of the calling thread, the least of the three, with one and with two; those of
// both threads together; whether x is the same to the last bit. Then, for all models, the geometric means of the
// ratios.
#include <algorithm>
#include <cmath>
#include <exception>

#include "nlp_models.hpp"

using namespace nonconvex;
using namespace nonconvex::bench;

namespace {

struct Ratios {
  int models = 0;
  double calling = 0, together = 0;  // sums of logarithms
};

void compare(const std::string& path, double timeLimit, WorkerPool& pool, Ratios& ratios) {
  constexpr int rounds = 3;
  const BoundedModel model = readModel(path);
  double one = INFINITY, two = INFINITY, together = INFINITY;
  bool same = true;
  for (int round = 0; round < rounds; ++round) {
    const OurRun alone = solveOurs(model, NlpMethod::automatic, timeLimit);
    const OurRun shared = solveOurs(model, NlpMethod::automatic, timeLimit, nullptr, &pool);
    one = std::min(one, alone.seconds);
    two = std::min(two, shared.callingSeconds);
    together = std::min(together, shared.seconds);
    same = same && alone.solution.x == shared.solution.x;
  }
  JsonLine()
      .text("name", model.name)
      .number("n", model.nlp->variables())
      .number("m", model.nlp->constraints())
      .number("one", one)
      .number("two", two)
      .number("together", together)
      .text("same", same ? "yes" : "no")
      .print();
  ++ratios.models;
  ratios.calling += std::log(two / one);
  ratios.together += std::log(together / one);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fprintf(stderr, "bench_nlp_threads SECONDS MODEL.nl...\n");
    return 1;
  }
  WorkerPool pool(2);
  Ratios ratios;
  for (int i = 2; i < argc; ++i) {
    try {
      compare(argv[i], std::atof(argv[1]), pool, ratios);
    } catch (const std::exception& error) {
      printError(argv[i], error.what());
    }
  }
  if (ratios.models == 0) return 1;
  std::printf("%d models, two threads beside one, geometric means: %.3f of the calling thread, %.3f of both together\n",
              ratios.models, std::exp(ratios.calling / ratios.models), std::exp(ratios.together / ratios.models));
  return 0;
}
