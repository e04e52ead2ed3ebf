// Dense LDL^T: inertia against eigenvalues by Jacobi's method or against a construction that fixes it (Sylvester), and
// solutions by their residual.
#include "linalg/ldl_dense.hpp"

#include <algorithm>
#include <cmath>
#include <initializer_list>
#include <limits>
#include <vector>

#include "check.hpp"
#include "linalg/symmetric.hpp"

using namespace nonconvex;
using namespace symmetric;

namespace {

WorkerPool pool(2);

Inertia inertiaOf(const Symmetric& a) {
  const Cpu la;
  DenseLdl ldl(a.n, la);
  return ldl.factor({a.entries.data(), a.n, a.n, a.n});
}

/// |A x - b| <= tolerance (|A| |x| + |b|) for solutions of A x = b.
void checkSolve(const Symmetric& a, int columns, double tolerance, const Cpu& la = Cpu()) {
  DenseLdl ldl(a.n, la);
  const Inertia inertia = ldl.factor({a.entries.data(), a.n, a.n, a.n});
  CHECK_EQ(inertia.zero, 0);
  CHECK_EQ(inertia.undefined, 0);
  std::vector<double> b = randomVector(a.n * columns, 5);
  std::vector<double> x = b;
  ldl.solve({x.data(), a.n, columns, a.n});
  for (int j = 0; j < columns; ++j)
    CHECK_NEAR(backwardError(a, x.data() + a.at(0, j), b.data() + a.at(0, j)), 0, tolerance);
}

}  // namespace

TEST(eigenvaluesOfASmallMatrixAreFound) {
  // [[2, 1], [1, 2]] has 1 and 3; with a zero row and column also 0.
  Symmetric a(3);
  a(0, 0) = a(2, 2) = 2;
  a(2, 0) = 1;
  std::vector<double> values = eigenvalues(a);
  std::sort(values.begin(), values.end());
  CHECK_NEAR(values[0], 0, 1e-15);
  CHECK_NEAR(values[1], 1, 1e-14);
  CHECK_NEAR(values[2], 3, 1e-14);
}

TEST(scalesOfTheLastMatrixDoNoHarm) {
  constexpr int n = 12;
  const Cpu la;
  DenseLdl ldl(n, la);
  Symmetric badlyScaled = randomSymmetric(n, 1), notFinite = badlyScaled;
  for (int j = 0; j < n; ++j) {
    for (int i = j; i < n; ++i) badlyScaled(i, j) = std::ldexp(badlyScaled(i, j), 30 * (i % 3) + 30 * (j % 3));
  }
  notFinite(4, 3) = std::numeric_limits<double>::quiet_NaN();
  const Symmetric smaller = randomSymmetric(n / 2, 2), plain = randomSymmetric(n, 3);
  for (const Symmetric* a : std::initializer_list<const Symmetric*>{&badlyScaled, &plain, &notFinite, &badlyScaled,
                                                                    &smaller, &plain, &plain}) {
    const Inertia inertia = ldl.factor({a->entries.data(), a->n, a->n, a->n});
    CHECK_EQ(inertia.undefined, a == &notFinite ? n : 0);
    if (a == &notFinite) continue;
    CHECK(same(inertia, inertiaOf(*a)));
    const std::vector<double> b = randomVector(a->n, 4);
    std::vector<double> x = b;
    ldl.solve(x);
    CHECK_NEAR(backwardError(*a, x.data(), b.data()), 0, 1e-13);
  }
}

TEST(inertiaOfRandomMatricesIsThatOfTheirEigenvalues) {
  for (int n = 0; n <= 40; ++n) {
    for (int seed = 0; seed < 5; ++seed) {
      const Symmetric a = randomSymmetric(n, seed);
      CHECK(same(inertiaOf(a), signs(eigenvalues(a))));
      checkSolve(a, 3, 1e-13);
      checkSolve(a, 1, 1e-13);
    }
  }
}

TEST(saddlePoints) {
  for (const auto& [n, m] : {std::pair(1, 1), {2, 1}, {5, 5}, {20, 7}, {100, 60}, {200, 150}}) {
    const Symmetric a = saddlePoint(n, m, 3);
    CHECK(same(inertiaOf(a), {.positive = n, .negative = m}));
    checkSolve(a, 2, 1e-12);
  }
}

TEST(inertiaByConstruction) {
  // A = T^T diag(d) T with T unit upper triangular: the inertia of d, also where eigenvalues are too many for Jacobi.
  for (const int n : {1, 2, 63, 64, 65, 129, 300}) {
    for (const int zeros : {0, 1, 5}) {
      Inertia expected;
      const Symmetric a = congruent(n, std::min(n, zeros), 7, expected);
      CHECK(same(inertiaOf(a), expected));
    }
  }
}

TEST(zeroMatrixAndZeroRows) {
  CHECK(same(inertiaOf(Symmetric(0)), {}));
  CHECK(same(inertiaOf(Symmetric(1)), {.zero = 1}));
  CHECK(same(inertiaOf(Symmetric(70)), {.zero = 70}));
  Symmetric a(6);
  a(3, 1) = 1e-5;
  a(5, 5) = -2e9;
  CHECK(same(inertiaOf(a), {.positive = 1, .negative = 2, .zero = 3}));
}

TEST(aRankDeficientJacobianShows) {
  // Two equal rows of the Jacobian.
  Symmetric a = saddlePoint(30, 10, 4);
  for (int j = 0; j < 30; ++j) a(38, j) = a(39, j);
  CHECK(same(inertiaOf(a), {.positive = 30, .negative = 9, .zero = 1}));
}

TEST(badScalingDoesNotMatter) {
  const int n = 30;
  const Random random(11);
  Symmetric a = randomSymmetric(n, 3);
  const Inertia expected = signs(eigenvalues(a));
  for (int i = 0; i < n; ++i) {
    for (int j = 0; j <= i; ++j) {
      const auto power = [&](int k) {
        return std::pow(10, 40 * (random.uniform(static_cast<std::uint64_t>(k)) - 0.5));
      };
      a(i, j) *= power(i) * power(j);
    }
  }
  CHECK(same(inertiaOf(a), expected));
  // Tiny or huge as a whole.
  for (const double scale : {1e-300, 1e-150, 1e150, 1e300}) {
    Symmetric b = randomSymmetric(n, 3);
    for (double& x : b.entries) x *= scale;
    CHECK(same(inertiaOf(b), expected));
  }
}

TEST(notANumberIsReported) {
  for (const double bad : {std::nan(""), static_cast<double>(INFINITY), -static_cast<double>(INFINITY)}) {
    for (const int n : {1, 2, 5, 100}) {
      for (const auto& [i, j] : {std::pair(0, 0), {n - 1, 0}, {n - 1, n - 1}, {n / 2, n / 3}}) {
        Symmetric a = randomSymmetric(n, 1);
        a(i, j) = bad;
        CHECK_EQ(inertiaOf(a).undefined, n);
      }
    }
  }
}

TEST(theUpperTriangleIsNotRead) {
  const int n = 90;
  Symmetric a = randomSymmetric(n, 8);
  const Cpu la;
  DenseLdl ldl(n, la);
  const Inertia inertia = ldl.factor({a.entries.data(), n, n, n});
  std::vector<double> x = randomVector(n, 1), y = x;
  ldl.solve(x);
  for (int j = 0; j < n; ++j) {
    for (int i = 0; i < j; ++i) a.entries[a.at(i, j)] = std::nan("");
  }
  CHECK(same(ldl.factor({a.entries.data(), n, n, n}), inertia));
  ldl.solve(y);
  CHECK(check::sameBits(x.data(), y.data(), x.size()));
}

TEST(threadsDoNotChangeTheResult) {
  const int n = 700;
  const Symmetric a = randomSymmetric(n, 2);
  const std::vector<double> b = randomVector(n, 3);
  std::vector<double> first;
  for (const bool parallel : {false, true}) {
    const Cpu la(parallel ? &pool : nullptr);
    DenseLdl ldl(n, la);
    ldl.factor({a.entries.data(), n, n, n});
    std::vector<double> x = b;
    ldl.solve(x);
    CHECK_NEAR(backwardError(a, x.data(), b.data()), 0, 1e-13);
    if (first.empty()) first = x;
    CHECK(check::sameBits(first.data(), x.data(), x.size()));
  }
}

TEST(ordersBelowTheAnnouncedOne) {
  const Cpu la;
  DenseLdl ldl(50, la);
  for (const int n : {50, 3, 0, 20}) {
    const Symmetric a = randomSymmetric(n, n);
    CHECK(same(ldl.factor({a.entries.data(), n, n, n}), signs(eigenvalues(a))));
  }
  const Symmetric large = randomSymmetric(51, 1);
  CHECK(check::contains(check::messageOf([&] { ldl.factor({large.entries.data(), 51, 51, 51}); }), "order = 51"));
}

/// The first column fails and waits at the end; the pivot of size 2 that takes it is the last before it.
TEST(aPivotOfTwoMayTakeAColumnThatFailed) {
  constexpr int m = 5, p = 4;
  std::vector<double> columns(m * p), square(1, 1.0), diagonal(p), below(p), workspace(eliminationWorkspace(m, p));
  std::vector<int> order{0, 1, 2, 3};
  const Mat<double> a{columns.data(), m, p, m};
  a(0, 0) = 1.62;
  a(1, 0) = a(3, 0) = 0.9;
  a(2, 0) = 1;
  a(4, 0) = 171;
  a(1, 1) = a(3, 3) = 1;
  a(4, 1) = a(4, 3) = 95;
  const Eliminated eliminated = nonconvex::eliminate(Cpu(),
                                                     {.columns = a,
                                                      .square = {square.data(), 1, 1, 1},
                                                      .order = order.data(),
                                                      .pivots = {diagonal.data(), below.data()}},
                                                     {.zeroTolerance = 1e-14}, workspace.data());
  CHECK_EQ(eliminated.columns, p);
  const Inertia inertia = nonconvex::inertiaOf({diagonal.data(), below.data()}, p);
  CHECK_EQ(inertia.positive, 3);
  CHECK_EQ(inertia.negative, 1);
}
