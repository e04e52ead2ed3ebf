// Loops of vectors against plain ones, at lengths around those of their blocks.
#include "linalg/vector_kernels.hpp"

#include <algorithm>
#include <limits>

#include "check.hpp"
#include "core/random.hpp"

using namespace nonconvex;

namespace {

std::size_t at(int i) { return static_cast<std::size_t>(i); }

std::vector<double> numbers(int size, std::uint32_t stream) {
  const Random random(11, stream);
  std::vector<double> drawn(at(size));
  for (int i = 0; i < size; ++i) drawn[at(i)] = random.normal(static_cast<std::uint64_t>(i));
  return drawn;
}

/// The largest difference of the first `size` numbers.
double apart(const std::vector<double>& x, const std::vector<double>& y, int size) {
  double most = 0;
  for (int i = 0; i < size; ++i) most = std::max(most, std::abs(x[at(i)] - y[at(i)]));
  return most;
}

constexpr double rounding = 1e-13;

}  // namespace

TEST(productsOfFewColumnsAreThoseOfPlainLoops) {
  for (const int rows : {0, 1, 3, 4, 5, 16, 17, 23, 70}) {
    for (const int columns : {0, 1, 3, 4, 5, 9}) {
      const int stride = rows + 2, xStride = 3;
      const std::vector<double> a = numbers(stride * (columns + 1), 1), x = numbers(xStride * (columns + 1), 2),
                                from = numbers(rows + 1, 3);
      std::vector<double> expected = from, right(x.size()), transposed = numbers(columns + 1, 4);
      std::vector<double> expectedTransposed = transposed;
      for (int j = 0; j < columns; ++j) {
        for (int i = 0; i < rows; ++i) {
          expected[at(i)] -= a[at(j * stride + i)] * x[at(j * xStride)];
          expectedTransposed[at(j)] -= a[at(j * stride + i)] * from[at(i)];
        }
      }
      std::vector<double> inPlace = from, to(from.size(), 7.0);
      loops::subtractProduct(rows, columns, a.data(), stride, x.data(), xStride, inPlace.data());
      const double most = loops::difference(rows, columns, a.data(), stride, x.data(), xStride, from.data(), to.data());
      loops::subtractTransposedProduct(rows, columns, a.data(), stride, from.data(), transposed.data());
      CHECK(apart(inPlace, expected, rows) < rounding);
      CHECK(apart(to, expected, rows) < rounding);
      CHECK(apart(transposed, expectedTransposed, columns) < rounding);
      CHECK_EQ(to.back(), 7.0);
      CHECK_EQ(most, loops::largest(rows, to.data()));
    }
  }
}

TEST(theLargestEntryIsFoundWhereverItIs) {
  for (const int size : {1, 4, 15, 16, 17, 40}) {
    for (int k = 0; k < size; ++k) {
      std::vector<double> x = numbers(size, 5);
      x[at(k)] = -100;
      CHECK_EQ(loops::largest(size, x.data()), 100.0);
      x[at(k)] = std::numeric_limits<double>::quiet_NaN();  // counts as 0
      CHECK(loops::largest(size, x.data()) < 100);
      std::vector<double> y(x.size() + 1, 7.0);
      loops::scaled(size, 2, x.data(), y.data());
      for (int i = 0; i < size; ++i) CHECK(i == k ? std::isnan(y[at(i)]) : y[at(i)] == 2 * x[at(i)]);
      CHECK_EQ(y.back(), 7.0);
    }
  }
}
