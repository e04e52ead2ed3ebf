// No memory is asked for in a step, once the first ones are done.
#include "allocations.hpp"

#include "check.hpp"
#include "solvers/relu/relu_instances.hpp"
#include "solvers/relu/robust/solver.hpp"

using namespace nonconvex;
using namespace instances;

namespace {

void checkSteps(const Instance& data, const ReluSettings& settings, const char* name) {
  static WorkerPool pool(1);
  for (const bool parallel : {false, true}) {
    const Cpu la(parallel ? &pool : nullptr);
    ReluSolver<Cpu> solver(la, data.problem(15), settings);
    solver.start();
    for (int k = 0; k < 100; ++k) {
      solver.step();
      if (k % 10 == 0) solver.progress();
    }
    const long before = allocations;
    for (int k = 0; k < 200; ++k) solver.step();
    if (allocations != before) std::fprintf(stderr, "  %s: %ld allocations\n", name, allocations - before);
    CHECK_EQ(allocations - before, 0L);
    solver.progress();
    const long reports = allocations;
    for (int k = 0; k < 5; ++k) solver.progress();
    CHECK_EQ(allocations - reports, 0L);
  }
}

}  // namespace

TEST(theCounterCounts) {
  const long before = allocations;
  const HostBuffer<double> buffer(10);
  const std::vector<int> vector(10);
  CHECK(allocations - before >= 2);
}

TEST(stepsOfEveryLoss) {
  for (const ReluLoss loss :
       {ReluLoss::squared, ReluLoss::logistic, ReluLoss::hinge, ReluLoss::softmax, ReluLoss::huber}) {
    const Instance data = instance(60, 6, loss == ReluLoss::softmax ? 3 : 1, loss, 1);
    ReluSettings settings;
    settings.lambda = 0.06;
    settings.loss = loss;
    checkSteps(data, settings, nameOf(loss).data());
  }
}

TEST(stepsOfTheOtherVariants) {
  const Instance data = instance(60, 6, 2, ReluLoss::squared, 2);
  ReluSettings settings;
  settings.lambda = 0.06;
  settings.activation = ReluActivation::gated;
  checkSteps(data, settings, "gated");
  settings.inner = ReluInner::krylov;
  checkSteps(data, settings, "gated, without a matrix");
  settings.inner = ReluInner::automatic;
  settings.coupling = ReluCoupling::frobenius;
  checkSteps(data, settings, "gated, frobenius");
  settings.activation = ReluActivation::relu;
  checkSteps(data, settings, "frobenius");
  settings.coupling = ReluCoupling::oneVsAll;
  settings.splitting = ReluSplitting::slack;
  checkSteps(data, settings, "slack");
  settings.splitting = ReluSplitting::cone;
  settings.method = ReluMethod::sampled;
  checkSteps(data, settings, "sampled");
}

TEST(stepsOfNewtonsMethod) {
  for (const ReluLoss loss : {ReluLoss::squared, ReluLoss::softmax}) {
    const Instance instance = instances::instance(60, 5, loss == ReluLoss::softmax ? 3 : 1, loss, 3);
    ReluSettings settings;
    settings.loss = loss;
    settings.lambda = 1;
    const Cpu la;
    ReluData data(instance.problem(10), settings, la.availableMemory(), sizeof(double));
    const ReluRows<Cpu> rows(la, data);
    const ReluMap<Cpu> map(la, data, rows, settings);
    ReluProx<Cpu> prox(la, data, map, map, kernels::Blocks::among(map.columns(), map.patterns(), 1));
    ReluActiveSetNewton newton(la, data, map, prox);
    prox.startCones();
    newton.start(HostMatrix<double>(data.d, map.columns()), HostMatrix<double>(data.n, data.c), 1);
    for (int k = 0; k < 40; ++k) newton.step();
    const long before = allocations;
    for (int k = 0; k < 10; ++k) newton.step();
    CHECK_EQ(allocations - before, 0L);
  }
}

TEST(stepsWithAnAdversary) {
  for (const ReluLoss kind : {ReluLoss::squared, ReluLoss::hinge, ReluLoss::logistic}) {
    const Instance data = instance(40, 4, 1, kind, 1);
    ReluProblem problem = data.problem(15);
    problem.adversary = ReluAdversary{.norm = AdversaryNorm::inf, .radius = 0.01};
    ReluSettings settings;
    settings.lambda = 0.06;
    settings.loss = kind;
    const Cpu la;
    RobustReluSolver solver(la, problem, settings);
    solver.start();
    for (int k = 0; k < 40; ++k) solver.step();
    solver.progress();
    const long before = allocations;
    for (int k = 0; k < 40; ++k) solver.step();
    solver.progress();
    CHECK_EQ(allocations - before, 0L);
  }
}
