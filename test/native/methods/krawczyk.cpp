// Zeros that the operator of Krawczyk proves, against zeros that are known, and systems without one.
#include "methods/interval_newton/krawczyk.hpp"

#include <cmath>
#include <random>
#include <vector>

#include "check.hpp"
#include "core/index.hpp"

using namespace nonconvex;
using namespace nonconvex::outward;

namespace {

/// F_i(x) = x_i^2 - a_i + sum_j B_ij x_j for a matrix B of whole numbers.
struct Quadratic {
  std::vector<double> a, B;

  bool values(std::span<const Interval> x, std::span<Interval> made) const {
    for (std::size_t i = 0; i < a.size(); ++i) {
      made[i] = subtract(square(x[i]), point(a[i]));
      for (std::size_t j = 0; j < a.size(); ++j) made[i] = add(made[i], multiply(B[i * a.size() + j], x[j]));
    }
    return true;
  }
  bool jacobian(std::span<const Interval> x, std::span<Interval> made) const {
    for (std::size_t i = 0; i < a.size(); ++i) {
      for (std::size_t j = 0; j < a.size(); ++j) made[i * a.size() + j] = point(B[i * a.size() + j]);
      made[i * a.size() + i] = add(made[i * a.size() + i], multiply(2, x[i]));
    }
    return true;
  }
};

/// A function without values outside of x >= 0.
struct Rooted {
  bool values(std::span<const Interval> x, std::span<Interval> made) const {
    if (x[0].low < 0) return false;
    made[0] = subtract(outward::sqrt(x[0]), point(2));
    return true;
  }
  bool jacobian(std::span<const Interval> x, std::span<Interval> made) const {
    if (x[0].low <= 0) return false;
    made[0] = multiply(0.5, reciprocal(outward::sqrt(x[0])));
    return true;
  }
};

}  // namespace

TEST(zerosThatAreKnownAreInTheBox) {
  std::mt19937 draw(1);
  int proved = 0;
  for (int trial = 0; trial < check::repetitions(300); ++trial) {
    const std::size_t n = 1 + draw() % 6;
    std::vector<double> x(n), start(n);
    Quadratic functions;
    for (double& each : x) each = static_cast<double>(draw() % 19) - 9;
    for (std::size_t k = 0; k < n * n; ++k) functions.B.push_back(static_cast<double>(draw() % 7) - 3);
    for (std::size_t i = 0; i < n; ++i) {
      double sum = x[i] * x[i];
      for (std::size_t j = 0; j < n; ++j) sum += functions.B[i * n + j] * x[j];
      functions.a.push_back(sum);
      start[i] = x[i] + 1e-6 * std::sin(static_cast<double>(draw() % 100));
    }
    Krawczyk krawczyk(static_cast<int>(n));
    if (!krawczyk.prove(functions, start)) continue;
    ++proved;
    bool contains = true;
    double width = 0;
    for (std::size_t j = 0; j < n; ++j) {
      contains = contains && krawczyk.box()[j].contains(x[j]);
      width = std::max(width, krawczyk.box()[j].high - krawczyk.box()[j].low);
    }
    CHECK(contains);
    CHECK(width < 1e-9);
  }
  CHECK(proved > check::repetitions(270));
}

/// x^2 + e has no zero, and x^2 one that is not simple: neither may be proved.
TEST(systemsWithoutSimpleZerosAreNotProved) {
  for (const double e : {0.0, 1e-300, 1e-30, 1e-16, 1e-8, 1.0}) {
    Quadratic functions = {{-e}, {0}};
    Krawczyk krawczyk(1);
    for (const double start : {0.0, 1e-12, -1e-8, 1e-4, 0.3}) CHECK(!krawczyk.prove(functions, std::vector{start}));
  }
}

TEST(functionsMayHaveNoValue) {
  Rooted functions;
  Krawczyk krawczyk(1);
  CHECK(krawczyk.prove(functions, std::vector{4.0001}));
  CHECK(krawczyk.box()[0].contains(4));
  CHECK(!krawczyk.prove(functions, std::vector{-1.0}));
  CHECK(!krawczyk.prove(functions, std::vector{0.0}));
}
