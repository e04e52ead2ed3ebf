// Projections onto cones: checked by the conditions that characterise them, with multipliers found by this file's own
// code.
#include "methods/projection/polyhedral_cone.hpp"

#include <functional>
#include <memory>
#include <optional>

#include "check.hpp"
#include "core/random.hpp"
#include "methods/projection/cone_kernels.hpp"
#include "methods/projection/cones_over_ranks.hpp"
#include "thread_ranks.hpp"

using namespace nonconvex;

namespace {

double norm(int d, const double* x) {
  double s = 0;
  for (int i = 0; i < d; ++i) s += x[i] * x[i];
  return std::sqrt(s);
}

/// The rows of X, patterns, and a projector, with the answers of one call.
struct Setting {
  int d, n, patterns, groups;
  HostMatrix<double> xt, signs, b, p, xp;
  Cpu la;
  std::unique_ptr<ConeProjector> projector, screening;

  Setting(int dimension, int rows, int patternCount, int groupCount, WorkerPool* pool = nullptr, int threads = 0)
      : d(dimension),
        n(rows),
        patterns(patternCount),
        groups(groupCount),
        xt(d, n),
        signs(n, patterns),
        b(d, groups),
        p(d, groups),
        xp(n, groups),
        la(pool, threads) {}

  void ready() { projector = std::make_unique<ConeProjector>(la, xt, signs, groups); }

  /// Patterns of random directions, so that every cone has an interior.
  void patternsOfDirections(std::uint32_t stream) {
    const Random random(17, stream);
    for (int i = 0; i < patterns; ++i) {
      std::vector<double> g(static_cast<std::size_t>(d));
      for (int j = 0; j < d; ++j)
        g[static_cast<std::size_t>(j)] =
            random.normal(static_cast<std::uint64_t>(i) * 1000 + static_cast<std::uint64_t>(j));
      for (int k = 0; k < n; ++k) {
        double s = 0;
        for (int j = 0; j < d; ++j) s += xt(j, k) * g[static_cast<std::size_t>(j)];
        signs(k, i) = s >= 0 ? 1 : 0;
      }
    }
  }
  double sign(int k, int group) const { return 2 * signs(k, group % patterns) - 1; }

  void projectAll(double threshold = 0) {
    std::vector<int> list;
    for (int g = 0; g < groups; ++g) list.push_back(g);
    std::fill(p.data(), p.data() + p.size(), NAN);
    std::fill(xp.data(), xp.data() + xp.size(), NAN);
    projector->project({list.data(), groups}, b, threshold, p, xp);
    if (threshold == 0) screenAll(list);
  }

  /// Projects without products, by another projector: it looks at rows in single precision.
  void screenAll(const std::vector<int>& list) {
    if (!screening) screening = std::make_unique<ConeProjector>(la, xt, signs, groups);
    HostMatrix<double> screened(d, groups);
    screening->project({list.data(), groups}, b, 0, screened, {});
    for (int g = 0; g < groups; ++g) {
      double difference = 0, worst = 0;
      for (int j = 0; j < d; ++j) difference = std::max(difference, std::abs(screened(j, g) - p(j, g)));
      for (int k = 0; k < n; ++k) {
        const double length = norm(d, xt.column(k));
        worst = std::max(worst, -slack(k, g, screened.column(g)) / (length > 0 ? length : 1));
      }
      CHECK_NEAR(difference, 0, 1e-10 * norm(d, b.column(g)));
      CHECK(worst <= 1e-11 * norm(d, b.column(g)));
    }
  }

  double slack(int k, int group, const double* v) const {
    double s = 0;
    for (int j = 0; j < d; ++j) s += xt(j, k) * v[j];
    return sign(k, group) * s;
  }

  /// How far p - b is from sums of allowed normals with multipliers >= 0 (Hildreth's method), relative to ||b||. Only
  /// rows that p lies on may have one.
  double multiplierError(int group, const double* from, const double* to, bool complementary) const {
    const double size = norm(d, from);
    std::vector<std::vector<double>> normals;
    for (int k = 0; k < n; ++k) {
      const double length = norm(d, xt.column(k));
      if (length == 0) continue;
      if (complementary && slack(k, group, to) > 1e-9 * length * size) continue;
      std::vector<double> normal(static_cast<std::size_t>(d));
      for (int j = 0; j < d; ++j) normal[static_cast<std::size_t>(j)] = sign(k, group) * xt(j, k) / length;
      normals.push_back(std::move(normal));
    }
    std::vector<double> rest(static_cast<std::size_t>(d));  // p - b - N mu
    for (int j = 0; j < d; ++j) rest[static_cast<std::size_t>(j)] = to[j] - from[j];
    std::vector<double> mu(normals.size());
    for (int sweep = 0; sweep < 200000; ++sweep) {
      if (norm(d, rest.data()) <= 1e-10 * size) break;
      for (std::size_t k = 0; k < normals.size(); ++k) {
        double s = 0;
        for (int j = 0; j < d; ++j) s += normals[k][static_cast<std::size_t>(j)] * rest[static_cast<std::size_t>(j)];
        const double change = std::max(-mu[k], s);
        mu[k] += change;
        for (int j = 0; j < d; ++j)
          rest[static_cast<std::size_t>(j)] -= change * normals[k][static_cast<std::size_t>(j)];
      }
    }
    return norm(d, rest.data()) / (size > 0 ? size : 1);
  }

  /// Feasible, p = b + N mu with mu >= 0 on active rows only, hence p orthogonal to b - p (Moreau); and X p as
  /// promised.
  void checkProjection(int group) const {
    const double* from = b.column(group);
    const double* to = p.column(group);
    const double size = norm(d, from);
    double worst = 0, inner = 0, productError = 0;
    for (int k = 0; k < n; ++k) {
      const double length = norm(d, xt.column(k));
      worst = std::max(worst, -slack(k, group, to) / (length > 0 ? length : 1));
      const double error = std::abs(xp(k, group) - sign(k, group) * slack(k, group, to));
      productError = error <= productError ? productError : error / (length > 0 ? length : 1);
    }
    for (int j = 0; j < d; ++j) inner += to[j] * (from[j] - to[j]);
    CHECK(worst <= 1e-12 * size);
    CHECK_NEAR(productError, 0, 1e-12 * size);
    CHECK_NEAR(inner, 0, 1e-12 * size * size);
    // Where the projection is the origin, many rows share the work, and Hildreth's method crawls.
    CHECK_NEAR(multiplierError(group, from, to, true), 0, norm(d, to) > 1e-12 * size ? 2e-10 : 1e-4);
  }
  void checkAll() const {
    for (int g = 0; g < groups; ++g) checkProjection(g);
  }
};

void fillNormal(const HostMatrix<double>& m, std::uint32_t stream, double scale = 1) {
  const Random random(5, stream);
  for (std::size_t i = 0; i < m.size(); ++i) m.data()[i] = scale * random.normal(i);
}

void copyRow(const Setting& s, int from, int to, double factor) {
  for (int j = 0; j < s.d; ++j) s.xt(j, to) = factor * s.xt(j, from);
}

}  // namespace

TEST(randomCones) {
  const int shapes[][2] = {{1, 1}, {1, 5}, {2, 1}, {2, 9}, {3, 20}, {5, 3}, {5, 40}, {9, 9}, {12, 60}, {20, 15}};
  for (const auto& [d, n] : shapes) {
    for (std::uint32_t seed = 0; seed < check::repetitions(4u); ++seed) {
      Setting s(d, n, 5, 10);
      fillNormal(s.xt, seed);
      s.patternsOfDirections(seed);
      fillNormal(s.b, 100 + seed);
      s.ready();
      s.projectAll();
      s.checkAll();
    }
  }
}

/// Signs at random: most such cones are the origin alone, with far more active rows than dimensions.
TEST(conesThatAreOnlyTheOrigin) {
  for (std::uint32_t seed = 0; seed < check::repetitions(10u); ++seed) {
    Setting s(4, 40, 6, 6);
    fillNormal(s.xt, seed);
    const Random random(3, seed);
    for (std::size_t i = 0; i < s.signs.size(); ++i) s.signs.data()[i] = random.uniform(i) < 0.5 ? 1 : 0;
    fillNormal(s.b, 50 + seed);
    s.ready();
    s.projectAll();
    for (int g = 0; g < s.groups; ++g) CHECK_EQ(norm(s.d, s.p.column(g)), 0.0);  // exactly: it must not become a neuron
  }
}

/// Equal, opposite, scaled and zero rows. A row and its opposite with one sign each make an equation.
TEST(degenerateRows) {
  for (std::uint32_t seed = 0; seed < check::repetitions(8u); ++seed) {
    Setting s(6, 30, 8, 16);
    fillNormal(s.xt, seed);
    copyRow(s, 0, 1, 1);
    copyRow(s, 0, 2, 1e-6);
    copyRow(s, 3, 4, -1);
    copyRow(s, 5, 6, 1e6);
    copyRow(s, 0, 7, 0);
    copyRow(s, 0, 29, 0);
    for (int j = 0; j < s.d; ++j) s.xt(j, 8) = s.xt(j, 9) + s.xt(j, 10);  // x_8 is in the span of two others
    s.patternsOfDirections(seed);
    for (int i = 0; i < s.patterns; i += 2) s.signs(4, i) = s.signs(3, i);  // x_3 v = 0 is demanded
    fillNormal(s.b, 70 + seed);
    s.ready();
    s.projectAll();
    s.checkAll();
  }
}

TEST(rowsOfLowRank) {
  for (const int rank : {1, 2, 3}) {
    Setting s(8, 25, 6, 6);
    const HostMatrix<double> left(8, rank), right(rank, 25);
    fillNormal(left, 1);
    fillNormal(right, 2);
    s.la.gemm(Transpose::no, Transpose::no, 1, left, right, 0, s.xt);
    s.patternsOfDirections(9);
    fillNormal(s.b, 3);
    s.ready();
    s.projectAll();
    s.checkAll();
  }
}

TEST(nearlyDependentRows) {
  for (const double distance : {1e-3, 1e-6, 1e-10, 1e-14}) {
    Setting s(5, 24, 6, 12);
    fillNormal(s.xt, 4);
    const Random random(8);
    for (int k = 1; k < 12; ++k) {
      for (int j = 0; j < s.d; ++j)
        s.xt(j, k) = s.xt(j, 0) + distance * random.normal(static_cast<std::uint64_t>(k * 100 + j));
    }
    s.patternsOfDirections(5);
    fillNormal(s.b, 6);
    s.ready();
    s.projectAll();
    for (int g = 0; g < s.groups; ++g) {
      double worst = 0, inner = 0;
      for (int k = 0; k < s.n; ++k) worst = std::max(worst, -s.slack(k, g, s.p.column(g)) / norm(s.d, s.xt.column(k)));
      for (int j = 0; j < s.d; ++j) inner += s.p(j, g) * (s.b(j, g) - s.p(j, g));
      CHECK(worst <= 1e-11 * norm(s.d, s.b.column(g)));
      CHECK_NEAR(inner, 0, 1e-11);
    }
  }
}

/// A violation that is allowed is a share of the point's length, and a later call that allows none mends it.
TEST(allowedViolations) {
  Setting s(8, 60, 5, 10);
  fillNormal(s.xt, 21);
  s.patternsOfDirections(21);
  fillNormal(s.b, 22);
  s.ready();
  s.projectAll();
  std::vector<int> list;
  for (int g = 0; g < s.groups; ++g) list.push_back(g);
  ConeProjector loose(s.la, s.xt, s.signs, s.groups);
  loose.allow(0.05);
  HostMatrix<double> p(s.d, s.groups);
  for (const bool products : {false, true}) {
    loose.project({list.data(), s.groups}, s.b, 0, p, products ? s.xp.view() : Mat<double>{});
    double largest = 0;
    for (int g = 0; g < s.groups; ++g) {
      for (int k = 0; k < s.n; ++k) {
        const double violation = -s.slack(k, g, p.column(g)) / norm(s.d, s.xt.column(k)) / norm(s.d, s.b.column(g));
        CHECK(violation <= 0.05 + 1e-6);
        largest = std::max(largest, violation);
      }
    }
    CHECK(largest > 1e-4);
  }
  loose.allow(ConeProjector::Tuning::feasibility);
  loose.project({list.data(), s.groups}, s.b, 0, p, {});
  for (std::size_t i = 0; i < p.size(); ++i) CHECK_NEAR(p.data()[i], s.p.data()[i], 1e-11);
}

TEST(pointsInsideTheConeStay) {
  Setting s(7, 30, 4, 4);
  fillNormal(s.xt, 1);
  const Random random(17, 3);  // the directions of the patterns themselves
  s.patternsOfDirections(3);
  for (int g = 0; g < s.groups; ++g) {
    for (int j = 0; j < s.d; ++j)
      s.b(j, g) = random.normal(static_cast<std::uint64_t>(g) * 1000 + static_cast<std::uint64_t>(j));
  }
  s.ready();
  s.projectAll();
  CHECK(check::sameBits(s.b.data(), s.p.data(), s.b.size()));
  CHECK_EQ(s.projector->pivots(), 0L);
}

TEST(pointsOfThePolarConeGoToTheOrigin) {
  Setting s(6, 25, 5, 5);
  fillNormal(s.xt, 2);
  s.patternsOfDirections(4);
  const Random random(1);
  std::uint64_t draw = 0;
  for (int g = 0; g < s.groups; ++g) {
    for (int k = 0; k < s.n; ++k) {
      const double mu = random.uniform(draw++);
      for (int j = 0; j < s.d; ++j) s.b(j, g) -= mu * s.sign(k, g) * s.xt(j, k);
    }
  }
  s.ready();
  s.projectAll();
  for (int g = 0; g < s.groups; ++g) CHECK_NEAR(norm(s.d, s.p.column(g)), 0, 1e-12 * norm(s.d, s.b.column(g)));
}

TEST(theOriginAndExtremeLengths) {
  Setting s(4, 12, 3, 3);
  fillNormal(s.xt, 3);
  s.patternsOfDirections(3);
  s.ready();
  s.projectAll();  // b = 0
  for (std::size_t i = 0; i < s.p.size(); ++i) CHECK_EQ(s.p.data()[i], 0.0);
  HostMatrix<double> unit(4, 3);
  for (const double scale : {1.0, 1e-100, 1e100, 1e-12, 1e12}) {
    fillNormal(s.b, 12, scale);
    s.projectAll();
    if (scale == 1) {
      std::copy(s.p.data(), s.p.data() + s.p.size(), unit.data());
      s.checkAll();
    }
    for (std::size_t i = 0; i < s.p.size(); ++i) CHECK_NEAR(s.p.data()[i] / scale, unit.data()[i], 1e-12);
  }
}

/// b moves a little from one call to the next, or jumps; a warm start must not be seen in the answer.
TEST(warmSequences) {
  for (std::uint32_t seed = 0; seed < check::repetitions(4u); ++seed) {
    Setting s(8, 40, 5, 10);
    fillNormal(s.xt, seed);
    s.patternsOfDirections(seed);
    fillNormal(s.b, 30 + seed);
    s.ready();
    HostMatrix<double> step(8, 10);
    for (std::uint32_t k = 0; k < 60; ++k) {
      fillNormal(step, 1000 + k);
      const double length = k % 20 == 19 ? 10 : 0.05;
      for (std::size_t i = 0; i < step.size(); ++i) s.b.data()[i] += length * step.data()[i];
      s.projectAll();
      if (k % 7 == 0) s.checkAll();
      Setting cold(8, 40, 5, 10);
      fillNormal(cold.xt, seed);
      cold.patternsOfDirections(seed);
      std::copy(s.b.data(), s.b.data() + s.b.size(), cold.b.data());
      cold.ready();
      cold.projectAll();
      double difference = 0;
      for (std::size_t i = 0; i < s.p.size(); ++i) {
        difference = std::max(difference, std::abs(s.p.data()[i] - cold.p.data()[i]));
      }
      CHECK_NEAR(difference, 0, 1e-11 * (1 + norm(80, s.b.data())));
    }
  }
}

TEST(someGroupsOnly) {
  Setting s(5, 20, 3, 6);
  fillNormal(s.xt, 1);
  s.patternsOfDirections(1);
  fillNormal(s.b, 2);
  s.ready();
  s.projectAll();
  const HostMatrix<double> all(5, 6), products(20, 6);
  std::copy(s.p.data(), s.p.data() + s.p.size(), all.data());
  std::copy(s.xp.data(), s.xp.data() + s.xp.size(), products.data());
  std::fill(s.p.data(), s.p.data() + s.p.size(), NAN);
  std::fill(s.xp.data(), s.xp.data() + s.xp.size(), NAN);
  const std::vector<int> list = {4, 1};
  s.projector->project({list.data(), 2}, s.b, 0, s.p, s.xp);
  for (int g = 0; g < 6; ++g) {
    const bool listed = g == 4 || g == 1;
    for (int j = 0; j < 5; ++j) CHECK(listed ? std::abs(s.p(j, g) - all(j, g)) < 1e-14 : std::isnan(s.p(j, g)));
  }
  for (int k = 0; k < 20; ++k) {  // products by place in the list
    CHECK_NEAR(s.xp(k, 0), products(k, 4), 1e-13);
    CHECK_NEAR(s.xp(k, 1), products(k, 1), 1e-13);
    CHECK(std::isnan(s.xp(k, 2)));
  }
  s.projector->project({list.data(), 0}, s.b, 0, s.p, s.xp);
}

/// Shorter than the threshold: any p = b + N mu, mu >= 0, that shows it. Longer: the projection itself.
TEST(thresholds) {
  for (std::uint32_t seed = 0; seed < check::repetitions(6u); ++seed) {
    Setting exact(6, 30, 6, 12);
    fillNormal(exact.xt, seed);
    exact.patternsOfDirections(seed);
    fillNormal(exact.b, 40 + seed);
    exact.ready();
    exact.projectAll();
    for (const double threshold : {0.1, 0.5, 1.0, 2.0, 100.0}) {
      Setting s(6, 30, 6, 12);
      fillNormal(s.xt, seed);
      s.patternsOfDirections(seed);
      fillNormal(s.b, 40 + seed);
      s.ready();
      for (int repeat = 0; repeat < 2; ++repeat) {  // cold and warm
        s.projectAll(threshold);
        for (int g = 0; g < s.groups; ++g) {
          const double length = norm(6, exact.p.column(g));
          if (length > threshold) {
            s.checkProjection(g);
          } else {
            CHECK(norm(6, s.p.column(g)) <= threshold);
            CHECK(norm(6, s.p.column(g)) >= length * (1 - 1e-12));
            CHECK_NEAR(s.multiplierError(g, s.b.column(g), s.p.column(g), false), 0, 2e-10);
          }
        }
      }
    }
  }
}

TEST(normBoundsHold) {
  Setting s(7, 35, 6, 12);
  fillNormal(s.xt, 1);
  s.patternsOfDirections(1);
  fillNormal(s.b, 2);
  s.ready();
  s.projectAll();
  Setting other(7, 35, 6, 12);
  fillNormal(other.xt, 1);
  other.patternsOfDirections(1);
  other.ready();
  std::vector<double> work(100);
  for (std::uint32_t k = 0; k < 20; ++k) {
    // Far from the last points, and close to them, where the bound should be tight.
    const double closeness = k % 2 == 0 ? 1 : 1e-7;
    fillNormal(other.b, 200 + k, closeness);
    if (closeness < 1) {
      for (std::size_t i = 0; i < s.b.size(); ++i) other.b.data()[i] += s.b.data()[i];
    }
    other.projectAll();
    for (int g = 0; g < s.groups; ++g) {
      const double bound = s.projector->normBound(g, other.b.column(g), work.data());
      const double length = norm(7, other.p.column(g));
      CHECK(bound >= length - 1e-14 * norm(7, other.b.column(g)));
      CHECK(bound <= norm(7, other.b.column(g)) * (1 + 1e-13));
      if (closeness < 1) CHECK_NEAR(bound, length, 1e-5);
    }
  }
}

TEST(theSameBitsForAnyNumberOfThreads) {
  WorkerPool pool(2);
  std::vector<std::vector<double>> answers;
  for (const int threads : {0, 1, 2, 3}) {
    Setting s(30, 300, 20, 40, threads == 0 ? nullptr : &pool, threads);
    fillNormal(s.xt, 1);
    s.patternsOfDirections(1);
    s.ready();
    std::vector<double> answer;
    for (std::uint32_t k = 0; k < 5; ++k) {
      fillNormal(s.b, 2 + k / 2, k % 2 == 0 ? 1 : 1.01);
      s.projectAll(1.0);
      answer.insert(answer.end(), s.p.data(), s.p.data() + s.p.size());
    }
    answers.push_back(std::move(answer));
  }
  for (const auto& answer : answers) CHECK(check::sameBits(answer.data(), answers[0].data(), answer.size()));
}

/// More active rows than the first reservation holds, and many more violated rows than are looked at in one round.
TEST(manyActiveRows) {
  Setting s(90, 400, 2, 2);
  fillNormal(s.xt, 1);
  s.patternsOfDirections(1);
  fillNormal(s.b, 2);
  s.ready();
  s.projectAll();
  for (int g = 0; g < s.groups; ++g) {
    double worst = 0, inner = 0;
    for (int k = 0; k < s.n; ++k) worst = std::max(worst, -s.slack(k, g, s.p.column(g)) / norm(s.d, s.xt.column(k)));
    for (int j = 0; j < s.d; ++j) inner += s.p(j, g) * (s.b(j, g) - s.p(j, g));
    CHECK(worst <= 1e-12 * norm(s.d, s.b.column(g)));
    CHECK_NEAR(inner, 0, 1e-11);
    CHECK_NEAR(s.multiplierError(g, s.b.column(g), s.p.column(g), true), 0, 1e-9);
  }
}

// The loops by themselves, at sizes that leave every number of entries over.
TEST(loopsOfSmallMatrices) {
  const Random random(5, 3);
  std::uint64_t draw = 0;
  for (int rows = 1; rows <= 19; ++rows) {
    for (int columns = 0; columns <= 9; ++columns) {
      const int stride = rows + 3;
      std::vector<double> a(static_cast<std::size_t>(stride * (columns + 1))), y(static_cast<std::size_t>(rows));
      for (std::vector<double>* m : {&a, &y}) {
        for (double& value : *m) value = random.normal(draw++);
      }
      std::vector<double> x(static_cast<std::size_t>(columns + 1), 7.0);
      loops::transposedProduct(rows, columns, a.data(), stride, y.data(), x.data());
      for (int j = 0; j < columns; ++j) {
        double sum = 0;
        for (int i = 0; i < rows; ++i)
          sum += a[static_cast<std::size_t>(j * stride + i)] * y[static_cast<std::size_t>(i)];
        CHECK_NEAR(x[static_cast<std::size_t>(j)], sum, 1e-13);
      }
      CHECK(x[static_cast<std::size_t>(columns)] == 7);
    }
    // R x = y again, with R of positive diagonal.
    std::vector<double> r, y(static_cast<std::size_t>(rows));
    for (int j = 0; j < rows; ++j) {
      for (int i = 0; i <= j; ++i) r.push_back(i < j ? 0.1 * random.normal(draw++) : 1 + random.uniform(draw++));
      y[static_cast<std::size_t>(j)] = random.normal(draw++);
    }
    std::vector<double> x = y;
    loops::solveUpper(rows, r.data(), x.data());
    for (int i = 0; i < rows; ++i) {
      double sum = 0;
      for (int j = i; j < rows; ++j)
        sum += r[static_cast<std::size_t>(j * (j + 1) / 2 + i)] * x[static_cast<std::size_t>(j)];
      CHECK_NEAR(sum, y[static_cast<std::size_t>(i)], 1e-12);
    }
    std::vector<double> top = x, bottom = y;
    loops::rotate(rows, 0.6, 0.8, top.data(), bottom.data());
    for (std::size_t i = 0; i < x.size(); ++i) {
      CHECK_NEAR(top[i], 0.6 * x[i] + 0.8 * y[i], 1e-14);
      CHECK_NEAR(bottom[i], 0.6 * y[i] - 0.8 * x[i], 1e-14);
    }
  }
}

/// Rows that are spread over ranks, from points that move little and points that have nothing in common, often enough
/// that rows which no cone has active are dropped: on all ranks the projections onto the cones of all rows.
TEST(rowsOverRanks) {
  constexpr int size = 3, d = 6, n = 2400, patterns = 30, calls = 12;
  Setting whole(d, n, patterns, 2 * patterns);
  fillNormal(whole.xt, 40);
  for (int j = 0; j < d; ++j) whole.xt(j, 5) = 0;
  whole.patternsOfDirections(41);
  whole.ready();
  const auto points = [&](int call) {
    HostMatrix<double> b(d, whole.groups);
    fillNormal(b, 50 + static_cast<std::uint32_t>(call / 2));
    HostMatrix<double> nearby(d, whole.groups);
    fillNormal(nearby, 90 + static_cast<std::uint32_t>(call), 0.01);
    for (std::size_t i = 0; i < b.size(); ++i) b.data()[i] += nearby.data()[i];
    return b;
  };
  struct Found {
    std::vector<HostMatrix<double>> p, xp;
    std::vector<int> held;
    std::vector<double> bounds;
    int first, count;
  };
  std::vector<Found> found(size);
  ThreadRanks(size).run([&](const std::shared_ptr<Ranks>& ranks) {
    Monitor wishes;
    JointSolve joint(std::make_shared<Ranks::Turn>(ranks), wishes, 1);
    const int rank = ranks->rank();
    Found& mine = found[static_cast<std::size_t>(rank)];
    mine.first = rank == 0 ? 0 : n * rank * rank / (size * size);
    mine.count = n * (rank + 1) * (rank + 1) / (size * size) - mine.first;
    const Cpu la(nullptr, 1, &joint.monitor());
    const Mat<const double> ownRows = whole.xt.view().columns(mine.first, mine.count);
    const Mat<const double> ownPatterns = whole.signs.view().block(mine.first, 0, mine.count, patterns);
    ConesOverRanks cones(la, ownRows, ownPatterns, whole.groups, ranks);
    std::vector<int> list;
    for (int g = whole.groups; g-- > 0;) list.push_back(g);
    std::vector<double> work(2 * d + 2);
    for (int call = 0; call < calls; ++call) {
      const HostMatrix<double> b = points(call);
      mine.p.emplace_back(d, whole.groups);
      mine.xp.emplace_back(mine.count, whole.groups);
      cones.project({list.data(), whole.groups}, b, mine.p.back(), mine.xp.back());
      mine.held.push_back(cones.rowsHeld());
      for (int g = 0; g < whole.groups; ++g) mine.bounds.push_back(cones.normBound(g, b.column(g), work.data()));
    }
    joint.end({mine.p.back().data(), mine.p.back().size()});
  });
  for (int call = 0; call < calls; ++call) {
    const auto c = static_cast<std::size_t>(call);
    const HostMatrix<double> b = points(call);
    std::copy(b.data(), b.data() + b.size(), whole.b.data());
    whole.projectAll();
    for (const Found& each : found) {
      CHECK(check::sameBits(each.p[c].data(), found[0].p[c].data(), b.size()));
      CHECK_EQ(each.held[c], found[0].held[c]);
    }
    double away = 0, ofProducts = 0;
    for (int g = 0; g < whole.groups; ++g) {
      for (int j = 0; j < d; ++j) away = std::max(away, std::abs(found[0].p[c](j, g) - whole.p(j, g)));
      const double bound = found[0].bounds[c * static_cast<std::size_t>(whole.groups) + static_cast<std::size_t>(g)];
      CHECK(bound >= norm(d, whole.p.column(g)) * (1 - 1e-12));
      CHECK(bound <= norm(d, b.column(g)) * (1 + 1e-12));
      for (const Found& each : found) {
        for (int k = 0; k < each.count; ++k) {  // places of the list go down
          ofProducts =
              std::max(ofProducts, std::abs(each.xp[c](k, whole.groups - 1 - g) - whole.xp(each.first + k, g)));
        }
      }
    }
    CHECK_NEAR(away, 0, 1e-11);
    CHECK_NEAR(ofProducts, 0, 1e-10);
    if (call % 4 == 0) {
      for (int g = 0; g < whole.groups; g += 7) whole.checkProjection(g);
    }
  }
  CHECK(found[0].held[1] < found[0].held[0]);  // some were dropped
  CHECK(found[0].held.back() < n / 2);
}
