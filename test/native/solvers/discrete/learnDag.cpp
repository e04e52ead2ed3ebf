// Graphs that are known, with their proofs.
#include "check.hpp"
#include "solvers/discrete/learnDag/dag_pattern.hpp"
#include "solvers/discrete/learnDag/solver.hpp"
#include "solvers/discrete/learnDag/variance_search.hpp"

using namespace nonconvex;

namespace {

/// Rows of three columns, the last of which is the sum of the others and a small error.
std::vector<double> rowsOfSum(int count) {
  const Random random(1);
  std::vector<double> x;
  for (int i = 0; i < count; ++i) {
    const auto k = static_cast<std::uint64_t>(3 * i);
    const double a = random.normal(k), b = random.normal(k + 1);
    x.insert(x.end(), {a, b, a + b + 0.1 * random.normal(k + 2)});
  }
  return x;
}

LearnDagSolution found(const std::vector<double>& x, const LearnDagSettings& settings) {
  LearnDagProblem given;
  given.x = {.f64 = x.data(), .rows = static_cast<int>(x.size() / 3), .columns = 3};
  const Cpu la;
  Monitor monitor;
  LearnDagSolver<Cpu> solver(la, given, settings);
  CHECK(iterate(solver, settings, monitor).status == Status::solved);
  return solver.solution();
}

}  // namespace

TEST(learnDagFindsParentsOfASum) {
  const LearnDagSolution dag = found(rowsOfSum(200), {});
  CHECK_EQ(dag.edges.size(), std::size_t{2});
  CHECK(dag.certificate.gap <= 1e-7);
  for (const DagEdge& edge : dag.edges) {
    CHECK_EQ(edge.to, 2);
    CHECK(std::abs(edge.weight - 1) < 0.05);
    CHECK(edge.gain > 0);
  }
  // Two parents without an edge between them are told by any data.
  for (const PatternEdge& edge : dag.pattern) CHECK(edge.directed);
}

TEST(learnDagOfOrdersHasTheSameScore) {
  LearnDagSettings settings;
  const double best = found(rowsOfSum(200), settings).score;
  settings.method = DagMethod::orderSearch;
  CHECK(std::abs(found(rowsOfSum(200), settings).score - best) < 1e-9);
}

TEST(patternOfAChainHasNoDirections) {
  for (const PatternEdge& edge : patternOf({{}, {0}, {1}})) CHECK(!edge.directed);
}

TEST(patternFollowsFromPairsOfParents) {
  // 0 -> 2 <- 1, 2 -> 3: the last edge would make another pair of parents the other way round.
  for (const PatternEdge& edge : patternOf({{}, {}, {0, 1}, {2}})) CHECK(edge.directed);
}

TEST(varsortabilityCountsPaths) {
  CHECK_EQ(varsortabilityOf({{}, {0}, {1}}, {1, 2, 3}), 1.0);
  CHECK_EQ(varsortabilityOf({{}, {0}, {1}}, {3, 2, 1}), 0.0);
  CHECK_EQ(varsortabilityOf({{}, {0}}, {1, 1}), 0.5);
  CHECK(std::isnan(varsortabilityOf({{}, {}}, {1, 1})));
}

TEST(concaveLineSearchFindsTheLeastValue) {
  // Lines of three graphs: h is their minimum, and h(t) - 2 log t is looked at one by one.
  const std::vector<ConcaveLineSearch::Point> lines = {{0, 4, 0}, {0, 1, 2}, {0, 0.25, 3}};
  const auto least = [&](double t) {
    ConcaveLineSearch::Point best = lines[0];
    for (const auto& line : lines) {
      if (line.slope * t + line.level < best.slope * t + best.level) best = line;
    }
    best.lambda = t;
    return best;
  };
  double known = infinity;
  for (int k = 1; k <= 20000; ++k) {
    const double t = 0.001 * k;
    known = std::min(known, least(t).value() - 2 * std::log(t));
  }
  ConcaveLineSearch search(2, 0.01, 20);
  CHECK(search.bound() == -infinity);
  int looks = 0;
  for (double t = search.next(known); !std::isnan(t) && looks < 20; t = search.next(known)) {
    search.add(least(t));
    ++looks;
  }
  CHECK(looks < 20);
  CHECK(search.bound() <= known + 1e-9);
  CHECK(search.bound() >= known - 1e-6);
}
