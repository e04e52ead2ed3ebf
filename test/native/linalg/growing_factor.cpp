// A factor after rows came and went: solutions by their residual with the matrix of what is left.
#include "linalg/growing_factor.hpp"

#include <cmath>
#include <vector>

#include "check.hpp"
#include "core/index.hpp"
#include "core/random.hpp"

using namespace nonconvex;

namespace {

/// Entries of B^T B + 0.1 I with columns of normal numbers.
struct Entries {
  explicit Entries(int n) : rows(n + 2), b(at(rows) * at(n)) {
    const Random random(7, 1);
    for (std::size_t k = 0; k < b.size(); ++k) b[k] = random.normal(k);
  }
  double operator()(int i, int j) const {
    double sum = i == j ? 0.1 : 0;
    for (int k = 0; k < rows; ++k) sum += b[at(i) * at(rows) + at(k)] * b[at(j) * at(rows) + at(k)];
    return sum;
  }
  int rows;
  std::vector<double> b;
};

bool add(GrowingFactor& factor, const Entries& a, std::vector<int>& kept, const std::vector<int>& more) {
  const int count = static_cast<int>(more.size()), old = factor.size();
  const Mat<double> rows = factor.rowsToAdd(count);
  for (int i = 0; i < count; ++i) {
    for (int j = 0; j < old; ++j) rows(i, j) = a(more[at(i)], kept[at(j)]);
    for (int j = 0; j <= i; ++j) rows(i, old + j) = a(more[at(i)], more[at(j)]);
  }
  if (!factor.add(count, 1e-12)) return false;
  kept.insert(kept.end(), more.begin(), more.end());
  return true;
}

/// max_i |A x - b|_i / (|A| |x| + |b|)_i
double backwardError(const GrowingFactor& factor, const Entries& a, const std::vector<int>& kept) {
  std::vector<double> b(kept.size()), x;
  for (std::size_t i = 0; i < b.size(); ++i) b[i] = std::cos(static_cast<double>(i));
  x = b;
  factor.solve(x);
  double most = 0;
  for (std::size_t i = 0; i < b.size(); ++i) {
    double residual = -b[i], size = std::abs(b[i]);
    for (std::size_t j = 0; j < b.size(); ++j) {
      const double term = a(kept[i], kept[j]) * x[j];
      residual += term;
      size += std::abs(term);
    }
    most = std::max(most, std::abs(residual) / size);
  }
  return most;
}

std::vector<int> range(int from, int to) {
  std::vector<int> all;
  for (int k = from; k < to; ++k) all.push_back(k);
  return all;
}

void take(GrowingFactor& factor, std::vector<int>& kept, const std::vector<int>& rows) {
  factor.remove(rows);
  for (std::size_t k = rows.size(); k-- > 0;) kept.erase(kept.begin() + rows[k]);
}

}  // namespace

TEST(rowsComeAndGo) {
  const Cpu la;
  const Entries a(90);
  GrowingFactor factor(la);
  std::vector<int> kept;
  CHECK(add(factor, a, kept, range(0, 40)));
  CHECK(backwardError(factor, a, kept) < 1e-13);
  take(factor, kept, {0});
  CHECK(backwardError(factor, a, kept) < 1e-13);
  take(factor, kept, {3, 4, 20, 38});
  CHECK(factor.size() == 35 && backwardError(factor, a, kept) < 1e-13);
  CHECK(add(factor, a, kept, range(40, 41)));
  CHECK(add(factor, a, kept, range(41, 90)));
  CHECK(factor.size() == 85 && backwardError(factor, a, kept) < 1e-13);
  take(factor, kept, range(0, 85));
  CHECK(factor.size() == 0);
  CHECK(add(factor, a, kept, {5, 2}) && backwardError(factor, a, kept) < 1e-14);
}

TEST(rowsComeTogether) {
  const Cpu la;
  const Entries a(140);
  for (const int count : {1, 3, 4, 5, 8, 9, 17, 24, 25, 60}) {
    GrowingFactor factor(la);
    std::vector<int> kept;
    for (const int size : {53, count, count / 2 + 1}) {
      const int first = static_cast<int>(kept.size());
      CHECK(add(factor, a, kept, range(first, std::min(140, first + size))));
      CHECK(backwardError(factor, a, kept) < 1e-13);
    }
  }
}

TEST(dependentRowsAreRefused) {
  const Cpu la;
  const Entries a(20);
  GrowingFactor factor(la);
  std::vector<int> kept;
  CHECK(add(factor, a, kept, range(0, 10)));
  const Mat<double> rows = factor.rowsToAdd(1);
  for (int j = 0; j < 10; ++j) rows(0, j) = a(4, j);
  rows(0, 10) = a(4, 4);
  CHECK(!factor.add(1, 1e-12));
  CHECK(factor.size() == 10 && backwardError(factor, a, kept) < 1e-13);
}

TEST(manyChanges) {
  const Cpu la;
  const Entries a(60);
  const Random random(3, 9);
  GrowingFactor factor(la);
  std::vector<int> kept, spare = range(0, 60);
  for (std::uint64_t round = 0; round < (check::longRun() ? 2000 : 100); ++round) {
    const auto size = static_cast<std::uint64_t>(kept.size());
    std::vector<int> rows;
    for (std::uint64_t k = 0; k < size; ++k) {
      if (random.uniform(1000 * round + k) < 0.2) rows.push_back(static_cast<int>(k));
    }
    for (const int row : rows) spare.push_back(kept[at(row)]);
    take(factor, kept, rows);
    const std::size_t count = std::min<std::size_t>(spare.size(), 1 + round % 7);
    const std::vector<int> more(spare.begin(), spare.begin() + static_cast<std::ptrdiff_t>(count));
    spare.erase(spare.begin(), spare.begin() + static_cast<std::ptrdiff_t>(count));
    if (count > 0) CHECK(add(factor, a, kept, more));
  }
  CHECK(kept.size() > 10 && backwardError(factor, a, kept) < 1e-12);
}
