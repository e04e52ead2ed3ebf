// Starts from earlier solutions: what they promise of residuals, by plain products with the matrix.
#include "methods/krylov/earlier_solutions.hpp"

#include <vector>

#include "check.hpp"
#include "core/random.hpp"

using namespace nonconvex;

namespace {

constexpr int n = 60;
constexpr int columns = 2;

/// A = diag(1, ..., n) + t t^T
struct Matrix {
  std::vector<double> t;
  explicit Matrix(const Random& random) {
    for (std::uint64_t i = 0; i < n; ++i) t.push_back(random.normal(i));
  }
  HostMatrix<double> image(Mat<const double> x) const {
    HostMatrix<double> to(x.rows, x.cols);
    for (int j = 0; j < x.cols; ++j) {
      double along = 0;
      for (int i = 0; i < n; ++i) along += t[static_cast<std::size_t>(i)] * x(i, j);
      for (int i = 0; i < n; ++i) to(i, j) = (i + 1) * x(i, j) + t[static_cast<std::size_t>(i)] * along;
    }
    return to;
  }
};

HostMatrix<double> normals(std::uint32_t seed) {
  HostMatrix<double> m(n, columns);
  const Random random(seed, 3);
  for (std::size_t i = 0; i < m.size(); ++i) m.data()[i] = random.normal(i);
  return m;
}

double length(const HostMatrix<double>& m) { return blas::nrm2(static_cast<int>(m.size()), m.data()); }

/// Adds the changes of these seeds.
void addChanges(EarlierSolutions& earlier, const Matrix& a, std::uint32_t from, std::uint32_t to) {
  for (std::uint32_t seed = from; seed < to; ++seed) {
    HostMatrix<double> change = normals(seed);
    HostMatrix<double> image = a.image(change);
    earlier.add(change, image);
  }
}

/// The residual of a system whose solution is a combination of the changes of these seeds, from the start 0.
double residualOf(EarlierSolutions& earlier, const Matrix& a, std::uint32_t from, std::uint32_t to) {
  HostMatrix<double> solution(n, columns);
  for (std::uint32_t seed = from; seed < to; ++seed) {
    const HostMatrix<double> change = normals(seed);
    for (int j = 0; j < columns; ++j) blas::axpy(n, 1.0 + j + seed, change.column(j), solution.column(j));
  }
  const HostMatrix<double> b = a.image(solution);
  HostMatrix<double> r = b.copy();
  HostMatrix<double> x(n, columns);
  earlier.improve(x, r);
  const HostMatrix<double> image = a.image(x);
  for (std::size_t i = 0; i < r.size(); ++i) CHECK_NEAR(r.data()[i], b.data()[i] - image.data()[i], 1e-9 * length(b));
  return length(r) / length(b);
}

}  // namespace

TEST(earlierSolutionsSolveCombinations) {
  const Matrix a{Random(1, 2)};
  const Cpu la;
  EarlierSolutions earlier(la, n, columns);
  CHECK_EQ(residualOf(earlier, a, 0, 3), 1.0);  // nothing is known yet
  addChanges(earlier, a, 0, 5);
  CHECK(residualOf(earlier, a, 0, 5) < 1e-12);
  CHECK(residualOf(earlier, a, 0, 6) > 1e-3);
  addChanges(earlier, a, 2, 4);  // depend on those before
  CHECK(residualOf(earlier, a, 0, 5) < 1e-12);
  const auto kept = static_cast<std::uint32_t>(EarlierSolutions::kept(columns));
  CHECK(kept >= 10);
  addChanges(earlier, a, 10, 10 + kept);  // replaces the oldest
  CHECK(residualOf(earlier, a, 0, 1) > 1e-3);
  CHECK(residualOf(earlier, a, 9 + kept, 10 + kept) < 0.9);
  earlier.forget();
  CHECK_EQ(residualOf(earlier, a, 0, 3), 1.0);
}

TEST(earlierSolutionsLeaveResidualsOrthogonalToTheirs) {
  const Matrix a{Random(2, 2)};
  const Cpu la;
  EarlierSolutions earlier(la, n, columns);
  addChanges(earlier, a, 0, 7);
  HostMatrix<double> x(n, columns);
  HostMatrix<double> r = normals(50);
  const double before = length(r);
  earlier.improve(x, r);
  for (std::uint32_t seed = 0; seed < 7; ++seed) {
    const HostMatrix<double> change = normals(seed);
    for (int j = 0; j < columns; ++j) {
      CHECK_NEAR(blas::dot(n, change.column(j), r.column(j)), 0, 1e-10 * before);
    }
  }
}

TEST(earlierSolutionsImproveOnceAndForAll) {
  const Matrix a{Random(3, 2)};
  const Cpu la;
  EarlierSolutions earlier(la, n, columns);
  addChanges(earlier, a, 0, 50);  // more than are kept
  HostMatrix<double> x(n, columns);
  HostMatrix<double> r = normals(60);
  earlier.improve(x, r);
  const HostMatrix<double> once = x.copy();
  CHECK(length(once) > 0.01);
  earlier.improve(x, r);
  for (std::size_t i = 0; i < x.size(); ++i) CHECK_NEAR(x.data()[i], once.data()[i], 1e-12 * length(once));
}
