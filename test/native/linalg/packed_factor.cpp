// Solves by a packed factor, and products with listed rows, beside sums written out here.
#include "linalg/packed_factor.hpp"

#include <cmath>
#include <vector>

#include "check.hpp"
#include "core/random.hpp"
#include "linalg/outer_products.hpp"

using namespace nonconvex;

namespace {

HostMatrix<double> normals(int rows, int cols, std::uint32_t stream) {
  const Random random(11, stream);
  HostMatrix<double> made(rows, cols);
  for (std::size_t i = 0; i < made.size(); ++i) made.data()[i] = random.normal(i);
  return made;
}

HostMatrix<float> inSingle(const HostMatrix<double>& m) {
  HostMatrix<float> made(m.rows(), m.cols());
  for (std::size_t i = 0; i < m.size(); ++i) made.data()[i] = static_cast<float>(m.data()[i]);
  return made;
}

/// L with a diagonal that keeps it well conditioned.
HostMatrix<double> lowerTriangle(int n) {
  HostMatrix<double> l = normals(n, n, 1);
  for (int j = 0; j < n; ++j) {
    for (int i = 0; i < n; ++i) l(i, j) = i < j ? NAN : i == j ? 2 + std::abs(l(i, j)) : l(i, j) / n;
  }
  return l;
}

/// b := L L^T x
void multiply(const HostMatrix<double>& l, const HostMatrix<double>& x, const HostMatrix<double>& b) {
  const int n = l.rows();
  std::vector<double> t(static_cast<std::size_t>(n));
  for (int w = 0; w < x.cols(); ++w) {
    for (int i = 0; i < n; ++i) {
      t[static_cast<std::size_t>(i)] = 0;
      for (int k = i; k < n; ++k) t[static_cast<std::size_t>(i)] += l(k, i) * x(k, w);
    }
    for (int i = 0; i < n; ++i) {
      b(i, w) = 0;
      for (int k = 0; k <= i; ++k) b(i, w) += l(i, k) * t[static_cast<std::size_t>(k)];
    }
  }
}

}  // namespace

TEST(packedFactorsSolve) {
  const Cpu la;
  for (const int n : {1, 5, 16, 17, 40, 131}) {
    const HostMatrix<double> l = lowerTriangle(n);
    for (const int columns : {1, 2, 3, 4, 5, 6, 13}) {
      PackedFactor<double> factor(n, columns);
      for (int time = 0; time < 2; ++time) {  // packed anew into the same room
        factor.pack(la, l);
        const HostMatrix<double> x = normals(n, columns, 2), b(n, columns);
        multiply(l, x, b);
        factor.solve(la, b);
        for (std::size_t i = 0; i < x.size(); ++i) CHECK_NEAR(b.data()[i], x.data()[i], 1e-12);
      }
    }
  }
}

TEST(packedFactorsSolveInSinglePrecision) {
  const Cpu la;
  for (const int n : {1, 5, 16, 31, 32, 33, 64, 131, 700}) {
    const HostMatrix<double> l = lowerTriangle(n);
    for (const int columns : {1, 2, 5, 8, 13}) {
      PackedFactor<float> factor(n, columns);
      factor.pack(la, l);
      const HostMatrix<double> x = normals(n, columns, 2), b(n, columns);
      multiply(l, x, b);
      factor.solve(la, b);
      for (std::size_t i = 0; i < x.size(); ++i) CHECK_NEAR(b.data()[i], x.data()[i], 2e-5);
    }
  }
}

TEST(packedFactorsHaveTheSameBitsWithAnyThreads) {
  const int n = 70, columns = 11;
  const HostMatrix<double> l = lowerTriangle(n), b = normals(n, columns, 3);
  const auto solve = [&](const Cpu& la) {
    PackedFactor<double> factor(n, columns);
    factor.pack(la, l);
    HostMatrix<double> x = b.copy();
    factor.solve(la, x);
    return x;
  };
  WorkerPool pool(3);
  const HostMatrix<double> one = solve(Cpu()), three = solve(Cpu(&pool, 3));
  CHECK(check::sameBits(one.data(), three.data(), one.size()));
}

TEST(eightProductsWithAllColumns) {
  for (const int n : {1, 5, 6, 13}) {
    for (const int d : {1, 7, 8, 19, 65}) {
      const HostMatrix<double> x = normals(d + 3, n, 4), w = normals(loops::eightOutputs, d, 6);
      HostMatrix<double> y(loops::eightOutputs, n);
      loops::productsOfAll(x.view().block(2, 0, d, n), w.column(0), y.column(0));
      for (int l = 0; l < n; ++l) {
        for (int j = 0; j < loops::eightOutputs; ++j) {
          double sum = 0;
          for (int i = 0; i < d; ++i) sum += w(j, i) * x(2 + i, l);
          CHECK_NEAR(y(j, l), sum, 1e-12);
        }
      }
    }
  }
}

TEST(productsWithListedRows) {
  const int n = 37;
  for (const int d : {1, 7, 8, 16, 19, 65}) {
    const HostMatrix<double> x = normals(d, n, 4);
    std::vector<std::int32_t> list;
    for (int k = 0; k < n; ++k) {
      if (k % 3 != 1) list.push_back(k);
    }
    const int count = static_cast<int>(list.size());
    for (const int m : {1, 2, 3, 5, 6, 10, 11}) {
      const HostMatrix<double> t = normals(m, n, 5);
      HostMatrix<double> q(d, m);
      loops::sumOfOuterProducts(count, list.data(), x.view(), t.view(), q.view());
      for (int j = 0; j < m; ++j) {
        for (int i = 0; i < d; ++i) {
          double sum = 0;
          for (const int k : list) sum += x(i, k) * t(j, k);
          CHECK_NEAR(q(i, j), sum, 1e-12);
        }
      }
      HostMatrix<double> rounded(d, m);
      loops::sumOfOuterProducts(count, list.data(), Mat<const float>(inSingle(x)), Mat<const float>(inSingle(t)),
                                rounded.view());
      for (std::size_t i = 0; i < q.size(); ++i) CHECK_NEAR(rounded.data()[i], q.data()[i], 1e-4);
    }
    for (const int m : {4, 8, 12, 16, 20}) {
      const HostMatrix<double> w = normals(m, d, 6);
      HostMatrix<double> y(m, count);
      loops::productsOfListed(count, list.data(), x, w, y);
      for (int l = 0; l < count; ++l) {
        for (int j = 0; j < m; ++j) {
          double sum = 0;
          for (int i = 0; i < d; ++i) sum += w(j, i) * x(i, list[static_cast<std::size_t>(l)]);
          CHECK_NEAR(y(j, l), sum, 1e-12);
        }
      }
    }
  }
}
