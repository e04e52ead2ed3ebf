// Linear programs for tests of the simplex method, and what an answer has to satisfy.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include "check.hpp"
#include "core/random.hpp"
#include "methods/dual_simplex/dual_simplex.hpp"

struct TestRow {
  std::vector<int> index;
  std::vector<double> value;
  double lower, upper;
};

/// min c.z over the rows and bounds.
struct TestLp {
  std::vector<double> c, lower, upper;
  std::vector<TestRow> rows;

  int columns() const { return static_cast<int>(c.size()); }
  double times(const TestRow& row, std::span<const double> z) const {
    double sum = 0;
    for (std::size_t k = 0; k < row.index.size(); ++k) sum += row.value[k] * z[static_cast<std::size_t>(row.index[k])];
    return sum;
  }
  void putInto(nonconvex::DualSimplex& simplex) const {
    for (const TestRow& row : rows) simplex.addRow(row.index, row.value, row.lower, row.upper);
    simplex.setCost(c);
    simplex.setBounds(lower, upper);
  }
  nonconvex::DualSimplex simplex() const {
    nonconvex::DualSimplex made(columns());
    putInto(made);
    return made;
  }
};

/// Draws numbers one after the other.
class Draws {
 public:
  explicit Draws(std::uint64_t seed) : random_(seed) {}
  double uniform() { return random_.uniform(next_++); }
  double normal() { return random_.normal(2 * next_++); }
  int below(int n) { return static_cast<int>(random_.below(next_++, static_cast<std::uint32_t>(n))); }
  bool chance(double share) { return uniform() < share; }

 private:
  nonconvex::Random random_;
  std::uint64_t next_ = 0;
};

/// What a random program is like.
struct TestKind {
  int columns, rows;
  double equations = 0.1, free = 0, halfFree = 0;  ///< shares of rows and columns
  bool integers = false;                           ///< small integers: degenerate
  bool feasible = true;                            ///< has a point for sure
  double decades = 0;                              ///< entries of a row and column are spread over so many
};

inline TestLp randomLp(const TestKind& kind, std::uint64_t seed) {
  Draws draws(seed);
  TestLp lp;
  std::vector<double> point;
  for (int j = 0; j < kind.columns; ++j) {
    const double middle = kind.integers ? draws.below(7) - 3 : draws.normal();
    const bool free = draws.chance(kind.free), below = draws.chance(kind.halfFree), above = draws.chance(kind.halfFree);
    const double width = kind.integers ? draws.below(3) : 2 * draws.uniform();
    lp.lower.push_back(free || below ? -nonconvex::infinity : middle - width);
    lp.upper.push_back(free || (above && !below) ? nonconvex::infinity : middle + width);
    point.push_back(middle);
    lp.c.push_back(draws.chance(0.5) ? 0 : kind.integers ? draws.below(5) - 2 : draws.normal());
  }
  for (int i = 0; i < kind.rows; ++i) {
    TestRow row;
    const double scale = std::pow(10.0, kind.decades * (draws.uniform() - 0.5));
    for (int k = 1 + draws.below(3); k >= 0; --k) {
      const int j = draws.below(kind.columns);
      if (std::find(row.index.begin(), row.index.end(), j) != row.index.end()) continue;
      row.index.push_back(j);
      const double entry = kind.integers ? 1 + draws.below(2) : draws.normal();
      row.value.push_back((draws.chance(0.5) ? entry : -entry) * scale *
                          std::pow(10.0, kind.decades * (draws.uniform() - 0.5)));
    }
    const double at = kind.feasible ? lp.times(row, point) : draws.normal() * scale;
    const double size = std::max(std::abs(at), scale);
    const auto gap = [&] { return (kind.integers ? draws.below(3) : draws.uniform()) * size * 0.3; };
    if (draws.chance(kind.equations)) {
      row.lower = row.upper = at;
    } else {
      row.lower = draws.chance(0.6) ? at - gap() : -nonconvex::infinity;
      row.upper = draws.chance(0.6) || std::isinf(row.lower) ? at + gap() : nonconvex::infinity;
    }
    lp.rows.push_back(row);
  }
  return lp;
}

/// Checks that an answer is optimal: within bounds, with reduced costs that are those of the multipliers, whose signs
/// belong to the sides at which point and rows are.
inline void checkOptimal(const TestLp& lp, const nonconvex::DualSimplex& simplex, double tolerance = 1e-7) {
  using nonconvex::infinity;
  const auto x = simplex.x();
  const auto y = simplex.multipliers();
  std::vector<double> r = lp.c, size(r.size(), 1.0);
  for (std::size_t j = 0; j < r.size(); ++j) size[j] += std::abs(lp.c[j]);
  const auto complementary = [&](double multiplier, double value, double low, double high, double multiplierSize,
                                 double valueSize) {
    CHECK(value >= low - tolerance * valueSize && value <= high + tolerance * valueSize);
    if (multiplier > tolerance * multiplierSize) CHECK(std::abs(value - low) <= tolerance * valueSize);
    if (multiplier < -tolerance * multiplierSize) CHECK(std::abs(value - high) <= tolerance * valueSize);
  };
  for (std::size_t i = 0; i < lp.rows.size(); ++i) {
    const TestRow& row = lp.rows[i];
    double most = 0, valueSize = 1;
    for (std::size_t k = 0; k < row.index.size(); ++k) {
      const auto j = static_cast<std::size_t>(row.index[k]);
      r[j] -= y[i] * row.value[k];
      size[j] += std::abs(y[i] * row.value[k]);
      most = std::max(most, std::abs(row.value[k]));
      valueSize = std::max(valueSize, std::abs(x[j]));
    }
    complementary(y[i] * most, lp.times(row, x), row.lower, row.upper, 1, most * valueSize);
  }
  double objective = 0;
  for (std::size_t j = 0; j < r.size(); ++j) {
    complementary(r[j], x[j], lp.lower[j], lp.upper[j], size[j], 1 + std::abs(x[j]));
    CHECK_NEAR(r[j], simplex.reducedCosts()[j], tolerance * size[j]);
    objective += lp.c[j] * x[j];
  }
  CHECK_NEAR(objective, simplex.objective(), 1e-12 * (1 + std::abs(objective)));
}

/// Checks what the status says: optimality conditions, a ray that proves that there is no point, a direction.
inline void checkAnswer(const TestLp& lp, const nonconvex::DualSimplex& simplex, nonconvex::LpStatus status,
                        double tolerance = 1e-7) {
  using namespace nonconvex;
  const double big = 1e-7;
  switch (status) {
    case LpStatus::optimal: {
      checkOptimal(lp, simplex, tolerance);
      const double bound = safeBound(simplex.linearRows(), simplex.multipliers(), lp.c, lp.lower, lp.upper);
      CHECK(bound <= simplex.objective() + tolerance * (1 + std::abs(simplex.objective())));
      return;
    }
    case LpStatus::infeasible: {
      // Multiplied by y, a free column has a coefficient that is 0 but for rounding errors.
      std::vector<double> lower = lp.lower, upper = lp.upper;
      for (double& bound : lower) bound = std::max(bound, -1e4);
      for (double& bound : upper) bound = std::min(bound, 1e4);
      CHECK(provesInfeasible(simplex.linearRows(), simplex.ray(), lower, upper));
      return;
    }
    case LpStatus::unbounded: {
      const auto d = simplex.direction();
      double slope = 0;
      for (std::size_t j = 0; j < d.size(); ++j) {
        slope += lp.c[j] * d[j];
        CHECK(!(d[j] < -big && lp.lower[j] > -infinity) && !(d[j] > big && lp.upper[j] < infinity));
      }
      CHECK(slope < 0);
      for (const TestRow& row : lp.rows) {
        const double change = lp.times(row, d);
        CHECK(!(change < -big && row.lower > -infinity) && !(change > big && row.upper < infinity));
      }
      return;
    }
    default:
      CHECK(status == LpStatus::optimal);
  }
}
