// Columns that are taken and left out of a triangle, against projections of the columns themselves.
#include "solvers/sparse/subsets/subset_triangle.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "check.hpp"
#include "core/numbers.hpp"
#include "core/random.hpp"

using namespace nonconvex;

namespace {

constexpr int rows = 6;
using Vector = std::vector<double>;

double dot(const Vector& a, const Vector& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

/// Vectors less their part along one of them.
void project(std::vector<Vector>& all, const Vector& along) {
  const double squares = dot(along, along);
  for (Vector& each : all) {
    const double share = dot(each, along) / squares;
    for (std::size_t i = 0; i < each.size(); ++i) each[i] -= share * along[i];
  }
}

}  // namespace

TEST(a_triangle_has_the_columns_that_are_left_beside_those_that_were_taken) {
  for (std::uint64_t seed = 0; seed < check::repetitions<std::uint64_t>(40); ++seed) {
    const Random random(seed, 3);
    SubsetTriangle triangle(rows - 1);
    std::vector<Vector> all(rows, Vector(rows));
    for (int j = 0; j < rows; ++j) {
      for (int i = 0; i <= j; ++i)
        all[at(j)][at(i)] = triangle(i, j) = random.normal(static_cast<std::uint64_t>(rows * i + j));
    }
    for (std::uint64_t step = 0; triangle.columns() > 0; ++step) {
      const int j = static_cast<int>(random.uniform(100 + step) * triangle.columns());
      CHECK_NEAR(triangle.length(j), std::sqrt(dot(all[at(j)], all[at(j)])), 1e-12);
      const double gain = square(dot(all[at(j)], all.back())) / dot(all[at(j)], all[at(j)]) / 2;
      CHECK_NEAR(triangle.gain(j), gain, 1e-12);
      const Vector gone = all[at(j)];
      all.erase(all.begin() + j);
      if (random.uniform(200 + step) < 0.5) {
        project(all, gone);
        triangle.take(j);
      } else {
        triangle.leaveOut(j);
      }
      CHECK_NEAR(triangle.loss(), dot(all.back(), all.back()) / 2, 1e-12);
      // What the coefficients leave of the response is orthogonal to all columns, and as long as the triangle says.
      Vector rest = all.back();
      const Vector b = triangle.solve();
      for (std::size_t k = 0; k < b.size(); ++k) {
        for (std::size_t i = 0; i < rest.size(); ++i) rest[i] -= b[k] * all[k][i];
      }
      for (std::size_t k = 0; k < b.size(); ++k) CHECK_NEAR(dot(rest, all[k]), 0, 1e-9 * (1 + dot(b, b)));
      CHECK_NEAR(triangle.lossBesideAll(), dot(rest, rest) / 2, 1e-9 * (1 + dot(b, b)));
    }
  }
}
