// Each term of a ratio against its formula, and what it remembers after many moves against a fresh start.
#include "solvers/fractional/terms.hpp"

#include <cmath>
#include <functional>
#include <numeric>

#include "check.hpp"
#include "core/random.hpp"
#include "linalg/cpu.hpp"
#include "solvers/fractional/data.hpp"

using namespace nonconvex;

namespace {

using Kind = FractionalTerm::Kind;
using Point = std::vector<double>;
constexpr int n = 6;
constexpr int m = 9;

/// Random data that the terms below use.
struct Numbers {
  std::vector<double> A, Q, b, labels, c, positive;
  Numbers() : A(m * n), Q(n * n), b(m), labels(m), c(n), positive(n) {
    const Random random(11);
    for (std::size_t k = 0; k < A.size(); ++k) A[k] = random.uniform(k) < 0.8 ? random.normal(100 + k) : 0;
    for (std::size_t i = 0; i < m; ++i) {
      b[i] = random.normal(500 + i);
      labels[i] = b[i] > 0 ? 1 : -1;
    }
    for (std::size_t j = 0; j < n; ++j) {
      c[j] = random.normal(600 + j);
      positive[j] = 0.2 + random.uniform(700 + j);
      for (std::size_t k = 0; k < n; ++k) {
        for (std::size_t i = 0; i < m; ++i) Q[j * n + k] += A[i * n + j] * A[i * n + k];
      }
    }
  }
} const numbers;

const Point nines(n, 9.0);
const Point tenths(n, 0.1);

Point product(const Point& x) {
  Point Ax(m);
  for (std::size_t i = 0; i < m; ++i)
    Ax[i] = std::inner_product(x.begin(), x.end(), numbers.A.begin() + static_cast<long>(i * n), 0.0);
  return Ax;
}
double form(const Point& x) {
  double sum = 0;
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) sum += x[i] * numbers.Q[i * n + j] * x[j];
  }
  return sum;
}
double linear(const Point& x) { return std::inner_product(x.begin(), x.end(), numbers.c.begin(), 0.0); }
double sumOf(const Point& values, const std::function<double(double, std::size_t)>& f) {
  double sum = 0;
  for (std::size_t i = 0; i < values.size(); ++i) sum += f(values[i], i);
  return sum;
}

FractionalProblem problemOf(FractionalTerm numerator, FractionalTerm denominator) {
  FractionalProblem problem;
  problem.n = n;
  problem.matrices = {MatrixInput{numbers.A.data(), nullptr, m, n}, MatrixInput{numbers.Q.data(), nullptr, n, n}};
  numerator.name = "numerator[0]";
  denominator.name = "denominator";
  problem.numerator = {numerator};
  problem.denominator = denominator;
  return problem;
}

struct Smooth {
  FractionalTerm term;
  std::function<double(const Point&)> value;
  bool exact;  // `restrictTo` is the function and not a bound of it
  FractionalGram gram = FractionalGram::never;
};

std::vector<Smooth> smoothTerms() {
  const auto squares = [](const Point& x) {
    return sumOf(product(x), [](double z, std::size_t i) { return (z - numbers.b[i]) * (z - numbers.b[i]) / 2; });
  };
  return {
      {{.kind = Kind::leastSquares, .matrix = 0, .b = numbers.b}, squares, true},
      {{.kind = Kind::leastSquares, .matrix = 0, .b = numbers.b}, squares, true, FractionalGram::always},
      {{.kind = Kind::squaredHinge, .matrix = 0, .b = numbers.b},
       [](const Point& x) {
         return sumOf(product(x),
                      [](double z, std::size_t i) { return std::pow(std::max(0.0, z - numbers.b[i]), 2) / 2; });
       },
       false},
      {{.kind = Kind::logistic, .matrix = 0, .b = numbers.labels},
       [](const Point& x) {
         return sumOf(product(x),
                      [](double z, std::size_t i) { return std::log(1 + std::exp(-numbers.labels[i] * z)); });
       },
       false},
      {{.kind = Kind::quadratic, .matrix = 1, .c = numbers.c, .constant = 100},
       [](const Point& x) { return form(x) / 2 + linear(x); },
       true},
  };
}

struct Denominator {
  FractionalTerm term;
  std::function<double(const Point&)> value;
};

std::vector<Denominator> denominators() {
  const auto absolute = [](const Point& x) {
    Point sizes = x;
    for (double& size : sizes) size = std::abs(size);
    std::sort(sizes.begin(), sizes.end(), std::greater<>());
    return sizes;
  };
  const auto norm = [](const Point& z, int p) {
    if (p == 0)
      return sumOf(z, [](double, std::size_t) { return 0.0; }) +
             std::abs(
                 *std::max_element(z.begin(), z.end(), [](double a, double b) { return std::abs(a) < std::abs(b); }));
    return std::pow(sumOf(z, [&](double v, std::size_t) { return std::pow(std::abs(v), p); }), 1.0 / p);
  };
  std::vector<Denominator> all = {
      {{.kind = Kind::norm1, .scale = 2, .shift = 0.5}, [=](const Point& x) { return 2 * norm(x, 1) + 0.5; }},
      {{.kind = Kind::norm2, .scale = 2, .shift = 0.5}, [=](const Point& x) { return 2 * norm(x, 2) + 0.5; }},
      {{.kind = Kind::normInf, .scale = 2, .shift = 0.5}, [=](const Point& x) { return 2 * norm(x, 0) + 0.5; }},
      {{.kind = Kind::sumSquares, .constant = 1, .weight = 3},
       [=](const Point& x) { return 3 * std::pow(norm(x, 2), 2) + 1; }},
      {{.kind = Kind::quadratic, .matrix = 1, .c = numbers.c, .constant = 50},
       [](const Point& x) { return form(x) / 2 + linear(x) + 50; }},
      {{.kind = Kind::quadratic, .matrix = 1}, [](const Point& x) { return form(x) / 2; }},
      {{.kind = Kind::linear, .c = numbers.c, .constant = 40}, [](const Point& x) { return linear(x) + 40; }},
      {{.kind = Kind::affineSquared, .c = numbers.c, .constant = 40},
       [](const Point& x) { return std::pow(linear(x) + 40, 2); }},
      {{.kind = Kind::sumSqrt, .c = nines, .weights = numbers.positive, .shift = 1},
       [](const Point& x) {
         return 1 + sumOf(x, [](double u, std::size_t i) { return numbers.positive[i] * std::sqrt(u + 9); });
       }},
      {{.kind = Kind::sumLog, .c = tenths, .weights = numbers.positive, .shift = 5},
       [](const Point& x) {
         return 5 + sumOf(x, [](double u, std::size_t i) { return numbers.positive[i] * std::log(1 + 0.1 * u); });
       }},
  };
  for (const int k : {1, 3, n}) {
    all.push_back({{.kind = Kind::topK, .k = k, .scale = 2, .shift = 0.5}, [=](const Point& x) {
                     const Point sizes = absolute(x);
                     const double sum = std::accumulate(sizes.begin(), sizes.begin() + k, 0.0);
                     CHECK_NEAR(penalties::TopK{k}.value(n, x.data()), sum, 1e-14 * sum);
                     return 2 * sum + 0.5;
                   }});
  }
  for (const int p : {0, 1, 2, 4}) {
    for (const bool squared : {false, true}) {
      all.push_back({{.kind = Kind::lpNorm, .matrix = 0, .p = p, .squared = squared, .scale = 2, .shift = 0},
                     [=](const Point& x) { return 2 * std::pow(norm(product(x), p), squared ? 2 : 1); }});
    }
  }
  return all;
}

/// Points that a sequence of moves visits: f(i, t) moves, then `visit` looks.
template <class Move, class Visit>
void walk(Point x, Move&& move, Visit&& visit) {
  const Random random(21);
  for (std::uint64_t step = 0; step < 60; ++step) {
    const int i = static_cast<int>(step % n);
    const double xi = x[static_cast<std::size_t>(i)];
    const double t = step % 7 == 3 ? -xi : random.normal(step);
    move(i, xi, t);
    x[static_cast<std::size_t>(i)] = xi + t;
    visit(x);
  }
}

const Point somewhere = {0.5, -1, 0, 2, 0.25, -0.125};

}  // namespace

TEST(smoothTermsAreTheirFormulas) {
  for (const Smooth& smooth : smoothTerms()) {
    FractionalSettings settings;
    settings.gram = smooth.gram;
    const FractionalData data(Cpu(), problemOf(smooth.term, {.kind = Kind::sumSquares, .constant = 1}), settings);
    const auto term = makeSmoothTerm(data.smooth[0]);
    const auto fresh = makeSmoothTerm(data.smooth[0]);
    term->restart(somewhere.data());
    CHECK_NEAR(term->value(), smooth.value(somewhere), 1e-12 * 100);
    walk(
        somewhere,
        [&](int i, double xi, double t) {
          const Parabola along = term->restrictTo(i, xi);
          const double before = term->value();
          term->move(i, t, along, (i + 1) % n);
          const double change = term->value() - before;
          CHECK(along(t) >= change - 1e-10);
          if (smooth.exact) CHECK_NEAR(along(t), change, 1e-10);
        },
        [&](const Point& x) {
          const double value = smooth.value(x);
          CHECK_NEAR(term->value(), value, 1e-10 * (1 + std::abs(value)));
          fresh->restart(x.data());
          const Parabola ray = term->restrictToRay(x.data());
          for (const double t : {-1.0, -0.5, 0.25, 2.0}) {
            Point scaled = x;
            for (double& u : scaled) u *= 1 + t;
            const double there = smooth.value(scaled);
            CHECK(ray(t) >= there - value - 1e-9 * (1 + std::abs(there)));
            if (smooth.exact) CHECK_NEAR(ray(t), there - value, 1e-9 * (1 + std::abs(there)));
            fresh->restart(x.data());
            fresh->scale(1 + t, scaled.data());
            CHECK_NEAR(fresh->value(), there, 1e-9 * (1 + std::abs(there)));
            const Parabola along = fresh->restrictTo(2, scaled[2]);
            fresh->restart(scaled.data());
            CHECK_NEAR(fresh->restrictTo(2, scaled[2]).b, along.b, 1e-9 * (1 + std::abs(along.b)));
          }
        });
  }
}

TEST(denominatorsAreTheirFormulas) {
  for (const Denominator& denominator : denominators()) {
    const FractionalData data(Cpu(), problemOf({.kind = Kind::sumSquares, .constant = 1}, denominator.term), {});
    const auto term = makeDenominator(data.denominator, n);
    term->restart(somewhere.data());
    CHECK_NEAR(term->value(), denominator.value(somewhere), 1e-12 * 1000);
    Point at = somewhere;
    walk(
        somewhere,
        [&](int i, double xi, double t) {
          const LineDenominator& along = term->restrictTo(i, xi);
          for (const double s : {-2.0, -0.5, 0.0, t, 0.3, 4.0}) {
            Point moved = at;
            moved[static_cast<std::size_t>(i)] += s;
            const double value = denominator.value(moved);
            CHECK_NEAR(along(s), value, 1e-9 * (1 + std::abs(value)));
          }
          term->move(i, xi, t, (i + 1) % n);
        },
        [&](const Point& x) {
          at = x;
          const double value = denominator.value(x);
          CHECK_NEAR(term->value(), value, 1e-9 * (1 + std::abs(value)));
          const LineDenominator& ray = term->restrictToRay(x.data());
          for (const double t : {-0.5, 0.25, 2.0}) {
            Point scaled = x;
            for (double& u : scaled) u *= 1 + t;
            const double there = denominator.value(scaled);
            if (std::isnan(there)) continue;  // outside the domain of a root or logarithm
            CHECK_NEAR(ray(t), there, 1e-9 * (1 + std::abs(there)));
          }
          Point half = x;
          for (double& u : half) u /= 2;
          const auto fresh = makeDenominator(data.denominator, n);
          fresh->restart(x.data());
          fresh->scale(0.5, half.data());
          CHECK_NEAR(fresh->value(), denominator.value(half), 1e-9 * (1 + value));
        });
  }
}

TEST(problemsThatCannotBeSolvedAreRefused) {
  const FractionalTerm squares{.kind = Kind::leastSquares, .matrix = 0, .b = numbers.b};
  const auto refusal = [](FractionalProblem problem, FractionalSettings settings = {}) {
    return check::messageOf([&] { FractionalData(Cpu(), problem, settings); });
  };
  CHECK_EQ(refusal(problemOf(squares, {.kind = Kind::norm1})), "");
  CHECK(check::contains(refusal(problemOf(squares, {.kind = Kind::topK, .k = n + 1})), "denominator.k = 7"));
  CHECK(check::contains(refusal(problemOf(squares, {.kind = Kind::norm1, .scale = -1})), "denominator.scale = -1"));
  CHECK(check::contains(refusal(problemOf({.kind = Kind::quadratic, .matrix = 0}, {.kind = Kind::norm1})),
                        "expected a square matrix"));
  const FractionalTerm negative{.kind = Kind::affine, .c = numbers.c, .constant = 1};
  CHECK(check::contains(refusal(problemOf(negative, {.kind = Kind::norm1})), "numerator"));
  FractionalProblem boxed = problemOf(negative, {.kind = Kind::norm1, .shift = 1});
  const Point low(n, -0.01), high(n, 0.01);
  boxed.lower = low;
  boxed.upper = high;
  CHECK_EQ(refusal(boxed), "");
  const FractionalTerm far{.kind = Kind::quadratic, .matrix = 1, .c = numbers.c, .constant = 1e-3};
  CHECK(check::contains(refusal(problemOf(far, {.kind = Kind::norm1})), "can be negative"));
  FractionalSettings parametric;
  parametric.method = FractionalMethod::pcd;
  CHECK(check::contains(refusal(problemOf(squares, {.kind = Kind::sumSquares, .constant = 1}), parametric),
                        "method = 'pcd'"));
  CHECK(check::contains(refusal(problemOf(squares, {.kind = Kind::lpNorm, .matrix = 0, .p = 4}), parametric), "'pcd'"));
  FractionalProblem outside = problemOf(squares, {.kind = Kind::norm1});
  outside.lower = low;
  outside.start = somewhere;
  CHECK(check::contains(refusal(outside), "start[1] = -1"));
}
