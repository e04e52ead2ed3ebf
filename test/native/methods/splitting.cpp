// Parts of ADMM: solves with I + tau G by each of the ways that they are done in, and changes of the penalty.
#include <cmath>

#include "check.hpp"
#include "core/random.hpp"
#include "linalg/cpu.hpp"
#include "methods/splitting/penalty_balance.hpp"
#include "methods/splitting/shifted_factor.hpp"

using namespace nonconvex;

TEST(shiftedFactorSolvesWithAnyNumberOfRightHandSidesAndSolves) {
  constexpr int n = 12;
  const Cpu la;
  const Random random(4);
  HostMatrix<double> a(n, n);
  for (std::size_t k = 0; k < a.size(); ++k) a.data()[k] = random.normal(k);
  for (const int sides : {1, 3, 30}) {
    ShiftedFactor<Cpu> factor(la, n);
    CHECK(la.gram(a, factor.g()));
    const HostMatrix<double> g = [&] {
      HostMatrix<double> made(n, n);
      CHECK(la.gram(a, made));
      return made;
    }();
    HostMatrix<double> b(n, sides), x(n, sides);
    for (std::size_t k = 0; k < b.size(); ++k) b.data()[k] = random.normal(1000 + k);
    for (const double tau : {0.5, 20.0}) {
      CHECK(factor.set(tau));
      for (int solve = 0; solve < 450; ++solve) {  // more than those after which it inverts
        factor.solve(b, x);
        if (solve % 64 > 1) continue;
        for (int k = 0; k < sides; ++k) {
          for (int i = 0; i < n; ++i) {
            double sum = x(i, k);
            for (int j = 0; j < n; ++j) sum += tau * g(i, j) * x(j, k);
            CHECK_NEAR(sum, b(i, k), 1e-9);
          }
        }
      }
    }
    CHECK_EQ(factor.factorizations(), 2);
    CHECK(!factor.set(-1));
  }
}

TEST(penaltiesChangeTowardsTheAimAndEverMoreRarely) {
  PenaltyBalance balance({.least = 0.25, .most = 3, .aim = 0.5, .mostChange = 8, .manyChanges = 1});
  CHECK_EQ(balance.factor(0.25), 1.0);
  CHECK_EQ(balance.factor(3), 1.0);
  CHECK_EQ(balance.factor(3.5), 7.0);
  CHECK_EQ(balance.factor(100), 8.0);
  CHECK_EQ(balance.factor(0.01), 0.125);
  CHECK(balance.mayChange(10));
  balance.noteChange(10);
  CHECK(!balance.mayChange(19));
  CHECK(balance.mayChange(20));
}
