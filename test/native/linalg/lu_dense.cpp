// Dense LU: solutions by their residual, whatever the scale of rows and columns, and matrices that have none.
#include "linalg/lu_dense.hpp"

#include <cmath>
#include <limits>
#include <vector>

#include "check.hpp"
#include "core/random.hpp"

using namespace nonconvex;

namespace {

struct Matrix {
  int n;
  std::vector<double> entries;  // entries by columns
  double& operator()(int i, int j) { return entries[static_cast<std::size_t>(j * n + i)]; }
};

Matrix randomMatrix(int n, int seed) {
  const Random random(static_cast<std::uint64_t>(seed), 3);
  Matrix a{n, std::vector<double>(static_cast<std::size_t>(n * n))};
  for (std::size_t k = 0; k < a.entries.size(); ++k) a.entries[k] = random.normal(k);
  return a;
}

bool factor(DenseLu& lu, const Matrix& a) {
  std::copy(a.entries.begin(), a.entries.end(), lu.matrix().data);
  return lu.factor();
}

/// max_i |A x - b|_i / (|A| |x| + |b|)_i of A or its transpose.
double backwardError(Matrix& a, bool transposed, const std::vector<double>& x, const std::vector<double>& b) {
  double most = 0;
  for (int i = 0; i < a.n; ++i) {
    double residual = -b[static_cast<std::size_t>(i)], size = std::abs(residual);
    for (int j = 0; j < a.n; ++j) {
      const double term = (transposed ? a(j, i) : a(i, j)) * x[static_cast<std::size_t>(j)];
      residual += term;
      size += std::abs(term);
    }
    most = std::max(most, std::abs(residual) / size);
  }
  return most;
}

void checkSolves(Matrix& a) {
  DenseLu lu(a.n);
  CHECK(factor(lu, a));
  std::vector<double> b(static_cast<std::size_t>(a.n));
  for (std::size_t i = 0; i < b.size(); ++i) b[i] = std::cos(static_cast<double>(i));
  std::vector<double> x = b;
  lu.solve(x);
  CHECK(backwardError(a, false, x, b) <= 1e-12);
  x = b;
  lu.solveTransposed(x);
  CHECK(backwardError(a, true, x, b) <= 1e-12);
}

}  // namespace

TEST(solutions) {
  for (const int n : {1, 2, 3, 7, 20, 60}) {
    Matrix a = randomMatrix(n, n);
    checkSolves(a);
  }
}

TEST(scalesOfRowsAndColumns) {
  constexpr int n = 12;
  Matrix a = randomMatrix(n, 1);
  for (int j = 0; j < n; ++j) {
    for (int i = 0; i < n; ++i) a(i, j) = std::ldexp(a(i, j), 20 * (i % 5) - 30 * (j % 4));
  }
  checkSolves(a);
}

TEST(whatHasNoInverse) {
  constexpr int n = 9;
  DenseLu lu(n);
  Matrix dependent = randomMatrix(n, 2);
  for (int j = 0; j < n; ++j) dependent(8, j) = dependent(0, j) + 1e3 * dependent(1, j);
  CHECK(!factor(lu, dependent));
  CHECK(!factor(lu, {n, std::vector<double>(n * n)}));
  for (const double bad : {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()}) {
    Matrix a = randomMatrix(n, 3);
    a(4, 5) = bad;
    CHECK(!factor(lu, a));
  }
  CHECK(factor(lu, randomMatrix(n, 3)));
}
