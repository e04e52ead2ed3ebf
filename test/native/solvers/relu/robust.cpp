// Worst-case losses and their prox, and projections onto robust cones.
#include <array>

#include "check.hpp"
#include "core/random.hpp"
#include "solvers/relu/robust/solver.hpp"

using namespace nonconvex;

namespace {

double dot(int n, const double* a, const double* b) {
  double sum = 0;
  for (int i = 0; i < n; ++i) sum += a[i] * b[i];
  return sum;
}

}  // namespace

TEST(proxOfWorstCaseLossesIsAMinimum) {
  constexpr int d = 4, inputs = 3;
  const Random random(3);
  std::uint64_t draw = 0;
  for (const ReluLoss kind : {ReluLoss::squared, ReluLoss::hinge, ReluLoss::logistic}) {
    for (const AdversaryNorm norm : {AdversaryNorm::inf, AdversaryNorm::two}) {
      for (int k = 0; k < 40; ++k) {
        const WorstCaseLoss loss(kind, {.norm = norm, .radius = 0.05 * (1 + k % 7)}, inputs, d);
        std::array<double, d> x, a, c, direction, other;
        for (int i = 0; i < d; ++i) x[at(i)] = random.normal(draw++);
        for (int i = 0; i < d; ++i) a[at(i)] = random.normal(draw++);
        // Some targets near the prediction at a, where the squared loss has its tie.
        const double near = dot(d, x.data(), a.data()) + 0.1 * random.normal(draw++);
        const double y = kind == ReluLoss::squared ? near : (k % 2 == 0 ? 1 : -1);
        const double sigma = 0.3 + k % 3;
        const WorstCase worst = loss.prox(x.data(), y, sigma, a.data(), c.data());
        loss.direction(x.data(), worst, sigma, a.data(), direction.data());
        for (int i = 0; i < d; ++i) CHECK(std::abs(direction[at(i)] - sigma * (c[at(i)] - a[at(i)])) < 1e-9);
        // Minus the direction is a derivative: the loss lies above its tangent, which is the dual's value.
        const double value = loss.value(x.data(), y, c.data());
        CHECK(std::abs(loss.dualValue(worst, y) - dot(d, direction.data(), c.data()) - value) < 1e-8);
        for (int trial = 0; trial < 20; ++trial) {
          for (int i = 0; i < d; ++i) other[at(i)] = c[at(i)] + 0.3 * random.normal(draw++);
          const double tangent = loss.dualValue(worst, y) - dot(d, direction.data(), other.data());
          CHECK(loss.value(x.data(), y, other.data()) >= tangent - 1e-8);
        }
      }
    }
  }
}

TEST(robustConeProjectionsAreOptimal) {
  constexpr int d = 5, inputs = 4, n = 40;
  const Random random(5);
  std::uint64_t draw = 0;
  HostMatrix<double> xt(d, n);
  for (std::size_t k = 0; k < xt.size(); ++k) xt.data()[k] = random.normal(draw++);
  for (int k = 0; k < n; ++k) xt(d - 1, k) = 1;
  for (const AdversaryNorm norm : {AdversaryNorm::inf, AdversaryNorm::two}) {
    for (int k = 0; k < 20; ++k) {
      std::array<double, d> gate, b, p, interior;
      std::array<double, n> pattern;
      for (int i = 0; i < d; ++i) gate[at(i)] = 0.2 * random.normal(draw++) + (i == d - 1 ? 1 : 0);
      for (int j = 0; j < n; ++j) pattern[at(j)] = dot(d, xt.column(j), gate.data()) >= 0 ? 1 : 0;
      RobustCone cone(xt, pattern.data(), nullptr, {.norm = norm, .radius = 0.02}, inputs);
      if (!cone.findInterior(interior.data())) continue;
      CHECK(cone.leastSlack(interior.data()) >= 0.5);
      for (int trial = 0; trial < 5; ++trial) {
        for (int i = 0; i < d; ++i) b[at(i)] = random.normal(draw++);
        cone.project(b.data(), p.data());
        CHECK(cone.leastSlack(p.data()) >= -1e-9);
        double residual = 0;
        for (int i = 0; i < d; ++i) residual += (b[at(i)] - p[at(i)]) * p[at(i)];
        CHECK(std::abs(residual) < 1e-8);
        double gain = 0;  // the interior point must not be nearer
        for (int i = 0; i < d; ++i) gain += (b[at(i)] - p[at(i)]) * interior[at(i)];
        CHECK(gain <= 1e-8 * std::sqrt(dot(d, interior.data(), interior.data())));
      }
    }
  }
}

TEST(coneOfContradictingRowsIsEmpty) {
  HostMatrix<double> xt(2, 2);
  xt(0, 0) = xt(0, 1) = 1;
  xt(1, 0) = 0.1;
  const std::array<double, 2> pattern = {1, 0};
  std::array<double, 2> v;
  CHECK(
      !RobustCone(xt, pattern.data(), nullptr, {.norm = AdversaryNorm::inf, .radius = 0.2}, 2).findInterior(v.data()));
  CHECK(
      RobustCone(xt, pattern.data(), nullptr, {.norm = AdversaryNorm::inf, .radius = 0.01}, 2).findInterior(v.data()));
}
