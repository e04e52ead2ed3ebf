// Factorisations and solves after the first ones ask for no memory.
#include "allocations.hpp"
#include "check.hpp"
#include "linalg/ldl_dense.hpp"
#include "linalg/sparse/ldl_sparse.hpp"

using namespace nonconvex;

namespace {

WorkerPool pool(2);

template <class F>
long allocationsOf(F&& f) {
  const long before = allocations;
  f();
  return allocations - before;
}

/// Tridiagonal, with zeros on the diagonal but in every fourth place: the others need 2x2 pivots.
struct Chain {
  SparsePattern pattern;
  std::vector<double> values;

  explicit Chain(int n) {
    pattern.lines = pattern.width = n;
    for (int j = 0; j < n; ++j) {
      for (int i = j; i < std::min(n, j + 3); ++i) {
        pattern.indices.push_back(i);
        values.push_back(i == j ? (j % 4 == 0 ? 1.0 : 0.0) : 1.0 / (1 + (i + j) % 5));
      }
      pattern.offsets.push_back(static_cast<int>(pattern.indices.size()));
    }
  }
};

}  // namespace

TEST(dense) {
  const Cpu la(&pool);
  for (const int n : {3, 30, 200, 600}) {
    HostMatrix<double> a(n, n);
    for (int i = 0; i < n; ++i) {
      for (int j = 0; j < n; ++j) a(i, j) = 1.0 / (1 + (i * j) % 7) - (i == j);
    }
    DenseLdl ldl(n, la);
    std::vector<double> b(static_cast<std::size_t>(n), 1.0);
    CHECK_EQ(allocationsOf([&] {
               ldl.factor(a);
               ldl.solve(b);
             }),
             0L);
  }
}

TEST(sparse) {
  const Chain a(20000);
  const Cpu la(&pool);
  SparseLdl ldl(a.pattern, a.values, la);
  std::vector<double> b(20000, 1.0), x(20000);
  ldl.factor(a.values);
  const int delayed = ldl.delayed();
  CHECK_EQ(allocationsOf([&] {
             ldl.factor(a.values);
             ldl.solve(b);
             ldl.solve(a.values, b, x, 5);
           }),
           0L);
  CHECK_EQ(ldl.delayed(), delayed);
}
