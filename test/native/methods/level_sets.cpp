// Bounds by the growth of a sum, against points of random level sets.
#include "methods/propagation/level_sets.hpp"

#include <cmath>
#include <random>
#include <vector>

#include "check.hpp"
#include "core/index.hpp"
#include "expressions/lifted/lifting.hpp"

using namespace nonconvex;

namespace {

/// sum_k c_k x^p_k y^q_k, whose first terms are x^4 and y^4 or y^2.
struct Polynomial {
  std::vector<double> c;
  std::vector<std::array<int, 2>> powers;

  double at(double x, double y) const {
    double sum = 0;
    for (std::size_t k = 0; k < c.size(); ++k) sum += c[k] * std::pow(x, powers[k][0]) * std::pow(y, powers[k][1]);
    return sum;
  }
  LiftedProgram lifted(const std::vector<Interval>& box) const {
    Graph graph(2);
    const std::array<int, 2> x = {graph.variables(0, 1), graph.variables(1, 1)};
    int sum = graph.constant(0);
    for (std::size_t k = 0; k < c.size(); ++k) {
      int term = graph.constant(c[k]);
      for (const int j : {0, 1}) {
        for (int i = 0; i < powers[k][nonconvex::at(j)]; ++i)
          term = graph.binary(Op::multiply, term, x[nonconvex::at(j)]);
      }
      sum = graph.binary(Op::add, sum, term);
    }
    graph.minimize(sum);
    return liftedProgram(graph, {}, {.variables = box, .constraints = {}});
  }
};

Polynomial drawn(std::mt19937_64& random) {
  const int top = random() % 2 == 0 ? 4 : 2;
  Polynomial made = {{1 + check::uniform(random, 1, 0, 2)[0], 1 + check::uniform(random, 1, 0, 2)[0]},
                     {{4, 0}, {0, top}}};
  for (int k = 0; k < 5; ++k) {
    made.c.push_back(check::uniform(random, 1, -4, 4)[0]);
    made.powers.push_back({static_cast<int>(random() % 4), static_cast<int>(random() % 3)});
  }
  return made;
}

}  // namespace

TEST(pointsOfLevelSetsAreKept) {
  std::mt19937_64 random(7);
  int bounded = 0;
  for (int trial = 0; trial < check::repetitions(400); ++trial) {
    const Polynomial f = drawn(random);
    std::vector<Interval> box = {{random() % 4 == 0 ? -1.5 : -infinity, infinity}, {-infinity, infinity}};
    const LiftedProgram lifted = f.lifted(box);
    const std::vector<double> point = check::uniform(random, 2, -1.5, 6);
    const double cutoff = f.at(point[0], point[1]);
    std::vector<Interval> columns = lifted.columns;
    if (!LevelSets(lifted).run(columns, cutoff)) continue;
    ++bounded;
    CHECK(columns[0].contains(point[0]) && columns[1].contains(point[1]));
    for (int k = 0; k < 200; ++k) {
      const double reach = std::pow(10, check::uniform(random, 1, 0, 2)[0]);
      const std::vector<double> other = check::uniform(random, 2, -reach, reach);
      if (other[0] < box[0].low || f.at(other[0], other[1]) > cutoff) continue;
      CHECK(columns[0].contains(other[0]) && columns[1].contains(other[1]));
    }
  }
  CHECK(bounded > check::repetitions(60));
}

TEST(sumsThatDoNotGrowGiveNoBounds) {
  const std::vector<Interval> box = {{-infinity, infinity}, {-infinity, infinity}};
  const std::vector<Polynomial> all = {{{1, 1, -2}, {{2, 0}, {0, 2}, {1, 1}}},   // (x - y)^2
                                       {{1, 1, -3}, {{4, 0}, {0, 4}, {3, 2}}},   // a product of a higher degree
                                       {{1, 1}, {{4, 0}, {0, 3}}},               // y to minus infinity
                                       {{1, 1, 0.5}, {{4, 0}, {1, 0}, {1, 1}}},  // no power of y
                                       {{-1, -1}, {{2, 0}, {0, 2}}}};            // a fall on all sides
  for (const Polynomial& f : all) {
    const LiftedProgram lifted = f.lifted(box);
    std::vector<Interval> columns = lifted.columns;
    CHECK(!LevelSets(lifted).run(columns, 10));
  }
}

TEST(levelSetsOfOnePowerAreSharp) {
  const Polynomial f = {{1, 1}, {{4, 0}, {0, 2}}};
  const std::vector<Interval> box = {{-infinity, infinity}, {-infinity, infinity}};
  const LiftedProgram lifted = f.lifted(box);
  std::vector<Interval> columns = lifted.columns;
  CHECK(LevelSets(lifted).run(columns, 16));
  CHECK(columns[0].high >= 2 && columns[0].high < 2.02);
  CHECK(columns[1].low <= -4 && columns[1].low > -4.04);
}
