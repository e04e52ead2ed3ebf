// Sparse LDL^T: inertia against eigenvalues by Jacobi's method or a construction that fixes it, solutions by their
// residual.
#include "linalg/sparse/ldl_sparse.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>
#include <utility>
#include <vector>

#include "check.hpp"
#include "core/random.hpp"
#include "linalg/symmetric.hpp"

using namespace nonconvex;
using namespace symmetric;

namespace {

WorkerPool pool(2);

struct Sparse {
  SparsePattern pattern;
  std::vector<double> values;

  /// Entries in any order and triangle; equal places are added.
  Sparse(int n, const std::vector<std::tuple<int, int, double>>& entries) {
    std::map<std::pair<int, int>, double> sorted;  // entries by column
    for (const auto& [i, j, value] : entries) sorted[{std::min(i, j), std::max(i, j)}] += value;
    pattern.lines = pattern.width = n;
    pattern.offsets.assign(static_cast<std::size_t>(n) + 1, 0);
    for (const auto& [place, value] : sorted) {
      ++pattern.offsets[static_cast<std::size_t>(place.first) + 1];
      pattern.indices.push_back(place.second);
      values.push_back(value);
    }
    for (std::size_t j = 0; j < static_cast<std::size_t>(n); ++j) pattern.offsets[j + 1] += pattern.offsets[j];
  }
  explicit Sparse(const Symmetric& a) : Sparse(a.n, nonzeros(a)) {}

  int n() const { return pattern.lines; }

  static std::vector<std::tuple<int, int, double>> nonzeros(const Symmetric& a) {
    std::vector<std::tuple<int, int, double>> entries;
    for (int i = 0; i < a.n; ++i) {
      for (int j = 0; j <= i; ++j) {
        if (a(i, j) != 0) entries.emplace_back(i, j, a(i, j));
      }
    }
    return entries;
  }

  Symmetric dense() const {
    Symmetric a(n());
    forEntries([&](int i, int j, double x) { a(i, j) = x; });
    return a;
  }
  template <class F>
  void forEntries(F&& f) const {
    for (int j = 0; j < n(); ++j) {
      for (int k = pattern.offsets[static_cast<std::size_t>(j)]; k < pattern.offsets[static_cast<std::size_t>(j) + 1];
           ++k) {
        f(pattern.indices[static_cast<std::size_t>(k)], j, values[static_cast<std::size_t>(k)]);
      }
    }
  }
};

/// max |A x - b| / (|A| |x| + |b|), maximum norms.
double sparseBackwardError(const Sparse& a, const std::vector<double>& x, const std::vector<double>& b) {
  std::vector<double> r = b, rows(b.size(), 0.0);
  a.forEntries([&](int i, int j, double value) {
    const auto row = static_cast<std::size_t>(i), column = static_cast<std::size_t>(j);
    r[row] -= value * x[column];
    rows[row] += std::abs(value);
    if (i != j) {
      r[column] -= value * x[row];
      rows[column] += std::abs(value);
    }
  });
  double residual = 0, norm = 0, size = 0, right = 0;
  for (std::size_t i = 0; i < b.size(); ++i) {
    if (!(std::abs(r[i]) <= residual)) residual = std::abs(r[i]);
    norm = std::max(norm, rows[i]);
    size = std::max(size, std::abs(x[i]));
    right = std::max(right, std::abs(b[i]));
  }
  return residual == 0 ? 0 : residual / (norm * size + right);
}

Inertia inertiaOf(const Sparse& a, const Cpu& la = Cpu()) {
  return SparseLdl(a.pattern, a.values, la).factor(a.values);
}

/// Inertia, a plain solve, and one with refinement.
void checkFactor(const Sparse& a, const Inertia& expected, double tolerance = 1e-11) {
  const Cpu la;
  SparseLdl ldl(a.pattern, a.values, la);
  CHECK(same(ldl.factor(a.values), expected));
  if (expected.zero > 0) return;
  const std::vector<double> b = randomVector(a.n(), 3);
  std::vector<double> x = b;
  ldl.solve(x);
  CHECK_NEAR(sparseBackwardError(a, x, b), 0, tolerance);
  const Refinement refinement = ldl.solve(a.values, b, x, 10);
  CHECK_NEAR(sparseBackwardError(a, x, b), 0, 1e-15);
  CHECK_NEAR(refinement.backwardError, 0, 1e-13);
}

Sparse randomSparse(int n, double perRow, int seed, bool diagonal) {
  const Random random(static_cast<std::uint64_t>(seed), 9);
  std::vector<std::tuple<int, int, double>> entries;
  for (std::uint64_t k = 0; k < static_cast<std::uint64_t>(n * perRow); ++k) {
    const auto i = static_cast<int>(random.below(3 * k, static_cast<std::uint32_t>(n)));
    const auto j = static_cast<int>(random.below(3 * k + 1, static_cast<std::uint32_t>(n)));
    if (i != j || diagonal) entries.emplace_back(i, j, random.normal(3 * k + 2));
  }
  return {n, entries};
}

/// [H G^T; G 0] with a sparse diagonally dominant H, or one of which only a part of the diagonal is positive, and G
/// with `perRow` entries a row.
Sparse saddle(int n, int m, int perRow, int seed, double hessian = 4) {
  const Random random(static_cast<std::uint64_t>(seed), 10);
  std::vector<std::tuple<int, int, double>> entries;
  std::uint64_t k = 0;
  for (int i = 0; i < n; ++i) {
    entries.emplace_back(i, i, hessian);
    const auto j = static_cast<int>(random.below(k++, static_cast<std::uint32_t>(n)));
    if (j != i) entries.emplace_back(i, j, 0.2 * random.normal(k++) * (hessian != 0));
  }
  for (int i = 0; i < m; ++i) {
    entries.emplace_back(n + i, i, 1 + random.uniform(k++));  // full rank
    for (int t = 1; t < perRow; ++t) {
      const auto j = static_cast<int>(random.below(k++, static_cast<std::uint32_t>(n)));
      if (j > i || j >= m) entries.emplace_back(n + i, j, random.normal(k++));
    }
  }
  return {n + m, entries};
}

/// KKT matrix of min 1/2 |u - d|^2 + 0.05 |z|^2 subject to Lap u + z = 0 on a grid.
Sparse control(int side) {
  const int n = side * side;
  const double h = 2.0 / (side + 1), scale = 1 / (h * h);
  std::vector<std::tuple<int, int, double>> entries;
  for (int i = 0; i < n; ++i) {
    entries.emplace_back(i, i, 1.0);
    entries.emplace_back(n + i, n + i, 0.1);
    entries.emplace_back(2 * n + i, i, -4 * scale);
    entries.emplace_back(2 * n + i, n + i, 1.0);
    if (i % side > 0) entries.emplace_back(2 * n + i, i - 1, scale);
    if (i % side < side - 1) entries.emplace_back(2 * n + i, i + 1, scale);
    if (i >= side) entries.emplace_back(2 * n + i, i - side, scale);
    if (i < n - side) entries.emplace_back(2 * n + i, i + side, scale);
  }
  return {3 * n, entries};
}

}  // namespace

TEST(randomMatrices) {
  for (int n = 1; n <= 60; ++n) {
    for (const bool diagonal : {true, false}) {
      const Sparse a = randomSparse(n, 1 + n % 5, n, diagonal);
      const Inertia expected = signs(eigenvalues(a.dense()));
      CHECK(same(inertiaOf(a), expected));
      if (expected.zero == 0) checkFactor(a, expected);
    }
  }
}

TEST(denseMatrices) {
  for (const int n : {1, 2, 3, 10, 50, 90}) {
    const Symmetric a = randomSymmetric(n, n);
    checkFactor(Sparse(a), signs(eigenvalues(a)));
  }
}

TEST(saddlePoints) {
  for (int seed = 0; seed < 10; ++seed) {
    for (const auto& [n, m, perRow] :
         {std::tuple(3, 2, 2), {20, 20, 3}, {100, 40, 4}, {500, 300, 3}, {1500, 1500, 2}}) {
      checkFactor(saddle(n, m, perRow, seed), {.positive = n, .negative = m}, 1e-9);
    }
  }
}

TEST(saddlePointsWithoutAHessian) {
  // [0 G^T; G 0] with n = m: n eigenvalues of each sign. Every pivot is 2x2.
  for (int seed = 0; seed < 5; ++seed) {
    for (const int n : {1, 2, 17, 200, 1000}) {
      checkFactor(saddle(n, n, 3, seed, 0), {.positive = n, .negative = n}, 1e-9);
    }
  }
}

TEST(aGoodSampleIsNotNeeded) {
  // Partners cannot be told from a sample of zeros: pivots are delayed instead.
  const Sparse a = saddle(400, 250, 3, 1);
  const Cpu la;
  for (const double sample : {0.0, 1.0, static_cast<double>(NAN)}) {
    SparseLdl ldl(a.pattern, std::vector<double>(a.values.size(), sample), la);
    CHECK(same(ldl.factor(a.values), {.positive = 400, .negative = 250}));
    const std::vector<double> b = randomVector(a.n(), 4);
    std::vector<double> x = b;
    ldl.solve(x);
    CHECK_NEAR(sparseBackwardError(a, x, b), 0, 1e-11);
  }
}

TEST(singularMatrices) {
  const Cpu la;
  // Two equal constraints; a row of zeros; a matrix of rank one.
  Sparse a = saddle(60, 20, 3, 2);
  std::vector<std::tuple<int, int, double>> entries;
  a.forEntries([&](int i, int j, double x) {
    entries.emplace_back(i, j, x);
    if (i == 79) entries.emplace_back(80, j, x);
  });
  checkFactor(Sparse(81, entries), {.positive = 60, .negative = 20, .zero = 1});
  checkFactor(Sparse(83, entries), {.positive = 60, .negative = 20, .zero = 3});
  Symmetric one(30);
  for (int i = 0; i < 30; ++i) {
    for (int j = 0; j <= i; ++j) one(i, j) = -(1 + i) * (1 + j);
  }
  checkFactor(Sparse(one), {.negative = 1, .zero = 29});
  checkFactor(Sparse(50, {}), {.zero = 50});
  // The solution of a consistent singular system satisfies it.
  const Sparse path(3, {{0, 0, 1}, {0, 1, -1}, {1, 1, 2}, {1, 2, -1}, {2, 2, 1}});
  SparseLdl ldl(path.pattern, path.values, la);
  CHECK(same(ldl.factor(path.values), {.positive = 2, .zero = 1}));
  const std::vector<double> b = {1, 1, -2};
  std::vector<double> x = b;
  ldl.solve(x);
  CHECK_NEAR(sparseBackwardError(path, x, b), 0, 1e-15);
}

TEST(inertiaByConstruction) {
  for (const int zeros : {0, 1, 4}) {
    Inertia expected;
    const Symmetric a = congruent(150, zeros, 5, expected);
    checkFactor(Sparse(a), expected);
  }
}

TEST(tinyOnes) {
  checkFactor(Sparse(0, {}), {});
  checkFactor(Sparse(1, {{0, 0, 5}}), {.positive = 1});
  checkFactor(Sparse(1, {}), {.zero = 1});
  checkFactor(Sparse(2, {{1, 0, 3}}), {.positive = 1, .negative = 1});
  checkFactor(Sparse(2, {{0, 0, -1e-8}, {1, 1, 1e9}}), {.positive = 1, .negative = 1});
}

TEST(arrows) {
  for (const int n : {10, 3000}) {
    for (const bool last : {true, false}) {
      // Diagonal of changing signs; the Schur complement of the hub gives the last sign.
      std::vector<std::tuple<int, int, double>> entries;
      const int hub = last ? n - 1 : 0;
      double complement = 0.5;
      Inertia expected;
      entries.emplace_back(hub, hub, 0.5);
      for (int i = last ? 0 : 1; i < (last ? n - 1 : n); ++i) {
        const double d = i % 3 == 0 ? -2 : 1;
        entries.emplace_back(i, i, d);
        entries.emplace_back(i, hub, 1 + 0.001 * i);
        complement -= (1 + 0.001 * i) * (1 + 0.001 * i) / d;
        ++(d > 0 ? expected.positive : expected.negative);
      }
      ++(complement > 0 ? expected.positive : expected.negative);
      checkFactor(Sparse(n, entries), expected);
    }
  }
}

TEST(badScaling) {
  Sparse a = saddle(200, 120, 3, 5);
  const Random random(12);
  std::vector<double> scale(320);
  for (std::size_t i = 0; i < scale.size(); ++i) scale[i] = std::pow(10, 16 * (random.uniform(i) - 0.5));
  std::size_t k = 0;
  a.forEntries([&](int i, int j, double) {
    a.values[k++] *= scale[static_cast<std::size_t>(i)] * scale[static_cast<std::size_t>(j)];
  });
  CHECK(same(inertiaOf(a), {.positive = 200, .negative = 120}));
  // Analysed with other values than it is factorised with.
  const Sparse b = saddle(200, 120, 3, 5);
  const Cpu la;
  SparseLdl ldl(b.pattern, b.values, la);
  CHECK(same(ldl.factor(a.values), {.positive = 200, .negative = 120}));
  CHECK(same(ldl.factor(b.values), {.positive = 200, .negative = 120}));
}

TEST(controlOfAGrid) {
  for (const int side : {1, 2, 5, 20, 60}) {
    checkFactor(control(side), {.positive = 2 * side * side, .negative = side * side}, 1e-12);
  }
}

TEST(notANumberIsReported) {
  const Cpu la;
  for (const double bad : {std::nan(""), static_cast<double>(INFINITY), -static_cast<double>(INFINITY)}) {
    Sparse a = saddle(50, 30, 3, 7);
    SparseLdl ldl(a.pattern, a.values, la);
    for (const std::size_t k : {std::size_t{0}, a.values.size() / 2, a.values.size() - 1}) {
      std::vector<double> values = a.values;
      values[k] = bad;
      CHECK(same(ldl.factor(values), {.undefined = 80}));
      CHECK(check::messageOf([&] {
              std::vector<double> b(80);
              ldl.solve(b);
            }) != "");
    }
    CHECK(same(ldl.factor(a.values), {.positive = 50, .negative = 30}));
  }
}

/// Blocks of `width` variables, a chain of small fronts. Values: with diagonals that dominate, so that fronts are
/// eliminated in their order, or in every third block without diagonals, so that pivots are of size 2 or wait.
Sparse chainOfBlocks(int blocks, int width, bool dominant) {
  const Random random(static_cast<std::uint64_t>(width), 20);
  std::vector<std::tuple<int, int, double>> entries;
  std::uint64_t k = 0;
  const int n = blocks * width;
  for (int i = 0; i < n; ++i) {
    const bool small = !dominant && i / width % 3 == 1;
    entries.emplace_back(i, i, (small ? 1e-9 : 8.0) * (random.uniform(k++) < 0.5 ? 1 : -1));
    for (int j = i + 1; j < std::min(n, i / width * width + 2 * width); ++j) {
      if (j == i + 1 || random.uniform(k++) < 0.6) entries.emplace_back(j, i, random.normal(k++));
    }
  }
  return {n, entries};
}

TEST(whatWasFactoredBeforeDoesNotChangeTheResult) {
  const Cpu la;
  for (int width = 1; width <= 5; ++width) {
    const int blocks = check::sanitized ? 12 : 20;
    const Sparse good = chainOfBlocks(blocks, width, true), hard = chainOfBlocks(blocks, width, false);
    const std::vector<double> b = randomVector(good.n(), 8);
    const Inertia ofGood = signs(eigenvalues(good.dense())), ofHard = signs(eigenvalues(hard.dense()));
    SparseLdl used(good.pattern, good.values, la);
    for (const Sparse* a : {&good, &hard, &good, &good, &hard, &hard, &good}) {
      SparseLdl fresh(good.pattern, good.values, la);
      std::vector<double> x = b, y = b;
      CHECK(same(used.factor(a->values), fresh.factor(a->values)));
      used.solve(x);
      fresh.solve(y);
      CHECK(x == y);
      CHECK(used.delayed() == fresh.delayed());
      CHECK_NEAR(sparseBackwardError(*a, x, b), 0, 1e-9);
      CHECK(same(used.factor(a->values), a == &good ? ofGood : ofHard));
    }
  }
}

TEST(aSmallerThresholdDelaysLess) {
  // Small diagonals of which the sample does not tell, so that no partners are chosen.
  std::vector<std::tuple<int, int, double>> entries;
  const int n = 400;
  const Random random(30);
  for (int i = 0; i < n; ++i) {
    entries.emplace_back(i, i, 1e-4 * (1 + i % 3));
    entries.emplace_back(n + i, i, 1.0);
    for (int t = 0; t < 2; ++t) {
      const auto j = static_cast<int>(random.below(static_cast<std::uint64_t>(2 * i + t), n));
      if (j != i) entries.emplace_back(n + i, j, 0.3);
    }
    entries.emplace_back(n + i, n + i, -1e-8);
  }
  const Sparse a(2 * n, entries);
  const Cpu la;
  SparseLdl ldl(a.pattern, std::vector<double>(a.values.size(), 1.0), la);
  const Inertia expected{.positive = n, .negative = n};
  CHECK(same(ldl.factor(a.values), expected));
  const int waited = ldl.delayed();
  CHECK(same(ldl.factor(a.values, 1e-8), expected));
  CHECK(ldl.delayed() < waited);
  const std::vector<double> b = randomVector(a.n(), 9);
  std::vector<double> x(b.size());
  CHECK(ldl.solve(a.values, b, x, 5).backwardError < 1e-14);
  for (const double bad : {0.0, -1.0, 0.6, static_cast<double>(NAN)}) {
    CHECK(check::messageOf([&] { ldl.factor(a.values, bad); }).find("threshold") != std::string::npos);
  }
}

TEST(denseRowsBelowASmallDiagonal) {
  // [D b; b^T 0] with D far below b: equilibrated by its largest entries alone, all of D waits for the front of b.
  constexpr int n = 1500;
  const Random random(7, 2);
  const auto bordered = [&](double size) {
    std::vector<std::tuple<int, int, double>> entries;
    for (int j = 0; j < n; ++j) {
      entries.emplace_back(j, j, size * (1 + random.uniform(static_cast<std::uint64_t>(j))));
      entries.emplace_back(n, j, 1 + 0.3 * (j % 7));
      entries.emplace_back(n + 1, j, 1 - 0.2 * (j % 11));
    }
    return Sparse(n + 2, entries);
  };
  const Sparse sample = bordered(1), a = bordered(1e-5);
  std::vector<double> first;
  for (const int threads : {0, 2}) {
    const Cpu la(threads > 0 ? &pool : nullptr, threads);
    SparseLdl brief(sample.pattern, sample.values, la),
        thorough(sample.pattern, sample.values, la, OrderSearch::thorough);
    const Inertia expected{.positive = n, .negative = 2};
    CHECK(same(brief.factor(a.values), expected));
    CHECK(brief.delayed() > n / 2);
    CHECK(same(thorough.factor(a.values), expected));
    CHECK_EQ(thorough.delayed(), 0);
    const std::vector<double> b = randomVector(n + 2, 3);
    std::vector<double> x(b.size());
    CHECK(thorough.solve(a.values, b, x, 5).backwardError < 1e-14);
    if (first.empty()) first = x;
    CHECK(check::sameBits(first.data(), x.data(), x.size()));
    // Nor does that harm what needs it not.
    CHECK(same(thorough.factor(sample.values), expected));
    CHECK(thorough.solve(sample.values, b, x, 5).backwardError < 1e-14);
  }
}

TEST(refinementEndsWhereTheErrorIsSmallEnough) {
  // Tiny first pivots that may be taken: the factors are of little use without refinement.
  std::vector<std::tuple<int, int, double>> entries;
  constexpr int n = 40;
  for (int j = 0; j < n; ++j) {
    entries.emplace_back(j, j, 1e-7);
    entries.emplace_back(n + j, j, 1 + 0.1 * (j % 7));
    if (j > 0) entries.emplace_back(n + j - 1, j, 0.5);
    entries.emplace_back(n + j, n + j, -1e-7);
  }
  const Sparse a(2 * n, entries), dominated = [&] {
    auto sample = entries;
    for (auto& [i, j, value] : sample) value = i == j ? (i < n ? 10 : -10) : value;
    return Sparse(2 * n, sample);
  }();
  const Cpu la;
  SparseLdl ldl(a.pattern, dominated.values, la);
  ldl.factor(a.values, 1e-12);
  const std::vector<double> b = randomVector(2 * n, 1);
  std::vector<double> x(b.size());
  const Refinement rough = ldl.solve(a.values, b, x, 5, 1), fine = ldl.solve(a.values, b, x, 5);
  CHECK_EQ(rough.steps, 0);
  CHECK(rough.backwardError > SparseLdl::exact);
  CHECK(fine.steps > 0);
  CHECK(fine.backwardError <= SparseLdl::exact);
}

TEST(aBoundedFactorisationIsGivenUp) {
  // Thousands of zeros that only two dense rows couple, of which no sample tells: all of them wait, in any scaling.
  constexpr int n = 3000;
  const auto bordered = [&](double diagonal) {
    std::vector<std::tuple<int, int, double>> entries;
    for (int j = 0; j < n; ++j) {
      entries.emplace_back(j, j, diagonal);
      for (int i = 0; i < 2; ++i) entries.emplace_back(n + i, j, 1 + 0.1 * ((j + i) % 7));
    }
    return Sparse(n + 2, entries);
  };
  const Sparse sample = bordered(1), singular = bordered(0);
  const Cpu la;
  SparseLdl ldl(sample.pattern, sample.values, la, OrderSearch::thorough);
  CHECK(same(ldl.factor(singular.values, 0.01, PivotEffort::bounded), {.zero = n + 2, .givenUp = true}));
  std::vector<double> x(static_cast<std::size_t>(n) + 2, 1.0);
  CHECK(check::messageOf([&] { ldl.solve(x); }).find("factorisation") != std::string::npos);
  CHECK(same(ldl.factor(singular.values), {.positive = 2, .negative = 2, .zero = n - 2}));
  CHECK(same(ldl.factor(sample.values, 0.01, PivotEffort::bounded), {.positive = n, .negative = 2}));
  CHECK(ldl.solve(sample.values, randomVector(n + 2, 1), x, 5).backwardError < 1e-14);
}

TEST(aBoundedFactorisationIsGivenUpForManyFrontsInARow) {
  // A chain of zeros that two dense rows couple. No front takes 1e9 operations, but all in a row take many times 1e8.
  constexpr int n = 500;
  const auto bordered = [&](double diagonal, double next) {
    std::vector<std::tuple<int, int, double>> entries;
    for (int j = 0; j < n; ++j) {
      entries.emplace_back(j, j, diagonal);
      if (j + 1 < n) entries.emplace_back(j + 1, j, next);
      for (int i = 0; i < 2; ++i) entries.emplace_back(n + i, j, 1 + 0.1 * ((j + i) % 7));
    }
    return Sparse(n + 2, entries);
  };
  const Sparse sample = bordered(3, 1), singular = bordered(0, 0);
  const Cpu la;
  SparseLdl ldl(sample.pattern, sample.values, la, OrderSearch::thorough);
  CHECK(ldl.factor(singular.values, 0.01, PivotEffort::bounded).givenUp);
  CHECK(!ldl.factor(sample.values, 0.01, PivotEffort::bounded).givenUp);
}

/// [D B^T; B -E] with rows of B twice, small E and D of sizes from 1e-6 to 1, as late iterations of interior-point
/// methods have.
Sparse quasiDefinite(int n, int m, std::uint64_t seed) {
  const Random random(seed, 23);
  std::uint64_t draws = 0;
  std::vector<std::tuple<int, int, double>> entries;
  for (int j = 0; j < n; ++j) entries.emplace_back(j, j, std::pow(10, -6 * random.uniform(draws++)));
  for (int i = 0; i < m; ++i) entries.emplace_back(n + i, n + i, -1e-8);
  for (int i = 0; i < m; i += 2) {
    for (int k = 0; k < 4; ++k) {
      const int j = static_cast<int>(n * random.uniform(draws++));
      const double value = random.normal(draws++);
      for (int twice = 0; twice < 2; ++twice) entries.emplace_back(n + i + twice, j, value);
    }
  }
  return Sparse(n + m, entries);
}

TEST(pivotsOfQuasiDefiniteMatricesAreNotZero) {
  int lost = 0;
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    const Sparse a = quasiDefinite(240, 160, seed);
    const std::vector<double> b = randomVector(a.n(), 6);
    std::vector<double> x(b.size());
    const Cpu la;
    SparseLdl ldl(a.pattern, a.values, la);
    const auto errorWith = [&](PivotEffort effort) {
      const Inertia inertia = ldl.factor(a.values, 1e-10, effort);
      if (effort == PivotEffort::regular) CHECK(same(inertia, {.positive = 240, .negative = 160}));
      return ldl.solve(a.values, b, x, 8, 1e-10).backwardError;
    };
    CHECK(errorWith(PivotEffort::regular) <= 1e-10);
    lost += errorWith(PivotEffort::complete) > 1e-10 ? 1 : 0;
  }
  CHECK(lost > 0);  // otherwise these matrices show nothing
}

TEST(threadsDoNotChangeTheResult) {
  for (const Sparse& a : {control(70), saddle(3000, 2000, 3, 4), randomSparse(2000, 3, 1, false)}) {
    const std::vector<double> b = randomVector(a.n(), 6);
    std::vector<double> first;
    Inertia inertia;
    for (const int threads : {0, 2, 2, 1}) {
      const Cpu la(threads > 0 ? &pool : nullptr, threads);
      SparseLdl ldl(a.pattern, a.values, la);
      const Inertia found = ldl.factor(a.values);
      if (found.zero > 0) break;
      std::vector<double> x = b;
      ldl.solve(x);
      if (first.empty()) {
        first = x;
        inertia = found;
      }
      CHECK(same(found, inertia));
      CHECK(check::sameBits(first.data(), x.data(), x.size()));
    }
  }
}

TEST(abortEndsAFactorisation) {
  const Sparse a = control(30);
  Monitor monitor;
  const Cpu la(&pool, 2, &monitor);
  SparseLdl ldl(a.pattern, a.values, la);
  monitor.abort();
  bool interrupted = false;
  try {
    ldl.factor(a.values);
  } catch (const Interrupted&) {
    interrupted = true;
  }
  CHECK(interrupted);
  monitor.setInterruptible(false);
  CHECK(same(ldl.factor(a.values), {.positive = 1800, .negative = 900}));
}

TEST(badInputIsRefused) {
  const Cpu la;
  Sparse a(3, {{0, 0, 1}, {2, 1, 1}});
  CHECK(check::contains(check::messageOf([&] { SparseLdl(a.pattern, std::vector<double>(1), la); }), "values = 1"));
  SparseLdl ldl(a.pattern, a.values, la);
  CHECK(check::contains(check::messageOf([&] { ldl.factor(std::vector<double>(5)); }), "values = 5"));
  a.pattern.indices[1] = 0;
  CHECK(check::contains(check::messageOf([&] { SparseLdl(a.pattern, a.values, la); }), "lower triangle"));
}
