// Activation patterns: all that exist, against a sweep of angles (two columns) or very many directions (three).
#include "solvers/relu/activation_patterns.hpp"

#include <algorithm>
#include <numbers>
#include <set>

#include "check.hpp"
#include "core/random.hpp"

using namespace nonconvex;

namespace {

using Rows = std::vector<std::vector<double>>;
using Pattern = std::vector<bool>;

HostMatrix<double> transposed(const Rows& rows) {
  HostMatrix<double> xt(static_cast<int>(rows[0].size()), static_cast<int>(rows.size()));
  for (int k = 0; k < xt.cols(); ++k) {
    for (int j = 0; j < xt.rows(); ++j) xt(j, k) = rows[static_cast<std::size_t>(k)][static_cast<std::size_t>(j)];
  }
  return xt;
}

Pattern patternOf(const Rows& rows, const std::vector<double>& g) {
  Pattern pattern;
  for (const auto& row : rows) {
    double s = 0;
    for (std::size_t j = 0; j < g.size(); ++j) s += row[j] * g[j];
    pattern.push_back(s >= 0);
  }
  return pattern;
}

void addUnlessZero(std::set<Pattern>& found, Pattern pattern) {
  if (std::any_of(pattern.begin(), pattern.end(), [](bool b) { return b; })) found.insert(std::move(pattern));
}

/// Patterns change only where a row vanishes: the middle of every arc between such angles sees all of them.
std::set<Pattern> bySweep(const Rows& rows) {
  constexpr double pi = std::numbers::pi;
  std::vector<double> angles = {0, 2 * pi};
  for (const auto& row : rows) {
    if (row[0] == 0 && row[1] == 0) continue;
    for (const double turn : {pi / 2, 3 * pi / 2}) {
      angles.push_back(std::fmod(std::atan2(row[1], row[0]) + turn + 4 * pi, 2 * pi));
    }
  }
  std::sort(angles.begin(), angles.end());
  std::set<Pattern> found;
  for (std::size_t i = 0; i + 1 < angles.size(); ++i) {
    if (angles[i + 1] - angles[i] < 1e-12) continue;
    const double middle = (angles[i] + angles[i + 1]) / 2;
    addUnlessZero(found, patternOf(rows, {std::cos(middle), std::sin(middle)}));
  }
  return found;
}

std::set<Pattern> bySampling(const Rows& rows, int directions) {
  const Random random(99);
  const std::size_t d = rows[0].size();
  std::set<Pattern> found;
  for (int i = 0; i < directions; ++i) {
    std::vector<double> g(d);
    for (std::size_t j = 0; j < d; ++j) g[j] = random.normal(static_cast<std::uint64_t>(i) * d + j);
    addUnlessZero(found, patternOf(rows, g));
  }
  return found;
}

std::set<Pattern> asSet(const Patterns& patterns) {
  std::set<Pattern> all;
  for (int i = 0; i < patterns.patterns.cols(); ++i) {
    Pattern pattern;
    for (int k = 0; k < patterns.patterns.rows(); ++k) {
      CHECK(patterns.patterns(k, i) == 0 || patterns.patterns(k, i) == 1);
      pattern.push_back(patterns.patterns(k, i) != 0);
    }
    CHECK(all.insert(std::move(pattern)).second);  // distinct
  }
  return all;
}

Patterns allPatterns(const Rows& rows) {
  const HostMatrix<double> xt = transposed(rows);
  return patternsOf(Cpu(), xt, allDirections(xt, 100000));
}

/// All patterns, and each gate is a direction inside its own cell.
std::set<Pattern> enumerated(const Rows& rows) {
  const Patterns patterns = allPatterns(rows);
  const std::set<Pattern> all = asSet(patterns);
  CHECK_EQ(patterns.gates.cols(), patterns.patterns.cols());
  for (int i = 0; i < patterns.gates.cols(); ++i) {
    std::vector<double> g(patterns.gates.column(i), patterns.gates.column(i) + patterns.gates.rows());
    const Pattern pattern = patternOf(rows, g);
    for (std::size_t k = 0; k < rows.size(); ++k) {
      double s = 0, size = 0;
      for (std::size_t j = 0; j < g.size(); ++j) {
        s += rows[k][j] * g[j];
        size = std::max(size, std::abs(rows[k][j]));
      }
      CHECK(pattern[k] == (patterns.patterns(static_cast<int>(k), i) != 0));
      CHECK(size == 0 || s != 0);
    }
  }
  return all;
}

Rows randomRows(int n, int d, std::uint32_t stream) {
  const Random random(2, stream);
  Rows rows(static_cast<std::size_t>(n), std::vector<double>(static_cast<std::size_t>(d)));
  std::uint64_t draw = 0;
  for (auto& row : rows) {
    for (double& value : row) value = random.normal(draw++);
  }
  return rows;
}

double binomial(int n, int k) { return k == 0 ? 1 : binomial(n - 1, k - 1) * n / k; }

/// Cover's count less the pattern that is zero everywhere (there is one iff some direction is negative on all rows).
int coverCount(int n, int d) {
  double count = 0;
  for (int k = 0; k < std::min(d, n); ++k) count += binomial(n - 1, k);
  return static_cast<int>(std::lround(2 * count));
}

}  // namespace

TEST(twoColumnsAgainstASweep) {
  for (int n = 1; n <= 12; ++n) {
    for (std::uint32_t seed = 0; seed < check::repetitions(5u); ++seed) {
      const Rows rows = randomRows(n, 2, seed);
      CHECK(enumerated(rows) == bySweep(rows));
    }
  }
}

TEST(degenerateRowsOfTwoColumns) {
  const Rows cases[] = {
      {{1, 0}, {1, 0}, {0, 1}},              // equal
      {{1, 0}, {-1, 0}, {0, 1}},             // opposite
      {{1, 2}, {2, 4}, {-0.5, -1}, {3, 1}},  // all on one line
      {{0, 0}, {1, 1}, {1, -1}},             // a zero row is active always
      {{1, 1}, {2, 2}, {-3, -3}},            // rank one
      {{1, 0}, {0, 1}, {1, 1}, {1, -1}, {2, 1}, {-1, 0}, {0, 0}, {1, 1}},
      {{1, 0}, {1, 1e-7}},                          // nearly equal
      {{1e200, 1e199}, {1e-200, -1e-200}, {1, 3}},  // any scale
      {{1, 0}},
      {{-1, 0}},
  };
  for (const Rows& rows : cases) CHECK(enumerated(rows) == bySweep(rows));
}

TEST(onlyZeroRows) {
  // No direction changes anything: the one pattern has all rows active, with D X = 0.
  const Patterns patterns = allPatterns({{0, 0}, {0, 0}});
  CHECK(patterns.patterns.cols() <= 1);
}

TEST(threeColumnsAgainstManyDirections) {
  for (const int n : {1, 2, 3, 5, 8, 12}) {
    const Rows rows = randomRows(n, 3, static_cast<std::uint32_t>(n));
    const std::set<Pattern> all = enumerated(rows);
    const std::set<Pattern> seen =
        bySampling(rows, check::repetitions(check::longRun() || check::sanitized ? 200000 : 80000));
    CHECK(std::includes(all.begin(), all.end(), seen.begin(), seen.end()));
    const bool zeroPossible = static_cast<int>(all.size()) == coverCount(n, 3) - 1;
    CHECK(zeroPossible || static_cast<int>(all.size()) == coverCount(n, 3));
    if (n <= (check::sanitized ? 5 : 8)) CHECK_EQ(all.size(), seen.size());
  }
}

TEST(degenerateRowsOfThreeColumns) {
  const Rows cases[] = {
      {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}, {1, 1, 0}, {1, 0, 1}, {0, 1, 1}, {1, 1, 1}},  // many rows through one line
      {{1, 0, 1}, {0, 1, 1}, {1, 1, 1}, {0, 0, 1}, {0, 0, 1}},                        // a grid with a constant column
      {{1, 2, 3}, {2, 1, 0}, {3, 3, 3}, {1, -1, -3}},                                 // rank two
      {{1, 0, 0}, {-1, 0, 0}, {0, 1, 0}, {0, -1, 0}, {0, 0, 0}},
      {{1, 1, 1}, {-2, -2, -2}},
  };
  for (const Rows& rows : cases) {
    // Sampled directions hit a cell of the lower rank as well.
    CHECK(enumerated(rows) == bySampling(rows, check::repetitions(200000)));
  }
}

TEST(generalPositionMeetsCoversCount) {
  for (const int d : {2, 3, 4, 5}) {
    for (const int n : {2, 4, 6, 9}) {
      const Rows rows = randomRows(n, d, static_cast<std::uint32_t>(10 * d + n));
      const std::set<Pattern> all = enumerated(rows);
      const bool zero = bySampling(rows, check::repetitions(20000)).size() < all.size() ||
                        static_cast<int>(all.size()) == coverCount(n, d) - 1;
      CHECK(static_cast<int>(all.size()) == coverCount(n, d) || zero);
      CHECK(static_cast<int>(all.size()) >= coverCount(n, d) - 1);
      CHECK_EQ(patternCount(n, d), static_cast<double>(coverCount(n, d)));
    }
  }
  // With the constant column all rows can be negative at once, so exactly one pattern is the zero one.
  Rows rows = randomRows(9, 3, 5);
  for (auto& row : rows) row.back() = 1;
  CHECK_EQ(static_cast<int>(enumerated(rows).size()), coverCount(9, 3) - 1);
}

TEST(orderOfRowsAndTheirScaleDoNotMatter) {
  const Rows rows = randomRows(7, 3, 3);
  Rows other(rows.rbegin(), rows.rend());
  double scale = 1e-3;
  for (auto& row : other) {
    for (double& value : row) value *= scale;
    scale *= 7;
  }
  std::set<Pattern> reversed;
  for (const Pattern& pattern : enumerated(other)) reversed.insert(Pattern(pattern.rbegin(), pattern.rend()));
  CHECK(enumerated(rows) == reversed);
}

TEST(tooManyAreRefusedWithTheirNumber) {
  const Rows rows = randomRows(12, 3, 1);
  const auto message = [&](int most) { return check::messageOf([&] { allDirections(transposed(rows), most); }); };
  CHECK(check::contains(message(133), "134"));  // 2 (1 + 11 + 55)
  CHECK(check::contains(message(133), "12 distinct rows of rank 3"));
  CHECK_EQ(message(134), "");
  const auto large = check::messageOf([] { allDirections(transposed(randomRows(60, 20, 1)), 20000); });
  CHECK(check::contains(large, "exact"));
}

TEST(givenDirections) {
  const Rows rows = {{1, 0}, {0, 1}, {-1, -1}};
  HostMatrix<double> gates(2, 6);
  const double values[] = {1, 1, 2, 3, -1, -1, 1, -2, 0, 0, 1, 1};  // the 2nd and last are as the first
  std::copy(values, values + 12, gates.data());
  const Patterns patterns = patternsOf(Cpu(), transposed(rows), gates);
  CHECK_EQ(patterns.gates.cols(), 4);
  const std::set<Pattern> expected = {
      {true, true, false}, {false, false, true}, {true, false, true}, {true, true, true}};
  CHECK(asSet(patterns) == expected);
  const double firsts[] = {1, -1, 1, 0};  // first gates in their order
  for (int i = 0; i < 4 && i < patterns.gates.cols(); ++i) CHECK_EQ(patterns.gates(0, i), firsts[i]);
  HostMatrix<double> negative(2, 1);
  negative(0, 0) = negative(1, 0) = -1;
  CHECK_EQ(patternsOf(Cpu(), transposed({{1, 0}, {0, 1}}), negative).gates.cols(), 0);  // active nowhere
}

TEST(randomDirectionsDependOnTheSeedAlone) {
  const HostMatrix<double> a = normalDirections(5, 40, 7), b = normalDirections(5, 40, 7),
                           c = normalDirections(5, 40, 8);
  CHECK(check::sameBits(a.data(), b.data(), a.size()));
  CHECK(!check::sameBits(a.data(), c.data(), a.size()));
  const HostMatrix<double> fewer = normalDirections(5, 10, 7);
  CHECK(check::sameBits(a.data(), fewer.data(), fewer.size()));
}
