// What a step of Newton's method costs on a large sparse model under equations, or none.
//
//   bench_newton_steps STEPS MODEL...      see newton_models.hpp
//
// Seconds are those of the processor, of so many steps at most: the least and the median of a step, and all of them.
#include <algorithm>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "bench.hpp"
#include "core/run.hpp"
#include "expressions/program.hpp"
#include "linalg/cpu.hpp"
#include "newton_models.hpp"
#include "solvers/nlp/newton_method.hpp"

using namespace nonconvex;
using namespace nonconvex::bench;

namespace {

void measure(int position, const std::string& name, int most) {
  const Model model = modelOf(name);
  NlpProblem problem;
  const auto program = std::make_shared<Program>(model.graph);
  problem.nlp = program;
  problem.start = model.start;
  NlpSettings settings;
  settings.threads = 1;
  const Cpu la(nullptr, 1);
  NewtonMethod method(la, problem, settings);
  std::optional<Status> status = method.start();
  std::vector<double> seconds;
  double before = cpuSeconds();
  while (!status && static_cast<int>(seconds.size()) < most) {
    status = method.step();
    const double now = cpuSeconds();
    seconds.push_back(now - before);
    before = now;
  }
  std::sort(seconds.begin(), seconds.end());
  double total = 0;
  for (const double each : seconds) total += each;
  const NlpSolution solution = method.solution();
  printLine({{"model", static_cast<double>(position)},
             {"n", static_cast<double>(program->variables())},
             {"m", static_cast<double>(program->constraints())},
             {"steps", static_cast<double>(seconds.size())},
             {"solved", status == Status::solved ? 1.0 : 0.0},
             {"least", seconds.empty() ? 0.0 : seconds.front()},
             {"median", seconds.empty() ? 0.0 : seconds[seconds.size() / 2]},
             {"all", total},
             {"objectives", static_cast<double>(solution.counts.objective)},
             {"factorizations", static_cast<double>(solution.counts.factorization)}});
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fprintf(stderr, "bench_newton_steps STEPS MODEL...\n");
    return 1;
  }
  for (int i = 2; i < argc; ++i) measure(i - 2, argv[i], std::atoi(argv[1]));
  return 0;
}
