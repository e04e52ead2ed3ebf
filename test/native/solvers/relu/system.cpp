// The system of each iteration by its three ways, against a dense solution.
#include "solvers/relu/engines/system.hpp"

#include <vector>

#include "check.hpp"
#include "solvers/relu/relu_instances.hpp"

using namespace nonconvex;
using namespace instances;

namespace {

constexpr double plenty = 1e12;

/// K0 and (I + tau K0)^{-1} B by plain loops and one dense factor.
struct Dense {
  Dense(const Instance& data, const ReluSettings& settings, int sample)
      : relu(data.problem(sample), settings, plenty, 8),
        rows(la, relu),
        map(la, relu, rows, settings),
        k0(data.n, data.n) {
    const double signs = map.signs();
    for (int k = 0; k < data.n; ++k) {
      for (int l = 0; l < data.n; ++l) {
        double sum = 0;
        for (int i = 0; i < map.patterns(); ++i) {
          if (map.features()) {
            sum += map.activations()(k, i) * map.activations()(l, i);
          } else if (map.masks()(k, i) != 0 && map.masks()(l, i) != 0) {
            sum += signs * blas::dot(relu.d, relu.xt.column(k), relu.xt.column(l));
          }
        }
        k0(k, l) = sum;
      }
    }
  }

  HostMatrix<double> image(double tau, Mat<const double> theta) const {
    HostMatrix<double> f(theta.rows, theta.cols);
    la.copy(theta, f.view());
    la.gemm(Transpose::no, Transpose::no, tau, k0, theta, 1.0, f);
    return f;
  }
  HostMatrix<double> solution(double tau, Mat<const double> rhs) const {
    const HostMatrix<double> factor(rhs.rows, rhs.rows);
    HostMatrix<double> x(rhs.rows, rhs.cols);
    la.forEach(rhs.rows, rhs.rows, [&](int i, int j) { factor(i, j) = tau * k0(i, j) + (i == j); });
    CHECK(la.cholesky(factor));
    la.copy(rhs, x.view());
    la.choleskySolve(factor, x);
    return x;
  }
  double trace() const {
    double sum = 0;
    for (int k = 0; k < k0.rows(); ++k) sum += k0(k, k);
    return sum;
  }

  Cpu la;
  ReluData relu;
  ReluRows<Cpu> rows;
  ReluMap<Cpu> map;
  HostMatrix<double> k0;
};

HostMatrix<double> normals(int n, int c, std::uint32_t seed) {
  HostMatrix<double> m(n, c);
  const Random random(seed, 5);
  for (std::size_t i = 0; i < m.size(); ++i) m.data()[i] = random.normal(i);
  return m;
}

double distance(Mat<const double> a, Mat<const double> b) {
  double sum = 0;
  for (int j = 0; j < a.cols; ++j) {
    for (int i = 0; i < a.rows; ++i) sum += (a(i, j) - b(i, j)) * (a(i, j) - b(i, j));
  }
  return std::sqrt(sum);
}
double length(Mat<const double> a) { return distance(a, HostMatrix<double>(a.rows, a.cols)); }

/// sqrt(sum over the columns of e^T (I + tau K0) e)
double energy(const Dense& dense, double tau, Mat<const double> e) {
  const HostMatrix<double> image = dense.image(tau, e);
  return std::sqrt(blas::dot(e.rows * e.cols, e.data, image.data()));
}

const char* nameOf(ReluSystemBy by) {
  return by == ReluSystemBy::rows ? "rows" : by == ReluSystemBy::weights ? "weights" : "products";
}

/// All ways on one problem: several right-hand sides after one another, several tau.
void checkSystem(const Instance& data, const ReluSettings& settings, int sample, const char* name) {
  Dense dense(data, settings, sample);
  const int n = data.n;
  const int c = data.c;
  for (const ReluSystemBy by : {ReluSystemBy::rows, ReluSystemBy::weights, ReluSystemBy::products}) {
    dense.relu.system = by;
    ReluSystem<Cpu> system(dense.la, dense.map, dense.relu, 1);
    system.start(dense.map.xt());
    CHECK_NEAR(system.trace(), dense.trace(), 1e-12 * dense.trace());
    HostMatrix<double> theta(n, c), q(dense.map.dimension(), dense.map.patterns() * c), expected(q.rows(), q.cols());
    for (const double relativeTau : {1e2, 1e4, 1.0}) {
      const double tau = relativeTau * n / dense.trace();
      CHECK(system.set(tau));
      for (const std::uint32_t seed : {1u, 2u}) {
        const HostMatrix<double> b = normals(n, c, seed);
        const HostMatrix<double> rhs = normals(n, c, seed);
        system.solve(rhs, theta, q, 1e-11 * length(b));
        const HostMatrix<double> solution = dense.solution(tau, b);
        const double error = distance(theta, solution) / length(b);
        if (error > 1e-9) std::fprintf(stderr, "  %s by %s, tau %g: %g\n", name, nameOf(by), relativeTau, error);
        CHECK(error <= 1e-9);
        // b = (I + tau K0) theta + what is left
        const HostMatrix<double> image = dense.image(tau, theta);
        for (std::size_t i = 0; i < image.size(); ++i) image.data()[i] += rhs.data()[i];
        CHECK(distance(image, b) <= 1e-9 * relativeTau * length(b));
        dense.map.adjoint(theta, expected);
        CHECK(distance(q, expected) <= 1e-10 * relativeTau * length(expected));
      }
    }
  }
}

/// Solutions in single precision whose changes shrink: each of these is off by a share of it.
void checkRounded(const Instance& data, const ReluSettings& settings) {
  Dense dense(data, settings, 15);
  CHECK(dense.map.listsRows());
  for (const ReluSystemBy by : {ReluSystemBy::rows, ReluSystemBy::weights}) {
    dense.relu.system = by;
    ReluSystem<Cpu> system(dense.la, dense.map, dense.relu, 1);
    system.start(dense.map.xt());
    const double tau = 1e3 * data.n / dense.trace();
    CHECK(system.set(tau));
    HostMatrix<double> theta(data.n, data.c), q(dense.map.dimension(), dense.map.patterns() * data.c);
    HostMatrix<double> b = normals(data.n, data.c, 1), before(data.n, data.c);
    double change = 1, off = 0;
    bool exact = true;
    dense.map.letRound(true);
    for (std::uint32_t k = 2; k < 9; ++k, change /= 10) {
      HostMatrix<double> rhs = b.copy();
      system.solve(rhs, theta, q, 0);
      HostMatrix<double> error = dense.solution(tau, b);
      for (std::size_t i = 0; i < error.size(); ++i) error.data()[i] -= theta.data()[i];
      off = distance(error, before) / (change * length(b));
      CHECK(off <= (k == 2 ? 1e-6 : 1e-4));
      exact = exact && off <= 1e-12;
      before = std::move(error);
      const HostMatrix<double> step = normals(data.n, data.c, k);
      for (std::size_t i = 0; i < b.size(); ++i) b.data()[i] += change * step.data()[i];
    }
    CHECK(!exact);
    CHECK(!system.adjointIsExact());
    dense.map.letRound(false);
  }
}

/// What an inexact solution promises, and that it is not computed exactly.
void checkTolerance(const Instance& data, const ReluSettings& settings) {
  Dense dense(data, settings, 70);
  dense.relu.system = ReluSystemBy::products;
  ReluSystem<Cpu> system(dense.la, dense.map, dense.relu, 1);
  system.start(dense.map.xt());
  const double tau = 3e3 * data.n / dense.trace();
  CHECK(system.set(tau));
  HostMatrix<double> theta(data.n, data.c), q(dense.map.dimension(), dense.map.patterns() * data.c);
  long products = 0;
  for (const double tolerance : {1e-2, 1e-4, 1e-6}) {
    const HostMatrix<double> b = normals(data.n, data.c, 3);
    const HostMatrix<double> rhs = normals(data.n, data.c, 3);
    system.solve(rhs, theta, q, tolerance);
    const HostMatrix<double> error = dense.solution(tau, b);
    for (std::size_t i = 0; i < error.size(); ++i) error.data()[i] -= theta.data()[i];
    CHECK(energy(dense, tau, error) <= tolerance);
    if (settings.loss != ReluLoss::squared) CHECK(length(rhs) <= tolerance);
    CHECK(distance(dense.image(tau, error), rhs) <= 1e-9 * length(b));
    CHECK(system.products() > products);
    products = system.products();
  }
  // The same again from the solution takes no product.
  const HostMatrix<double> rhs = normals(data.n, data.c, 3);
  system.solve(rhs, theta, q, 1e-5);
  CHECK_EQ(system.products(), products);
}

Instance withRepeatedRows(Instance data) {
  for (int k = 1; k < data.n; k += 2) {  // each row twice, and some zero
    for (int i = 0; i < data.d; ++i) {
      data.x[static_cast<std::size_t>(k * data.d + i)] =
          k % 10 == 9 ? 0 : data.x[static_cast<std::size_t>((k - 1) * data.d + i)];
    }
  }
  return data;
}

Instance withUnits(Instance data) {
  for (std::size_t i = 0; i < data.x.size(); ++i)
    data.x[i] *= std::pow(10.0, 2 - static_cast<double>(i % static_cast<std::size_t>(data.d)));
  return data;
}

}  // namespace

TEST(systemOfReluAndGatedAndSampled) {
  for (const int n : {1, 7, check::sanitized ? 40 : 150}) {
    for (const int c : {1, 3}) {
      const Instance data = instance(n, 5, c, ReluLoss::squared, 4);
      ReluSettings settings;
      settings.lambda = 0.001 * data.n;
      checkSystem(data, settings, 12, "relu");
      settings.activation = ReluActivation::gated;
      checkSystem(data, settings, 12, "gated");
      checkSystem(data, settings, 60, "gated, many patterns");
      settings.activation = ReluActivation::relu;
      settings.method = ReluMethod::sampled;
      checkSystem(data, settings, 12, "sampled");
    }
  }
}

TEST(systemOfHardData) {
  ReluSettings settings;
  settings.lambda = 0.2;
  settings.activation = ReluActivation::gated;
  checkSystem(withRepeatedRows(instance(160, 6, 2, ReluLoss::squared, 5)), settings, 15, "repeated rows");
  checkSystem(withUnits(instance(160, 6, 1, ReluLoss::squared, 6)), settings, 15, "units");
  settings.bias = false;
  Instance zero = instance(20, 3, 1, ReluLoss::squared, 7);
  for (double& value : zero.x) value = 0;
  zero.x[0] = 1;  // a row that alone is not zero
  checkSystem(zero, settings, 4, "one row");
}

TEST(inexactSolutionsKeepTheirTolerance) {
  ReluSettings settings;
  settings.lambda = 0.2;
  checkTolerance(instance(300, 8, 1, ReluLoss::squared, 8), settings);
  checkTolerance(instance(300, 8, 3, ReluLoss::squared, 9), settings);
  checkTolerance(withRepeatedRows(instance(300, 8, 2, ReluLoss::squared, 10)), settings);
  settings.loss = ReluLoss::logistic;
  checkTolerance(instance(300, 8, 1, ReluLoss::logistic, 11), settings);
}

TEST(systemInAnotherInnerProduct) {
  // M^{-1} between F and F^T, as splitting 'slack' has it.
  const Instance data = instance(90, 5, 2, ReluLoss::squared, 12);
  ReluSettings settings;
  settings.lambda = 0.001 * data.n;
  Dense dense(data, settings, 10);
  const int d = dense.relu.d;
  const Cpu& la = dense.la;
  HostMatrix<double> metric(d, d), inverse(d, d), whitened(d, data.n);
  la.gemm(Transpose::no, Transpose::yes, 0.5, dense.map.xt(), dense.map.xt(), 0.0, metric);
  for (int i = 0; i < d; ++i) metric(i, i) += 1;
  CHECK(la.cholesky(metric));
  la.copy(dense.map.xt(), whitened.view());
  la.trsm(Side::left, Transpose::no, 1.0, metric, whitened);
  la.choleskyInverse(metric, inverse);
  const HostMatrix<double> b = normals(data.n, data.c, 1);
  HostMatrix<double> q(d, dense.map.patterns() * data.c);
  std::vector<HostMatrix<double>> solutions;
  for (const ReluSystemBy by : {ReluSystemBy::rows, ReluSystemBy::products}) {
    dense.relu.system = by;
    ReluSystem<Cpu> system(la, dense.map, dense.relu, 1);
    system.start({.whitened = whitened, .inverse = inverse, .root = {}});
    CHECK(system.set(0.7));
    HostMatrix<double> theta(data.n, data.c);
    system.solve(normals(data.n, data.c, 1), theta, q, 1e-12);
    solutions.push_back(std::move(theta));
  }
  CHECK(distance(solutions[0], solutions[1]) <= 1e-10 * length(solutions[0]));
}

TEST(solutionsInSinglePrecision) {
  ReluSettings settings;
  settings.lambda = 0.1;
  checkRounded(instance(200, 20, 3, ReluLoss::squared, 1), settings);
}

TEST(approximationsOfLowRank) {
  const int n = 200;
  const int rank = 30;
  const HostMatrix<double> a = normals(n, rank, 13);
  const Cpu la;
  HostMatrix<double> k(n, n), diagonal(n, 1);
  la.gemm(Transpose::no, Transpose::yes, 1.0, a, a, 0.0, k);
  for (int i = 0; i < n; ++i) diagonal(i, 0) = k(i, i);
  const auto columns = [&](const Pivots& pivots, Mat<double> to) {
    for (int j = 0; j < pivots.count; ++j)
      std::copy(k.column(pivots.index[j]), k.column(pivots.index[j]) + n, to.column(j));
  };
  Nystrom<Cpu> some(la, HostMatrix<double>(diagonal.rows(), 1), 20, 1);
  CHECK_EQ(some.trace(), 0.0);
  some.extend(0, columns);
  CHECK_EQ(some.rank(), 0);
  HostMatrix<double> copy(n, 1);
  la.copy(diagonal.view(), copy.view());
  Nystrom<Cpu> nystrom(la, std::move(copy), 100, 1);
  const double trace = nystrom.trace();
  nystrom.extend(0.5 * trace, columns);
  CHECK(nystrom.rank() > 0 && nystrom.rank() < rank);
  CHECK(nystrom.rest() <= 0.5 * trace && nystrom.rest() > 0);
  nystrom.extend(0, columns);
  CHECK_EQ(nystrom.rank(), rank);
  CHECK(nystrom.rest() <= 1e-10 * trace);
  CHECK(nystrom.shift(0.3));
  const HostMatrix<double> b = normals(n, 2, 14);
  HostMatrix<double> z(n, 2), image(n, 2);
  nystrom.apply(b, z);
  la.copy(z.view(), image.view());
  la.gemm(Transpose::no, Transpose::no, 0.3, k, z, 1.0, image);
  CHECK(distance(image, b) <= 1e-9 * length(b));
}

TEST(wholeSolvesByEachWay) {
  struct Case {
    Instance data;
    int sample;
    const char* name;
  };
  int turn = 0;
  for (const ReluLoss loss :
       {ReluLoss::squared, ReluLoss::logistic, ReluLoss::hinge, ReluLoss::softmax, ReluLoss::huber}) {
    const int c = loss == ReluLoss::softmax ? 3 : 1;
    std::vector<Case> cases;
    cases.push_back({instance(120, 6, c, loss, 15), 30, "normal"});
    cases.push_back({instance(120, 4, c, loss, 16), 8, "few weights"});
    cases.push_back({withRepeatedRows(instance(120, 6, c, loss, 17)), 15, "repeated rows"});
    for (const Case& one : cases) {
      for (const bool gated : {false, true}) {
        if (!check::longRun() && turn++ % 5 != 0) continue;  // each loss, case and activation once at least
        ReluSettings settings;
        settings.lambda = 0.001 * one.data.n;
        settings.loss = loss;
        settings.activation = gated ? ReluActivation::gated : ReluActivation::relu;
        settings.tolerance = loss == ReluLoss::hinge ? 3e-3 : 1e-6;
        settings.maxIterations = 5000;
        settings.inner = ReluInner::exact;
        const Run exact = solve(one.data.problem(one.sample), settings);
        settings.inner = ReluInner::krylov;
        const Run krylov = solve(one.data.problem(one.sample), settings);
        for (const Run* run : {&exact, &krylov}) {
          const bool solved = run->outcome.status == Status::solved;
          if (!solved) {
            std::fprintf(stderr, "  %s, loss %d, gated %d: gap %g\n", one.name, static_cast<int>(loss), gated,
                         static_cast<double>(run->outcome.progress.residual));
          }
          CHECK(solved);
          const ConvexValue value = convexValue(one.data, settings, run->solution);
          CHECK_NEAR(value.objective, run->outcome.progress.objective, 1e-9 * value.objective);
        }
        // Each bound holds for both.
        const double slack = 1e-9 * exact.outcome.progress.objective;
        CHECK(exact.outcome.progress.lowerBound <= krylov.outcome.progress.objective + slack);
        CHECK(krylov.outcome.progress.lowerBound <= exact.outcome.progress.objective + slack);
      }
    }
  }
}

TEST(hardSolvesWithoutAMatrix) {
  ReluSettings settings;
  settings.inner = ReluInner::krylov;
  settings.activation = ReluActivation::gated;
  settings.lambda = 1e-6;
  settings.tolerance = 1e-4;
  const Instance normal = instance(150, 8, 2, ReluLoss::squared, 18);
  CHECK(solve(normal.problem(20), settings).outcome.status == Status::solved);
  settings.lambda = 0.15;
  // Columns in units 10^7 apart. Of sixteen draws in such units one comes to a stand at a gap of 1e-2.
  for (const int draw : {11, 17, 18, 23, 26}) {
    const Instance units = withUnits(instance(150, 8, 2, ReluLoss::squared, draw));
    CHECK(solve(units.problem(20), settings).outcome.status == Status::solved);
  }
  settings.method = ReluMethod::sampled;
  settings.activation = ReluActivation::relu;
  CHECK(solve(normal.problem(40), settings).outcome.status == Status::solved);
  settings.method = ReluMethod::admm;
  settings.splitting = ReluSplitting::slack;
  settings.tolerance = 1e-2;
  CHECK(solve(normal.problem(10), settings).outcome.status == Status::solved);
}

TEST(choiceBySizeAndMemory) {
  const auto chosen = [](int n, int d, int sample, const ReluSettings& settings, double available) {
    const Instance data = instance(n, d, 1, ReluLoss::squared, 19);
    return ReluData(data.problem(sample), settings, available, 8).system;
  };
  ReluSettings settings;
  settings.lambda = 0.2;
  settings.bias = false;
  CHECK(chosen(100, 10, 20, settings, plenty) == ReluSystemBy::rows);
  CHECK(chosen(400, 10, 20, settings, plenty) == ReluSystemBy::weights);
  CHECK(chosen(20000, 2, 6000, settings, plenty) == ReluSystemBy::products);
  settings.inner = ReluInner::krylov;
  CHECK(chosen(100, 10, 20, settings, plenty) == ReluSystemBy::products);
  settings.inner = ReluInner::exact;
  CHECK(chosen(20000, 2, 6000, settings, plenty) == ReluSystemBy::rows);
  settings.splitting = ReluSplitting::slack;
  CHECK(chosen(400, 10, 20, settings, plenty) == ReluSystemBy::rows);
  settings.splitting = ReluSplitting::cone;
  settings.activation = ReluActivation::gated;
  settings.inner = ReluInner::automatic;
  const double tight = 2e8;  // three matrices of its rows have 2.16e8 bytes
  CHECK(chosen(3000, 2, 1000, settings, tight) == ReluSystemBy::products);
  settings.inner = ReluInner::exact;
  std::string message;
  try {
    chosen(3000, 2, 1000, settings, tight);
  } catch (const Error& error) {
    message = error.what();
  }
  CHECK(message.find("inner: 'krylov'") != std::string::npos);
}

// Of several outputs whose x stays in a core's cache, signs and rows in single precision and lists of active rows are
// made beside the rest: the memory that is asked for has them, and falls where one row more is too many for the cache.
TEST(memoryOfListedRows) {
  ReluSettings settings;
  settings.lambda = 0.2;
  settings.bias = false;
  constexpr int rows = 4096, columns = 64, patterns = 100;
  const auto least = [&](int n) {  // bytes with which such data are taken
    Instance data{.n = n, .d = columns, .c = 2, .x = {}, .y = {}};
    data.x.assign(static_cast<std::size_t>(n * columns), 1.0);
    data.y.assign(static_cast<std::size_t>(2 * n), 1.0);
    double few = 0, enough = 1e9;
    while (enough - few > 1e4) {
      const double middle = 0.5 * (few + enough);
      try {
        ReluData(data.problem(patterns), settings, middle, 8);
        enough = middle;
      } catch (const Error&) {
        few = middle;
      }
    }
    return enough;
  };
  const double single = 4.0 * rows * (patterns + columns), lists = 4.0 * rows * patterns;
  CHECK(least(rows) - least(rows + 1) > 0.95 * (single + lists));
}

TEST(adjointOfManyRowsAndFewPatterns) {  // cut by rows, the last part shorter
  const Instance data = instance(4501, 3, 2, ReluLoss::squared, 8);
  ReluSettings settings;
  settings.lambda = 1;
  const Cpu la;
  ReluData relu(data.problem(4), settings, plenty, 8);
  const ReluRows<Cpu> rows(la, relu);
  const ReluMap<Cpu> map(la, relu, rows, settings);
  const HostMatrix<double> theta = normals(data.n, data.c, 4);
  HostMatrix<double> q(relu.d, map.patterns() * data.c);
  map.adjoint(theta, q);
  for (int j = 0; j < q.cols(); ++j) {
    for (int i = 0; i < relu.d; ++i) {
      double sum = 0;
      for (int k = 0; k < data.n; ++k) {
        sum += relu.xt(i, k) * map.masks()(k, j % map.patterns()) * theta(k, j / map.patterns());
      }
      CHECK_NEAR(q(i, j), sum, 1e-11 * data.n);
    }
  }
}
