// Accelerated proximal gradients: the conditions of the minimum, for smooth functions and quadratics; the largest
// eigenvalue that steps are measured by.
#include "check.hpp"
#include "core/random.hpp"
#include "core/run.hpp"
#include "methods/composite/accelerated.hpp"
#include "methods/spectral/largest_eigenvalue.hpp"

using namespace nonconvex;

namespace {

constexpr std::size_t n = 12, rows = 30;

/// 1/2 ||A x - b||^2 for random A and b.
struct LeastSquares {
  Vector A, b, residual;
  int gradients = 0;
  explicit LeastSquares(std::uint64_t seed) : A(rows * n), b(rows), residual(rows) {
    const Random random(seed);
    for (std::size_t k = 0; k < A.size(); ++k) A[k] = random.normal(k);
    for (std::size_t i = 0; i < rows; ++i) b[i] = random.normal(A.size() + i);
  }
  int variables() const { return static_cast<int>(n); }
  In row(std::size_t i) const { return In(A).subspan(i * n, n); }
  double value(In x) {
    for (std::size_t i = 0; i < rows; ++i) residual[i] = dot(row(i), x) - b[i];
    return norm2Squared(residual) / 2;
  }
  double gradient(In x, Out g) {
    ++gradients;
    const double f = value(x);
    std::fill(g.begin(), g.end(), 0.0);
    for (std::size_t i = 0; i < rows; ++i) axpy(residual[i], row(i), g);
    return f;
  }
};

/// LeastSquares as a QuadraticFunction.
struct Quadratic : LeastSquares {
  using LeastSquares::LeastSquares;
  static constexpr bool quadratic = true;
  void hessianProduct(In v, Out out) {
    std::fill(out.begin(), out.end(), 0.0);
    for (std::size_t i = 0; i < rows; ++i) axpy(dot(row(i), v), row(i), out);
  }
};

struct Lasso {
  double lambda;
  double value(In x) const { return lambda * norm1(x); }
  void prox(double t, In x, Out out) const {
    for (std::size_t j = 0; j < x.size(); ++j) {
      out[j] = std::copysign(std::max(0.0, std::abs(x[j]) - t * lambda), x[j]);
    }
  }
};

/// max distance of -g from the subgradients of lambda ||x||_1.
double violation(LeastSquares& f, In x, double lambda) {
  Vector g(n);
  f.gradient(x, g);
  double most = 0;
  for (std::size_t j = 0; j < n; ++j) {
    const double off =
        x[j] == 0 ? std::max(0.0, std::abs(g[j]) - lambda) : std::abs(g[j] + std::copysign(lambda, x[j]));
    most = std::max(most, off);
  }
  return most;
}

template <class Method>
Status run(Method& method, int most = 5000) {
  for (int k = 0; k < most; ++k) {
    if (const auto status = method.step()) return *status;
  }
  return Status::iterationLimit;
}

}  // namespace

TEST(acceleratedGradientsMeetTheConditionsOfTheLasso) {
  const Cpu la;
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    LeastSquares f(seed);
    Quadratic same(seed);
    Lasso penalty{5};
    AcceleratedGradients general(la, f, penalty, {.tolerance = 1e-9});
    general.start(Vector(n, 1.0));
    CHECK(run(general) == Status::solved);
    AcceleratedGradients quadratic(la, same, penalty, {.tolerance = 1e-9});
    quadratic.start(Vector(n, 1.0));
    const int before = same.gradients;
    CHECK(run(quadratic) == Status::solved);
    CHECK_EQ(same.gradients, before);
    CHECK(violation(f, general.x(), 5) < 1e-7);
    CHECK(violation(f, quadratic.x(), 5) < 1e-7);
    int zeros = 0;
    for (std::size_t j = 0; j < n; ++j) {
      CHECK_NEAR(general.x()[j], quadratic.x()[j], 1e-8);
      zeros += quadratic.x()[j] == 0;
    }
    CHECK(zeros > 0 && zeros < static_cast<int>(n));
  }
}

TEST(acceleratedGradientsFindTheCurvature) {
  // The constant is doubled from 1 until it is that of the largest eigenvalue, about 80, or a little less.
  const Cpu la;
  Quadratic f(3);
  Lasso penalty{0};
  AcceleratedGradients method(la, f, penalty, {.lipschitz = 1, .tolerance = 1e-10});
  method.start(Vector(n, 1.0));
  CHECK(run(method) == Status::solved);
  LargestEigenvalue power(la);
  const double largest = power.improve(n, 300, [&](In v, Out out) { f.hessianProduct(v, out); }).quotient;
  CHECK(method.lipschitz() > largest / 4 && method.lipschitz() < 2 * largest);
}

TEST(acceleratedGradientsAreRunByIterate) {
  const Cpu la;
  LeastSquares f(1);
  Lasso penalty{2};
  AcceleratedGradients method(la, f, penalty, {.tolerance = 0});
  Limits limits;
  limits.tolerance = 1e-6;
  Monitor monitor;
  method.start(Vector(n, 0.0));
  const auto outcome = iterate(method, limits, monitor);
  CHECK(outcome.status == Status::solved);
  CHECK(outcome.progress.residual <= 1e-6);
  CHECK_NEAR(outcome.progress.objective, f.value(method.x()) + penalty.value(method.x()), 1e-10);
}

TEST(largestEigenvalueOfADiagonalMatrix) {
  const Cpu la;
  LargestEigenvalue power(la);
  const auto multiply = [](In v, Out out) {
    for (std::size_t i = 0; i < v.size(); ++i) out[i] = static_cast<double>(i + 1) * v[i];
  };
  const EigenvalueEstimate rough = power.improve(20, 5, multiply);
  CHECK(rough.quotient <= rough.length && rough.length <= 20);
  // It goes on from there.
  const EigenvalueEstimate sharp = power.improve(20, 200, multiply);
  CHECK(sharp.quotient > rough.quotient);
  CHECK_NEAR(sharp.quotient, 20, 1e-6);
  CHECK_NEAR(sharp.length, 20, 1e-6);
}

TEST(largestEigenvalueOfZeroIsZero) {
  const Cpu la;
  LargestEigenvalue power(la);
  const auto nothing = [](In, Out out) { std::fill(out.begin(), out.end(), 0.0); };
  CHECK_EQ(power.improve(4, 10, nothing).quotient, 0.0);
  CHECK_EQ(power.improve(4, 10, nothing).length, 0.0);
}
