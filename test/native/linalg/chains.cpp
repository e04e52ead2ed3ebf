// Long chains: tridiagonal matrices, whose recurrences are done in parts.
#include <numeric>

#include "check.hpp"
#include "core/index.hpp"
#include "core/random.hpp"
#include "linalg/sparse/ldl_sparse.hpp"
#include "linalg/sparse/plain_fronts.hpp"

using namespace nonconvex;

namespace {

struct Tridiagonal {
  SparsePattern pattern;
  std::vector<double> values;  ///< a_j and b_j, the entry below it, in turn

  template <class Diagonal, class Below>
  Tridiagonal(int n, Diagonal&& diagonal, Below&& below) {
    pattern.lines = pattern.width = n;
    for (int j = 0; j < n; ++j) {
      pattern.indices.push_back(j);
      values.push_back(diagonal(j));
      if (j + 1 < n) {
        pattern.indices.push_back(j + 1);
        values.push_back(below(j));
      }
      pattern.offsets.push_back(static_cast<int>(pattern.indices.size()));
    }
  }
  double a(int j) const { return values[at(2 * j)]; }
  double b(int j) const { return values[at(2 * j + 1)]; }

  /// How many eigenvalues are negative: the signs of a Sturm sequence.
  int negative() const {
    int count = 0;
    long double d = 1;
    for (int j = 0; j < pattern.lines; ++j) {
      d = a(j) - (j > 0 ? static_cast<long double>(b(j - 1)) * b(j - 1) / d : 0);
      count += d < 0;
    }
    return count;
  }
  /// ||A x - b|| / (||A|| ||x|| + ||b||), of largest entries.
  double error(const std::vector<double>& x, const std::vector<double>& right) const {
    long double most = 0, size = 0;
    for (int j = 0; j < pattern.lines; ++j) {
      long double r = -right[at(j)], row = 0;
      const auto add = [&](double entry, int k) {
        r += static_cast<long double>(entry) * x[at(k)];
        row += std::abs(entry);
      };
      add(a(j), j);
      if (j > 0) add(b(j - 1), j - 1);
      if (j + 1 < pattern.lines) add(b(j), j + 1);
      most = std::max(most, std::abs(r));
      size = std::max(size, row * std::abs(x[at(j)]) + std::abs(right[at(j)]));
    }
    return static_cast<double>(most / size);
  }
};

constexpr int n = 9001;

Tridiagonal strong() {
  return {n, [](int j) { return 2.5 + std::sin(j); }, [](int j) { return std::cos(3.0 * j); }};
}
/// Hardly a number of its recurrences is forgotten.
Tridiagonal laplacian() {
  return {n, [](int) { return 2.0; }, [](int) { return -1.0; }};
}
Tridiagonal indefinite() {
  return {n, [](int j) { return (j % 5 < 2 ? -3.0 : 4.0) + std::sin(j); }, [](int j) { return std::cos(7.0 * j); }};
}
/// A pivot in the middle is none.
Tridiagonal broken() {
  return {n, [](int j) { return j == n / 2 ? 0.0 : 3.0; }, [](int j) { return std::cos(2.0 * j); }};
}

/// Zeros, and numbers of many sizes.
std::vector<double> rightSide() {
  const Random random(3);
  std::vector<double> b(at(n), 0.0);
  for (int j = 0; j < n / 3; ++j) b[at(j)] = random.normal(at(j)) * std::pow(10, j % 17 - 8);
  return b;
}

}  // namespace

TEST(factorsAndSolutions) {
  const Cpu la;
  for (const Tridiagonal& A : {strong(), laplacian(), indefinite(), broken()}) {
    SparseLdl ldl(A.pattern, A.values, la);
    const Inertia inertia = ldl.factor(A.values);
    CHECK_EQ(inertia.negative, A.negative());
    CHECK_EQ(inertia.positive, n - A.negative());
    const std::vector<double> b = rightSide();
    std::vector<double> x = b;
    ldl.solve(x);
    CHECK(A.error(x, b) < 1e-13);
  }
}

namespace {

/// Factors and solutions of plain fronts, in memory of their own.
struct Plain {
  explicit Plain(const AssemblyTree& tree, const std::vector<double>& values)
      : factor(tree.factorSize),
        kept(tree.keptSize),
        stack(tree.stackSize),
        diagonal(at(n)),
        below(at(n)),
        chained(at(n)),
        owed(tree.rows.size()),
        outcomes(tree.fronts.size()),
        fronts(tree.fronts.size()),
        x(rightSide()),
        memory{tree,         values.data(),  factor.data(),   kept.data(), stack.data(), diagonal.data(),
               below.data(), chained.data(), outcomes.data(), 0.01} {
    std::iota(fronts.begin(), fronts.end(), 0);
    CHECK_EQ(eliminatePlain(memory, fronts, fronts.size()), fronts.size());
    CHECK_EQ(forwardPlain(memory, fronts, fronts.size(), x.data(), owed.data()), fronts.size());
    CHECK_EQ(backwardPlain(memory, fronts, fronts.size(), x.data()), fronts.size());
  }
  bool inOneGo() const {
    return std::any_of(outcomes.begin(), outcomes.end(), [](const FrontOutcome& outcome) { return outcome.chain; });
  }

  std::vector<double> factor, kept, stack, diagonal, below, chained, owed;
  std::vector<FrontOutcome> outcomes;
  std::vector<int> fronts;
  std::vector<double> x;
  FrontMemory memory;
};

}  // namespace

TEST(theSameAsFrontByFront) {
  const Cpu la;
  std::vector<int> partner(at(n));
  std::iota(partner.begin(), partner.end(), 0);
  for (const Tridiagonal& A : {strong(), laplacian(), indefinite()}) {
    AssemblyTree tree = planFactorisation(A.pattern, partner, la, OrderSearch::brief);
    const Plain chain(tree, A.values);
    CHECK(chain.inOneGo());
    for (FrontPlan& front : tree.fronts) front.chain = front.chainBehind = 0;
    const Plain fronts(tree, A.values);
    CHECK(!fronts.inOneGo());
    CHECK(chain.diagonal == fronts.diagonal);
    CHECK(chain.below == fronts.below);
    CHECK(chain.x == fronts.x);
    CHECK_EQ(chain.outcomes.back().growth, fronts.outcomes.back().growth);
  }
}
