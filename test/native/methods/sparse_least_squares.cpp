// Sparse factors of least squares: they end where dense ones do, on the same functions.
#include "check.hpp"
#include "jet_residuals.hpp"
#include "linalg/cpu.hpp"
#include "methods/least_squares/levenberg_marquardt.hpp"

using namespace nonconvex;
using check::jetResiduals;

namespace {

/// The function with patterns that have all entries.
class Listed final : public Residuals {
 public:
  explicit Listed(Residuals& of) : of_(of), J_(of.residuals(), of.variables()), S_(of.variables(), of.variables()) {
    jacobianPattern_.lines = of.residuals();
    jacobianPattern_.width = curvaturePattern_.lines = curvaturePattern_.width = of.variables();
    for (int i = 0; i < of.residuals(); ++i) addLine(jacobianPattern_, 0);
    for (int j = 0; j < of.variables(); ++j) addLine(curvaturePattern_, j);
  }

  int variables() const override { return of_.variables(); }
  int residuals() const override { return of_.residuals(); }
  bool values(In x, Out r) override { return of_.values(x, r); }
  void moveTo(In x) override { of_.moveTo(x); }
  bool along(In p, Out out) override { return of_.along(p, out); }
  bool jacobian(Mat<double>) override { return false; }
  bool curvature(In, Mat<double>) override { return false; }
  const SparsePattern* jacobianPattern() const override { return &jacobianPattern_; }
  const SparsePattern* curvaturePattern() const override { return &curvaturePattern_; }
  bool jacobianValues(Out values) override {
    std::size_t k = 0;
    if (!of_.jacobian(J_)) return false;
    for (int i = 0; i < residuals(); ++i) {
      for (int j = 0; j < variables(); ++j) values[k++] = J_(i, j);
    }
    return true;
  }
  bool curvatureValues(In weights, Out values) override {
    std::size_t k = 0;
    if (!of_.curvature(weights, S_)) return false;
    for (int j = 0; j < variables(); ++j) {
      for (int i = j; i < variables(); ++i) values[k++] = S_(i, j);
    }
    return true;
  }

 private:
  static void addLine(SparsePattern& pattern, int from) {
    for (int k = from; k < pattern.width; ++k) pattern.indices.push_back(k);
    pattern.offsets.push_back(static_cast<int>(pattern.indices.size()));
  }

  Residuals& of_;
  HostMatrix<double> J_, S_;
  SparsePattern jacobianPattern_, curvaturePattern_;
};

struct Ended {
  Status status = Status::iterationLimit;
  Vector x;
  double objective = 0;
  int steps = 0;
  bool minimum = false;
};

Ended minimized(LevenbergMarquardt method, const Vector& start) {
  CHECK(method.start(start));
  Ended ended;
  while (ended.steps < 500) {
    ++ended.steps;
    if (const auto status = method.step()) {
      ended.status = *status;
      break;
    }
  }
  ended.x.assign(method.x().begin(), method.x().end());
  ended.objective = method.objective();
  ended.minimum = method.isMinimum();
  return ended;
}

/// Compares the ends of both forms, and that neither takes many more steps.
void checkAlike(Residuals& function, const Vector& start, const LeastSquaresSettings& settings = {}, In lower = {},
                In upper = {}) {
  const Cpu la;
  Listed listed(function);
  const Ended dense = minimized({function, lower, upper, settings}, start);
  const Ended sparse = minimized({listed, lower, upper, settings, sparseJacobian(la, listed)}, start);
  CHECK(sparse.status == dense.status);
  CHECK_EQ(sparse.minimum, dense.minimum);
  CHECK_NEAR(sparse.objective, dense.objective, 1e-9 * (1 + dense.objective));
  CHECK(std::abs(sparse.steps - dense.steps) <= 3);
  for (std::size_t j = 0; j < dense.x.size(); ++j) CHECK_NEAR(sparse.x[j], dense.x[j], 1e-7);
}

auto rosenbrock() {
  return jetResiduals<2>(2, [](const auto& x, int i) { return i == 0 ? 10.0 * (x[1] - x[0] * x[0]) : 1.0 - x[0]; });
}

}  // namespace

TEST(sparseFactorsFollowAValleyAsDenseOnesDo) {
  auto function = rosenbrock();
  checkAlike(function, {-1.2, 1});
}

TEST(sparseFactorsStopAtBoundsAsDenseOnesDo) {
  auto function = rosenbrock();
  checkAlike(function, {-1.2, 1}, {}, {}, Vector{0.5, infinity});
  checkAlike(function, {-1.2, -1}, {}, Vector{-1.2, -1}, Vector{2, 2});
  checkAlike(function, {0.3, 1}, {}, Vector{0.3, -1}, Vector{0.3, 2});
}

TEST(sparseFactorsTakeSecondDerivativesAsDenseOnesDo) {
  auto function = jetResiduals<2>(10, [](const auto& x, int i) {
    const double t = i + 1;
    return 2 + 2 * t - (exp(t * x[0]) + exp(t * x[1]));
  });
  checkAlike(function, {0.3, 0.4});
  checkAlike(function, {0.3, 0.4}, {.curvature = false});
  checkAlike(function, {0.3, 0.4}, {.acceleration = false});
}

TEST(sparseFactorsLeaveOutliersOutAsDenseOnesDo) {
  auto function = jetResiduals<2>(20, [](const auto& x, int i) {
    const double noise = 0.01 * ((i * 7) % 5 - 2);
    return x[0] + x[1] * (0.1 * i) - (2 + 0.3 * i + (i % 5 == 3 ? 50 : noise));
  });
  for (const RobustLoss loss : {RobustLoss::huber, RobustLoss::softL1, RobustLoss::cauchy}) {
    checkAlike(function, {0, 0}, {.loss = loss, .lossScale = 0.05});
  }
  checkAlike(function, {2.01, 3.01}, {.loss = RobustLoss::tukey, .lossScale = 0.2});
}

TEST(sparseFactorsDoNotCallASaddleSolved) {
  auto function = jetResiduals<2>(2, [](const auto& x, int i) { return i == 0 ? x[0] * x[0] - 1.0 : x[1]; });
  checkAlike(function, {0, 1});
}

TEST(sparseFactorsGoOnWhereParametersDependOnEachOther) {
  auto function =
      jetResiduals<2>(5, [](const auto& x, int i) { return (x[0] + x[1]) * (i + 1.0) - 3.0 * (i + 1.0) - i % 2; });
  const Cpu la;
  Listed listed(function);
  const Ended ended = minimized({listed, {}, {}, {}, sparseJacobian(la, listed)}, {10, -4});
  CHECK(ended.status == Status::solved);
  CHECK_NEAR(ended.x[0] + ended.x[1], 3 + 6.0 / 55, 1e-9);
}
