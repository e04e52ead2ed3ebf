// Sketches: lengths on a subspace are kept, the entries are what was drawn, and no more is computed than is promised.
// Compiled with sanitizers itself: what it tests stands in headers.
#include "sketching/sketch.hpp"

#include <algorithm>
#include <numeric>

#include "check.hpp"
#include "core/index.hpp"
#include "linalg/symmetric.hpp"
#include "methods/krylov/gcr.hpp"
#include "sketching/permutations.hpp"
#include "sketching/sketched_gram.hpp"

using namespace nonconvex;

namespace {

/// A number that counts what is done with it.
struct Counted {
  double value = 0;
  static inline long sums = 0;
  static inline long products = 0;

  Counted() = default;
  explicit Counted(double x) : value(x) {}
  Counted operator-() const { return Counted(-value); }
  friend Counted operator+(Counted a, Counted b) { return ++sums, Counted(a.value + b.value); }
  friend Counted operator-(Counted a, Counted b) { return ++sums, Counted(a.value - b.value); }
  friend Counted operator*(double a, Counted b) { return ++products, Counted(a * b.value); }
  Counted& operator+=(Counted b) { return *this = *this + b; }
};

template <class Sketch, class T>
std::vector<T> applied(const Sketch& S, const std::vector<T>& x) {
  std::vector<T> y(at(S.rows()));
  if constexpr (std::is_same_v<Sketch, SrhtSketch>) {
    std::vector<T> work(S.padded());
    S.template apply<T>(x, y, work);
  } else {
    S.template apply<T>(x, y);
  }
  return y;
}

/// Orthonormal columns, half of them single coordinates if `coherent`: the hardest subspace for samples.
std::vector<std::vector<double>> basis(int size, int dimension, bool coherent) {
  std::vector<std::vector<double>> columns;
  for (int k = 0; k < dimension; ++k) {
    std::vector<double> v = symmetric::randomVector(size, k + 1);
    if (coherent && k % 2 == 0) {
      std::fill(v.begin(), v.end(), 0.0);
      v[at(k * 7 % size)] = 1;
    }
    for (const auto& other : columns) {
      const double part = std::inner_product(v.begin(), v.end(), other.begin(), 0.0);
      for (std::size_t i = 0; i < v.size(); ++i) v[i] -= part * other[i];
    }
    const double length = std::sqrt(std::inner_product(v.begin(), v.end(), v.begin(), 0.0));
    for (double& value : v) value /= length;
    columns.push_back(v);
  }
  return columns;
}

/// Least and largest ||S x||^2 / ||x||^2 on the subspace.
template <class Sketch>
std::pair<double, double> distortion(const Sketch& S, const std::vector<std::vector<double>>& columns) {
  const int k = static_cast<int>(columns.size());
  symmetric::Symmetric gram(k);
  std::vector<std::vector<double>> images;
  for (const auto& column : columns) images.push_back(applied(S, column));
  for (int i = 0; i < k; ++i) {
    for (int j = 0; j <= i; ++j) {
      gram(i, j) = std::inner_product(images[at(i)].begin(), images[at(i)].end(), images[at(j)].begin(), 0.0);
    }
  }
  const auto values = symmetric::eigenvalues(gram);
  return {*std::min_element(values.begin(), values.end()), *std::max_element(values.begin(), values.end())};
}

template <class Make>
void testEmbedding(Make&& make, bool coherent = true) {
  constexpr int size = 500;
  constexpr int dimension = 12;
  const auto columns = basis(size, dimension, coherent);
  for (const int factor : {8, 24}) {
    for (std::uint64_t seed = 0; seed < (check::longRun() ? 5 : 2); ++seed) {
      const auto [least, largest] = distortion(make(factor * dimension, size, Random(seed, 3)), columns);
      const double epsilon = 1.6 / std::sqrt(factor);  // error of singular values: about sqrt(dimension / rows)
      CHECK(least >= (1 - epsilon) * (1 - epsilon));
      CHECK(largest <= (1 + epsilon) * (1 + epsilon));
    }
  }
}

GaussianSketch gaussian(int rows, int columns, Random random) { return {rows, columns, random}; }
SrhtSketch srht(int rows, int columns, Random random) { return {rows, columns, random}; }
SparseSignSketch sparse(int rows, int columns, Random random) { return {rows, columns, 8, random}; }
SparseSignSketch count(int rows, int columns, Random random) { return {rows, columns, 1, random}; }

}  // namespace

TEST(embeddings) {
  testEmbedding(gaussian);
  testEmbedding(srht);
  testEmbedding(sparse);
  testEmbedding(count, false);  // two coordinates in the same row are lost to it
}

TEST(cost) {
  constexpr int size = 300;  // 512 with zeros
  constexpr int rows = 40;
  const std::vector<Counted> x(size, Counted(1));
  const auto costs = [&](const auto& S) {
    Counted::sums = Counted::products = 0;
    applied(S, x);
    return std::pair(Counted::sums, Counted::products);
  };
  CHECK(costs(gaussian(rows, size, Random(1))) == std::pair(12000L, 12000L));
  CHECK(costs(sparse(rows, size, Random(1))) == std::pair(2400L, 2400L));
  CHECK(costs(count(rows, size, Random(1))) == std::pair(300L, 300L));
  CHECK(costs(srht(rows, size, Random(1))) == std::pair(512L * 9, 40L));
}

TEST(sparse_columns) {
  const SparseSignSketch S(30, 1000, 8, Random(5));
  std::vector<int> used(30);
  int positive = 0;
  for (int j = 0; j < S.columns(); ++j) {
    std::vector<int> rows;
    S.forColumn(j, [&](int i, double value) {
      rows.push_back(i);
      ++used[at(i)];
      positive += value > 0;
      CHECK_NEAR(std::abs(value), 1 / std::sqrt(8.0), 1e-15);
    });
    CHECK_EQ(rows.size(), 8u);
    CHECK(std::adjacent_find(rows.begin(), rows.end(), std::greater_equal()) == rows.end());
  }
  CHECK(std::abs(positive - 4000) < 4 * 45);
  for (const int n : used) CHECK(n > 180 && n < 420);  // 1000 in each group of 3 or 4 rows
}

TEST(srht_transposed) {
  const SrhtSketch S(20, 50, Random(2));
  const auto x = symmetric::randomVector(50, 1);
  const auto y = symmetric::randomVector(20, 2);
  std::vector<double> back(50), work(S.padded());
  S.applyTransposed<double>(y, back, work);
  const auto Sx = applied(S, x);
  CHECK_NEAR(std::inner_product(x.begin(), x.end(), back.begin(), 0.0),
             std::inner_product(y.begin(), y.end(), Sx.begin(), 0.0), 1e-12);
}

TEST(weighted_sampler) {
  const std::vector<double> weights = {1, 0, 5, 0.5, 3.5};
  WeightedSampler sampler(5);
  sampler.setWeights(weights);
  const Random random(9);
  std::vector<int> drawn(5);
  constexpr int draws = 100000;
  for (std::uint64_t k = 0; k < draws; ++k) ++drawn[at(sampler.draw(random, k))];
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const double p = weights[i] / 10;
    CHECK_NEAR(drawn[i], draws * p, 5 * std::sqrt(draws * p * (1 - p)));
  }
}

TEST(permutations) {
  auto order = randomPermutation(100, Random(1));
  CHECK(!std::is_sorted(order.begin(), order.end()));
  CHECK(order == randomPermutation(100, Random(1)));
  CHECK(order != randomPermutation(100, Random(2)));
  std::sort(order.begin(), order.end());
  for (int k = 0; k < 100; ++k) CHECK_EQ(order[at(k)], k);
}

TEST(samplesHaveEachNumberAtMostOnceAndEachAsOften) {
  std::vector<int> drawn(6);
  constexpr int samples = 30000;
  for (std::uint64_t k = 0; k < samples; ++k) {
    std::vector<int> numbers{0, 1, 2, 3, 4, 5};
    sample(numbers, 2, Random(3), 2 * k);
    CHECK_EQ(numbers.size(), 2U);
    CHECK(numbers[0] != numbers[1]);
    for (const int each : numbers) ++drawn[at(each)];
  }
  for (const int count : drawn) CHECK_NEAR(count, samples / 3.0, 5 * std::sqrt(samples / 3.0 * 2 / 3));
}

TEST(conjugate_residuals_end_after_as_many_rounds_as_unknowns) {
  constexpr int size = 30;
  const auto K = symmetric::saddlePoint(20, 10, 3);
  const auto solution = symmetric::randomVector(size, 4);
  const auto product = [&](const std::vector<double>& y) {
    std::vector<double> out(size);
    for (int i = 0; i < size; ++i) {
      for (int j = 0; j < size; ++j) out[at(i)] += K(i, j) * y[at(j)];
    }
    return out;
  };
  const auto b = product(solution);
  std::vector<double> y(size), r = b;
  ConjugateResiduals combination(size, size);
  const auto norm = [&] { return std::sqrt(std::inner_product(r.begin(), r.end(), r.begin(), 0.0)); };
  double before = norm();
  for (int round = 0; round < size; ++round) {
    combination.note(y, r);
    const auto direction = symmetric::randomVector(size, 100 + round);
    for (std::size_t i = 0; i < y.size(); ++i) y[i] += direction[i];
    const auto Ky = product(y);
    for (std::size_t i = 0; i < r.size(); ++i) r[i] = b[i] - Ky[i];
    CHECK(combination.improve(y, r));
    CHECK(norm() <= before * (1 + 1e-12));
    before = norm();
  }
  for (std::size_t i = 0; i < y.size(); ++i) CHECK_NEAR(y[i], solution[i], 1e-8);
}

/// Rounding may leave a Gram matrix of dependent lines with a negative eigenvalue: a failed attempt is not built upon.
TEST(gram_matrices_of_dependent_lines) {
  constexpr int n = 40;
  const Cpu la;
  HostMatrix<double> L(n, n);
  const auto entry = [](int i, int j) { return (i == j ? 1.0 : 1.0 + 1e-9) * (1 + i) * (1 + j); };
  int attempts = 0;
  factorGram(la, L, [&] {
    ++attempts;
    for (int j = 0; j < n; ++j) {
      for (int i = j; i < n; ++i) L(i, j) = entry(i, j);
    }
  });
  CHECK(attempts > 1);
  for (int i = 0; i < n; ++i) {
    for (int j = 0; j <= i; ++j) {
      double product = 0;
      for (int k = 0; k <= j; ++k) product += L(i, k) * L(j, k);
      CHECK_NEAR(product, entry(i, j), 1e-3);
    }
  }
}

TEST(gram_matrices_that_are_not_finite_end) {
  const Cpu la;
  for (const double value : {double{INFINITY}, double{NAN}, 0.0}) {
    HostMatrix<double> L(2, 2);
    int attempts = 0;
    factorGram(la, L, [&] {
      ++attempts;
      L(0, 0) = L(1, 0) = L(1, 1) = value;
    });
    CHECK(attempts <= 8);
  }
}
