// What papers promise of their methods, on functions that noise is added to here.
#include <algorithm>
#include <cmath>
#include <functional>
#include <numbers>
#include <utility>

#include "check.hpp"
#include "core/index.hpp"
#include "core/random.hpp"
#include "solvers/smooth/clipping.hpp"
#include "solvers/smooth/coreset.hpp"
#include "solvers/smooth/estimators.hpp"
#include "solvers/smooth/solver.hpp"

using namespace nonconvex;

namespace {

using Gradient = std::function<double(RowSet, const double*, double*)>;

/// A sum of one's own; without a gradient where only the value is asked for.
class FunctionSum final : public FiniteSum<double> {
 public:
  FunctionSum(int rows, int n, Gradient gradient) : rows_(rows), n_(n), gradient_(std::move(gradient)), g_(at(n)) {}
  int rows() const override { return rows_; }
  int variables() const override { return n_; }
  std::vector<SumBlock> blocks() const override { return {{.name = "x", .offset = 0, .rows = n_, .columns = 1}}; }
  SumFacts facts() const override { return {}; }
  void typicalFactors(std::span<double> s) const override { std::fill(s.begin(), s.end(), 1.0); }
  double value(RowSet rows, const double* x) override { return gradient_(rows, x, g_.data()); }
  double gradient(RowSet rows, const double*, const double* x, double* g) override { return gradient_(rows, x, g); }
  void hessianProduct(RowSet, const double*, const double*, double*) override {}
  void lossOfRows(RowSet, const double*, double*) override {}
  void normOfRows(RowSet, const double*, double*) override {}

 private:
  int rows_, n_;
  Gradient gradient_;
  std::vector<double> g_;
};

class FunctionSource final : public FiniteSumSource {
 public:
  FunctionSource(int rows, int n, Gradient gradient) : rows_(rows), n_(n), gradient_(std::move(gradient)) {}
  int rows() const override { return rows_; }
  int variables() const override { return n_; }
  bool hasSingle() const override { return false; }
  std::unique_ptr<FiniteSum<double>> inDouble(const Cpu&) const override {
    return std::make_unique<FunctionSum>(rows_, n_, gradient_);
  }
  std::unique_ptr<FiniteSum<float>> inSingle(const Cpu&) const override { return nullptr; }

 private:
  int rows_, n_;
  Gradient gradient_;
};

SumMethod named(std::string_view name) {
  const auto all = names(SumMethod{});
  return static_cast<SumMethod>(std::find(all.begin(), all.end(), name) - all.begin());
}

/// The answer after so many steps of one row each, which is every time another.
std::vector<double> after(int steps, MinimizeSumSettings settings, std::vector<double> start, const Gradient& gradient,
                          SumSet set = SumSet::none) {
  MinimizeSumProblem problem;
  const int n = static_cast<int>(start.size());
  problem.sum = std::make_shared<FunctionSource>(1, n, gradient);
  problem.start = start;
  problem.set = set;
  problem.lower.assign(at(n), -1.0);
  problem.upper.assign(at(n), 1.0);
  settings.maxEpochs = steps;
  const Cpu la;
  const auto run = makeRun<double>(la, problem, settings, problem.sum->inDouble(la), {});
  for (int k = 0; k < steps; ++k) {
    if (!run->step()) break;
  }
  run->writeAnswer(start);
  return start;
}

MinimizeSumSettings method(std::string_view name, double stepSize = solverChooses,
                           StepSchedule schedule = StepSchedule::constant) {
  MinimizeSumSettings settings;
  settings.method = named(name);
  settings.stepSize = stepSize;
  settings.schedule = schedule;
  return settings;
}

double quantile95(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() * 95 / 100];
}

}  // namespace

TEST(amsgradGoesTheRightWayWhereAdamDoesNot) {
  // Reddi, Kale, Kumar 2018: 1010 x every 101st time, -10 x otherwise, on [-1, 1]: the minimum of the sum is at -1.
  for (const std::string_view name : {"adam", "amsgrad"}) {
    int t = 0;
    MinimizeSumSettings settings = method(name, 0.5, StepSchedule::sqrt);
    settings.beta2 = 0.99;
    const auto x = after(
        400'000, settings, {0},
        [&](RowSet, const double*, double* g) {
          g[0] = t++ % 101 == 0 ? 1010 : -10;
          return 0.0;
        },
        SumSet::box);
    CHECK_NEAR(x[0], name == "adam" ? 1 : -1, 0.02);
  }
}

TEST(spidersErrorIsBounded) {
  // f_i(x) = 1 - cos(a_i . x): L = max ||a_i||^2. E||v - grad f||^2 <= L^2 gamma^2 q / |batch|.
  constexpr int rows = 400, n = 5, steps = 200;
  const Random random(3);
  std::vector<double> a;
  for (std::uint64_t k = 0; k < rows * n; ++k) a.push_back(random.normal(k) / std::sqrt(n));
  double L = 0;
  const auto dot = [&](int i, const double* x) {
    double sum = 0;
    for (int j = 0; j < n; ++j) sum += a[at(i * n + j)] * x[j];
    return sum;
  };
  for (int i = 0; i < rows; ++i) L = std::max(L, dot(i, &a[at(i * n)]));
  FunctionSum sum(rows, n, [&](RowSet chosen, const double* x, double* g) {
    std::fill(g, g + n, 0.0);
    double value = 0;
    for (int k = 0; k < chosen.count; ++k) {
      const double t = dot(chosen[k], x);
      value += (1 - std::cos(t)) / chosen.count;
      for (int j = 0; j < n; ++j) g[j] += std::sin(t) * a[at(chosen[k] * n + j)] / chosen.count;
    }
    return value;
  });
  const MinimizeSumSettings settings = method("spider");
  const Cpu la;
  const std::vector<double> start(n, 1.0);
  SumContext<double> context(sum, settings, la, RowSet::range(0, rows), start);
  NoClipping<double> clipping(context);
  const PieceInput<double> in{context, clipping, false};
  SpiderEstimator<double> estimator(in);
  constexpr double gamma = 0.01;
  std::vector<double> x = start, v(n), exact(n);
  double error = 0;
  for (int k = 0; k < steps; ++k, ++context.step) {
    estimator.draw(context);
    estimator.estimate(context, x.data(), v.data());
    sum.gradient(RowSet::range(0, rows), nullptr, x.data(), exact.data());
    double squares = 0, norm = 0;
    for (int j = 0; j < n; ++j) squares += std::pow(v[at(j)] - exact[at(j)], 2), norm += v[at(j)] * v[at(j)];
    error += squares / steps;
    for (int j = 0; j < n; ++j) x[at(j)] -= gamma * v[at(j)] / std::sqrt(norm);
  }
  CHECK(error > 0);
  CHECK(error <= L * L * gamma * gamma);  // q = |batch|
  // Two gradients a step but for every twentieth, which is one of all rows.
  CHECK_EQ(context.rowsSeen, std::int64_t{steps / 20 * 400 + (steps - steps / 20) * 2 * 20});
}

TEST(clippingMendsHeavyTails) {
  // f = ||x||^2 / 2 with Pareto's noise of exponent 1.5, the 95 % quantile of f over runs from f = 24.75.
  constexpr int n = 11;
  constexpr int runs = 100;  // fewer runs leave the quantile to chance
  const auto f = [](const std::vector<double>& x) {
    double sum = 0;
    for (const double each : x) sum += each * each / 2;
    return sum;
  };
  const auto quantile = [&](std::string_view name, int steps, double stepSize, double clip) {
    std::vector<double> values;
    for (int run = 0; run < runs; ++run) {
      const Random random(static_cast<std::uint64_t>(run), 9);
      std::uint64_t draw = 0;
      MinimizeSumSettings settings = method(name, stepSize);
      if (name == "sgdm") settings.momentum = 0;
      settings.clipNorm = clip;
      values.push_back(f(after(steps, settings, std::vector<double>(n, std::sqrt(2 * 24.75 / n)),
                               [&](RowSet, const double* x, double* g) {
                                 const double size = std::pow(random.uniform(draw++), -1 / 1.5) - 1;
                                 const int which = static_cast<int>(random.below(draw++, n));
                                 const double sign = random.uniform(draw++) < 0.5 ? -1 : 1;
                                 for (int j = 0; j < n; ++j) g[j] = x[j] + (j == which ? 5 * sign * size : 0);
                                 return 0.0;
                               })));
    }
    return quantile95(values);
  };
  // The quantiles of the plan of these methods, within a factor of two.
  struct Row {
    int steps;
    double plain, clipped, sstm;
  };
  for (const Row& row : {Row{200, 40, 0.74, 1.0}, Row{800, 35, 0.24, 0.63}, Row{3200, 12.5, 0.068, 0.61}}) {
    const double shorter = 200.0 / row.steps;
    CHECK(quantile("sgdm", row.steps, 0.05 * shorter, solverChooses) > row.plain / 2);
    CHECK(quantile("clippedSgd", row.steps, 0.1 * shorter * std::log(row.steps) / std::log(200), 3) < 2 * row.clipped);
    CHECK(quantile("clippedSstm", row.steps, 0.01 * shorter, 0.3) < 2 * row.sstm);
  }
}

TEST(adamsRatesFall) {
  // sum cosh x with noise of deviation (1 + |g|) / 2: mean |g| falls at least as T^(-1/4) with beta2 = 1 - 1/sqrt(T),
  // eta = 1/sqrt(T).
  constexpr int n = 10;
  const auto meanGradient = [&](std::string_view name, int steps) {
    const Random random(4);
    std::uint64_t draw = 0;
    double sum = 0;
    MinimizeSumSettings settings = method(name, 1 / std::sqrt(steps));
    settings.beta2 = 1 - 1 / std::sqrt(steps);
    after(steps, settings, std::vector<double>(n, 3.0), [&](RowSet, const double* x, double* g) {
      double norm = 0;
      for (int j = 0; j < n; ++j) {
        const double exact = std::sinh(x[j]);
        norm += exact * exact;
        g[j] = exact + 0.5 * (1 + std::abs(exact)) * random.normal(draw++);
      }
      sum += std::sqrt(norm) / steps;
      return 0.0;
    });
    return sum;
  };
  for (const std::string_view name : {"rmsprop", "adam"}) {
    const double few = meanGradient(name, 200), more = meanGradient(name, 1600), most = meanGradient(name, 12'800);
    CHECK(more < few / std::pow(8, 0.25));
    CHECK(most < more / std::pow(8, 0.25));
  }
}

TEST(randomScalingIsRightOnAverage) {
  // E[F(x + s D) - F(x)] = E <grad F(x + s D), D> for s ~ Exp(1): what a step of `sgdm` with randomScaling relies on.
  // Here that its factors are such: their mean and the mean of their squares.
  MinimizeSumSettings settings = method("sgdm", 1);
  settings.momentum = 0;
  settings.randomScaling = true;
  double last = 0, sum = 0, squares = 0;
  constexpr int steps = 20'000;
  after(steps, settings, {0}, [&](RowSet, const double* x, double* g) {
    const double factor = last - x[0];
    sum += factor / steps, squares += factor * factor / steps;
    last = x[0];
    g[0] = 1;
    return 0.0;
  });
  CHECK_NEAR(sum, 1, 0.05);
  CHECK_NEAR(squares, 2, 0.2);
}

TEST(onlineToNonConvexFindsAPointWhoseGradientsCancel) {
  // |x_1| + |x_2 - 1| with noise: the hull of gradients near the answer has 0.
  MinimizeSumSettings settings = method("o2nc");
  settings.radius = 0.2;
  const Random random(6);
  std::uint64_t draw = 0;
  const auto x = after(20'000, settings, {2, -1}, [&](RowSet, const double* at, double* g) {
    g[0] = (at[0] > 0 ? 1 : -1) + 0.5 * random.normal(draw++);
    g[1] = (at[1] > 1 ? 1 : -1) + 0.5 * random.normal(draw++);
    return std::abs(at[0]) + std::abs(at[1] - 1);
  });
  CHECK_NEAR(x[0], 0, 0.2);
  CHECK_NEAR(x[1], 1, 0.2);
}

TEST(onlineToNonConvexComesNearAStationaryPointOfANonSmoothSum) {
  // mean_i ||a_i . x| - b_i|, one row a step, of which 1000, 4000 and 16,000 are taken from a value of about 15.
  constexpr int rows = 200, n = 10;
  const Random random(31);
  std::vector<double> a(at(rows * n)), b(at(rows)), start(at(n));
  const auto product = [&](int i, const double* x) {
    double t = 0;
    for (int j = 0; j < n; ++j) t += a[at(i * n + j)] * x[j];
    return t;
  };
  const std::vector<double> truth(n, 1.0);
  for (std::uint64_t k = 0; k < rows * n; ++k) a[k] = random.normal(k);
  for (int i = 0; i < rows; ++i) {
    b[at(i)] = std::abs(product(i, truth.data())) + 0.5 * random.normal(90'000 + static_cast<std::uint64_t>(i));
  }
  for (std::uint64_t j = 0; j < n; ++j) start[j] = 6 + 5.5 * random.normal(5000 + j);
  const auto f = [&](const std::vector<double>& x) {
    double sum = 0;
    for (int i = 0; i < rows; ++i) sum += std::abs(std::abs(product(i, x.data())) - b[at(i)]) / rows;
    return sum;
  };
  /// A subgradient of row i, of which the loss is given.
  const auto subgradient = [&](int i, const double* x, double* g) {
    const double t = product(i, x), left = std::abs(t) - b[at(i)];
    for (int j = 0; j < n; ++j) g[j] += (left > 0 ? 1 : -1) * (t > 0 ? 1 : -1) * a[at(i * n + j)];
    return std::abs(left);
  };
  CHECK_NEAR(f(start), 14.9, 1.5);
  MinimizeSumSettings settings = method("o2nc");
  settings.radius = 0.5;
  std::vector<double> x;
  double first = 0, last = 0;
  for (const auto& [steps, found] : {std::pair{1000, 0.57}, std::pair{4000, 0.53}, std::pair{16'000, 0.515}}) {
    std::uint64_t draw = 0;
    x = after(steps, settings, start, [&](RowSet, const double* w, double* g) {
      std::fill(g, g + n, 0.0);
      return subgradient(static_cast<int>(random.below(1'000'000 + draw++, rows)), w, g);
    });
    const double value = f(x);
    CHECK(value < 2 * found);
    if (steps == 1000) first = value;
    last = value;
  }
  CHECK(last < first);
  CHECK(last < 1.1 * f(truth));
  // The least norm in the hull of gradients within the radius, by steps of Frank and Wolfe between two vertices.
  constexpr int points = 300;
  std::vector<double> gradients(at(points * n)), weights(at(points)), mean(at(n));
  for (int p = 0; p < points; ++p) {
    std::vector<double> near(x);
    double norm = 0;
    for (int j = 0; j < n; ++j) {
      const double z = random.normal(7'000'000 + static_cast<std::uint64_t>(p * n + j));
      near[at(j)] = z, norm += z * z;
    }
    for (int j = 0; j < n; ++j) near[at(j)] = x[at(j)] + settings.radius * near[at(j)] / std::sqrt(norm);
    for (int i = 0; i < rows; ++i) subgradient(i, near.data(), &gradients[at(p * n)]);
    for (int j = 0; j < n; ++j) gradients[at(p * n + j)] /= rows;
  }
  const auto along = [&](int p) {
    double sum = 0;
    for (int j = 0; j < n; ++j) sum += mean[at(j)] * gradients[at(p * n + j)];
    return sum;
  };
  weights[0] = 1;
  std::copy_n(gradients.begin(), n, mean.begin());
  for (int k = 0; k < 2000; ++k) {
    int low = 0, high = -1;
    for (int p = 0; p < points; ++p) {
      if (along(p) < along(low)) low = p;
      if (weights[at(p)] > 0 && (high < 0 || along(p) > along(high))) high = p;
    }
    double length = 0;
    for (int j = 0; j < n; ++j) length += std::pow(gradients[at(high * n + j)] - gradients[at(low * n + j)], 2);
    if (length == 0) break;
    const double step = std::min(weights[at(high)], (along(high) - along(low)) / length);
    weights[at(high)] -= step, weights[at(low)] += step;
    for (int j = 0; j < n; ++j) mean[at(j)] += step * (gradients[at(low * n + j)] - gradients[at(high * n + j)]);
  }
  double norm = 0;
  for (int j = 0; j < n; ++j) {
    double sum = 0;  // sum by the weights, which have the rounding of the steps
    for (int p = 0; p < points; ++p) sum += weights[at(p)] * gradients[at(p * n + j)];
    norm += sum * sum;
  }
  CHECK(std::sqrt(norm) < 1e-12);
}

TEST(momentumBeforeNormsKeepsTheMeanOfSkewedNoise) {
  // Noise of -9 once in ten and +1 else has mean 0, but signs of single gradients do not: with momentum first they do.
  const auto end = [&](double momentum) {
    const Random random(8);
    std::uint64_t draw = 0;
    MinimizeSumSettings settings = method("signSgd", 0.002);
    settings.momentum = momentum;
    const auto x = after(6000, settings, {5}, [&](RowSet, const double* at, double* g) {
      g[0] = at[0] + (random.uniform(draw++) < 0.1 ? -9 : 1);
      return at[0] * at[0] / 2;
    });
    return x[0] * x[0] / 2;
  };
  const double first = end(0.99), last = end(0);
  CHECK(last > 0.4);
  CHECK(first < 0.5 * last);
}

TEST(blocksInTurnAreAheadUnderAnL1Penalty) {
  // tanh least squares and l1: the gradient mapping after passes over all blocks, beside the same passes of the whole
  // of x.
  constexpr int rows = 100, n = 12;
  constexpr double l1 = 0.01;
  const Random random(12);
  std::vector<double> a, y;
  for (std::uint64_t k = 0; k < rows * n; ++k) a.push_back(random.normal(k) + 0.5);
  for (std::uint64_t k = 0; k < rows; ++k) y.push_back(std::tanh(random.normal(10'000 + k)));
  const Gradient gradient = [&](RowSet, const double* x, double* g) {
    std::fill(g, g + n, 0.0);
    double value = 0;
    for (int i = 0; i < rows; ++i) {
      double t = 0;
      for (int j = 0; j < n; ++j) t += a[at(i * n + j)] * x[j];
      const double s = std::tanh(t), error = s - y[at(i)];
      value += error * error / (2 * rows);
      for (int j = 0; j < n; ++j) g[j] += error * (1 - s * s) * a[at(i * n + j)] / rows;
    }
    return value;
  };
  const auto mapping = [&](int blocks, int passes) {
    MinimizeSumSettings settings = method("cyclicBcd");
    settings.schedule = StepSchedule::automatic;
    settings.lambda = l1;
    settings.coordinateBlocks = blocks;
    std::vector<double> x = after(passes * blocks, settings, std::vector<double>(n, 0.1), gradient), g(n);
    gradient(RowSet::range(0, 1), x.data(), g.data());
    double squares = 0;
    for (int j = 0; j < n; ++j) {
      const double t = x[at(j)] - g[at(j)];
      const double prox = t > l1 ? t - l1 : (t < -l1 ? t + l1 : 0);
      squares += (x[at(j)] - prox) * (x[at(j)] - prox);
    }
    return std::sqrt(squares);
  };
  CHECK(mapping(n, 40) < mapping(1, 40));
  CHECK(mapping(n, 200) < 1e-4);
}

TEST(greedyFacilitiesAreNearlyTheBest) {
  // What three of twelve points save, against the best of all triples: at least 1 - 1/e of that, here nearly all.
  constexpr int m = 12, k = 3;
  for (std::uint32_t trial = 0; trial < 5; ++trial) {
    const Random random(21, trial);
    std::vector<double> squared(at(m * m)), points;
    for (std::uint64_t i = 0; i < 2 * m; ++i) points.push_back(random.normal(i));
    for (int i = 0; i < m; ++i) {
      for (int j = 0; j < m; ++j) {
        squared[at(i * m + j)] = std::pow(points[at(2 * i)] - points[at(2 * j)], 2) +
                                 std::pow(points[at(2 * i + 1)] - points[at(2 * j + 1)], 2);
      }
    }
    const auto saved = [&](const std::vector<int>& chosen) {
      double sum = 0;
      for (int i = 0; i < m; ++i) {
        double most = 0, nearest = INFINITY;
        for (int j = 0; j < m; ++j) most = std::max(most, std::sqrt(squared[at(i * m + j)]));
        for (const int j : chosen) nearest = std::min(nearest, std::sqrt(squared[at(i * m + j)]));
        sum += most - nearest;
      }
      return sum;
    };
    std::vector<int> chosen;
    std::vector<double> sizes;
    chooseFacilities(m, k, squared, chosen, sizes);
    CHECK_EQ(static_cast<int>(chosen.size()), k);
    CHECK_NEAR(sizes[0] + sizes[1] + sizes[2], m, 0);
    double best = 0;
    for (int a = 0; a < m; ++a) {
      for (int b = 0; b < a; ++b) {
        for (int c = 0; c < b; ++c) best = std::max(best, saved({a, b, c}));
      }
    }
    CHECK(saved(chosen) >= 0.95 * best);
    // The sizes are those of the clusters of what is nearest.
    std::vector<double> counted(at(k), 0.0);
    for (int i = 0; i < m; ++i) {
      int nearest = 0;
      for (int c = 1; c < k; ++c) {
        if (squared[at(i * m + chosen[at(c)])] < squared[at(i * m + chosen[at(nearest)])]) nearest = c;
      }
      counted[at(nearest)] += 1;
    }
    CHECK(counted == sizes);
  }
}

TEST(coresetsHaveSmallErrors) {
  // k = 20 of 200 rows whose gradients x - c_i are in groups of different sizes: the weighted sum is nearer to the mean
  // than means of as many random rows are. Such ratios were 0.89 to 2.29 in the plan of these methods.
  constexpr int rows = 200, n = 10, k = 20;
  const Random random(22);
  std::vector<double> c;
  for (int i = 0; i < rows; ++i) {
    const auto group = static_cast<std::uint64_t>(std::pow(random.uniform(static_cast<std::uint64_t>(i)), 2) * 25);
    for (std::uint64_t j = 0; j < n; ++j) {
      c.push_back(3 * random.normal(1000 + group * n + j) +
                  0.5 * random.normal(5000 + static_cast<std::uint64_t>(i) * n + j));
    }
  }
  FunctionSum sum(rows, n, [&](RowSet chosen, const double* x, double* g) {
    std::fill(g, g + n, 0.0);
    for (int r = 0; r < chosen.count; ++r) {
      for (int j = 0; j < n; ++j) g[j] += (x[j] - c[at(chosen[r] * n + j)]) / chosen.count;
    }
    return 0.0;
  });
  const MinimizeSumSettings settings = method("sgdm");
  const Cpu la;
  const std::vector<double> start(n);
  SumContext<double> context(sum, settings, la, RowSet::range(0, rows), start);
  context.here = start.data();
  std::vector<double> mean(n), one(n);
  sum.gradient(context.all, nullptr, start.data(), mean.data());
  const auto errorOf = [&](const std::vector<int>& chosen, const std::vector<double>& weights) {
    std::vector<double> estimate(n);
    for (std::size_t r = 0; r < chosen.size(); ++r) {
      sum.gradient(RowSet::list({&chosen[r], 1}), nullptr, start.data(), one.data());
      for (int j = 0; j < n; ++j) estimate[at(j)] += weights[r] * one[at(j)];
    }
    double squares = 0;
    for (int j = 0; j < n; ++j) squares += std::pow(estimate[at(j)] - mean[at(j)], 2);
    return std::sqrt(squares);
  };
  std::vector<int> pool, chosen;
  std::vector<double> weights;
  for (int i = 0; i < rows; ++i) pool.push_back(i);
  Coreset<double> coreset(context);
  coreset.choose(context, pool, k, chosen, weights);
  double randomError = 0;
  constexpr int trials = 30;
  for (int trial = 0; trial < trials; ++trial) {
    std::vector<int> drawn;
    for (int r = 0; r < k; ++r)
      drawn.push_back(static_cast<int>(random.below(static_cast<std::uint64_t>(90'000 + trial * k + r), rows)));
    randomError += errorOf(drawn, std::vector<double>(k, 1.0 / k)) / trials;
  }
  CHECK(errorOf(chosen, weights) < 0.89 / 2.29 * randomError);
}
