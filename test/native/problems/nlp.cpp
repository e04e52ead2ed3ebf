// What an Nlp says about itself: bounds, facts and abilities.
#include "problems/nlp.hpp"

#include <atomic>
#include <limits>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "check.hpp"
#include "core/error.hpp"
#include "methods/nlp/scaled_nlp.hpp"
#include "problems/constrained_objective.hpp"
#include "problems/feasible_start.hpp"
#include "problems/glm/objective.hpp"
#include "problems/quadratic_model.hpp"
#include "problems/quadratic_nlp.hpp"

using namespace nonconvex;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

/// min ||x||^2 / 2 subject to x_0 + ... + x_4 = 1.
QuadraticData quadratic() {
  constexpr int n = 5;
  QuadraticData data;
  data.lower = {.lines = n, .width = n, .offsets = {0}, .indices = {}};
  data.rows = {.lines = 1, .width = n, .offsets = {0, n}, .indices = {}};
  for (int j = 0; j < n; ++j) {
    data.lower.indices.push_back(j);
    data.lower.offsets.push_back(j + 1);
    data.rows.indices.push_back(j);
  }
  data.lowerValues.assign(n, 1);
  data.rowValues.assign(n, 1);
  data.linear.assign(n, 0);
  data.right = {1};
  return data;
}

/// Another problem with bounds.
class Bounded final : public Nlp {
 public:
  std::vector<double> lower, upper, constraintLower, constraintUpper;

  int variables() const override { return of_.variables(); }
  int constraints() const override { return of_.constraints(); }
  NlpBounds variableBounds() const override { return {lower, upper}; }
  NlpBounds constraintBounds() const override { return {constraintLower, constraintUpper}; }
  const SparsePattern& jacobianPattern() const override { return of_.jacobianPattern(); }
  const SparsePattern& hessianPattern() const override { return of_.hessianPattern(); }
  void moveTo(std::span<const double> x) override { of_.moveTo(x); }
  double objective() override { return of_.objective(); }
  void gradient(std::span<double> g) override { of_.gradient(g); }
  void constraintValues(std::span<double> c) override { of_.constraintValues(c); }
  void jacobian(std::span<double> values) override { of_.jacobian(values); }
  void hessian(double sigma, std::span<const double> lambda, std::span<double> values) override {
    of_.hessian(sigma, lambda, values);
  }
  void jacobianProduct(std::span<const double> v, std::span<double> out) override { of_.jacobianProduct(v, out); }
  void jacobianTransposedProduct(std::span<const double> v, std::span<double> out) override {
    of_.jacobianTransposedProduct(v, out);
  }
  void hessianProduct(double sigma, std::span<const double> lambda, std::span<const double> v,
                      std::span<double> out) override {
    of_.hessianProduct(sigma, lambda, v, out);
  }

 private:
  QuadraticNlp of_{std::make_shared<const QuadraticData>(quadratic())};
};

std::string refusal(const std::shared_ptr<Nlp>& nlp) {
  const Cpu la;
  return check::messageOf([&] { ScaledNlp(la, {.nlp = nlp, .start = std::vector<double>(5)}, true); });
}

const std::string reason =
    ": Newton's method takes equality constraints only, without bounds on the variables or ranges";

GlmData::Rows logisticRows() {
  GlmData::Rows rows;
  rows.family = GlmFamily::logistic;
  rows.matrix = {.rows = 3, .columns = 1, .values = {1, 2, 3}, .offsets = {0, 1, 2, 3}, .indices = {0, 0, 0}};
  rows.y = {0, 1, 1};
  rows.weights = {1, 1, 1};
  rows.ridge = {0.1};
  return rows;
}

}  // namespace

TEST(problemsWithBoundsAreRefused) {
  const auto nlp = std::make_shared<Bounded>();
  CHECK_EQ(refusal(nlp), "");
  nlp->lower = {-infinity, -infinity, -infinity, 0, 1};
  CHECK_EQ(refusal(nlp), "lower[3] = 0" + reason);
  nlp->lower.assign(5, -infinity);
  nlp->upper.assign(5, infinity);
  nlp->constraintLower = {0};
  nlp->constraintUpper = {0};
  CHECK_EQ(refusal(nlp), "");
  nlp->upper[1] = 2.5;
  CHECK_EQ(refusal(nlp), "upper[1] = 2.5" + reason);
  nlp->upper[1] = std::numeric_limits<double>::quiet_NaN();
  CHECK_EQ(refusal(nlp), "upper[1] = NaN" + reason);
  nlp->upper[1] = infinity;
  nlp->constraintLower = {-infinity};
  CHECK_EQ(refusal(nlp), "constraintLower[0] = -Infinity" + reason);
  nlp->constraintLower = {0};
  nlp->constraintUpper = {1};
  CHECK_EQ(refusal(nlp), "constraintUpper[0] = 1" + reason);
  std::vector<double> x(5);
  CHECK_EQ(
      check::messageOf([&] { moveToFeasible(*nlp, x); }),
      "constraintUpper[0] = 1: a feasible start takes equality constraints only, without bounds on the variables or "
      "ranges");
}

TEST(boundsOfTheConstraintsPartAreThoseOfTheWhole) {
  const auto bounded = std::make_shared<Bounded>();
  bounded->upper = {1, 2, 3, 4, 5};
  const SparsePattern pattern = bounded->hessianPattern();
  ConstrainedObjective nlp(
      std::make_unique<QuadraticModel>(
          pattern, QuadraticModel::Terms{std::vector<double>(5), 0, std::vector<double>(5), std::vector<double>(5, 1)},
          true),
      bounded);
  CHECK_EQ(nlp.variableBounds().upper[4], 5.0);
  CHECK(nlp.constraintBounds().empty());
  CHECK(nlp.facts().convexObjective && !nlp.facts().linearConstraints);
}

TEST(aProblemHasTheAbilitiesOfItsObjective) {
  QuadraticNlp plain(std::make_shared<const QuadraticData>(quadratic()));
  CHECK(plain.find<LaggedHessian>() == nullptr);
  CHECK(plain.find<ReplaceableObjective>() == nullptr);

  const auto data = std::make_shared<const GlmData>(logisticRows());
  auto objective = std::make_unique<GlmObjective>(data);
  GlmObjective* const inside = objective.get();
  ConstrainedObjective nlp(std::move(objective), nullptr);
  Nlp& whole = nlp;
  CHECK(whole.find<LaggedHessian>() == inside);
  CHECK(whole.find<KnownWork>() == inside);
  CHECK(whole.find<ReplaceableObjective>() == &nlp);
  CHECK(whole.find<GramHessian>() == &nlp);  // its own, which adds the constraints' part
  CHECK(whole.find<GlmObjective>() == inside);

  // An objective without Gram matrix has none in a problem, either.
  const SparsePattern pattern = inside->hessianPattern();
  const auto other = whole.find<ReplaceableObjective>()->withObjective(
      std::make_unique<QuadraticModel>(pattern, QuadraticModel::Terms{{0}, 0, {0}, {1}}, true));
  std::vector<double> rest(1);
  CHECK(!other->find<GramHessian>()->gramFactor(1, {}, rest).has_value());
  CHECK(other->find<LaggedHessian>() == nullptr);
}

TEST(aSourceMakesItsProblemWhenItIsOpened) {
  int made = 0;
  const NlpSource source([&]() -> std::shared_ptr<Nlp> {
    ++made;
    return std::make_shared<QuadraticNlp>(std::make_shared<const QuadraticData>(quadratic()));
  });
  CHECK_EQ(made, 0);
  CHECK_EQ(source.open()->variables(), 5);
  CHECK_EQ(made, 1);
  CHECK_EQ(check::messageOf([] { NlpSource().open(); }), "nlp: expected functions");
}

namespace {

/// min ||x||^2 / 2 subject to x_i = 1 for the first m of n unknowns.
QuadraticData fixedUnknowns(int m, int n) {
  QuadraticData data;
  data.lower = {.lines = n, .width = n, .offsets = {0}, .indices = {}};
  data.rows = {.lines = m, .width = n, .offsets = {0}, .indices = {}};
  for (int j = 0; j < n; ++j) {
    data.lower.indices.push_back(j);
    data.lower.offsets.push_back(j + 1);
    if (j >= m) continue;
    data.rows.indices.push_back(j);
    data.rows.offsets.push_back(j + 1);
  }
  data.lowerValues.assign(static_cast<std::size_t>(n), 1);
  data.linear.assign(static_cast<std::size_t>(n), 0);
  data.rowValues.assign(static_cast<std::size_t>(m), 1);
  data.right.assign(static_cast<std::size_t>(m), 1);
  return data;
}

/// A source that counts how often it is opened.
NlpSource counted(QuadraticData made, std::atomic<int>& opened) {
  return [data = std::make_shared<const QuadraticData>(std::move(made)), &opened]() -> std::shared_ptr<Nlp> {
    ++opened;
    return std::make_shared<QuadraticNlp>(data);
  };
}

}  // namespace

TEST(aFeasibleStartIsComputedOnceForAllWhoAsk) {
  std::atomic<int> opened = 0;
  const FeasibleStart start({5, 1, 1, 1, 1}, counted(quadratic(), opened));
  CHECK_EQ(opened.load(), 0);
  std::vector<std::vector<double>> found(4);
  std::vector<std::thread> threads;
  for (auto& x : found) threads.emplace_back([&] { x = start.get(); });
  for (std::thread& thread : threads) thread.join();
  CHECK_EQ(opened.load(), 1);
  for (const auto& x : found) {
    CHECK_NEAR(x[0], 3.4, 1e-12);
    for (std::size_t j = 1; j < 5; ++j) CHECK_NEAR(x[j], -0.6, 1e-12);
  }
}

TEST(aFeasibleStartIsGivenUpForAWhileWhereItsStepsAreDear) {
  std::atomic<int> opened = 0;
  const auto giveUp = [] { return true; };
  const FeasibleStart dear(std::vector<double>(2000), counted(fixedUnknowns(30, 2000), opened));
  CHECK(dear.get(giveUp) == std::vector<double>(2000));
  CHECK_EQ(opened.load(), 1);
  const std::vector<double> x = dear.get();
  CHECK_EQ(opened.load(), 2);
  CHECK_NEAR(x[29], 1, 1e-12);
  CHECK_EQ(x[30], 0.0);
  CHECK(dear.get(giveUp) == x);
  CHECK_EQ(opened.load(), 2);

  const FeasibleStart cheap(std::vector<double>(100), counted(fixedUnknowns(30, 100), opened));
  CHECK_NEAR(cheap.get(giveUp)[29], 1, 1e-12);
}

TEST(aFeasibleStartIsTheGivenPointWhereNoneIsFound) {
  std::atomic<int> opened = 0;
  QuadraticData twice = fixedUnknowns(2, 3);
  twice.rows.indices = {0, 0};  // x_0 = 1 twice: J J^T is singular
  const FeasibleStart start({7, 8, 9}, counted(std::move(twice), opened));
  CHECK(start.get() == std::vector<double>({7, 8, 9}));
  CHECK(start.get() == std::vector<double>({7, 8, 9}));
  CHECK_EQ(opened.load(), 1);
}

TEST(aMethodBeginsAtTheFeasibleStartOfItsProblem) {
  std::atomic<int> opened = 0;
  const auto nlp = std::make_shared<QuadraticNlp>(std::make_shared<const QuadraticData>(quadratic()));
  NlpStart problem{.nlp = nlp, .start = {}};
  problem.feasibleStart = std::make_shared<const FeasibleStart>(std::vector<double>(5), counted(quadratic(), opened));
  const Cpu la;
  CHECK_NEAR(ScaledNlp(la, problem, true).makePoint().x[4], 0.2, 1e-12);
  problem.start = {1, 2, 3, 4, 5};
  CHECK_EQ(ScaledNlp(la, problem, true).makePoint().x[4], 5.0);
  CHECK_EQ(opened.load(), 1);
}

TEST(aSourceMayLookAtTheSolveThatOpensIt) {
  const auto data = std::make_shared<const QuadraticData>(quadratic());
  const NlpSource source([&](const Cpu& la) -> std::shared_ptr<Nlp> {
    la.abortPoint();
    return std::make_shared<QuadraticNlp>(data);
  });
  CHECK_EQ(source.open()->variables(), 5);
  Monitor monitor;
  const Cpu la(nullptr, 1, &monitor);
  CHECK_EQ(source.open(la)->variables(), 5);
  monitor.abort();
  bool interrupted = false;
  try {
    source.open(la);
  } catch (const Interrupted&) {
    interrupted = true;
  }
  CHECK(interrupted);
}
