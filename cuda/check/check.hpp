// The check of a GPU machine: operations and solvers against the CPU's, memory, errors, two solves at once, and speed
// beside the card's limits. Prints a table. The tests run it on a simulated device.
#pragma once

#include <cstdio>
#include <string>
#include <thread>
#include <vector>

#include "core/monitor.hpp"
#include "core/threads.hpp"
#include "cuda/check/operations.hpp"
#include "cuda/check/regressions.hpp"
#include "cuda/check/solvers.hpp"
#include "cuda/devices.hpp"
#include "linalg/kernels.hpp"

namespace nonconvex::checks {

/// Rows and columns of data, and patterns.
struct Shape {
  int n = 0;
  int d = 0;
  int patterns = 0;
  std::string text() const { return show(n) + " x " + show(d) + ", " + show(patterns) + " patterns"; }
};

/// Rows and columns of a regression's data.
struct Tall {
  int rows = 0;
  int columns = 0;
  std::string text() const { return show(rows) + " x " + show(columns); }
};

/// How much to do.
struct Sizes {
  std::vector<int> operations;  ///< rows and columns of the matrices that are compared
  Shape solved;                 ///< problems whose optima are compared
  int square = 0;               ///< rows of the matrices whose products and factors are timed
  int tall = 0;                 ///< rows of a matrix with few columns whose Gram matrix is timed
  Shape product;                ///< the matrix whose products are timed
  std::vector<Shape> iterated;  ///< problems whose iterations are timed on the CPU and on the device
  std::vector<Shape> large;     ///< problems whose iterations are timed on the device alone
  int repetitions = 0;
  Tall regression;                ///< the regression whose optima are compared
  std::vector<Tall> regressions;  ///< regressions whose derivatives and solves are timed
  int solves = 100;               ///< the number of solves after which all memory must be back
};

class Report {
 public:
  void title(const std::string& text) const { std::printf("\n%s\n", text.c_str()); }
  void line(const std::string& what, bool good, const std::string& numbers) {
    std::printf("  %-38s %-6s %s\n", what.c_str(), good ? "ok" : "FAILED", numbers.c_str());
    failures_ += good ? 0 : 1;
  }
  void figure(const std::string& what, double value, const char* unit, const std::string& more = {}) const {
    std::printf("  %-38s %10.4g %s%s%s\n", what.c_str(), value, unit, more.empty() ? "" : ", ", more.c_str());
  }
  int failures() const { return failures_; }

 private:
  int failures_ = 0;
};

/// y := y + 0.5 x, entry by entry: two reads and a write.
template <class T>
struct AddHalf {
  const T* x;
  T* y;
  NONCONVEX_HD void operator()(int i) const { y[i] += T(0.5) * x[i]; }
};
template <class T>
struct EntryOf {
  Mat<const T, Device> a;
  NONCONVEX_HD double operator()(int i, int j) const { return static_cast<double>(a(i, j)); }
  NONCONVEX_HD double operator()(int i) const { return static_cast<double>(a.data[i]); }
};

/// A positive definite matrix.
template <class T>
struct Kernel {
  Mat<T, Device> a;
  NONCONVEX_HD void operator()(int i, int j) const { a(i, j) = T(i == j ? 3 : 1.0 / (1.0 + (i - j) * (i - j))); }
};

class Check {
 public:
  Check(const cuda::Tables& tables, Sizes sizes) : tables_(tables), sizes_(std::move(sizes)) {}

  /// 0: all is well, 1: something is not, 77: there is no device.
  int run() {
    const CudaDevices found = cudaDevices(tables_);
    for (const CudaDevice& device : found.devices) {
      std::printf("%s, compute capability %s, %.4g of %.4g GB free\n", device.name.c_str(), device.capability.c_str(),
                  device.freeMemory / 1e9, device.memory / 1e9);
    }
    if (found.usable() == nullptr) {
      std::printf("skipped: %s\n", found.reason().c_str());
      return 77;
    }
    std::printf("cuBLAS: %s\ncuSOLVER: %s\n", tables_.blas.library.c_str(), tables_.solver.library.c_str());
    operations<double>("double");
    operations<float>("float");
    solvers();
    regressions();
    report_.title("Memory and errors");
    memory();
    together();
    interruption();
    tooMuch();
    timings<double>("double");
    timings<float>("float");
    iterations();
    for (const Tall& shape : sizes_.regressions) {
      derivatives<double>(shape, "double");
      derivatives<float>(shape, "float");
    }
    std::printf("\n%s: %d failed\n", report_.failures() == 0 ? "passed" : "FAILED", report_.failures());
    return report_.failures() == 0 ? 0 : 1;
  }

 private:
  template <class T>
  void operations(const char* type) {
    report_.title(std::string("Operations against the CPU's, ") + type);
    const Cuda<T> la(tables_);
    for (const Comparison& comparison : Operations<T>(la, sizes_.operations).all()) {
      char numbers[80];
      std::snprintf(numbers, sizeof numbers, "error %.2e, allowed %.1e", comparison.error, comparison.allowed);
      report_.line(comparison.operation, comparison.good(), numbers);
    }
  }

  void solvers() {
    report_.title("ReLU networks of " + sizes_.solved.text() + ", against the CPU's");
    const Shape& shape = sizes_.solved;
    for (const ReluCase& each : reluCases()) {
      const ReluData data(shape.n, shape.d, each.outputs,
                          each.loss != ReluLoss::squared && each.loss != ReluLoss::huber);
      const ReluSettings settings = settingsFor(each);
      Monitor monitor;
      const auto cpu = train(Cpu(&pool_, 0, &monitor), monitor, data.problem(shape.patterns), settings);
      compareSolved<double>(each.name + ", double", data, settings, cpu);
      compareSolved<float>(each.name + ", float", data, settings, cpu);
    }
  }

  template <class T>
  void compareSolved(const std::string& name, const ReluData& data, const ReluSettings& settings,
                     const Outcome<ProgressOf<ReluSolution>>& cpu) {
    Monitor monitor;
    const Cuda<T> la(tables_, &monitor);
    const auto device = train(la, monitor, data.problem(sizes_.solved.patterns), settings);
    const double expected = cpu.progress.objective;
    const double error = std::abs(device.progress.objective - expected) / std::abs(expected);
    char numbers[120];
    std::snprintf(numbers, sizeof numbers, "objective differs by %.1e, allowed %.0e; %d and %d iterations", error,
                  settings.tolerance, device.progress.iteration, cpu.progress.iteration);
    report_.line(name, device.status == Status::solved && cpu.status == Status::solved && error <= settings.tolerance,
                 numbers);
  }

  void regressions() {
    report_.title("Regressions of " + sizes_.regression.text() + ", against the CPU's");
    for (const RegressionCase& each : regressionCases()) {
      each.single ? compareRegression<float>(each) : compareRegression<double>(each);
    }
  }

  template <class T>
  void compareRegression(const RegressionCase& each) {
    const Regression<T> data(each.family, sizes_.regression.rows, sizes_.regression.columns);
    const NlpProblem problem = data.problem(each.constrained);
    NlpSettings settings;
    settings.inner = each.inner;
    Monitor monitor;
    const auto cpu = minimizeOnCpu(Cpu(&pool_, 0, &monitor), problem, settings, monitor);
    const auto device = solveOn(Cuda<double>(tables_, &monitor), problem, settings, monitor);
    double error = 0;
    for (std::size_t j = 0; j < cpu.solution.x.size(); ++j) {
      error = std::max(error, std::abs(device.solution.x[j] - cpu.solution.x[j]));
    }
    constexpr double allowed = 1e-6;
    char numbers[120];
    std::snprintf(numbers, sizeof numbers, "x differs by %.1e, allowed %.0e; %d and %d iterations", error, allowed,
                  device.outcome.progress.iteration, cpu.outcome.progress.iteration);
    const auto solved = [](const Solved<NlpSolution>& of) { return of.outcome.status == Status::solved; };
    report_.line(each.name, solved(device) && solved(cpu) && error <= allowed, numbers);
  }

  double freeMemory() const {
    std::size_t free = 0, total = 0;
    cuda::check(tables_.runtime, tables_.runtime.memoryInfo(&free, &total), "cudaMemGetInfo");
    return static_cast<double>(free);
  }

  /// A system solved; the norm of the solution.
  double solveSystem() const {
    const Cuda<double> la(tables_);
    const int n = sizes_.operations.back();
    const auto a = la.matrix<double>(n, n);
    const auto b = la.matrix<double>(n, 1);
    la.forEach(n, n, Kernel<double>{a});
    la.fill(b.view(), 1);
    la.cholesky(a);
    la.choleskySolve(a, b);
    return la.norm(b.flat());
  }

  void memory() {
    const ReluData data(30, 3, 1, false);
    const Regression<float> regression(GlmFamily::logistic, 300, 5);
    const auto solve = [&] {
      solveSystem();
      Monitor monitor;
      solveOn(Cuda<double>(tables_, &monitor), regression.problem(true), NlpSettings(), monitor);
      const Cuda<float> la(tables_, &monitor);
      train(la, monitor, data.problem(8), settingsFor(reluCases().front()));
    };
    solve();  // what the libraries keep for the process
    const double before = freeMemory();
    for (int k = 0; k < sizes_.solves; ++k) solve();
    const double lost = before - freeMemory();
    constexpr double others = 32e6;  // what else may happen on the card
    report_.line("memory is back after " + show(sizes_.solves) + " solves", lost < others,
                 show(lost) + " bytes fewer are free");
  }

  void together() {
    const double alone = solveSystem();
    double results[2] = {};
    std::vector<std::thread> threads;
    for (double& result : results) {
      threads.emplace_back([this, &result] {
        try {
          for (int k = 0; k < 20; ++k) result = solveSystem();
        } catch (const Error& error) {
          std::printf("%s\n", error.what());
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
    const double error = std::max(std::abs(results[0] - alone), std::abs(results[1] - alone));
    report_.line("two solves at once", error <= 1e-12 * alone, "they differ by " + show(error));
  }

  void interruption() {
    int reports = 0;
    Monitor* running = nullptr;
    Monitor monitor(INFINITY, [&](const Progress&) {
      if (++reports == 2) running->abort();
    });
    running = &monitor;
    const ReluData data(30, 3, 1, false);
    ReluSettings settings = settingsFor(reluCases().front());
    settings.tolerance = 0;
    settings.checkInterval = 1;
    const Cuda<double> la(tables_, &monitor);
    const auto outcome = train(la, monitor, data.problem(8), settings);
    report_.line("abort", outcome.status == Status::aborted, "in iteration " + show(outcome.progress.iteration));
  }

  void tooMuch() {
    std::string message;
    const Cuda<double> la(tables_);
    try {
      la.matrix<double>(1 << 21, 1 << 21);
    } catch (const Error& error) {
      if (error.code() == "OUT_OF_MEMORY") message = error.what();
    }
    report_.line("more memory than there is", !message.empty(), message);
    report_.line("a solve afterwards", solveSystem() > 0, "");
  }

  /// Seconds of one call; the first is not counted.
  template <class F>
  double seconds(const CudaOperations& la, F&& f) const {
    f();
    la.synchronize();
    const Stopwatch watch;
    for (int k = 0; k < sizes_.repetitions; ++k) f();
    la.synchronize();
    return watch.seconds() / sizes_.repetitions;
  }

  template <class T>
  void timings(const char* type) {
    const Cuda<T> la(tables_);
    report_.title(std::string("Rates, ") + type);
    const int n = sizes_.square;
    {
      const auto a = la.template matrix<T>(n, n), b = la.template matrix<T>(n, n), c = la.template matrix<T>(n, n);
      timeFactors<T>(la, a, b, c);
      timePasses<T>(la, a, b, c);
    }
    timeTallGram<T>(la);
    timeDataProducts<T>(la);
  }

  /// Products, factors and eigenvalues of square matrices; notes the rate of the first as a ceiling.
  template <class T>
  void timeFactors(const Cuda<T>& la, Mat<T, Device> a, Mat<T, Device> b, Mat<T, Device> c) {
    const int n = a.rows;
    const double cube = 1.0 * n * n * n;
    const std::string size = show(n);
    const double gemm = seconds(la, [&] { la.gemm(Transpose::no, Transpose::no, 1, a, b, 0, c); });
    report_.figure("gemm, square, n = " + size + " (the ceiling)", 2 * cube / gemm / 1e12, "TFlop/s");
    ceilings<T>().flops = 2 * cube / gemm;
    const double syrk = seconds(la, [&] { la.syrk(Transpose::no, 1, a, 0, c); });
    report_.figure("syrk, n = " + size, cube / syrk / 1e12, "TFlop/s");
    const double factor = seconds(la, [&] {
      la.forEach(n, n, cuda::Identity<T>{c});
      la.cholesky(c);
    });
    report_.figure("cholesky, n = " + size, cube / 3 / factor / 1e12, "TFlop/s");
    const double inverse = seconds(la, [&] { la.choleskyInverse(c, b); });
    report_.figure("choleskyInverse, n = " + size, 2 * cube / 3 / inverse / 1e12, "TFlop/s");
    const double solve = seconds(la, [&] { la.choleskySolve(c, a.columns(0, 1)); });
    report_.figure("choleskySolve, one column", solve * 1e3, "ms");

    const int order = std::min(n, 2048);
    const auto block = a.block(0, 0, order, order);
    const double spectrum = seconds(la, [&] {
      la.forEach(order, order, Kernel<T>{block});
      la.eigenvalues(block, {b.data, order});
    });
    report_.figure("eigenvalues, n = " + show(order), spectrum * 1e3, "ms");
  }

  /// Operations that read or write each entry once or a few times; notes the rate of a copy as a ceiling.
  template <class T>
  void timePasses(const Cuda<T>& la, Mat<T, Device> a, Mat<T, Device> b, Mat<T, Device> c) {
    const int n = a.rows;
    const double bytes = 1.0 * n * n * sizeof(T);
    const auto rate = [&](const std::string& name, double moved, auto&& f) {
      const double each = moved / seconds(la, f);
      report_.figure(name, each / 1e9, "GB/s");
      return each;
    };
    ceilings<T>().bytes = rate("copy on the device (the ceiling)", 2 * bytes, [&] { la.copy(a, c); });
    rate("forEach(n), y += x / 2", 3 * bytes, [&] { la.forEach(n * n, AddHalf<T>{a.data, c.data}); });
    const kernels::Combine<T, Device> combine{0.5, a, 1, c};
    rate("forEach(m, n), y += x / 2 in packs", 3 * bytes, [&] { la.forEach(n, n, combine); });
    rate("fill", bytes, [&] { la.fill(c, T(1)); });
    rate("sum", bytes, [&] { la.sum(n * n, EntryOf<T>{c}); });
    rate("norm", bytes, [&] { la.norm(Vec<T, Device>{c.data, n * n}); });
    const auto sums = la.template matrix<double>(n, 1);
    rate("columnSums", bytes, [&] { la.columnSums(n, n, EntryOf<T>{c}, sums.flat()); });
    rate("mirrorLower", bytes, [&] { la.mirrorLower(c); });
    rate("multiplySymmetric, one column", bytes, [&] { la.multiplySymmetric(a, b.columns(0, 1), c.columns(0, 1)); });
  }

  template <class T>
  void timeTallGram(const Cuda<T>& la) {
    constexpr int few = 256;
    const auto a = la.template matrix<T>(few, sizes_.tall), gram = la.template matrix<T>(few, few);
    const double tall = seconds(la, [&] { la.syrk(Transpose::no, 1, a, 0, gram); });
    report_.figure("syrk of " + show(few) + " x " + show(sizes_.tall), 1.0 * few * few * sizes_.tall / tall / 1e12,
                   "TFlop/s");
  }

  /// Products of data with one vector for each pattern.
  template <class T>
  void timeDataProducts(const Cuda<T>& la) {
    const auto& [rows, d, p] = sizes_.product;
    const auto x = la.template matrix<T>(rows, d);
    const auto u = la.template matrix<T>(d, p), xu = la.template matrix<T>(rows, p);
    const double flops = 2.0 * rows * d * p;
    const double forward = seconds(la, [&] { la.gemm(Transpose::no, Transpose::no, 1, x, u, 0, xu); });
    report_.figure("gemm X U", flops / forward / 1e12, "TFlop/s", "X " + sizes_.product.text());
    const double adjoint = seconds(la, [&] { la.gemm(Transpose::yes, Transpose::no, 1, x, xu, 0, u); });
    report_.figure("gemm X^T V", flops / adjoint / 1e12, "TFlop/s");
  }

  void iterations() {
    const ReluSettings settings = settingsFor(reluCases().front());
    for (const Shape& shape : sizes_.iterated) iteration(shape, settings, true);
    for (const Shape& shape : sizes_.large) iteration(shape, settings, false);
  }
  void iteration(const Shape& shape, const ReluSettings& settings, bool onCpu) {
    report_.title("ADMM, gated, " + shape.text());
    const ReluData data(shape.n, shape.d, 1, false);
    const ReluProblem problem = data.problem(shape.patterns);
    const auto print = [&](const char* where, const ReluTimes& times) {
      report_.figure(std::string("iteration, ") + where, times.iteration * 1e3, "ms",
                     "set-up " + show(times.start) + " s");
    };
    if (onCpu) {
      const Cpu la(&pool_);
      print(("CPU, threads: " + show(la.threads())).c_str(), timeRelu(la, problem, settings, sizes_.repetitions));
    }
    print("device, double", timeRelu(Cuda<double>(tables_), problem, settings, sizes_.repetitions));
    floor<double>(shape);
    print("device, float", timeRelu(Cuda<float>(tables_), problem, settings, sizes_.repetitions));
    floor<float>(shape);
  }
  /// The least work of an iteration: the system or its inverse and X, twice, read; two products with X.
  template <class T>
  void floor(const Shape& shape) {
    const double n = shape.n, d = shape.d;
    const double bytes = sizeof(T) * (n * n + 2 * n * d);
    const double flops = 4 * n * d * shape.patterns;
    report_.figure("its floor by the ceilings above", 1e3 * (bytes / ceilings<T>().bytes + flops / ceilings<T>().flops),
                   "ms");
  }

  template <class T>
  void derivatives(const Tall& shape, const char* type) {
    report_.title("Logistic regression, " + shape.text() + ", data of type " + type);
    const Regression<T> data(GlmFamily::logistic, shape.rows, shape.columns);
    const NlpProblem problem = data.problem(false);
    timeDerivatives(shape, data, problem.start);
    timeIterations(problem);
  }

  template <class T>
  void timeDerivatives(const Tall& shape, const Regression<T>& data, std::vector<double> x) {
    const double N = shape.rows, n = shape.columns;
    const Cuda<double> la(tables_);
    DeviceGlm<Cuda<double>> f(la, data.glm(), data.dense());
    const auto H = la.matrix<double>(shape.columns, shape.columns);
    const SketchByRows<Cuda<double>> sketch(
        la, SparseSignSketch(std::min(4 * shape.columns, shape.rows), shape.rows, 8, Random(1)));
    const auto sketched = la.matrix<double>(shape.columns, sketch.rows());
    std::vector<double> g(x.size());
    const double pass = seconds(la, [&] {
      x[0] += 1e-3;
      f.moveTo(x);
      f.value();
      f.gradient(g);
    });
    const double bytes = 2 * sizeof(T) * N * n;
    report_.figure("value and gradient", bytes / pass / 1e9, "GB/s", show(100 * bytes / pass / full_.bytes) + " %");
    const double product = seconds(la, [&] { f.hessianProduct(1, x, g); });
    report_.figure("product with the Hessian", bytes / product / 1e9, "GB/s");
    const double hessian = seconds(la, [&] { f.hessianOnDevice(1, H); });
    report_.figure("Hessian", N * n * n / hessian / 1e12, "TFlop/s",
                   show(100 * N * n * n / hessian / full_.flops) + " % of gemm's rate");
    const double rows = seconds(la, [&] { f.sketch(sketch, sketched); });
    report_.figure("sketch", 8 * sizeof(T) * N * n / rows / 1e9, "GB/s");
    la.mirrorLower(H);
    DenseKkt<Cuda<double>> kkt(la, shape.columns, 0);
    const double factor = seconds(la, [&] { kkt.factor(H, {}, 0, 0); });
    report_.figure("factor", n * n * n / 3 / factor / 1e12, "TFlop/s");
  }

  /// Three iterations on the device and on the CPU, with both inner solvers.
  void timeIterations(const NlpProblem& problem) {
    NlpSettings settings;
    settings.maxIterations = 3;
    const auto solve = [&](const std::string& name, KktMethod inner, auto&& f) {
      settings.inner = inner;
      Monitor monitor;
      const Stopwatch watch;
      f(monitor);
      report_.figure(name, watch.seconds(), "s");
    };
    for (const KktMethod inner : {KktMethod::exact, KktMethod::krylov}) {
      const std::string way = inner == KktMethod::exact ? "exact" : "krylov";
      solve("three iterations, device, " + way, inner,
            [&](Monitor& m) { solveOn(Cuda<double>(tables_, &m), problem, settings, m); });
      solve("three iterations, CPU, " + way, inner,
            [&](Monitor& m) { minimizeOnCpu(Cpu(&pool_, 0, &m), problem, settings, m); });
    }
  }

  struct Ceilings {
    double flops = 0;
    double bytes = 0;
  };
  template <class T>
  Ceilings& ceilings() {
    return std::is_same_v<T, float> ? single_ : full_;
  }

  const cuda::Tables& tables_;
  Sizes sizes_;
  Report report_;
  Ceilings single_, full_;  // what the card reaches, one for each number type
  WorkerPool pool_{std::max(1, availableThreads() - 1)};
};

}  // namespace nonconvex::checks
