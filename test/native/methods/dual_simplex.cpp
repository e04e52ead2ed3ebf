// The simplex method against optimality conditions, over changes of bounds, rows and costs.
#include "methods/dual_simplex/dual_simplex.hpp"

#include <cmath>
#include <functional>
#include <vector>

#include "check.hpp"
#include "linear_programs.hpp"

using namespace nonconvex;

namespace {

LpStatus solveAndCheck(const TestLp& lp, double tolerance = 1e-7) {
  DualSimplex simplex = lp.simplex();
  const LpStatus status = simplex.solve();
  checkAnswer(lp, simplex, status, tolerance);
  return status;
}

/// Counts of the statuses of random programs.
struct Counts {
  int optimal = 0, infeasible = 0, unbounded = 0;
  void add(LpStatus status) {
    optimal += status == LpStatus::optimal;
    infeasible += status == LpStatus::infeasible;
    unbounded += status == LpStatus::unbounded;
  }
};

Counts solveMany(const TestKind& kind, int count, double tolerance = 1e-7) {
  Counts counts;
  for (int seed = 0; seed < check::repetitions(count); ++seed)
    counts.add(solveAndCheck(randomLp(kind, static_cast<std::uint64_t>(seed)), tolerance));
  return counts;
}

}  // namespace

TEST(boxedProgramsAreOptimal) {
  for (const int n : {1, 2, 5, 12, 40}) {
    const Counts counts = solveMany({.columns = n, .rows = 3 * n}, 100);
    CHECK_EQ(counts.optimal, check::repetitions(100));
  }
}

TEST(degenerateProgramsAreOptimal) {
  const Counts counts = solveMany({.columns = 15, .rows = 40, .equations = 0.3, .integers = true}, 300);
  CHECK_EQ(counts.optimal, check::repetitions(300));
}

TEST(programsWithoutPointsHaveARay) {
  const Counts counts = solveMany({.columns = 10, .rows = 15, .feasible = false}, 300);
  CHECK(counts.infeasible > 0);
  CHECK_EQ(counts.infeasible + counts.optimal, check::repetitions(300));
}

TEST(freeColumnsAreSolvedOrFallForEver) {
  const TestKind kind = {.columns = 10, .rows = 20, .free = 0.3, .halfFree = 0.3};
  const Counts counts = solveMany(kind, 400);
  CHECK(counts.optimal > 0 && counts.unbounded > 0);
  CHECK_EQ(counts.unbounded + counts.optimal, check::repetitions(400));
  const TestKind none = {.columns = 10, .rows = 20, .equations = 0.3, .free = 0.5, .halfFree = 0.3, .feasible = false};
  const Counts mixed = solveMany(none, 400);
  CHECK_EQ(mixed.unbounded + mixed.optimal + mixed.infeasible, check::repetitions(400));
}

TEST(badlyScaledProgramsAreOptimal) {
  const Counts counts = solveMany({.columns = 15, .rows = 40, .decades = 4}, 200, 1e-5);
  CHECK_EQ(counts.optimal, check::repetitions(200));
}

TEST(classicalExamplesOfCycling) {
  // E. Beale, 1955: -1/20.
  const TestLp beale = {{-0.75, 150, -0.02, 6},
                        {0, 0, 0, 0},
                        {infinity, infinity, infinity, infinity},
                        {{{0, 1, 2, 3}, {0.25, -60, -0.04, 9}, -infinity, 0},
                         {{0, 1, 2, 3}, {0.5, -90, -0.02, 3}, -infinity, 0},
                         {{2}, {1}, -infinity, 1}}};
  DualSimplex simplex = beale.simplex();
  CHECK(simplex.solve() == LpStatus::optimal);
  checkOptimal(beale, simplex);
  CHECK_NEAR(simplex.objective(), -0.05, 1e-12);
  // K. Marshall, J. Suurballe, 1969, and V. Chvatal, 1983: unbounded without the last row, -1 with it.
  TestLp chvatal = {{-10, 57, 9, 24},
                    {0, 0, 0, 0},
                    {infinity, infinity, infinity, infinity},
                    {{{0, 1, 2, 3}, {0.5, -5.5, -2.5, 9}, -infinity, 0},
                     {{0, 1, 2, 3}, {0.5, -1.5, -0.5, 1}, -infinity, 0},
                     {{0}, {1}, -infinity, 1}}};
  DualSimplex second = chvatal.simplex();
  CHECK(second.solve() == LpStatus::optimal);
  CHECK_NEAR(second.objective(), -1, 1e-12);
  chvatal.rows.pop_back();
  CHECK(solveAndCheck(chvatal) == LpStatus::unbounded);
}

TEST(kleeMintyCubes) {
  for (int n = 2; n <= 12; ++n) {
    TestLp lp;
    for (int j = 0; j < n; ++j) {
      lp.c.push_back(-std::pow(2.0, n - 1 - j));
      lp.lower.push_back(0);
      lp.upper.push_back(infinity);
      TestRow row{{}, {}, -infinity, std::pow(5.0, j + 1)};
      for (int k = 0; k < j; ++k) {
        row.index.push_back(k);
        row.value.push_back(std::pow(2.0, j - k + 1));
      }
      row.index.push_back(j);
      row.value.push_back(1);
      lp.rows.push_back(row);
    }
    DualSimplex simplex = lp.simplex();
    CHECK(simplex.solve() == LpStatus::optimal);
    CHECK_NEAR(simplex.objective(), -std::pow(5.0, n), 1e-9 * std::pow(5.0, n));
    CHECK(simplex.pivots() < 100);
  }
}

TEST(emptyProgramsAndRows) {
  TestLp lp = {{1, -1}, {-1, -2}, {1, 3}, {}};
  CHECK(solveAndCheck(lp) == LpStatus::optimal);
  lp.rows.push_back({{}, {}, -1, 1});
  CHECK(solveAndCheck(lp) == LpStatus::optimal);
  lp.rows.push_back({{}, {}, 1, 2});
  CHECK(solveAndCheck(lp) == LpStatus::infeasible);
  TestLp falling = {{1, 0}, {-infinity, 0}, {infinity, 1}, {}};
  CHECK(solveAndCheck(falling) == LpStatus::unbounded);
}

namespace {

/// Changes a program at random, in the same way in an object that is warm.
void changeOnce(TestLp& lp, DualSimplex& warm, Draws& draws, std::size_t keep) {
  const int what = draws.below(6);
  if (what <= 2) {  // narrower or wider bounds, as in a tree
    for (int k = 0; k < 3; ++k) {
      const auto j = static_cast<std::size_t>(draws.below(lp.columns()));
      const double low = lp.lower[j], high = lp.upper[j];
      const double middle = low + draws.uniform() * (high - low);
      if (what == 0) lp.upper[j] = middle;
      if (what == 1) lp.lower[j] = middle;
      if (what == 2) lp.lower[j] = low - 0.3, lp.upper[j] = high + 0.3;
      warm.setBound(static_cast<int>(j), lp.lower[j], lp.upper[j]);
    }
  } else if (what == 3) {  // a cut
    TestRow row =
        randomLp({.columns = lp.columns(), .rows = 1, .equations = 0}, static_cast<std::uint64_t>(draws.below(1 << 30)))
            .rows[0];
    const double at = lp.times(row, warm.x());
    if (row.lower > -infinity) row.lower = at - 0.2 + 0.3 * draws.uniform();
    if (row.upper < infinity) row.upper = at + 0.4;
    lp.rows.push_back(row);
    warm.addRow(row.index, row.value, row.lower, row.upper);
  } else if (what == 4 && lp.rows.size() > keep) {
    lp.rows.resize(keep + static_cast<std::size_t>(draws.below(static_cast<int>(lp.rows.size() - keep))));
    warm.truncateRows(static_cast<int>(lp.rows.size()));
  } else {  // another cost, or another row
    for (double& c : lp.c) c = draws.chance(0.8) ? 0 : draws.normal();
    warm.setCost(lp.c);
    const int i = draws.below(static_cast<int>(lp.rows.size()));
    TestRow& row = lp.rows[static_cast<std::size_t>(i)];
    for (double& value : row.value) value *= 1 + 0.1 * draws.normal();
    if (row.lower == row.upper) row.upper += 0.1;
    warm.changeRow(i, row.value, row.lower, row.upper);
  }
}

}  // namespace

TEST(warmSolvesEqualColdOnes) {
  int optimal = 0, infeasible = 0;
  for (int seed = 0; seed < check::repetitions(40); ++seed) {
    Draws draws(static_cast<std::uint64_t>(1000 + seed));
    TestLp lp = randomLp({.columns = 5 + seed, .rows = 20 + 2 * seed, .equations = 0.1, .integers = seed % 3 == 0},
                         static_cast<std::uint64_t>(seed));
    const TestLp root = lp;
    DualSimplex warm = lp.simplex();
    for (int step = 0; step < 60; ++step) {
      const LpStatus status = warm.solve();
      DualSimplex cold = lp.simplex();
      CHECK(cold.solve() == status);
      checkAnswer(lp, warm, status);
      optimal += status == LpStatus::optimal;
      infeasible += status == LpStatus::infeasible;
      if (status == LpStatus::optimal) {
        CHECK_NEAR(warm.objective(), cold.objective(), 1e-7 * (1 + std::abs(cold.objective())));
      } else {
        lp.lower = root.lower, lp.upper = root.upper;
        lp.rows = root.rows;
        warm.truncateRows(static_cast<int>(lp.rows.size()));
        for (std::size_t i = 0; i < lp.rows.size(); ++i)
          warm.changeRow(static_cast<int>(i), lp.rows[i].value, lp.rows[i].lower, lp.rows[i].upper);
        warm.setBounds(lp.lower, lp.upper);
      }
      changeOnce(lp, warm, draws, root.rows.size());
    }
  }
  CHECK(optimal > 20 * check::repetitions(40) && infeasible > 0);
}

TEST(resultsAfterSetBasisDependOnTheBasisAlone) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const TestLp lp = randomLp({.columns = 20, .rows = 50}, seed);
    DualSimplex first = lp.simplex();
    CHECK(first.solve() == LpStatus::optimal);
    const DualSimplex::Basis basis = first.basis();
    DualSimplex second = lp.simplex();
    second.setBasis(basis);
    const std::int64_t before = second.pivots();
    CHECK(second.solve() == LpStatus::optimal);
    CHECK_EQ(second.pivots(), before);
    // The first one has solved other programs since.
    std::vector<double> c(lp.c.size(), 0.0);
    c[seed % c.size()] = 1;
    first.setCost(c);
    CHECK(first.solve() == LpStatus::optimal);
    for (DualSimplex* simplex : {&first, &second}) {
      simplex->setCost(lp.c);
      simplex->setBasis(basis);
      simplex->setBound(static_cast<int>(seed % c.size()), lp.lower[seed % c.size()], lp.lower[seed % c.size()]);
      simplex->solve();
    }
    CHECK(check::sameBits(first.x().data(), second.x().data(), first.x().size()));
    CHECK(check::sameBits(first.multipliers().data(), second.multipliers().data(), first.multipliers().size()));
  }
}

TEST(anyBasisIsRepaired) {
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    const TestLp lp =
        randomLp({.columns = 12, .rows = 30, .free = 0.1, .halfFree = 0.1, .integers = seed % 2 == 0}, seed);
    Draws draws(seed);
    DualSimplex simplex = lp.simplex();
    DualSimplex::Basis basis = simplex.basis();
    basis.rows.resize(25);
    for (auto* part : {&basis.columns, &basis.rows})
      for (auto& side : *part) side = static_cast<std::uint8_t>(draws.below(4));
    simplex.setBasis(basis);
    const LpStatus status = simplex.solve();
    checkAnswer(lp, simplex, status);
    CHECK(lp.simplex().solve() == status);
  }
}

TEST(objectiveLimitsAndPivotLimitsEndASolve) {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    const TestLp lp = randomLp({.columns = 20, .rows = 50}, seed);
    DualSimplex whole = lp.simplex();
    CHECK(whole.solve() == LpStatus::optimal);
    const double gap = 0.01 * (1 + std::abs(whole.objective()));
    DualSimplex cut = lp.simplex();
    const LpStatus status = cut.solve(nullptr, whole.objective() - gap);
    CHECK(status == LpStatus::cutoff || status == LpStatus::optimal);
    const double bound = safeBound(cut.linearRows(), cut.multipliers(), lp.c, lp.lower, lp.upper);
    CHECK(bound >= whole.objective() - gap - 1e-9);
    CHECK(bound <= whole.objective() + 1e-9 * (1 + std::abs(whole.objective())));
    DualSimplex above = lp.simplex();
    CHECK(above.solve(nullptr, whole.objective() + gap) == LpStatus::optimal);
    if (whole.pivots() < 3) continue;
    DualSimplex few = lp.simplex();
    CHECK(few.solve(nullptr, infinity, 2) == LpStatus::iterationLimit);
    CHECK(safeBound(few.linearRows(), few.multipliers(), lp.c, lp.lower, lp.upper) <= whole.objective() + 1e-9);
    CHECK(few.solve() == LpStatus::optimal);
    const std::function<bool()> always = [] { return true; };
    DualSimplex stopped = lp.simplex();
    CHECK(stopped.solve(&always) == LpStatus::iterationLimit);
  }
}

TEST(whatAsksMayThrowWhileAnInverseIsMade) {
  const TestLp lp = randomLp({.columns = 400, .rows = 700}, 3);
  DualSimplex whole = lp.simplex();
  CHECK(whole.solve() == LpStatus::optimal);
  const DualSimplex::Basis basis = whole.basis();
  DualSimplex again = lp.simplex();
  again.setBasis(basis);
  const std::function<bool()> ends = []() -> bool { throw 1; };  // no pivot asks, as the basis is optimal
  bool thrown = false;
  try {
    again.solve(&ends);
  } catch (int) {
    thrown = true;
  }
  CHECK(thrown);
  CHECK(again.solve() == LpStatus::optimal);
  CHECK_NEAR(again.objective(), whole.objective(), 1e-9 * (1 + std::abs(whole.objective())));
}

TEST(copiesAreIndependent) {
  const TestLp lp = randomLp({.columns = 8, .rows = 20}, 5);
  DualSimplex simplex = lp.simplex();
  simplex.solve();
  const double objective = simplex.objective();
  DualSimplex copy = simplex;
  copy.setCost(std::vector<double>(8, 1.0));
  copy.solve();
  CHECK_EQ(simplex.objective(), objective);
  CHECK(simplex.solve() == LpStatus::optimal);
  CHECK_EQ(simplex.objective(), objective);
}

TEST(columnScalesChangeNoAnswer) {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    const TestLp lp = randomLp({.columns = 10, .rows = 25}, seed);
    DualSimplex simplex = lp.simplex();
    CHECK(simplex.solve() == LpStatus::optimal);
    DualSimplex scaled(10);
    scaled.setColumnScales(std::vector<double>{1, 2, 4, 0.5, 0.25, 1024, 1, 1, 0.125, 8});
    lp.putInto(scaled);
    CHECK(scaled.solve() == LpStatus::optimal);
    checkOptimal(lp, scaled);
    CHECK_NEAR(scaled.objective(), simplex.objective(), 1e-9 * (1 + std::abs(simplex.objective())));
  }
}

TEST(basesOfSolutionsNeedNoPivots) {
  int optimal = 0;
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    const TestKind kind = {.columns = 20, .rows = 50, .equations = 0.2, .halfFree = 0.2, .integers = seed % 2 == 0};
    const TestLp lp = randomLp(kind, seed);
    DualSimplex cold = lp.simplex();
    if (cold.solve() != LpStatus::optimal) continue;
    ++optimal;
    DualSimplex warm = lp.simplex();
    warm.setNear(cold.x(), cold.multipliers(), cold.reducedCosts());
    CHECK(warm.solve() == LpStatus::optimal);
    CHECK_EQ(warm.pivots(), 0);
    CHECK_NEAR(warm.objective(), cold.objective(), 1e-9 * (1 + std::abs(cold.objective())));
    // Other bounds and another row.
    TestLp changed = lp;
    for (std::size_t j = 0; j < changed.c.size(); j += 5)
      changed.upper[j] = std::max(changed.lower[j], cold.x()[j]) + 0.1;
    changed.rows.push_back({{0, 1}, {1, 1}, cold.x()[0] + cold.x()[1] - 0.1, infinity});
    std::vector<double> y(cold.multipliers().begin(), cold.multipliers().end());
    y.push_back(0);
    DualSimplex next = changed.simplex(), anew = changed.simplex();
    next.setNear(cold.x(), y, cold.reducedCosts());
    const LpStatus status = next.solve();
    CHECK(status == anew.solve());
    checkAnswer(changed, next, status);
  }
  CHECK(optimal > 50);
}

TEST(provenBoundsNeedNoUpperBounds) {
  int bounded = 0, optimal = 0;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    // Costs above 0 over lower bounds: the least value is finite.
    Draws draws(seed);
    TestLp lp = randomLp({.columns = 12, .rows = 20, .equations = 0.2, .integers = seed % 2 == 0}, seed);
    for (std::size_t j = 0; j < lp.c.size(); ++j) {
      lp.c[j] = 1 + draws.uniform();
      if (draws.chance(0.7)) lp.upper[j] = infinity;
    }
    DualSimplex simplex = lp.simplex();
    if (simplex.solve() != LpStatus::optimal) continue;
    ++optimal;
    const double bound = simplex.provenBound(), size = std::max(1.0, std::abs(simplex.objective()));
    CHECK(bound <= simplex.objective() + 1e-12 * size);
    bounded += bound >= simplex.objective() - 1e-8 * size;
  }
  CHECK(optimal > 100);
  CHECK_EQ(bounded, optimal);
}

TEST(raysHaveNoEntriesOfRounding) {
  // Of a column with one bound in the row of such an entry alone nothing would be left but the entry.
  for (const std::uint64_t seed : {2217, 3428}) {
    TestLp lp = randomLp({.columns = 8, .rows = 10, .equations = 0.2, .halfFree = 0.8}, seed);
    Draws draws(seed + 77);
    DualSimplex first = lp.simplex();
    CHECK(first.solve() == LpStatus::optimal);
    TestRow row = {{}, {}, -infinity, 0};
    for (int j = 0; j < lp.columns(); ++j) {
      if (!draws.chance(0.5)) continue;
      row.index.push_back(j);
      row.value.push_back(draws.normal());
      row.upper += row.value.back() * first.x()[static_cast<std::size_t>(j)];
    }
    row.upper -= 0.2 * draws.uniform();
    lp.rows.push_back(row);
    for (std::size_t j = 0; j < lp.c.size(); ++j)
      if (draws.chance(0.2))
        lp.upper[j] = std::min(lp.upper[j], std::max(lp.lower[j], first.x()[j] - 0.5 * draws.uniform()));
    DualSimplex next = lp.simplex();
    std::vector<double> y(first.multipliers().begin(), first.multipliers().end());
    y.push_back(0);
    next.setNear(first.x(), y, first.reducedCosts());
    const LpStatus status = next.solve();
    CHECK(status == LpStatus::infeasible);
    checkAnswer(lp, next, status);
  }
}
