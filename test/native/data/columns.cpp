#include "data/columns.hpp"

#include <cmath>
#include <limits>

#include "check.hpp"
#include "core/random.hpp"

using namespace nonconvex;

namespace {

/// A random matrix, many of its entries zero, row-major, and the same by compressed columns and rows.
struct Sample {
  int rows, columns;
  std::vector<double> dense;
  std::vector<std::int32_t> offsets[2], indices[2];
  std::vector<double> values[2];

  Sample(int m, int n, std::uint64_t seed) : rows(m), columns(n), dense(static_cast<std::size_t>(m * n)) {
    const Random random(seed);
    for (std::size_t k = 0; k < dense.size(); ++k) dense[k] = random.uniform(k) < 0.4 ? random.normal(k) : 0;
    for (const int byRow : {0, 1}) {
      offsets[byRow].push_back(0);
      for (int o = 0; o < (byRow ? m : n); ++o) {
        for (int k = (byRow ? n : m) - 1; k >= 0; --k) {  // indices are not ascending
          const double value = byRow ? (*this)(o, k) : (*this)(k, o);
          if (value == 0) continue;
          indices[byRow].push_back(k);
          values[byRow].push_back(value);
        }
        offsets[byRow].push_back(static_cast<std::int32_t>(values[byRow].size()));
      }
    }
  }
  double operator()(int i, int j) const { return dense[static_cast<std::size_t>(i * columns + j)]; }
  MatrixInput input() const { return {dense.data(), nullptr, rows, columns}; }
  SparseView sparse(int byRow) const {
    return {byRow == 0 ? Lines::columns : Lines::rows, rows, columns, offsets[byRow], indices[byRow], values[byRow]};
  }
};

void compare(const Columns& A, const Sample& sample) {
  const Random random(5);
  std::vector<double> r(static_cast<std::size_t>(A.rows())), x(static_cast<std::size_t>(A.cols()));
  for (std::size_t i = 0; i < r.size(); ++i) r[i] = random.normal(i);
  for (std::size_t j = 0; j < x.size(); ++j) x[j] = j % 3 == 0 ? 0 : random.normal(1000 + j);
  std::vector<double> product(r.size()), expected(r.size()), transposed(x.size());
  A.multiply(x.data(), product.data());
  A.multiplyTransposed(r.data(), transposed.data());
  for (int j = 0; j < A.cols(); ++j) {
    double dot = 0, square = 0;
    Columns::Moments m;
    for (int i = 0; i < A.rows(); ++i) {
      const double a = sample(i, j);
      const double ri = r[static_cast<std::size_t>(i)];
      CHECK_EQ(A.at(i, j), a);
      dot += a * ri;
      square += a * a;
      m.a3r += a * a * a * ri;
      m.a2r2 += a * a * ri * ri;
      m.ar3 += a * ri * ri * ri;
      expected[static_cast<std::size_t>(i)] += a * x[static_cast<std::size_t>(j)];
    }
    CHECK_NEAR(A.dot(j, r.data()), dot, 1e-12 * (1 + std::abs(dot)));
    CHECK_NEAR(transposed[static_cast<std::size_t>(j)], dot, 1e-12 * (1 + std::abs(dot)));
    CHECK_NEAR(A.squaredNorm(j), square, 1e-12 * square);
    CHECK_NEAR(A.moments(j, r.data()).a3r, m.a3r, 1e-12 * A.rows());
    CHECK_NEAR(A.moments(j, r.data()).a2r2, m.a2r2, 1e-11 * A.rows());
    CHECK_NEAR(A.moments(j, r.data()).ar3, m.ar3, 1e-11 * A.rows());
    std::vector<double> moved = r;
    A.axpy(j, -0.7, moved.data());
    for (std::size_t i = 0; i < r.size(); ++i) {
      CHECK_NEAR(moved[i], r[i] - 0.7 * sample(static_cast<int>(i), j), 1e-14 * (1 + std::abs(r[i])));
    }
    if (A.sparse()) continue;
    const int next = (j + 1) % A.cols();
    std::vector<double> twice = r, thrice = r;
    const double nextDot = A.dot(next, moved.data());
    CHECK_NEAR(A.axpyDot(j, -0.7, twice.data(), next), nextDot, 1e-12 * (A.rows() + std::abs(nextDot)));
    const Columns::Moments fused = A.axpyMoments(j, -0.7, thrice.data(), next);
    const Columns::Moments apart = A.moments(next, moved.data());
    CHECK_NEAR(fused.a3r, apart.a3r, 1e-12 * A.rows());
    CHECK_NEAR(fused.a2r2, apart.a2r2, 1e-11 * A.rows());
    CHECK_NEAR(fused.ar3, apart.ar3, 1e-11 * A.rows());
    for (std::size_t i = 0; i < r.size(); ++i) {
      CHECK_NEAR(twice[i], moved[i], 1e-14 * (1 + std::abs(r[i])));
      CHECK_NEAR(thrice[i], moved[i], 1e-14 * (1 + std::abs(r[i])));
    }
  }
  for (std::size_t i = 0; i < r.size(); ++i) CHECK_NEAR(product[i], expected[i], 1e-12 * A.cols());
}

}  // namespace

TEST(denseAndCompressedColumnsAgreeWithTheMatrix) {
  for (const auto& [m, n] : {std::pair{1, 1}, {3, 5}, {23, 4}, {24, 7}, {70, 33}, {129, 2}}) {
    const Sample sample(m, n, static_cast<std::uint64_t>(m));
    compare(Columns(sample.input(), "A"), sample);
    compare(Columns(sample.sparse(0), "A"), sample);
    compare(Columns(sample.sparse(1), "A"), sample);
  }
}

TEST(singlePrecisionIsRead) {
  const float values[] = {1.5F, -2, 0, 4};
  const Columns A(MatrixInput{nullptr, values, 2, 2}, "A");
  CHECK_EQ(A.at(0, 1), -2.0);
  CHECK_EQ(A.at(1, 1), 4.0);
}

TEST(entriesThatOccurTwiceAreAdded) {
  const std::vector<std::int32_t> offsets = {0, 3, 3}, indices = {1, 0, 1};
  const std::vector<double> values = {1, 5, 2};
  const Columns A(SparseView{Lines::columns, 2, 2, offsets, indices, values}, "A");
  CHECK_EQ(A.entries(), 2U);
  CHECK_EQ(A.at(1, 0), 3.0);
  CHECK_EQ(A.at(0, 0), 5.0);
  CHECK_EQ(A.squaredNorm(1), 0.0);
}

TEST(shiftsAreTakenFromAllEntriesOfAColumn) {
  const int n = 37;
  std::vector<double> values;
  std::vector<std::int32_t> offsets = {0}, indices;
  std::vector<double> entries;
  for (int i = 0; i < n; ++i) {
    const bool second = i % 3 != 0;
    for (const double value : {i == 5 ? 0 : 1e9 + i, second ? 2.5 : 0}) {
      values.push_back(value);
      if (value == 0) continue;
      indices.push_back(static_cast<std::int32_t>(values.size() - 1) % 2);
      entries.push_back(value);
    }
    offsets.push_back(static_cast<std::int32_t>(entries.size()));
  }
  const Columns dense(MatrixInput{values.data(), nullptr, n, 2}, "A");
  const Columns sparse(SparseView{Lines::rows, n, 2, offsets, indices, entries}, "A");
  const std::vector<double> shifts = {1e9, 0};
  std::vector<double> r(n);
  for (int i = 0; i < n; ++i) r[static_cast<std::size_t>(i)] = 1 + i % 4;
  for (const Columns* A : {&dense, &sparse}) {
    const Columns less = A->less(shifts);
    CHECK(less.sparse() == A->sparse());
    double product = 0;
    for (int i = 0; i < n; ++i) {
      const double first = i == 5 ? -1e9 : i;
      CHECK_EQ(less.at(i, 0), first);
      CHECK_EQ(less.at(i, 1), A->at(i, 1));
      product += first * r[static_cast<std::size_t>(i)];
    }
    CHECK_EQ(less.dot(0, r.data()), product);
    CHECK_EQ(less.dot(1, r.data()), A->dot(1, r.data()));
  }
  CHECK_EQ(sparse.less(shifts).entries(), static_cast<std::size_t>(n + sparse.entriesOf(1)));
}

TEST(anEntryThatIsNotFiniteIsFoundWhereverItIs) {
  const int m = 19;
  const int n = 75;
  std::vector<float> values(static_cast<std::size_t>(m * n), 1.0F);
  for (std::size_t at = 0; at < values.size(); ++at) {
    values[at] = at % 2 == 0 ? std::numeric_limits<float>::infinity() : std::nanf("");
    const std::string where = "A[" + std::to_string(at / n) + ", " + std::to_string(at % n) + "] = ";
    CHECK(check::contains(check::messageOf([&] { Columns(MatrixInput{nullptr, values.data(), m, n}, "A"); }), where));
    values[at] = 1;
  }
}

TEST(entriesThatAreNotFiniteAreNamed) {
  const double values[] = {1, 2, std::numeric_limits<double>::infinity(), 4};
  CHECK(check::contains(check::messageOf([&] {
                          Columns(MatrixInput{values, nullptr, 2, 2}, "A");
                        }),
                        "A[1, 0] = Infinity"));
  const std::vector<std::int32_t> offsets = {0, 1}, indices = {2};
  const std::vector<double> nan = {std::nan("")};
  CHECK(check::contains(check::messageOf([&] {
                          Columns(SparseView{Lines::columns, 3, 1, offsets, indices, nan}, "A");
                        }),
                        "A[2, 0] = "));
}
