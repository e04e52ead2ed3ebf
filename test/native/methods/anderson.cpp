// Anderson acceleration: exact on linear maps, true to a linear tail, and never lost where an extrapolation goes
// astray.
// Compiled with sanitizers itself: what it tests stands in headers.
#include "methods/acceleration/anderson.hpp"

#include <functional>

#include "check.hpp"
#include "core/random.hpp"
#include "methods/acceleration/history_kernels.hpp"

using namespace nonconvex;

namespace {

using Point = std::vector<double>;
using Map = std::function<Point(const Point&)>;

double distance(const Point& a, const Point& b) {
  double s = 0;
  for (std::size_t i = 0; i < a.size(); ++i) s += (a[i] - b[i]) * (a[i] - b[i]);
  return std::sqrt(s);
}

/// Iterations until ||T(s) - s|| <= tolerance; `most` if never.
int iterations(const Map& map, Point s, double tolerance, int most, int memory, bool accelerated,
               Point* last = nullptr) {
  const Cpu la;
  Anderson<Cpu> anderson(la, memory, static_cast<int>(s.size()), static_cast<int>(s.size()));
  for (int k = 0; k < most; ++k) {
    Point g = map(s);
    if (last != nullptr) *last = g;
    if (distance(g, s) <= tolerance) return k;
    if (accelerated) anderson.advance({s.data(), static_cast<int>(s.size())}, {g.data(), static_cast<int>(g.size())});
    s = g;
  }
  return most;
}

/// s -> Q diag(factors) Q^T s + c for a random rotation made of two reflections.
Map linearMap(const Point& factors, std::uint32_t stream) {
  const std::size_t n = factors.size();
  const Random random(1, stream);
  Point u(n), w(n), c(n);
  for (std::size_t i = 0; i < n; ++i) {
    u[i] = random.normal(i);
    w[i] = random.normal(1000 + i);
    c[i] = random.normal(2000 + i);
  }
  const auto reflect = [n](const Point& axis, Point& x) {
    double dot = 0, square = 0;
    for (std::size_t i = 0; i < n; ++i) {
      dot += axis[i] * x[i];
      square += axis[i] * axis[i];
    }
    for (std::size_t i = 0; i < n; ++i) x[i] -= 2 * dot / square * axis[i];
  };
  return [=](const Point& s) {
    Point x = s;
    reflect(u, x);
    reflect(w, x);
    for (std::size_t i = 0; i < n; ++i) x[i] *= factors[i];
    reflect(w, x);
    reflect(u, x);
    for (std::size_t i = 0; i < n; ++i) x[i] += c[i];
    return x;
  };
}

}  // namespace

TEST(aLinearMapIsSolvedInAsManyStepsAsItHasFactors) {
  for (std::uint32_t stream = 0; stream < 10; ++stream) {
    const Map map = linearMap({0.99, 0.97, 0.9, 0.5, -0.3, 0.1}, stream);
    CHECK(iterations(map, Point(6), 1e-8, 1000, 10, false) > 500);
    CHECK(iterations(map, Point(6), 1e-8, 1000, 10, true) <= 12);
  }
}

TEST(manyFactorsWithLittleMemory) {
  Point factors(40);
  for (std::size_t i = 0; i < factors.size(); ++i) factors[i] = 0.999 * static_cast<double>(i) / 39;
  for (const int memory : {3, 5, 15}) {
    const Map map = linearMap(factors, 1);
    const int plain = iterations(map, Point(40), 1e-8, 100000, memory, false);
    CHECK(3 * iterations(map, Point(40), 1e-8, 100000, memory, true) < plain);
  }
}

TEST(theFixedPointIsTheOneOfTheMap) {
  const Map map = linearMap({0.95, 0.9, 0.2}, 4);
  Point accelerated, plain;
  iterations(map, {5, -3, 2}, 1e-12, 5000, 5, true, &accelerated);
  iterations(map, Point(3), 1e-14, 5000, 5, false, &plain);
  CHECK_NEAR(distance(accelerated, plain), 0, 1e-10);
}

/// A map that is another linear one on either side of a wall, as with the active sets of a projection.
TEST(kinksDoNotStopIt) {
  const Map left = linearMap({0.98, 0.9, 0.7, 0.3}, 2);
  for (const double wall : {-1.0, 0.0, 0.3, 2.0}) {
    const Map map = [&](const Point& s) {
      Point x = left(s);
      for (double& value : x) value = std::max(value, wall);
      return x;
    };
    CHECK(iterations(map, {10, 10, 10, 10}, 1e-9, 3000, 8, true) < 3000);
  }
}

TEST(aTailFollowsItsHeadLinearly) {
  // The tail is kept as M head; affine combinations with weights that sum to one keep it so.
  constexpr std::size_t head = 5, tail = 3;
  const Map map = linearMap({0.99, 0.9, 0.8, 0.4, 0.2}, 3);
  const Random random(9);
  const auto product = [&](const Point& s, std::size_t row) {
    double sum = 0;
    for (std::size_t i = 0; i < head; ++i) sum += random.normal(row * head + i) * s[i];
    return sum;
  };
  const auto withTail = [&](Point s) {
    s.resize(head);
    for (std::size_t row = 0; row < tail; ++row) s.push_back(product(s, row));
    return s;
  };
  const Cpu la;
  Anderson<Cpu> anderson(la, 4, head, head + tail);
  Point s = withTail(Point(head));
  for (int k = 0; k < 30; ++k) {
    Point g = withTail(map(Point(s.begin(), s.begin() + head)));
    anderson.advance({s.data(), static_cast<int>(s.size())}, {g.data(), static_cast<int>(g.size())});
    for (std::size_t row = 0; row < tail; ++row) CHECK_NEAR(g[head + row], product(g, row), 1e-9);
    s = g;
    if (k == 15) anderson.reset();
  }
}

TEST(atAFixedPointItStays) {
  const Cpu la;
  Anderson<Cpu> anderson(la, 5, 2, 2);
  Point s = {1, 2};
  for (int k = 0; k < 20; ++k) {
    Point g = s;
    anderson.advance({s.data(), static_cast<int>(s.size())}, {g.data(), static_cast<int>(g.size())});
    CHECK_EQ(g[0], 1.0);
    CHECK_EQ(g[1], 2.0);
  }
}

TEST(anExtrapolationThatGoesAstrayIsTakenBack) {
  // Contracts near zero, but throws points far out still farther: s -> 0.9 s inside, 2 s - sign outside of |s| = 5.
  const Map map = [](const Point& s) {
    const double x = s[0];
    return Point{std::abs(x) < 5 ? 0.9 * x + 0.05 * std::sin(3 * x) : 2 * x - std::copysign(5.5, x)};
  };
  for (double start = -4.5; start <= 4.5; start += 0.5) CHECK(iterations(map, {start}, 1e-9, 2000, 5, true) < 2000);
}

TEST(stepsThatDifferByRoundingAloneLeadNowhere) {
  // Steps of length one towards c from afar, with noise as of rounding: differences of residuals are noise alone.
  const Point c = {1000, -2000, 500};
  const Random random(4);
  const Cpu la;
  Anderson<Cpu> anderson(la, 8, 3, 3);
  Point s(3);
  for (std::uint32_t k = 0; k < 400; ++k) {
    Point g(3);
    for (std::size_t i = 0; i < 3; ++i) {
      g[i] = s[i] + std::clamp(c[i] - s[i], -1.0, 1.0) + 1e-12 * random.normal(3 * k + static_cast<std::uint32_t>(i));
    }
    anderson.advance({s.data(), static_cast<int>(s.size())}, {g.data(), static_cast<int>(g.size())});
    for (const double value : g) CHECK(std::abs(value) < 20'000);
    s = g;
  }
}

TEST(sumsOverDifferencesInSinglePrecision) {
  const Random random(4);
  for (const int n : {1, 7, 8, 300, 517}) {
    for (const int columns : {1, 3, 4, 9, 15}) {
      const int stride = n + 3;
      std::vector<float> a(static_cast<std::size_t>(stride * columns)), x(static_cast<std::size_t>(n));
      for (std::size_t i = 0; i < a.size(); ++i) a[i] = static_cast<float>(random.normal(i));
      for (std::size_t i = 0; i < x.size(); ++i) x[i] = static_cast<float>(random.normal(1000000 + i));
      std::vector<double> sums(static_cast<std::size_t>(columns), 0.5), y(static_cast<std::size_t>(n), 0.25);
      loops::addDots(n, columns, a.data(), stride, x.data(), sums.data());
      loops::subtractCombination(n, columns, a.data(), stride, sums.data(), y.data());
      std::vector<double> rest(static_cast<std::size_t>(n), 0.25);
      for (int j = 0; j < columns; ++j) {
        const float* column = a.data() + j * stride;
        double sum = 0.5;
        for (int i = 0; i < n; ++i) sum += double{column[i]} * double{x[static_cast<std::size_t>(i)]};
        CHECK_NEAR(sums[static_cast<std::size_t>(j)], sum, 1e-11);
        for (int i = 0; i < n; ++i) rest[static_cast<std::size_t>(i)] -= sum * double{column[i]};
      }
      for (int i = 0; i < n; ++i) {
        CHECK_NEAR(y[static_cast<std::size_t>(i)], rest[static_cast<std::size_t>(i)], 1e-10);
      }
    }
  }
}
