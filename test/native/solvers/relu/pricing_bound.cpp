// The largest price of a neuron: against lists of all points where it can be attained (two and three columns), against
// many climbs (four and five), and where it is known.
#include "solvers/relu/pricing_bound.hpp"

#include <algorithm>
#include <limits>
#include <numbers>

#include "check.hpp"
#include "core/random.hpp"

using namespace nonconvex;

namespace {

using Vector = std::vector<double>;

struct Rows {
  std::vector<Vector> x;
  Vector theta;

  int n() const { return static_cast<int>(x.size()); }
  int d() const { return static_cast<int>(x[0].size()); }
};

double product(const Vector& a, const Vector& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

/// theta^T (X u)_+ / ||u||
double price(const Rows& rows, const Vector& u) {
  double sum = 0;
  for (std::size_t k = 0; k < rows.x.size(); ++k) sum += rows.theta[k] * std::max(0.0, product(rows.x[k], u));
  const double length = std::sqrt(product(u, u));
  return length > 0 ? sum / length : 0;
}

/// X^T (1[X u > 0] o theta)
Vector gradient(const Rows& rows, const Vector& u) {
  Vector sum(u.size());
  for (std::size_t k = 0; k < rows.x.size(); ++k) {
    if (product(rows.x[k], u) <= 0) continue;
    for (std::size_t i = 0; i < u.size(); ++i) sum[i] += rows.theta[k] * rows.x[k][i];
  }
  return sum;
}

Vector combine(double a, const Vector& x, double b, const Vector& y) {
  Vector sum(x.size());
  for (std::size_t i = 0; i < x.size(); ++i) sum[i] = a * x[i] + b * y[i];
  return sum;
}

PricingBound bound(const Rows& rows, const PricingLimits& limits, WorkerPool* pool = nullptr,
                   const Vector& candidate = Vector()) {
  HostMatrix<double> xt(rows.d(), rows.n());
  for (int k = 0; k < rows.n(); ++k) {
    for (int i = 0; i < rows.d(); ++i) xt(i, k) = rows.x[static_cast<std::size_t>(k)][static_cast<std::size_t>(i)];
  }
  HostMatrix<double> candidates(rows.d(), candidate.empty() ? 0 : 1);
  std::copy(candidate.begin(), candidate.end(), candidates.data());
  return pricingBound(Cpu(pool), xt, {rows.theta.data(), rows.n()}, candidates, limits);
}

/// What every bound owes: a direction of length 1 whose price is `lower`, and what is said of the tolerance.
void checkBound(const Rows& rows, const PricingBound& found, const PricingLimits& limits) {
  const Vector u(found.direction.begin(), found.direction.end());
  CHECK_NEAR(product(u, u), 1, 1e-14);
  CHECK(found.sign == 1 || found.sign == -1);
  CHECK(found.lower <= found.upper);
  double size = 0;
  for (std::size_t k = 0; k < rows.x.size(); ++k) {
    size += std::abs(rows.theta[k]) * std::sqrt(product(rows.x[k], rows.x[k]));
  }
  CHECK_NEAR(found.sign * price(rows, u), found.lower, 1e-13 * size);
  CHECK_EQ(found.exact, found.upper - found.lower <= limits.tolerance * found.upper);
}

/// The largest |price| of points that include every maximum: where a row vanishes, and a cell's gradient where it lies
/// in any cell (prices of other points are harmless). Two columns.
double byAngles(const Rows& rows) {
  constexpr double pi = std::numbers::pi;
  Vector angles = {0, 2 * pi};
  for (const Vector& x : rows.x) {
    if (x[0] == 0 && x[1] == 0) continue;
    for (const double turn : {pi / 2, 3 * pi / 2}) {
      angles.push_back(std::fmod(std::atan2(x[1], x[0]) + turn + 4 * pi, 2 * pi));
    }
  }
  std::sort(angles.begin(), angles.end());
  double most = 0;
  for (std::size_t i = 0; i + 1 < angles.size(); ++i) {
    const Vector end = {std::cos(angles[i]), std::sin(angles[i])};
    const double middle = (angles[i] + angles[i + 1]) / 2;
    const Vector q = gradient(rows, {std::cos(middle), std::sin(middle)});
    for (const Vector& u : {end, q, combine(-1, q, 0, q)}) most = std::max(most, std::abs(price(rows, u)));
  }
  return most;
}

/// The largest |price| of points that include every maximum up to a millionth, three columns: where two rows vanish,
/// gradients of the cells around there, and those projected onto the planes of the two rows.
double byVertices(const Rows& rows) {
  double most = 0;
  const auto consider = [&](const Vector& u) {
    for (const double sense : {1.0, -1.0}) most = std::max(most, std::abs(price(rows, combine(sense, u, 0, u))));
  };
  for (std::size_t i = 0; i < rows.x.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      const Vector &a = rows.x[i], &b = rows.x[j];
      const Vector v = {a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]};
      const double length = std::sqrt(product(v, v));
      if (length < 1e-12) continue;
      consider(v);
      for (int turn = 0; turn < 16; ++turn) {  // a vertex may have many cells around it
        const double angle = 0.1 + turn * std::numbers::pi / 8;
        for (const double sense : {1.0, -1.0}) {
          const Vector near = combine(sense / length, v, 1e-7, combine(std::cos(angle), a, std::sin(angle), b));
          const Vector q = gradient(rows, near);
          consider(q);
          for (const Vector& x : {a, b}) consider(combine(1, q, -product(q, x) / product(x, x), x));
        }
      }
    }
  }
  return most;
}

/// The largest |price| of many climbs from random directions.
double byClimbs(const Rows& rows, int starts, std::uint32_t seed) {
  const Random random(seed, 3);
  double most = 0;
  std::uint64_t draw = 0;
  for (int start = 0; start < starts; ++start) {
    Vector u(rows.x[0].size());
    for (double& value : u) value = random.normal(draw++);
    const double sign = start % 2 == 0 ? 1 : -1;
    double value = sign * price(rows, u), step = 1;
    for (int i = 0; i < 30 && step > 1e-3; ++i) {
      const Vector q = gradient(rows, u);
      const double length = std::sqrt(product(q, q)), own = std::sqrt(product(u, u));
      if (!(length > 0)) break;
      const Vector next = combine((1 - step) / own, u, sign * step / length, q);
      const double there = sign * price(rows, next);
      if (there > value) {
        value = there;
        u = next;
        step = std::min(1.0, 2 * step);
      } else {
        step /= 4;
      }
    }
    most = std::max(most, value);
  }
  return most;
}

enum class Kind { normal, bias, lattice };

/// Rows of normal numbers, with a constant column, or of small integers with many repeated, opposite and zero rows.
Rows randomRows(int n, int d, Kind kind, std::uint32_t seed) {
  const Random random(seed, 9);
  Rows rows;
  std::uint64_t draw = 0;
  for (int k = 0; k < n; ++k) {
    Vector x(static_cast<std::size_t>(d));
    for (double& value : x) {
      value = kind == Kind::lattice ? static_cast<double>(random.below(draw, 3)) - 1 : random.normal(draw);
      ++draw;
    }
    if (kind == Kind::bias) x.back() = 1;
    rows.x.push_back(x);
    rows.theta.push_back(random.below(draw, 6) == 0 ? 0 : random.normal(draw));
    ++draw;
  }
  return rows;
}

/// Rows whose theta is what a fit by prices leaves: many directions have almost the largest price, which is the hard
/// case. Frank and Wolfe's method for min ||theta||^2 / 2 with |prices| <= 1 as limits of the neurons' total weight.
Rows fittedRows(int n, int d, int steps, std::uint32_t seed) {
  Rows rows = randomRows(n, d, Kind::bias, seed);
  const Vector y = rows.theta;
  Vector f(rows.theta.size());
  for (int step = 0; step < steps; ++step) {
    for (std::size_t k = 0; k < f.size(); ++k) rows.theta[k] = y[k] - f[k];
    const PricingBound best = bound(rows, {.tolerance = 0.02, .maxNodes = 20000});
    const Vector u(best.direction.begin(), best.direction.end());
    const double along = 2.0 / (step + 2);
    for (std::size_t k = 0; k < f.size(); ++k) {
      f[k] = (1 - along) * f[k] + along * 3 * best.sign * std::max(0.0, product(rows.x[k], u));
    }
  }
  for (std::size_t k = 0; k < f.size(); ++k) rows.theta[k] = y[k] - f[k];
  return rows;
}

void checkKnown(const Rows& rows, double known, double tolerance) {
  const PricingLimits limits{.tolerance = tolerance, .maxNodes = 200000};
  const PricingBound found = bound(rows, limits);
  checkBound(rows, found, limits);
  CHECK(found.exact);
  CHECK(found.lower <= known * (1 + 1e-13));
  CHECK(known <= found.upper * (1 + 1e-13));
}

}  // namespace

TEST(oneColumn) {
  const Rows rows = {{{1}, {-2}, {3}, {0}}, {2, 1, -1.5, 4}};  // u = 1: 2 - 4.5; u = -1: 2
  checkKnown(rows, 2.5, 1e-12);
  CHECK_EQ(bound(rows, {}).sign, -1.0);
}

TEST(orthogonalRows) {
  // Of orthogonal rows each has its own say: the price is the norm of the positive or of the negative ||x_k|| theta_k.
  for (const int d : {1, 2, 3, 4, 5, 6}) {
    const Random random(static_cast<std::uint64_t>(d), 4);
    Rows rows;
    Vector axis(static_cast<std::size_t>(d));  // rows are those of a reflection
    for (std::size_t i = 0; i < axis.size(); ++i) axis[i] = random.normal(i);
    double positive = 0, negative = 0;
    for (int k = 0; k < d; ++k) {
      Vector x(axis.size());
      x[static_cast<std::size_t>(k)] = 1;
      const double scale = 1 + k;
      x = combine(scale, x, -2 * scale * axis[static_cast<std::size_t>(k)] / product(axis, axis), axis);
      const double theta = k == 0 ? 0.7 : random.normal(static_cast<std::uint64_t>(100 + k));
      (theta > 0 ? positive : negative) += scale * theta * scale * theta;
      rows.x.push_back(x);
      rows.theta.push_back(theta);
    }
    checkKnown(rows, std::sqrt(std::max(positive, negative)), 1e-8);
    for (int k = 0; k < d; ++k) {
      rows.x[static_cast<std::size_t>(k)].assign(axis.size(), 0);
      rows.x[static_cast<std::size_t>(k)][static_cast<std::size_t>(k)] = 1 + k;
    }
    checkKnown(rows, std::sqrt(std::max(positive, negative)), 1e-8);
  }
}

TEST(twoColumnsAgainstAllAngles) {
  for (std::uint32_t seed = 0; seed < check::repetitions(40u); ++seed) {
    for (const Kind kind : {Kind::normal, Kind::bias, Kind::lattice}) {
      const Rows rows = randomRows(3 + static_cast<int>(4 * seed), 2, kind, seed);
      checkKnown(rows, byAngles(rows), 1e-9);
    }
  }
  const Rows fitted = fittedRows(60, 2, 200, 1);
  checkKnown(fitted, byAngles(fitted), 1e-9);
}

TEST(threeColumnsAgainstAllVertices) {
  for (std::uint32_t seed = 0; seed < check::repetitions(8u); ++seed) {
    for (const Kind kind : {Kind::normal, Kind::bias, Kind::lattice}) {
      const Rows rows = randomRows(3 + static_cast<int>(4 * seed), 3, kind, seed);
      const PricingLimits limits{.tolerance = 1e-9, .maxNodes = 200000};
      const PricingBound found = bound(rows, limits);
      checkBound(rows, found, limits);
      CHECK(found.exact);
      const double known = byVertices(rows);
      CHECK(known <= found.upper * (1 + 1e-13));
      CHECK(found.lower <= known * (1 + 1e-6));
    }
  }
}

TEST(climbsDoNotComeAboveTheBound) {
  for (const int d : {2, 3, 4, 5}) {
    for (const Kind kind : {Kind::normal, Kind::bias, Kind::lattice}) {
      for (std::uint32_t seed = 0; seed < check::repetitions(2u); ++seed) {
        const Rows rows = randomRows(40, d, kind, 100 + seed);
        const PricingLimits limits{.tolerance = d < 5 ? 1e-6 : 1e-4, .maxNodes = 500000};
        const PricingBound found = bound(rows, limits);
        checkBound(rows, found, limits);
        CHECK(found.exact);
        CHECK(byClimbs(rows, check::repetitions(check::longRun() ? 10000 : 600), seed) <= found.upper * (1 + 1e-13));
      }
    }
  }
}

TEST(manyDirectionsOfAlmostThePricingBound) {
  for (const int d : {3, 4}) {
    const Rows rows = fittedRows(40, d, check::repetitions(100), 7);
    const PricingLimits limits{.tolerance = 1e-6, .maxNodes = 2000000};
    const PricingBound found = bound(rows, limits);
    checkBound(rows, found, limits);
    CHECK(found.exact);
    CHECK(byClimbs(rows, check::repetitions(check::longRun() ? 10000 : 600), 3) <= found.upper * (1 + 1e-13));
    if (d == 3) CHECK(byVertices(rows) >= found.lower * (1 - 1e-6));
  }
}

TEST(boundsOfSearchesCutShortHold) {
  const Rows rows = randomRows(60, 4, Kind::bias, 5);
  const PricingLimits enough{.tolerance = 1e-8, .maxNodes = 1000000};
  const PricingBound best = bound(rows, enough);
  CHECK(best.exact);
  double last = INFINITY;
  for (const std::int64_t nodes : {0, 1, 40, 100, 300}) {
    const PricingLimits limits{.tolerance = 1e-8, .maxNodes = nodes};
    const PricingBound found = bound(rows, limits);
    checkBound(rows, found, limits);
    CHECK(!found.exact);
    CHECK(found.upper >= best.lower);
    CHECK(found.lower <= best.upper);
    CHECK(found.nodes <= nodes + 100);
    last = std::min(last, found.upper);
  }
  CHECK(last < 2 * best.upper);
}

TEST(rowsThatCancel) {
  Rows rows = randomRows(10, 4, Kind::normal, 2);
  for (std::size_t k = 0; k < 10; ++k) {
    rows.x.push_back(combine(0.3, rows.x[k], 0, rows.x[k]));
    rows.theta.push_back(-rows.theta[k] / 0.3);
  }
  const PricingBound none = bound(rows, {});
  CHECK(none.upper < 1e-12);
  CHECK(none.nodes < 5000);
  // theta (x u)_+ + theta (-x u)_+ = theta |x u|, with the largest eigenvalue of two such known.
  const Rows opposite = {{{3, 0, 0}, {-3, 0, 0}, {0, 0, 0}, {0, 2, 0}, {0, -2, 0}}, {1, 1, 5, -1, -1}};
  checkKnown(opposite, 3, 1e-9);
  checkKnown({{{3, 0, 0}, {-3, 0, 0}, {0, 4, 0}, {0, -4, 0}}, {1, 1, 1, 1}}, 5, 1e-9);
}

TEST(roundingIsAccountedFor) {
  // Pairs of rows that almost cancel: what rounding leaves of the price is a good part of it. In long double.
  using Long = long double;
  if (std::numeric_limits<Long>::digits < 60) return;
  for (std::uint32_t seed = 0; seed < check::repetitions(check::longRun() ? 60u : 16u); ++seed) {
    Rows rows = randomRows(20, 2, Kind::normal, 300 + seed);
    const Random random(seed, 21);
    for (std::size_t k = 0; k < 20; ++k) {
      rows.theta[k] *= 1e9;
      rows.x.push_back(combine(1, rows.x[k], 1e-8, {random.normal(2 * k), random.normal(2 * k + 1)}));
      rows.theta.push_back(-rows.theta[k]);
    }
    const PricingBound found = bound(rows, {.tolerance = 1e-9, .maxNodes = 20000});
    const auto exact = [&](Long u0, Long u1) {
      Long sum = 0;
      for (std::size_t k = 0; k < rows.x.size(); ++k) {
        sum += rows.theta[k] * std::max(Long(0), rows.x[k][0] * u0 + rows.x[k][1] * u1);
      }
      return std::abs(sum) / std::sqrt(u0 * u0 + u1 * u1);
    };
    CHECK(exact(found.direction[0], found.direction[1]) >= found.lower);
    Long most = 0;
    for (const Vector& x : rows.x) most = std::max({most, exact(-x[1], x[0]), exact(x[1], -x[0])});
    for (int i = 0; i < 2000; ++i) {
      const double angle = std::numbers::pi * i / 1000;
      most = std::max(most, exact(std::cos(angle), std::sin(angle)));
    }
    CHECK(most <= found.upper);
  }
}

TEST(scaleDoesNotMatter) {
  const Rows rows = randomRows(20, 3, Kind::normal, 8);
  const PricingBound plain = bound(rows, {});
  for (const double scale : {0x1p600, 0x1p-600}) {
    Rows scaled = rows;
    for (Vector& x : scaled.x) x = combine(scale, x, 0, x);
    const PricingBound found = bound(scaled, {});
    CHECK_EQ(found.upper, scale * plain.upper);
    CHECK_EQ(found.lower, scale * plain.lower);
  }
}

TEST(nothingToPrice) {
  for (const Rows& rows : {Rows{{{0, 0}, {0, 0}}, {1, 2}}, Rows{{{1, 0}, {3, 4}}, {0, 0}}}) {
    const PricingBound found = bound(rows, {});
    CHECK_EQ(found.upper, 0.0);
    CHECK(found.exact);
    CHECK_EQ(found.direction.size(), 2U);
  }
  CHECK_EQ(bound({{{1, 0}, {3, 4}}, {NAN, 0}}, {}).upper, INFINITY);
  CHECK_EQ(bound({{{1, INFINITY}, {3, 4}}, {1, 0}}, {}).upper, INFINITY);
}

TEST(threadsDoNotMatter) {
  const Rows rows = randomRows(50, 4, Kind::bias, 4);
  const PricingLimits limits{.tolerance = 1e-7, .maxNodes = 3000};
  WorkerPool pool(3);
  const PricingBound one = bound(rows, limits), four = bound(rows, limits, &pool);
  CHECK_EQ(one.nodes, four.nodes);
  CHECK_EQ(one.upper, four.upper);
  CHECK_EQ(one.lower, four.lower);
  CHECK(check::sameBits(one.direction.data(), four.direction.data(), one.direction.size()));
}

TEST(candidatesAreUsed) {
  const Rows rows = fittedRows(30, 4, 30, 3);
  const PricingBound best = bound(rows, {.tolerance = 1e-6, .maxNodes = 1000000});
  const Vector u(best.direction.begin(), best.direction.end());
  CHECK(bound(rows, {.tolerance = 1e-6, .maxNodes = 0}, nullptr, u).lower >= best.lower * (1 - 1e-12));
}

TEST(interruptionsAndRefusals) {
  Monitor monitor;
  monitor.abort();
  const Rows rows = randomRows(50, 4, Kind::normal, 1);
  HostMatrix<double> xt(4, 50);
  for (int k = 0; k < 50; ++k)
    std::copy(rows.x[static_cast<std::size_t>(k)].begin(), rows.x[static_cast<std::size_t>(k)].end(), xt.column(k));
  bool interrupted = false;
  try {
    pricingBound(Cpu(nullptr, 0, &monitor), xt, {rows.theta.data(), 50}, HostMatrix<double>(4, 0));
  } catch (const Interrupted&) {
    interrupted = true;
  }
  CHECK(interrupted);
  CHECK(check::contains(check::messageOf([] { bound(randomRows(3, 9, Kind::normal, 1), {}); }), "got 9"));
}
