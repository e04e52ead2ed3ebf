// Inertia of thousands of KKT systems [H + t I, J^T; J, -d I], dense and sparse, against eigenvalues by Jacobi's
// method: integers, so that ranks are what they look like.
#include <algorithm>
#include <utility>
#include <vector>

#include "check.hpp"
#include "linalg/ldl_dense.hpp"
#include "linalg/sparse/ldl_sparse.hpp"
#include "linalg/symmetric.hpp"

using namespace nonconvex;
using namespace symmetric;

namespace {

/// Small numbers from a counter.
class Dice {
 public:
  explicit Dice(int seed) : random_(static_cast<std::uint64_t>(seed), 21) {}
  int below(int n) { return static_cast<int>(random_.below(next_++, static_cast<std::uint32_t>(n))); }
  int between(int low, int high) { return low + below(high - low + 1); }
  bool chance(int percent) { return below(100) < percent; }

 private:
  Random random_;
  std::uint64_t next_ = 0;
};

struct Case {
  int n, m;
  Symmetric a;
};

Case randomKkt(int seed) {
  Dice dice(seed);
  const int n = dice.between(1, 22);
  const int m = dice.below(n + 1);
  const int density = dice.between(4, 100);
  Case kkt{n, m, Symmetric(n + m)};
  Symmetric& a = kkt.a;
  const bool diagonal = dice.chance(70);
  for (int i = 0; i < n; ++i) {
    if (diagonal) a(i, i) = dice.between(-1, 3);
    for (int j = 0; j < i; ++j) {
      if (dice.chance(density / 2)) a(i, j) = dice.between(-2, 2);
    }
  }
  const auto row = [&](int i, int j) -> double& { return a(n + i, j); };
  for (int i = 0; i < m; ++i) {
    for (int j = 0; j < n; ++j) {
      if (dice.chance(density)) row(i, j) = dice.between(-2, 2);
    }
  }
  // Some Jacobians have equal rows, sums of rows, or rows of zeros.
  for (int lost = dice.chance(50) ? 0 : dice.between(1, 3); lost > 0 && m > 0; --lost) {
    const int i = dice.below(m), k = dice.below(m), l = dice.below(m);
    const int how = dice.below(3);
    for (int j = 0; j < n; ++j) row(i, j) = how == 0 ? row(k, j) : how == 1 ? row(k, j) - row(l, j) : 0;
  }
  return kkt;
}

/// False if an eigenvalue cannot be told from zero by rounding.
bool clear(const std::vector<double>& values) {
  return std::all_of(values.begin(), values.end(), [](double x) { return std::abs(x) < 1e-13 || std::abs(x) > 1e-8; });
}

SparsePattern patternOf(const Symmetric& a, bool everyDiagonal, std::vector<double>& values) {
  SparsePattern pattern;
  pattern.lines = pattern.width = a.n;
  values.clear();
  for (int j = 0; j < a.n; ++j) {
    for (int i = j; i < a.n; ++i) {
      if (a(i, j) == 0 && !(everyDiagonal && i == j)) continue;
      pattern.indices.push_back(i);
      values.push_back(a(i, j));
    }
    pattern.offsets.push_back(static_cast<int>(pattern.indices.size()));
  }
  return pattern;
}

/// D of 1x1 and 2x2 blocks, some of them zero, in the middle of unit triangular matrices with few entries: sparse, of
/// any order, and its inertia is known.
struct Congruence {
  SparsePattern pattern;
  std::vector<double> values;
  Inertia inertia;

  Congruence(int n, int seed, int zeros) {
    Dice dice(seed);
    std::vector<std::vector<std::pair<int, double>>> t(static_cast<std::size_t>(n));  // rows of T, A = T^T D T
    for (int k = 0; k < n; ++k) {
      t[static_cast<std::size_t>(k)].emplace_back(k, 1);
      for (int r = dice.below(3); r > 0 && k > 0; --r) {
        // Towards the root of a shallow tree, so that T is well conditioned.
        t[static_cast<std::size_t>(k)].emplace_back(dice.between(k / 3, (k - 1) / 2), dice.chance(50) ? 1 : -1);
      }
    }
    std::vector<std::vector<std::pair<int, double>>> columns(static_cast<std::size_t>(n));
    std::vector<int> name(static_cast<std::size_t>(n));
    for (int i = 0; i < n; ++i) name[static_cast<std::size_t>(i)] = i;
    for (int i = n - 1; i > 0; --i) {
      std::swap(name[static_cast<std::size_t>(i)], name[static_cast<std::size_t>(dice.below(i + 1))]);
    }
    const auto addProduct = [&](int k, int l, double d) {
      for (const auto& [i, x] : t[static_cast<std::size_t>(k)]) {
        for (const auto& [j, y] : t[static_cast<std::size_t>(l)]) {
          const int row = name[static_cast<std::size_t>(i)], column = name[static_cast<std::size_t>(j)];
          if (k != l && row == column) {
            columns[static_cast<std::size_t>(column)].emplace_back(row, 2 * x * y * d);
          } else if (k != l) {
            columns[static_cast<std::size_t>(std::min(row, column))].emplace_back(std::max(row, column), x * y * d);
          } else if (row >= column) {
            columns[static_cast<std::size_t>(column)].emplace_back(row, x * y * d);
          }
        }
      }
    };
    for (int k = 0; k < n; ++k) {
      if (zeros > 0 && dice.chance(10)) {
        --zeros;
        ++inertia.zero;
      } else if (k + 1 < n && dice.chance(40)) {
        addProduct(k, k + 1, 1);
        ++k;
        inertia += {.positive = 1, .negative = 1};
      } else {
        const bool positive = dice.chance(60);
        addProduct(k, k, positive ? 1 : -1);
        ++(positive ? inertia.positive : inertia.negative);
      }
    }
    pattern.lines = pattern.width = n;
    for (auto& column : columns) {
      std::stable_sort(column.begin(), column.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
      int last = -1;
      for (const auto& [row, value] : column) {
        if (row != last) {
          pattern.indices.push_back(row);
          values.push_back(0);
        }
        last = row;
        values.back() += value;
      }
      pattern.offsets.push_back(static_cast<int>(pattern.indices.size()));
    }
  }
};

}  // namespace

TEST(inertiaOfKktSystemsIsThatOfTheirEigenvalues) {
  const Cpu la;
  int singular = 0, used = 0;
  const int count = check::repetitions(check::longRun() ? 3000 : 500);
  for (int seed = 0; seed < count; ++seed) {
    const Case kkt = randomKkt(seed);
    const std::vector<double> values = eigenvalues(kkt.a);
    if (!clear(values)) continue;
    const Inertia expected = signs(values);
    ++used;
    singular += expected.zero > 0 ? 1 : 0;
    DenseLdl dense(kkt.a.n, la);
    CHECK(same(dense.factor({kkt.a.entries.data(), kkt.a.n, kkt.a.n, kkt.a.n}), expected));
    std::vector<double> entries;
    const SparsePattern pattern = patternOf(kkt.a, seed % 2 == 0, entries);
    for (const bool sampled : {true, false}) {
      SparseLdl sparse(pattern, sampled ? entries : std::vector<double>(entries.size()), la);
      CHECK(same(sparse.factor(entries), expected));
    }
  }
  CHECK(used > count * 5 / 6);
  CHECK(singular > count / 6);
}

TEST(shiftsOnOneAnalysis) {
  const Cpu la;
  for (int seed = 0; seed < check::repetitions(check::longRun() ? 300 : 150); ++seed) {
    Case kkt = randomKkt(seed);
    std::vector<double> entries;
    const SparsePattern pattern = patternOf(kkt.a, true, entries);
    SparseLdl sparse(pattern, entries, la);
    DenseLdl dense(kkt.a.n, la);
    for (const auto& [t, d] : {std::pair(0.0, 0.0), {0.0, 1e-6}, {0.5, 0.0}, {7.0, 0.0}, {100.0, 1e-3}, {0.0, 0.0}}) {
      Symmetric a = kkt.a;
      for (int i = 0; i < a.n; ++i) a(i, i) += i < kkt.n ? t : -d;
      const std::vector<double> values = eigenvalues(a);
      if (!clear(values)) continue;
      std::vector<double> shifted;
      patternOf(a, true, shifted);
      CHECK(same(sparse.factor(shifted), signs(values)));
      CHECK(same(dense.factor({a.entries.data(), a.n, a.n, a.n}), signs(values)));
    }
  }
}

TEST(sparseInertiaByConstruction) {
  WorkerPool pool(2);
  for (const bool parallel : {false, true}) {
    const Cpu la(parallel ? &pool : nullptr);
    for (int seed = 0; seed < 40; seed += check::longRun() ? 1 : 5) {
      const int n = seed < 30 ? 20 + 40 * seed : 5000;
      const Congruence a(n, seed, seed % 2 == 0 ? 0 : n / 20);
      for (const bool sampled : {true, false}) {
        SparseLdl ldl(a.pattern, sampled ? a.values : std::vector<double>(a.values.size()), la);
        CHECK(same(ldl.factor(a.values), a.inertia));
      }
    }
  }
}
