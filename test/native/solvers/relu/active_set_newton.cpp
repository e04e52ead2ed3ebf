// The semismooth Newton method on the active neurons: optimality conditions by plain loops, agreement with ADMM,
// degenerate data.
#include "solvers/relu/engines/active_set_newton.hpp"

#include "check.hpp"
#include "solvers/relu/relu_instances.hpp"

using namespace nonconvex;
using namespace instances;

namespace {

constexpr ReluLoss smooth[] = {ReluLoss::squared, ReluLoss::logistic, ReluLoss::softmax, ReluLoss::huber};

/// What the method works on.
struct Bench {
  Bench(const Instance& instance, const ReluSettings& settings, int sample, WorkerPool* pool = nullptr)
      : la(pool),
        problem(instance.problem(sample)),
        data(problem, settings, la.availableMemory(), sizeof(double)),
        rows(la, data),
        map(la, data, rows, settings),
        prox(la, data, map, map, kernels::Blocks::among(map.columns(), map.patterns(), 1)),
        newton(la, data, map, prox) {
    prox.startCones();
  }
  void startAtZero(double rho) {
    const HostMatrix<double> v(data.d, map.columns()), f(data.n, data.c);
    newton.start(v, f, rho);
  }

  Cpu la;
  ReluProblem problem;
  ReluData data;
  ReluRows<Cpu> rows;
  ReluMap<Cpu> map;
  ReluProx<Cpu> prox;
  ReluActiveSetNewton newton;
};

/// How far weights are from optimal, relative to what there is: the largest violation of a cone, of
/// <q_j, v_j> = lambda ||v_j||, and of ||Proj_j(q_j)|| <= lambda, where q_j = +-X^T D_j theta and theta = -loss'(F v).
struct Optimality {
  double objective = 0;
  double cones = 0, complementarity = 0, dual = 0;
};

/// min_{mu >= 0} ||q + sum_k mu_k n_k|| over normals n_k = (2 D_kk - 1) x_k, by coordinate descent.
double projectedNorm(const Bench& bench, int pattern, std::vector<double> q) {
  const int d = bench.data.d;
  std::vector<double> mu(static_cast<std::size_t>(bench.data.n));
  for (int sweep = 0; sweep < 20000; ++sweep) {
    double moved = 0;
    for (int k = 0; k < bench.data.n; ++k) {
      const double* x = bench.data.xt.column(k);
      const double sign = 2 * bench.rows.masks(k, pattern) - 1;
      double squares = 0, product = 0;
      for (int i = 0; i < d; ++i) squares += x[i] * x[i], product += sign * x[i] * q[static_cast<std::size_t>(i)];
      if (squares == 0) continue;
      double& own = mu[static_cast<std::size_t>(k)];
      const double next = std::max(0.0, own - product / squares);
      for (int i = 0; i < d; ++i) q[static_cast<std::size_t>(i)] += (next - own) * sign * x[i];
      moved = std::max(moved, std::abs(next - own) * std::sqrt(squares));
      own = next;
    }
    if (moved < 1e-13) break;
  }
  double norm = 0;
  for (const double value : q) norm += value * value;
  return std::sqrt(norm);
}

Optimality optimality(const Bench& bench, Mat<const double> v, bool withDual) {
  const int n = bench.data.n, d = bench.data.d, c = bench.data.c, p = bench.map.patterns();
  const auto productOf = [&](int k, const double* w) {
    double sum = 0;
    for (int i = 0; i < d; ++i) sum += bench.data.xt(i, k) * w[i];
    return sum;
  };
  Optimality found;
  HostMatrix<double> f(n, c), theta(n, c);
  double longest = 0;
  for (int j = 0; j < v.cols; ++j) {
    double squares = 0;
    for (int i = 0; i < d; ++i) squares += v(i, j) * v(i, j);
    longest = std::max(longest, std::sqrt(squares));
    found.objective += bench.data.lambda * std::sqrt(squares);
    for (int k = 0; k < n; ++k) {
      const double z = productOf(k, v.column(j));
      const bool on = bench.rows.masks(k, j % p) != 0;
      if (on) f(k, j / p % c) += (j < c * p ? 1 : -1) * z;
      found.cones = std::max(found.cones, on ? -z : z);
    }
  }
  if (longest > 0) found.cones /= longest;
  for (int k = 0; k < n; ++k) {
    found.objective += bench.data.loss.value(f.data() + k, bench.data.y.data() + k);
    bench.data.loss.dualPoint(f.data() + k, bench.data.y.data() + k, theta.data() + k);
  }
  for (int j = 0; j < v.cols; ++j) {
    std::vector<double> q(static_cast<std::size_t>(d));
    double product = 0, squares = 0;
    for (int i = 0; i < d; ++i) {
      for (int k = 0; k < n; ++k) {
        const double active = bench.rows.masks(k, j % p) * theta(k, j / p % c);
        q[static_cast<std::size_t>(i)] += (j < c * p ? 1 : -1) * active * bench.data.xt(i, k);
      }
      product += q[static_cast<std::size_t>(i)] * v(i, j);
      squares += v(i, j) * v(i, j);
    }
    if (squares > 0) {
      const double share = std::abs(product - bench.data.lambda * std::sqrt(squares)) / (bench.data.lambda * longest);
      found.complementarity = std::max(found.complementarity, share);
    }
    if (withDual) found.dual = std::max(found.dual, projectedNorm(bench, j % p, std::move(q)) / bench.data.lambda - 1);
  }
  return found;
}

ReluSettings settingsOf(ReluLoss loss, double lambda) {
  ReluSettings settings;
  settings.loss = loss;
  settings.lambda = lambda;
  settings.huberDelta = 0.5;
  return settings;
}

/// Steps until the objective stands still; how many.
int run(Bench& bench, int most = 200) {
  double last = INFINITY;
  for (int k = 1; k <= most; ++k) {
    if (!bench.newton.step()) return k;
    const double objective = optimality(bench, bench.prox.v(), false).objective;
    if (k > 3 && std::abs(last - objective) <= 1e-13 * objective && bench.newton.distance() < 1e-8) return k;
    last = objective;
  }
  return most;
}

void checkOptimal(const Bench& bench, const char* name) {
  const Optimality found = optimality(bench, bench.prox.v(), true);
  if (found.cones > 1e-9 || found.complementarity > 1e-6 || found.dual > 1e-6) {
    std::fprintf(stderr, "  %s: cones %g, complementarity %g, dual %g\n", name, found.cones, found.complementarity,
                 found.dual);
  }
  CHECK(found.cones <= 1e-9);
  CHECK(found.complementarity <= 1e-6);
  CHECK(found.dual <= 1e-6);
}

}  // namespace

TEST(newtonEndsAtOptimalPoints) {
  for (const ReluLoss loss : smooth) {
    const Instance data = instance(40, 4, loss == ReluLoss::softmax ? 3 : 2, loss, 3);
    for (const double lambda : {0.3, 1.0}) {
      Bench bench(data, settingsOf(loss, lambda), 8);
      bench.startAtZero(1);
      const int steps = run(bench);
      if (steps >= 100) std::fprintf(stderr, "  %s, lambda %g: %d steps\n", nameOf(loss).data(), lambda, steps);
      CHECK(steps < 100);
      checkOptimal(bench, nameOf(loss).data());
    }
  }
}

TEST(newtonAgreesWithAdmm) {
  for (const ReluLoss loss : smooth) {
    const Instance data = instance(60, 5, loss == ReluLoss::softmax ? 3 : 1, loss, 4);
    ReluSettings settings = settingsOf(loss, 0.1);
    settings.tolerance = 1e-9;
    settings.rho = solve(data.problem(15), settings).solution.rho;  // fixed: ADMM alone
    const Run admm = solve(data.problem(15), settings);
    CHECK(admm.outcome.status == Status::solved);
    Bench bench(data, settings, 15);
    bench.startAtZero(1);
    run(bench);
    const double objective = optimality(bench, bench.prox.v(), false).objective;
    CHECK(std::abs(objective - admm.outcome.progress.objective) <= 1e-8 * objective);
  }
}

// Systems that are factored in single precision at first, and in double precision once their condition is too high.
TEST(newtonOfManyCoupledNeuronsEndsAtOptimalPoints) {
  const Instance data = instance(120, 14, 5, ReluLoss::softmax, 6);
  Bench bench(data, settingsOf(ReluLoss::softmax, 0.05), 20);
  bench.startAtZero(1);
  double mostBytes = 0;
  for (int k = 0; k < 100 && bench.newton.step(); ++k) mostBytes = std::max(mostBytes, bench.newton.bytes());
  constexpr double columns = 256;  // number of columns from which single precision is tried
  CHECK(mostBytes >= sizeof(double) * (2.5 * bench.data.n + 1.5 * columns) * columns);
  checkOptimal(bench, "many coupled neurons");
}

TEST(newtonStaysAtSolutions) {
  for (const ReluLoss loss : smooth) {
    const Instance data = instance(60, 5, loss == ReluLoss::softmax ? 3 : 1, loss, 5);
    Bench bench(data, settingsOf(loss, 0.3), 10);
    bench.startAtZero(1);
    run(bench);
    const HostMatrix<double> v(bench.data.d, bench.map.columns()), f(bench.data.n, bench.data.c);
    bench.la.copy(bench.prox.v(), v.view());
    bench.la.copy(bench.prox.fv(), f.view());
    const double objective = optimality(bench, v, false).objective;
    bench.newton.start(v, f, 1);
    CHECK(bench.newton.distance() <= 1e-6 * blas::nrm2(static_cast<int>(v.size()), v.data()));
    bench.newton.step();
    const double after = optimality(bench, bench.prox.v(), false).objective;
    CHECK(std::abs(after - objective) <= 1e-11 * objective);
  }
}

/// Rows twice, rows of zeros, a column that repeats another, two columns with many rows, where neurons lie on extreme
/// rays of their cones.
TEST(newtonTakesDegenerateData) {
  for (const ReluLoss loss : smooth) {
    const int c = loss == ReluLoss::softmax ? 3 : 1;
    Instance data = instance(40, 4, c, loss, 6);
    for (int k = 20; k < 30; ++k) {
      for (int i = 0; i < 4; ++i) {
        data.x[static_cast<std::size_t>(4 * k + i)] = data.x[static_cast<std::size_t>(4 * (k - 20) + i)];
      }
    }
    for (int k = 30; k < 34; ++k) {
      for (int i = 0; i < 4; ++i) data.x[static_cast<std::size_t>(4 * k + i)] = 0;
    }
    for (int k = 0; k < 40; ++k) data.x[static_cast<std::size_t>(4 * k + 3)] = data.x[static_cast<std::size_t>(4 * k)];
    ReluSettings settings = settingsOf(loss, 0.5);
    settings.bias = false;
    Bench bench(data, settings, 8);
    bench.startAtZero(1);
    CHECK(run(bench) < 100);
    checkOptimal(bench, "repeated rows");
    const Instance flat = instance(60, 2, c, loss, 7);
    Bench rays(flat, settings, 12);
    rays.startAtZero(1);
    CHECK(run(rays) < 100);
    checkOptimal(rays, "rays");
  }
}

TEST(newtonTakesZeroAsASolution) {
  for (const ReluLoss loss : smooth) {
    const Instance data = instance(40, 4, loss == ReluLoss::softmax ? 3 : 1, loss, 8);
    Bench bench(data, settingsOf(loss, 1e4), 8);
    bench.startAtZero(1);
    run(bench, 10);
    const HostMatrix<double> zero(bench.data.d, bench.map.columns());
    CHECK_EQ(optimality(bench, bench.prox.v(), false).objective, optimality(bench, zero, false).objective);
  }
}

TEST(newtonIsTheSameForAnyNumberOfThreads) {
  static WorkerPool pool(2);
  const Instance data = instance(300, 8, 3, ReluLoss::softmax, 9);
  const ReluSettings settings = settingsOf(ReluLoss::softmax, 0.3);
  Bench serial(data, settings, 20), parallel(data, settings, 20, &pool);
  for (Bench* bench : {&serial, &parallel}) {
    bench->startAtZero(1);
    for (int k = 0; k < 10; ++k) bench->newton.step();
  }
  CHECK(std::equal(serial.prox.v().data, serial.prox.v().data + serial.data.d * serial.map.columns(),
                   parallel.prox.v().data));
}

/// ADMM takes far more iterations to such a gap.
TEST(theSolverGoesOnByNewton) {
  for (const ReluLoss loss : {ReluLoss::softmax, ReluLoss::squared}) {
    const Instance data = instance(150, 8, loss == ReluLoss::softmax ? 4 : 1, loss, 10);
    ReluSettings settings = settingsOf(loss, 0.2);
    settings.tolerance = 1e-9;
    const Run both = solve(data.problem(40), settings);
    CHECK(both.outcome.status == Status::solved);
    CHECK(both.outcome.progress.residual <= 1e-9);
    settings.rho = both.solution.rho;
    settings.maxIterations = 2 * static_cast<int>(both.outcome.progress.iteration);
    const Run admm = solve(data.problem(40), settings);
    CHECK(admm.outcome.status == Status::iterationLimit);
    const double own = convexValue(data, settings, both.solution).objective;
    CHECK(std::abs(own - both.outcome.progress.objective) <= 1e-9 * own);
    CHECK(both.outcome.progress.lowerBound <= own * (1 + 1e-10));
  }
}
