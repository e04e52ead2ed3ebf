// The Hessian of a loss of classes on some coefficients against differences of the loss, which is summed here.
#include "solvers/sparse/quadratic/class_metric.hpp"

#include <cmath>
#include <vector>

#include "check.hpp"
#include "core/random.hpp"
#include "solvers/sparse/losses/losses.hpp"
#include "solvers/sparse/problem.hpp"

using namespace nonconvex;

namespace {

constexpr int rows = 30, columns = 4, classes = 3;

/// Coefficients b of each column for each class, by columns, and the intercepts behind them.
struct Drawn {
  std::vector<double> x, y, b;
  SparseProblem problem;
};

Drawn draw(std::uint64_t seed) {
  Drawn made;
  const Random random(seed);
  std::uint64_t next = 0;
  for (int k = 0; k < rows * columns; ++k) made.x.push_back(random.normal(next++));
  for (int k = 0; k < (columns + 1) * classes; ++k) made.b.push_back(0.5 * random.normal(next++));
  made.problem.x = MatrixInput{.f64 = made.x.data(), .rows = rows, .columns = columns};
  made.problem.responses = classes;
  made.y.assign(at(rows * classes), 0);
  for (int i = 0; i < rows; ++i) made.y[at(i + rows * (i % classes))] = 1;
  for (int i = 0; i < rows; ++i) made.problem.sampleWeight.push_back(i % 7 == 6 ? 0 : 0.5 + random.uniform(next++));
  made.problem.y = made.y;
  return made;
}

/// Predictions of columns as they are penalised, one class behind the other.
std::vector<double> predictions(const SparseData& data, const GramMetric& metric, const std::vector<double>& b) {
  std::vector<double> t(at(rows * classes)), column(at(rows));
  for (int k = 0; k < classes; ++k) {
    for (int i = 0; i < rows; ++i) t[at(i + rows * k)] = b[at(columns * classes + k)];
    for (int e = 0; e < data.p(); ++e) {
      metric.copy(e, column);
      for (int i = 0; i < rows; ++i) t[at(i + rows * k)] += b[at(e * classes + k)] * column[at(i)];
    }
  }
  return t;
}

}  // namespace

TEST(hessians_of_classes_are_differences_with_the_best_intercepts) {
  const Drawn drawn = draw(3);
  SparseSettings settings;
  settings.family = SparseFamily::multinomial;
  const Cpu la;
  const SparseData data(la, drawn.problem, settings);
  const auto loss = makeRowsLoss(data);
  GramMetric metric(la, data, true);
  const std::vector<int> all{0, 1, 2, 3};
  metric.add(all);
  std::vector<double> first(at(rows * classes)), second(first);
  const auto evaluate = [&](const std::vector<double>& b, std::vector<double>& sums) {
    const double value = loss->evaluate(predictions(data, metric, b), first, second);
    sums.assign(classes, 0);
    for (int k = 0; k < classes; ++k) {
      for (int i = 0; i < rows; ++i) sums[at(k)] += first[at(i + rows * k)];
    }
    return value;
  };
  std::vector<double> sums;
  const double value = evaluate(drawn.b, sums);
  const std::vector<int> entries{0, 1, 4, 5, 9, 11};
  ClassMetric of(la, metric, classes, true);
  CHECK(of.set(entries, {}, 1, *loss, first, second, 1));
  std::vector<double> gradient(entries.size()), step(entries.size()), moves(classes), still(classes), column(at(rows));
  const Random random(5);
  for (std::size_t e = 0; e < entries.size(); ++e) {
    metric.copy(entries[e] / classes, column);
    for (int i = 0; i < rows; ++i) gradient[e] += column[at(i)] * first[at(i + rows * (entries[e] % classes))];
    step[e] = random.normal(e);
  }
  of.reduce(sums, gradient);
  of.intercepts(sums, std::vector<double>(entries.size()), still);
  of.intercepts(sums, step, moves);
  const double h = 1e-4;
  // The loss along the step, intercepts as far as that moves them, and along the intercepts alone.
  std::vector<double> sumsUp, sumsDown;
  const auto moved = [&](double share, double ofIntercepts) {
    std::vector<double> b = drawn.b;
    for (std::size_t e = 0; e < entries.size(); ++e) b[at(entries[e])] += share * step[e];
    for (int k = 0; k < classes; ++k) {
      b[at(columns * classes + k)] += ofIntercepts * still[at(k)] + share * (moves[at(k)] - still[at(k)]);
    }
    return b;
  };
  const double above = evaluate(moved(h, 0), sumsUp), below = evaluate(moved(-h, 0), sumsDown);
  double slope = 0, curvature = 0;
  for (std::size_t e = 0; e < entries.size(); ++e) {
    slope += gradient[e] * step[e];
    for (std::size_t f = 0; f < entries.size(); ++f) {
      curvature += step[e] * step[f] * of.gram(static_cast<int>(f))[e];
    }
  }
  CHECK(curvature > 0);
  CHECK_NEAR((above - 2 * value + below) / (h * h), curvature, 1e-5 * curvature);
  CHECK_NEAR((above - below) / (2 * h), slope, 1e-6);
  for (int k = 0; k < classes; ++k) CHECK_NEAR((sumsUp[at(k)] - sumsDown[at(k)]) / (2 * h), 0, 1e-6);
  evaluate(moved(0, h), sumsUp);
  evaluate(moved(0, -h), sumsDown);
  for (int k = 0; k < classes; ++k) CHECK_NEAR((sumsUp[at(k)] - sumsDown[at(k)]) / (2 * h), -sums[at(k)], 1e-6);
}
