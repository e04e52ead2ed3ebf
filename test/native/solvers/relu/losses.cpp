// Losses: value, proximal step and conjugate agree with each other and with the definitions, and nothing turns into
// NaN.
// Compiled with sanitizers itself: what it tests stands in headers.
#include <array>

#include "check.hpp"
#include "core/random.hpp"
#include "solvers/relu/loss.hpp"

using namespace nonconvex;

namespace {

using Row = std::array<double, 3>;  // up to three outputs, side by side

constexpr ReluLoss kinds[] = {ReluLoss::squared, ReluLoss::logistic, ReluLoss::hinge, ReluLoss::softmax,
                              ReluLoss::huber};

ReluRowLoss lossOf(ReluLoss kind, int c) { return {.kind = kind, .delta = 0.7, .c = c, .stride = 1}; }

struct Draw {
  Random random;
  std::uint64_t next = 0;

  double normal() { return random.normal(next++); }
  double uniform() { return random.uniform(next++); }
  Row normals(double scale) { return {scale * normal(), scale * normal(), scale * normal()}; }
  Row target(ReluLoss kind, int c) {
    Row y{};
    if (kind == ReluLoss::softmax) {
      const bool oneHot = uniform() < 0.7;
      double sum = 0;
      for (int j = 0; j < c; ++j) sum += y[static_cast<std::size_t>(j)] = oneHot ? 0 : uniform();
      for (int j = 0; j < c && !oneHot; ++j) y[static_cast<std::size_t>(j)] /= sum;
      if (oneHot) y[static_cast<std::size_t>(uniform() * c)] = 1;
    } else {
      const bool margins = kind == ReluLoss::logistic || kind == ReluLoss::hinge;
      for (double& value : y) value = margins ? (uniform() < 0.5 ? -1 : 1) : 2 * normal();
    }
    return y;
  }
};

/// The definition, in long double.
double plainValue(const ReluRowLoss& loss, const Row& f, const Row& y) {
  long double total = 0;
  if (loss.kind == ReluLoss::softmax) {
    long double sum = 0;
    for (int j = 0; j < loss.c; ++j) {
      sum += std::exp(static_cast<long double>(f[static_cast<std::size_t>(j)]));
      total -= static_cast<long double>(y[static_cast<std::size_t>(j)]) * f[static_cast<std::size_t>(j)];
    }
    return static_cast<double>(total + std::log(sum));
  }
  for (int j = 0; j < loss.c; ++j) {
    const long double a = f[static_cast<std::size_t>(j)];
    const long double b = y[static_cast<std::size_t>(j)];
    switch (loss.kind) {
      case ReluLoss::squared:
        total += (a - b) * (a - b) / 2;
        break;
      case ReluLoss::logistic:
        total += std::log1p(std::exp(-a * b));
        break;
      case ReluLoss::hinge:
        total += std::max(0.0L, 1 - a * b);
        break;
      default: {
        const long double r = std::abs(a - b);
        total += r <= loss.delta ? r * r / 2 : loss.delta * r - static_cast<long double>(loss.delta) * loss.delta / 2;
      }
    }
  }
  return static_cast<double>(total);
}

double dot(int c, const Row& a, const Row& b) {
  double s = 0;
  for (int j = 0; j < c; ++j) s += a[static_cast<std::size_t>(j)] * b[static_cast<std::size_t>(j)];
  return s;
}

/// A point of the dual's domain, sometimes on its border.
Row dualPoint(const ReluRowLoss& loss, const Row& y, Draw& draw) {
  Row theta{};
  const double edge = draw.uniform();
  const auto unit = [&] { return edge < 0.1 ? 0.0 : edge < 0.2 ? 1.0 : draw.uniform(); };
  if (loss.kind == ReluLoss::softmax) {
    double sum = 0;
    Row p{};
    for (int j = 0; j < loss.c; ++j) sum += p[static_cast<std::size_t>(j)] = draw.uniform();
    for (int j = 0; j < loss.c; ++j) {
      theta[static_cast<std::size_t>(j)] = y[static_cast<std::size_t>(j)] - p[static_cast<std::size_t>(j)] / sum;
    }
    return theta;
  }
  for (int j = 0; j < loss.c; ++j) {
    double& t = theta[static_cast<std::size_t>(j)];
    if (loss.kind == ReluLoss::squared) t = 2 * draw.normal();
    if (loss.kind == ReluLoss::huber) t = loss.delta * (2 * unit() - 1);
    if (loss.kind == ReluLoss::logistic || loss.kind == ReluLoss::hinge) t = y[static_cast<std::size_t>(j)] * unit();
  }
  return theta;
}

template <class F>
void forEachLoss(F&& f) {
  for (const ReluLoss kind : kinds) {
    for (const int c : {1, 2, 3}) {
      if (kind != ReluLoss::softmax || c > 1) f(lossOf(kind, c));
    }
  }
}

}  // namespace

TEST(valuesAreThoseOfTheDefinition) {
  Draw draw{Random(1)};
  forEachLoss([&](const ReluRowLoss& loss) {
    for (int i = 0; i < 300; ++i) {
      const Row y = draw.target(loss.kind, loss.c);
      const Row f = draw.normals(i % 2 == 0 ? 1 : 20);
      const double expected = plainValue(loss, f, y);
      CHECK_NEAR(loss.value(f.data(), y.data()), expected, 1e-13 * (1 + std::abs(expected)));
    }
  });
}

/// loss(f) + loss*(-theta) >= -theta f for all theta of the domain, with equality where -theta is a subgradient at f.
TEST(fenchelAndYoung) {
  Draw draw{Random(2)};
  forEachLoss([&](const ReluRowLoss& loss) {
    for (int i = 0; i < 500; ++i) {
      const Row y = draw.target(loss.kind, loss.c);
      const Row f = draw.normals(i % 2 == 0 ? 1 : 10);
      const double value = loss.value(f.data(), y.data());
      Row theta{};
      loss.dualPoint(f.data(), y.data(), theta.data());
      const double dual = loss.dualValue(theta.data(), y.data());
      CHECK_NEAR(value - dual, -dot(loss.c, theta, f), 1e-11 * (1 + std::abs(value)));
      const Row other = dualPoint(loss, y, draw);
      const double otherDual = loss.dualValue(other.data(), y.data());
      CHECK(std::isfinite(otherDual));
      CHECK(value - otherDual >= -dot(loss.c, other, f) - 1e-11 * (1 + std::abs(value)));
    }
  });
}

/// theta = -gradient, by differences, away from kinks.
TEST(dualPointsAreGradients) {
  Draw draw{Random(3)};
  forEachLoss([&](const ReluRowLoss& loss) {
    for (int i = 0; i < 200; ++i) {
      const Row y = draw.target(loss.kind, loss.c);
      const Row f = draw.normals(2);
      Row theta{};
      loss.dualPoint(f.data(), y.data(), theta.data());
      for (std::size_t j = 0; j < static_cast<std::size_t>(loss.c); ++j) {
        if (loss.kind == ReluLoss::hinge && std::abs(1 - y[j] * f[j]) < 1e-4) continue;
        const double h = 1e-5;
        Row up = f, down = f;
        up[j] += h;
        down[j] -= h;
        const double slope = (plainValue(loss, up, y) - plainValue(loss, down, y)) / (2 * h);
        CHECK_NEAR(theta[j], -slope, 1e-5);
      }
    }
  });
}

TEST(outsideOfItsDomainTheDualIsMinusInfinity) {
  const Row y = {1, -1, 0};
  const auto dual = [&](ReluLoss kind, Row theta, int c, const Row& target) {
    return lossOf(kind, c).dualValue(theta.data(), target.data());
  };
  for (const ReluLoss kind : {ReluLoss::logistic, ReluLoss::hinge}) {
    CHECK_EQ(dual(kind, {-0.01, 0, 0}, 1, y), -INFINITY);
    CHECK_EQ(dual(kind, {1.01, 0, 0}, 1, y), -INFINITY);
    CHECK_EQ(dual(kind, {0.5, 0.5, 0}, 2, y), -INFINITY);  // the second target is -1
    CHECK(std::isfinite(dual(kind, {0.5, -0.5, 0}, 2, y)));
  }
  CHECK_EQ(dual(ReluLoss::huber, {0.71, 0, 0}, 1, y), -INFINITY);
  CHECK_EQ(dual(ReluLoss::huber, {-0.71, 0, 0}, 1, y), -INFINITY);
  CHECK_EQ(dual(ReluLoss::softmax, {1.1, -0.1, 0}, 2, {1, 0, 0}), -INFINITY);  // p = (-0.1, 0.1)
  CHECK(std::isfinite(dual(ReluLoss::squared, {1e100, 0, 0}, 1, y)));
}

/// z minimises loss(z) + sigma/2 ||z - a||^2: no nearby point is better, golden section (one output) finds no other,
/// and theta = sigma (z - a) is in the dual's domain with equality in Fenchel-Young.
TEST(proximalSteps) {
  Draw draw{Random(4)};
  forEachLoss([&](const ReluRowLoss& loss) {
    for (int i = 0; i < 300; ++i) {
      const double sigma = std::exp(2 * draw.normal());
      const Row y = draw.target(loss.kind, loss.c);
      const Row a = draw.normals(i % 2 == 0 ? 1 : 10);
      Row z = draw.normals(i % 3 == 0 ? 0 : 5);  // any start
      Row theta{}, work{};
      loss.prox(a.data(), y.data(), sigma, z.data(), theta.data(), work.data());
      const auto objective = [&](const Row& at) {
        double s = plainValue(loss, at, y);
        for (std::size_t j = 0; j < static_cast<std::size_t>(loss.c); ++j)
          s += sigma / 2 * (at[j] - a[j]) * (at[j] - a[j]);
        return s;
      };
      const double least = objective(z);
      for (const double step : {1e-1, 1e-3, 1e-5}) {
        for (int k = 0; k < 4; ++k) {
          const Row direction = draw.normals(step);
          Row other = z;
          for (std::size_t j = 0; j < 3; ++j) other[j] += direction[j];
          CHECK(objective(other) >= least - 1e-13 * (1 + std::abs(least)));
        }
      }
      for (std::size_t j = 0; j < static_cast<std::size_t>(loss.c); ++j) {
        CHECK_NEAR(theta[j], sigma * (z[j] - a[j]), 1e-9 * (1 + sigma * std::abs(z[j] - a[j])));
      }
      const double dual = loss.dualValue(theta.data(), y.data());
      CHECK_NEAR(loss.value(z.data(), y.data()) - dual, -dot(loss.c, theta, z), 1e-8 * (1 + std::abs(dual)));
      if (loss.c > 1) continue;
      double low = a[0] - 10 / sigma - 50, high = a[0] + 10 / sigma + 50;
      for (int k = 0; k < 200; ++k) {
        const double left = low + 0.382 * (high - low), right = low + 0.618 * (high - low);
        (objective({left, 0, 0}) < objective({right, 0, 0}) ? high : low) =
            objective({left, 0, 0}) < objective({right, 0, 0}) ? right : left;
      }
      CHECK_NEAR(z[0], low, 1e-6 * (1 + std::abs(low)) * (1 + 1 / std::sqrt(sigma)));
    }
  });
}

/// Rows lie `stride` apart, and entries of other rows are left alone.
TEST(rowsOfAMatrix) {
  forEachLoss([&](ReluRowLoss loss) {
    Draw draw{Random(5)};
    const Row y = draw.target(loss.kind, loss.c);
    const Row f = draw.normals(1);
    constexpr int n = 4;
    loss.stride = n;
    std::array<double, 12> ys{}, fs{}, zs{}, thetas{}, work{};
    for (std::size_t j = 0; j < 3; ++j) {
      ys[j * n] = y[j];
      fs[j * n] = f[j];
    }
    const ReluRowLoss side = lossOf(loss.kind, loss.c);
    CHECK_EQ(loss.value(fs.data(), ys.data()), side.value(f.data(), y.data()));
    Row theta{}, z{}, w{};
    loss.prox(fs.data(), ys.data(), 0.8, zs.data(), thetas.data(), work.data());
    side.prox(f.data(), y.data(), 0.8, z.data(), theta.data(), w.data());
    for (std::size_t i = 0; i < 12; ++i) {
      CHECK_EQ(zs[i], i % n == 0 ? z[i / n] : 0.0);
      CHECK_EQ(thetas[i], i % n == 0 ? theta[i / n] : 0.0);
    }
    CHECK_EQ(loss.dualValue(thetas.data(), ys.data()), side.dualValue(theta.data(), y.data()));
  });
}

TEST(extremeArgumentsGiveNoNaN) {
  const double extremes[] = {0,     1,     -1,     1e-300, -1e-300, 700,    -700, 1e16,
                             -1e16, 1e150, -1e150, 1e300,  -1e300,  5e-324, 40,   -40};
  Draw draw{Random(6)};
  forEachLoss([&](const ReluRowLoss& loss) {
    for (const double first : extremes) {
      for (const double second : extremes) {
        const Row f = {first, second, -first};
        Row y = draw.target(loss.kind, loss.c);
        if (loss.kind == ReluLoss::squared || loss.kind == ReluLoss::huber) y[0] = std::clamp(second, -1e150, 1e150);
        const double value = loss.value(f.data(), y.data());
        CHECK(value >= 0);
        Row theta{};
        loss.dualPoint(f.data(), y.data(), theta.data());
        const double dual = loss.dualValue(theta.data(), y.data());
        CHECK(!std::isnan(dual));
        for (const double sigma : {1e-11, 1e-3, 1.0, 1e9}) {
          if (std::isinf(sigma * f[0]) || std::isinf(sigma * f[1])) continue;
          Row z{}, w{};
          loss.prox(f.data(), y.data(), sigma, z.data(), theta.data(), w.data());
          for (std::size_t j = 0; j < static_cast<std::size_t>(loss.c); ++j) {
            CHECK(std::isfinite(z[j]));
            CHECK(std::isfinite(theta[j]));
          }
          // What the solver takes as a dual point must be in the domain, whatever went in.
          if (loss.kind != ReluLoss::squared) CHECK(loss.dualValue(theta.data(), y.data()) > -INFINITY);
        }
      }
    }
  });
}
