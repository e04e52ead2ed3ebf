// Random expression graphs against an interpreter that carries derivatives along, and against differences.
#include "check.hpp"
#include "expressions/model_check.hpp"
#include "expressions/model_graphs.hpp"

using check::uniform;
using nonconvex::Graph;
using nonconvex::Op;
using nonconvex::Program;

namespace {

std::mt19937_64 generator(int seed) { return std::mt19937_64(static_cast<std::uint64_t>(seed)); }

/// How many of the graphs' patterns have entries that are 0 at all of three points.
int run(int first, int count, const check::GraphKind& kind) {
  int superfluous = 0;
  for (int seed = first; seed < first + count; ++seed) {
    std::mt19937_64 random = generator(seed);
    const Graph graph = check::RandomGraph(random, kind).graph;
    Program program(graph);
    const auto n = static_cast<std::size_t>(graph.variableCount());
    const auto m = static_cast<std::size_t>(graph.constraintCount());
    check::Seen seen;
    for (int trial = 0; trial < 3; ++trial) {
      std::string what;
      const int wrong = check::compare(program, graph, uniform(random, n), trial == 2 ? 0.0 : 1.0, uniform(random, m),
                                       uniform(random, n), seen, what, 1e-9);
      check::note(wrong == 0, "random graph", seed, std::to_string(wrong) + " wrong, " + what);
    }
    superfluous += check::superfluous(program, seen) > 0 ? 1 : 0;
  }
  return superfluous;
}

}  // namespace

TEST(smallGraphs) {
  const int count = check::repetitions(check::longRun() ? 3000 : 500);
  const int superfluous = run(100000, count, {.mostVariables = 8, .mostNodes = 15});
  // Rows of one formula that have the same variable in two places may cancel; that is rare.
  std::printf("%d of %d with superfluous entries\n", superfluous, count);
  CHECK(superfluous <= count / 50);
}

TEST(largeGraphs) {
  const int count = check::repetitions(check::longRun() ? 400 : 20);
  const int superfluous = run(200000, count, {.mostVariables = 50, .mostNodes = 50});
  std::printf("%d of %d with superfluous entries\n", superfluous, count);
  CHECK(superfluous <= count / 20);
}

// Which entries of the derivatives of min and max are 0 depends on the point.
TEST(graphsWithKinks) {
  run(300000, check::repetitions(check::longRun() ? 1000 : 400), {.mostVariables = 8, .mostNodes = 15, .kinks = true});
}

TEST(againstDifferences) {
  for (int seed = 0; seed < check::repetitions(200); ++seed) {
    std::mt19937_64 random = generator(400000 + seed);
    const Graph graph = check::RandomGraph(random, {.mostVariables = 6, .mostNodes = 12}).graph;
    const auto n = static_cast<std::size_t>(graph.variableCount());
    check::againstDifferences(graph, uniform(random, n), "random graph " + std::to_string(seed));
  }
}

// New values of parameters: as if the graph had been made with them.
TEST(parameters) {
  for (int seed = 500000; seed < 500000 + check::repetitions(200); ++seed) {
    const check::GraphKind kind = {.mostVariables = 6, .mostNodes = 12};
    std::mt19937_64 random = generator(seed);
    Program program(check::RandomGraph(random, kind).graph);
    const auto n = static_cast<std::size_t>(program.variables());
    const auto m = static_cast<std::size_t>(program.constraints());
    for (int trial = 0; trial < 2; ++trial) {
      const std::vector<double> p = uniform(random, 3, 0.5, 1.5);
      std::mt19937_64 again = generator(seed);
      const Graph graph = check::RandomGraph(again, kind, p).graph;
      program.setParameters(p);
      check::Seen seen;
      std::string what;
      const int wrong = check::compare(program, graph, uniform(random, n), 1, uniform(random, m), uniform(random, n),
                                       seen, what, 1e-9);
      check::note(wrong == 0, "random graph", seed, std::to_string(wrong) + " wrong, " + what);
    }
  }
}
