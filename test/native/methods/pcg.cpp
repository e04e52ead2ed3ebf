// Conjugate gradients: the solution after as many steps as there are different eigenvalues, and how they end otherwise.
#include "methods/krylov/pcg.hpp"

#include "check.hpp"

using namespace nonconvex;

namespace {

constexpr std::size_t n = 60;

/// A = D + 1 1^T, D_i = scale^(i mod 3): at most six different eigenvalues.
struct RankOneShift {
  double scale;
  double diagonal(std::size_t i) const { return std::pow(scale, static_cast<double>(i % 3)); }
  void operator()(In v, Out out) const {
    double sum = 0;
    for (const double value : v) sum += value;
    for (std::size_t i = 0; i < v.size(); ++i) out[i] = diagonal(i) * v[i] + sum;
  }
};

Vector rightHandSide() {
  Vector b(n);
  for (std::size_t i = 0; i < n; ++i) b[i] = std::sin(static_cast<double>(i)) + 0.5;
  return b;
}

double largestResidual(const RankOneShift& A, const Vector& x, const Vector& b) {
  Vector r(x.size());
  A(x, r);
  for (std::size_t i = 0; i < r.size(); ++i) r[i] -= b[i];
  return normInf(r);
}

}  // namespace

TEST(pcgEndsAfterAsManyStepsAsThereAreEigenvalues) {
  const Cpu la;
  Pcg method(la);
  const RankOneShift A{10};
  const Vector b = rightHandSide();
  Vector x = b;
  const PcgOutcome plain = method.solve(x, {1e-12, 100}, A);
  CHECK(plain.end == PcgEnd::accurate);
  CHECK(plain.steps <= 6);
  CHECK(largestResidual(A, x, b) < 1e-10);
}

TEST(pcgWithThePreconditionerDTakesTwoSteps) {
  // D^-1 A has the eigenvalue 1 and one more.
  const Cpu la;
  Pcg method(la);
  const RankOneShift A{1000};
  Vector D(n), x = rightHandSide();
  for (std::size_t i = 0; i < n; ++i) D[i] = A.diagonal(i);
  const PcgOutcome outcome = method.solve(x, {1e-12, 100}, A, DiagonalPreconditioner{D});
  CHECK(outcome.end == PcgEnd::accurate);
  CHECK_EQ(outcome.steps, 2);
  CHECK(largestResidual(A, x, rightHandSide()) < 1e-9);
}

TEST(pcgOfASmallerSystemDoesNotSeeTheOneBefore) {
  const Cpu la;
  Pcg method(la), fresh(la);
  Vector large = rightHandSide(), small = {1, 2, 3, 4}, same = small;
  method.solve(large, {}, RankOneShift{3});
  CHECK_EQ(method.solve(small, {}, RankOneShift{3}).steps, fresh.solve(same, {}, RankOneShift{3}).steps);
  CHECK(small == same);
}

TEST(pcgSaysThatCurvatureIsNotPositive) {
  const Cpu la;
  Pcg method(la);
  Vector x = {1, 1};
  const auto indefinite = [](In v, Out out) {
    out[0] = v[0];
    out[1] = -2 * v[1];
  };
  const PcgOutcome outcome = method.solve(x, {}, indefinite);
  CHECK(outcome.end == PcgEnd::notPositive);
  CHECK_EQ(outcome.steps, 0);
  CHECK_EQ(x[0], 0.0);
  Vector zero = {0, 0};
  CHECK(method.solve(zero, {}, indefinite).end == PcgEnd::accurate);
  Vector bad = {unknown, 1};
  CHECK(method.solve(bad, {}, indefinite).end == PcgEnd::notPositive);
}

TEST(pcgUsesTheInnerProductsOfItsOperators) {
  // A multiple of the inner product is a multiple of the curvature: every step is half as long.
  const Cpu la;
  Pcg method(la);
  Vector x = {1, 2};
  const auto twice = [](In v, Out out) {
    std::copy(v.begin(), v.end(), out.begin());
    return 2 * dot(v, out);
  };
  CHECK_EQ(method.solve(x, {1e-6, 1}, twice).steps, 1);
  CHECK_EQ(x[0], 0.5);
  CHECK_EQ(x[1], 1.0);
}
