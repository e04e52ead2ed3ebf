// The system of the ReLU solver on a device, by its three ways, against the factor on the CPU. The device is simulated.
#include "check.hpp"
#include "cuda/solvers/relu.hpp"
#include "simulated_device.hpp"
#include "solvers/relu/relu_instances.hpp"

using namespace nonconvex;
using namespace instances;

namespace {

constexpr double plenty = 1e12;

HostMatrix<double> normals(int n, int c, std::uint32_t seed) {
  HostMatrix<double> m(n, c);
  const Random random(seed, 5);
  for (std::size_t i = 0; i < m.size(); ++i) m.data()[i] = random.normal(i);
  return m;
}

template <class La>
struct Solved {
  using T = typename La::Number;
  using Space = typename La::Space;

  Solved(const La& la, const Instance& data, const ReluSettings& settings, ReluSystemBy by, double tau,
         double tolerance)
      : theta(data.n, data.c) {
    ReluData relu(data.problem(20), settings, plenty, sizeof(T));
    relu.system = by;
    const ReluRows<La> rows(la, relu);
    const ReluMap<La> map(la, relu, rows, settings);
    ReluSystem<La> system(la, map, relu, 1);
    system.start(map.xt());
    CHECK(system.set(tau / 7));
    const auto rhs = la.template matrix<T>(data.n, data.c);
    const auto solution = la.template matrix<T>(data.n, data.c);
    const auto q = la.template matrix<T>(map.dimension(), map.patterns() * data.c);
    const auto expected = la.template matrix<T>(map.dimension(), map.patterns() * data.c);
    const auto work = la.template matrix<double>(data.n, data.c);
    for (int k = 0; k < 3; ++k) {
      if (k == 1) CHECK(system.set(tau));
      la.upload(Mat<const double>(normals(data.n, data.c, static_cast<std::uint32_t>(k))), work.view());
      la.copy(work.view(), rhs.view());
      system.solve(rhs.view(), solution.view(), q.view(), tolerance);
    }
    la.copy(solution.view(), work.view());
    la.download(Mat<const double, Space>(work), theta.view());
    map.adjoint(solution, expected.view());
    const double size = la.norm(Vec<const T, Space>(expected.flat()));
    const HostMatrix<T> a(q.rows(), q.cols()), b(q.rows(), q.cols());
    la.download(Mat<const T, Space>(q), a.view());
    la.download(Mat<const T, Space>(expected), b.view());
    double square = 0;
    for (std::size_t i = 0; i < a.size(); ++i) square += std::pow(static_cast<double>(a.data()[i] - b.data()[i]), 2);
    adjointError = std::sqrt(square) / size;
  }

  HostMatrix<double> theta;
  double adjointError = 0;
};

template <class T>
void checkWays(const Instance& data, const ReluSettings& settings, double tolerance) {
  const double tau = 3;
  const Cpu cpu;
  const Solved<Cpu> expected(cpu, data, settings, ReluSystemBy::rows, tau, 0);
  for (const ReluSystemBy by : {ReluSystemBy::rows, ReluSystemBy::weights, ReluSystemBy::products}) {
    const Cuda<T> la(simulated::tables());
    const Solved<Cuda<T>> solved(la, data, settings, by, tau, tolerance);
    double difference = 0;
    double size = 0;
    for (std::size_t i = 0; i < solved.theta.size(); ++i) {
      difference += std::pow(solved.theta.data()[i] - expected.theta.data()[i], 2);
      size += std::pow(expected.theta.data()[i], 2);
    }
    const double error = std::sqrt(difference / size);
    if (!(error <= tolerance)) std::fprintf(stderr, "  way %d: error %g\n", static_cast<int>(by), error);
    CHECK(error <= tolerance);
    CHECK(solved.adjointError <= tolerance);
  }
}

template <class T>
void checkAll(double tolerance) {
  for (const int c : {1, 2}) {
    const Instance data = instance(90, 4, c, ReluLoss::squared, 3);
    ReluSettings settings;
    settings.lambda = 0.001 * data.n;
    checkWays<T>(data, settings, tolerance);
    settings.activation = ReluActivation::gated;
    checkWays<T>(data, settings, tolerance);
    settings.activation = ReluActivation::relu;
    settings.method = ReluMethod::sampled;
    checkWays<T>(data, settings, tolerance);
  }
}

template <class T>
void checkSolves(double tolerance) {
  for (const ReluLoss loss : {ReluLoss::squared, ReluLoss::logistic}) {
    const Instance data = instance(80, 5, 1, loss, 4);
    ReluSettings settings;
    settings.lambda = 0.001 * data.n;
    settings.loss = loss;
    settings.activation = ReluActivation::gated;
    settings.tolerance = tolerance;
    const Run cpu = solve(data.problem(), settings);
    for (const ReluInner inner : {ReluInner::exact, ReluInner::krylov}) {
      settings.inner = inner;
      Monitor monitor;
      const Cuda<T> la(simulated::tables(), &monitor);
      ReluSolver<Cuda<T>> solver(la, data.problem(), settings);
      const Outcome outcome = iterate(solver, settings, monitor);
      CHECK(outcome.status == Status::solved);
      CHECK(outcome.progress.lowerBound <= cpu.outcome.progress.objective * (1 + 1e-12));
      CHECK(cpu.outcome.progress.lowerBound <= outcome.progress.objective * (1 + 1e-12));
    }
  }
}

}  // namespace

TEST(systemInFloat64) { checkAll<double>(1e-8); }
TEST(systemInFloat32) { checkAll<float>(1e-3); }
TEST(solvesInFloat64) { checkSolves<double>(1e-6); }
TEST(solvesInFloat32) { checkSolves<float>(1e-4); }
