// Objectives of very many terms, which are summed in parts and not kept: against loops over the terms.
#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include "check.hpp"
#include "expressions/model_graphs.hpp"

using check::uniform;
using nonconvex::Graph;
using nonconvex::Op;
using nonconvex::Program;

namespace {

constexpr int n = 20011;  // terms are not a whole number of blocks

/// 100 sum (x_{i+1} - x_i^2)^2 + sum (1 - x_i)^2 + x_0, and the constraint x_0 + x_1 - 3 = 0.
Graph chained() {
  Graph g(n);
  const int head = g.variables(0, n - 1), tail = g.variables(1, n - 1), x0 = g.variables(0, 1);
  const int valley = g.norm2Squared(g.binary(Op::subtract, tail, g.unary(Op::square, head)), n - 1);
  const int slope = g.norm2Squared(g.binary(Op::subtract, g.constant(1), head), n - 1);
  const int terms = g.binary(Op::add, g.binary(Op::multiply, g.constant(100), valley), slope);
  g.minimize(g.binary(Op::add, terms, x0));
  g.equalZero(g.binary(Op::subtract, g.binary(Op::add, x0, g.variables(1, 1)), g.constant(3)));
  return g;
}

struct Expected {
  long double f;
  std::vector<double> g, diagonal, below;
};

Expected expectedAt(const std::vector<double>& x, double sigma) {
  Expected e{x[0], std::vector<double>(n), std::vector<double>(n), std::vector<double>(n)};
  e.g[0] = 1;
  for (std::size_t i = 0; i + 1 < n; ++i) {
    const double d = x[i + 1] - x[i] * x[i];
    e.f += 100.0L * d * d + (1.0L - x[i]) * (1.0L - x[i]);
    e.g[i] += -400 * x[i] * d - 2 * (1 - x[i]);
    e.g[i + 1] += 200 * d;
    e.diagonal[i] += sigma * (-400 * d + 800 * x[i] * x[i] + 2);
    e.diagonal[i + 1] += sigma * 200;
    e.below[i] = sigma * -400 * x[i];
  }
  return e;
}

bool near(double a, double b) { return std::abs(a - b) <= 1e-11 * std::max(1.0, std::abs(b)); }

}  // namespace

TEST(largeSums) {
  std::mt19937_64 random(5);
  Program program(chained());
  constexpr double sigma = 0.7;
  const std::vector<double> lambda = {2};
  for (int trial = 0; trial < 2; ++trial) {
    const std::vector<double> x = uniform(random, n), v = uniform(random, n);
    const Expected e = expectedAt(x, sigma);
    program.moveTo(x);
    const double f = program.objective();
    CHECK(std::abs(f - static_cast<double>(e.f)) <= 1e-15 * f);
    std::vector<double> g(n), c(1), H(program.hessianPattern().nonzeros()), Hv(n);
    program.gradient(g);
    program.constraintValues(c);
    CHECK(near(c[0], x[0] + x[1] - 3));
    program.hessian(sigma, lambda, H);
    CHECK(program.largestOfHessian(H) == std::abs(*std::max_element(H.begin(), H.end(), [](double a, double b) {
            return std::abs(a) < std::abs(b);
          })));
    int wrong = 0;
    std::vector<double> product(n);
    for (std::size_t j = 0; j < n; ++j) {
      const auto at = static_cast<std::size_t>(program.hessianPattern().offsets[j]);
      if (!near(g[j], e.g[j]) || !near(H[at], e.diagonal[j])) ++wrong;
      product[j] += e.diagonal[j] * v[j];
      if (j + 1 == n) break;
      if (!near(H[at + 1], e.below[j])) ++wrong;
      product[j] += e.below[j] * v[j + 1];
      product[j + 1] += e.below[j] * v[j];
    }
    program.hessianProduct(sigma, lambda, v, Hv);
    for (std::size_t j = 0; j < n; ++j) wrong += near(Hv[j], product[j]) ? 0 : 1;
    CHECK(wrong == 0);
    // The sum does not depend on what else was asked for.
    program.values();
    CHECK(program.objective() == f);
  }
}

TEST(largestOfAHessianThatIsNoNumber) {
  Program program(chained());
  std::vector<double> x(n, 1.0), H(program.hessianPattern().nonzeros());
  x[n / 2] = std::numeric_limits<double>::quiet_NaN();
  program.moveTo(x);
  program.hessian(1, std::vector<double>{0}, H);
  CHECK(std::isnan(program.largestOfHessian(H)));
}
