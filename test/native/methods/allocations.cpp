// Steps of methods allocate nothing.
#include "allocations.hpp"

#include "check.hpp"
#include "methods/composite/accelerated.hpp"
#include "methods/interior_point/barrier_augmented_lagrangian.hpp"
#include "methods/interior_point/barrier_restoration.hpp"
#include "methods/krylov/pcg.hpp"
#include "methods/unconstrained/lbfgs.hpp"

using namespace nonconvex;

namespace {

/// min x0 x3 (x0 + x1 + x2) + x2 subject to x0 x1 x2 x3 >= 25, ||x||^2 = 40, 1 <= x <= 5, without an allocation.
class Hs071 final : public Nlp {
 public:
  Hs071() {
    jacobian_ = {.lines = 2, .width = 4, .offsets = {0, 4, 8}, .indices = {0, 1, 2, 3, 0, 1, 2, 3}};
    hessian_ = {.lines = 4, .width = 4, .offsets = {0, 4, 7, 9, 10}, .indices = {0, 1, 2, 3, 1, 2, 3, 2, 3, 3}};
  }
  int variables() const override { return 4; }
  int constraints() const override { return 2; }
  NlpBounds variableBounds() const override { return {lower_, upper_}; }
  NlpBounds constraintBounds() const override { return {rowsLower_, rowsUpper_}; }
  const SparsePattern& jacobianPattern() const override { return jacobian_; }
  const SparsePattern& hessianPattern() const override { return hessian_; }
  void moveTo(std::span<const double> at) override { std::copy(at.begin(), at.end(), x); }
  double objective() override { return x[0] * x[3] * (x[0] + x[1] + x[2]) + x[2]; }
  void gradient(std::span<double> g) override {
    const double sum = x[0] + x[1] + x[2];
    g[0] = x[3] * (sum + x[0]);
    g[1] = x[0] * x[3];
    g[2] = x[0] * x[3] + 1;
    g[3] = x[0] * sum;
  }
  void constraintValues(std::span<double> c) override {
    c[0] = x[0] * x[1] * x[2] * x[3];
    c[1] = x[0] * x[0] + x[1] * x[1] + x[2] * x[2] + x[3] * x[3];
  }
  void jacobian(std::span<double> J) override {
    for (std::size_t j = 0; j < 4; ++j) {
      J[j] = 1;
      for (std::size_t k = 0; k < 4; ++k) J[j] *= k == j ? 1 : x[k];
      J[4 + j] = 2 * x[j];
    }
  }
  void hessian(double s, std::span<const double> y, std::span<double> H) override {
    H[0] = 2 * s * x[3] + 2 * y[1];
    H[1] = s * x[3] + y[0] * x[2] * x[3];
    H[2] = s * x[3] + y[0] * x[1] * x[3];
    H[3] = s * (2 * x[0] + x[1] + x[2]) + y[0] * x[1] * x[2];
    H[4] = H[7] = H[9] = 2 * y[1];
    H[5] = y[0] * x[0] * x[3];
    H[6] = s * x[0] + y[0] * x[0] * x[2];
    H[8] = s * x[0] + y[0] * x[0] * x[1];
  }
  void jacobianProduct(std::span<const double>, std::span<double>) override {}
  void jacobianTransposedProduct(std::span<const double>, std::span<double>) override {}
  void hessianProduct(double, std::span<const double>, std::span<const double>, std::span<double>) override {}

 private:
  double x[4] = {};
  const double lower_[4] = {1, 1, 1, 1}, upper_[4] = {5, 5, 5, 5};
  const double rowsLower_[2] = {25, 40}, rowsUpper_[2] = {1e20, 40};
  SparsePattern jacobian_, hessian_;
};

struct Hs071State {
  Cpu la;
  BarrierNlp nlp{la, {.nlp = std::make_shared<Hs071>(), .start = {1, 5, 5, 1}}, {}};
  BarrierKkt kkt{la, nlp};
  BarrierState state{nlp, kkt};

  Hs071State() {
    CHECK(nlp.begin(state.point));
    state.estimateMultipliers();
  }
};

/// Allocations of a phase's steps, until `step()` gives another outcome than `moved`.
template <class Outcome, class Step>
long allocationsOf(int& steps, Outcome& outcome, Step&& step) {
  const long before = allocations;
  outcome = Outcome::moved;
  for (steps = 0; outcome == Outcome::moved && steps < 100; ++steps) outcome = step();
  return allocations - before;
}

}  // namespace

TEST(stepsOfTheAugmentedLagrangianAllocateNothing) {
  Hs071State at;
  BarrierAugmentedLagrangian phase(at.state);
  phase.begin();
  int steps = 0;
  BarrierAugmentedLagrangian::Outcome outcome;
  CHECK_EQ(allocationsOf(steps, outcome, [&] { return phase.step(); }), 0);
  CHECK(outcome == BarrierAugmentedLagrangian::Outcome::solved);
  CHECK(steps > 5);
}

TEST(stepsOfTheRestorationAllocateNothing) {
  Hs071State at;
  BarrierRestoration phase(at.state);
  phase.begin();
  int steps = 0;
  BarrierRestoration::Outcome outcome;
  const auto accepts = [](double theta, double) { return theta <= 1e-8; };
  CHECK_EQ(allocationsOf(steps, outcome, [&] { return phase.step(accepts); }), 0);
  CHECK(outcome == BarrierRestoration::Outcome::restored);
  CHECK(steps > 3);
}

TEST(pcgAllocatesForTheFirstSystemAlone) {
  const Cpu la;
  Pcg method(la);
  Vector x(100, 1.0), y(80, 1.0);
  const auto multiply = [](In v, Out out) {
    for (std::size_t i = 0; i < v.size(); ++i) out[i] = static_cast<double>(i + 1) * v[i];
  };
  method.solve(x, {}, multiply);
  const long before = allocations;
  CHECK(method.solve(y, {}, multiply).end == PcgEnd::accurate);
  CHECK_EQ(allocations - before, 0);
}

namespace {

/// sum_i (i + 1) / 2 (x_i - 1)^2
struct Parabolas {
  int variables() const { return 50; }
  double value(In x) const {
    double sum = 0;
    for (std::size_t i = 0; i < x.size(); ++i) sum += static_cast<double>(i + 1) / 2 * square(x[i] - 1);
    return sum;
  }
  double gradient(In x, Out g) const {
    for (std::size_t i = 0; i < x.size(); ++i) g[i] = static_cast<double>(i + 1) * (x[i] - 1);
    return value(x);
  }
};

struct NonNegative {
  double value(In) const { return 0; }
  void prox(double, In x, Out out) const {
    for (std::size_t i = 0; i < x.size(); ++i) out[i] = std::max(0.0, x[i]);
  }
};

/// Allocations of a method's steps until it is solved.
template <class Method>
long allocationsUntilSolved(Method& method) {
  const long before = allocations;
  std::optional<Status> status;
  for (int k = 0; k < 1000 && !status; ++k) status = method.step();
  CHECK(status == Status::solved);
  return allocations - before;
}

}  // namespace

TEST(stepsOfLbfgsAllocateNothing) {
  const Cpu la;
  Parabolas f;
  Lbfgs method(la, f);
  method.start(Vector(50, -1.0));
  CHECK_EQ(allocationsUntilSolved(method), 0);
  const Vector upper(50, 0.5);
  Lbfgs inBox(la, f, {}, TwoMetricBox(50, {}, upper));
  inBox.start(Vector(50, -1.0));
  CHECK_EQ(allocationsUntilSolved(inBox), 0);
}

TEST(stepsOfAcceleratedGradientsAllocateNothing) {
  const Cpu la;
  Parabolas f;
  NonNegative penalty;
  AcceleratedGradients method(la, f, penalty);
  method.start(Vector(50, -1.0));
  CHECK_EQ(allocationsUntilSolved(method), 0);
}
