// Sums over rows of regressions' data, held to values that are summed here and to differences.
#include "problems/finite_sum.hpp"

#include <cmath>
#include <numeric>

#include "check.hpp"
#include "problems/glm_data.hpp"
#include "problems/sums/callback_sum.hpp"
#include "problems/sums/regression_sum.hpp"

using namespace glm;

namespace {

constexpr int rowCount = 1300, columns = 7;

RegressionRows rowsOf(const Data& data, Form form) {
  RegressionRows made{.family = data.rows.family,
                      .matrix = data.rows.matrix.view(),
                      .y = data.rows.y,
                      .weights = data.rows.weights,
                      .offset = data.rows.offset,
                      .ridge = data.rows.ridge,
                      .intercept = false};
  double total = 0;
  for (const double weight : made.weights) total += weight;
  for (double& weight : made.weights) weight /= total;
  MatrixInput dense{.rows = data.rows.matrix.rows, .columns = data.rows.matrix.columns};
  if (form == Form::dense) dense.f64 = data.numbers.data();
  if (form == Form::dense32) dense.f32 = data.numbers32.data();
  if (form != Form::sparse) made.matrix = dense;
  return made;
}

std::vector<std::int32_t> someRows(int count) {
  std::vector<std::int32_t> rows;
  for (int k = 0; k < count; ++k) rows.push_back((k * 37 + k * k) % rowCount);
  return rows;
}

/// f_i(x), by the data as they are.
double lossOf(const Data& data, int i, const std::vector<double>& x) {
  double t = data.rows.offset.empty() ? 0 : data.rows.offset[at(i)];
  for (int j = 0; j < columns; ++j) t += data.numbers[at(i * columns + j)] * x[at(j)];
  const double y = data.rows.y[at(i)];
  double total = 0;
  for (const double weight : data.rows.weights) total += weight;
  const double loss = [&] {
    switch (data.rows.family) {
      case GlmFamily::logistic:
        return std::log1p(std::exp(t)) - y * t;
      case GlmFamily::squared:
        return 0.5 * (t - y) * (t - y);
      case GlmFamily::poisson:
        return std::exp(t) - y * t;
      default:
        return t + y * std::exp(-t);
    }
  }();
  return rowCount * data.rows.weights[at(i)] / total * loss;
}

double valueOf(const Data& data, const std::vector<std::int32_t>& rows, const std::vector<double>& x) {
  double sum = 0, ridge = 0;
  for (const int i : rows) sum += lossOf(data, i, x);
  for (int j = 0; j < columns; ++j) ridge += data.rows.ridge[at(j)] * x[at(j)] * x[at(j)] / 2;
  return sum / static_cast<double>(rows.size()) + ridge;
}

std::vector<double> point(double factor) {
  std::vector<double> x;
  for (int j = 0; j < columns; ++j) x.push_back(factor * std::sin(1 + 1.7 * j));
  return x;
}

template <class T>
std::vector<T> as(const std::vector<double>& x) {
  return {x.begin(), x.end()};
}

template <class T>
void checkSum(const Data& data, Form form, double tolerance) {
  WorkerPool pool(3);
  const Cpu la(&pool);
  const RegressionSource source(rowsOf(data, form));
  const auto sum = source.open<T>(la);
  CHECK_EQ(sum->rows(), rowCount);
  CHECK_EQ(sum->variables(), columns);
  const auto x = point(0.4), v = point(-0.7);
  const auto xT = as<T>(x), vT = as<T>(v);
  for (const int count : {1, 20, 1100}) {
    const auto list = someRows(count);
    const RowSet rows = RowSet::list(list);
    const double f = valueOf(data, list, x), rest = sum->addRest(xT.data(), nullptr);
    CHECK_NEAR(sum->value(rows, xT.data()) + rest, f, tolerance * (1 + std::abs(f)));
    std::vector<T> g(at(columns)), Hv(at(columns)), ahead(at(columns)), weighted(at(columns));
    const double mean = sum->gradient(rows, nullptr, xT.data(), g.data());
    CHECK_NEAR(mean + sum->addRest(xT.data(), g.data()), f, tolerance * (1 + std::abs(f)));
    sum->hessianProduct(rows, xT.data(), vT.data(), Hv.data());
    sum->addRestProduct(xT.data(), vT.data(), Hv.data());
    std::vector<double> losses(at(count)), norms(at(count));
    const std::vector<T> weights(at(count), static_cast<T>(1.0 / count));
    sum->lossOfRows(rows, xT.data(), losses.data());
    sum->normOfRows(rows, xT.data(), norms.data());
    CHECK_NEAR(sum->gradient(rows, weights.data(), xT.data(), weighted.data()), mean, 1e-15 * std::abs(mean));
    sum->addRest(xT.data(), weighted.data());
    const double h = 1e-5;
    for (int j = 0; j < columns; ++j) {
      auto up = x, down = x;
      up[at(j)] += h, down[at(j)] -= h;
      const double slope = (valueOf(data, list, up) - valueOf(data, list, down)) / (2 * h);
      CHECK_NEAR(g[at(j)], slope, std::max(1e-8, 100 * tolerance) * (1 + std::abs(slope)));
      CHECK_NEAR(weighted[at(j)], g[at(j)], 100 * tolerance * (1 + std::abs(slope)));
    }
    CHECK_NEAR(losses[0], lossOf(data, list[0], x), 10 * tolerance * (1 + losses[0]));
    if constexpr (sizeof(T) == sizeof(double)) {
      auto moved = x;
      for (int j = 0; j < columns; ++j) moved[at(j)] += h * v[at(j)];
      sum->gradient(rows, nullptr, moved.data(), ahead.data());
      sum->addRest(moved.data(), ahead.data());
      for (int j = 0; j < columns; ++j) CHECK_NEAR(Hv[at(j)], (ahead[at(j)] - g[at(j)]) / h, 1e-4);
      // The norm of a row alone is that of its gradient without the ridge.
      sum->gradient(rows.part(0, 1), nullptr, x.data(), ahead.data());
      double squares = 0;
      for (const double each : ahead) squares += each * each;
      CHECK_NEAR(norms[0], std::sqrt(squares), 1e-12);
    }
  }
}

}  // namespace

TEST(regressionsAsSums) {
  for (const GlmFamily family : {GlmFamily::logistic, GlmFamily::squared, GlmFamily::poisson, GlmFamily::gamma}) {
    const Data data({family, Form::sparse, rowCount, columns, 0.6, true, true, 0.1});
    checkSum<double>(data, Form::sparse, 1e-12);
    checkSum<float>(data, Form::dense, 1e-5);
  }
  const Data data({GlmFamily::logistic, Form::dense, rowCount, columns, 0.6, false, false, 0});
  checkSum<double>(data, Form::dense, 1e-12);
  checkSum<double>(data, Form::dense32, 1e-12);
  checkSum<float>(data, Form::sparse, 1e-5);
}

TEST(sumsAreTheSameOnAnyNumberOfThreads) {
  const Data data({GlmFamily::logistic, Form::sparse, rowCount, columns, 0.6, true, false, 0.1});
  WorkerPool pool(3);
  const auto some = RegressionSource(rowsOf(data, Form::sparse)).inDouble(Cpu(&pool));
  const auto one = RegressionSource(rowsOf(data, Form::sparse)).inDouble(Cpu());
  std::vector<std::int32_t> all(at(100 * rowCount));
  for (std::size_t k = 0; k < all.size(); ++k) all[k] = static_cast<std::int32_t>(k % rowCount);
  std::vector<double> a(at(columns)), b(at(columns));
  const auto x = point(0.3);
  const RowSet rows = RowSet::list(all);
  CHECK_EQ(some->gradient(rows, nullptr, x.data(), a.data()), one->gradient(rows, nullptr, x.data(), b.data()));
  CHECK(check::sameBits(a.data(), b.data(), a.size()));
}

TEST(scalesOfColumns) {
  const std::vector<double> x = {3, 0, 1, 4, 0, 1};
  RegressionRows rows{.matrix = MatrixInput{.f64 = x.data(), .rows = 2, .columns = 3},
                      .y = {0, 1},
                      .weights = {0.5, 0.5},
                      .offset = {},
                      .ridge = {0, 0, 0},
                      .intercept = true};
  const auto sum = RegressionSource(rows).inDouble(Cpu());
  std::vector<double> scales(3);
  sum->typicalFactors(scales);
  CHECK_NEAR(scales[0], std::sqrt(12.5), 1e-15);
  CHECK_EQ(scales[1], 0.0);
  CHECK_EQ(scales[2], 1.0);
  CHECK_EQ(sum->blocks().size(), 2U);
  const std::vector<double> bad = {3, 0, 1, 4, NAN, 1};
  rows.matrix = MatrixInput{.f64 = bad.data(), .rows = 2, .columns = 3};
  CHECK_EQ(check::messageOf([&] { RegressionSource(rows).inSingle(Cpu()); }),
           "x[1][1] = NaN: expected a finite number");
}

TEST(refusesWhatDoesNotFit) {
  const std::vector<double> x = {3, 0, 1, 4, 0, 1};
  const RegressionRows good{.matrix = MatrixInput{.f64 = x.data(), .rows = 2, .columns = 3},
                            .y = {0, 1},
                            .weights = {0.5, 0.5},
                            .offset = {},
                            .ridge = {0, 0, 0},
                            .intercept = true};
  const auto messageWith = [&](auto&& change) {
    RegressionRows rows = good;
    change(rows);
    return check::messageOf([&] { RegressionSource(rows).inSingle(Cpu()); });
  };
  CHECK_EQ(messageWith([](RegressionRows& rows) { rows.y.push_back(1); }), "y.length = 3: expected 2");
  CHECK_EQ(messageWith([](RegressionRows& rows) { rows.weights.pop_back(); }), "weights.length = 1: expected 2");
  CHECK_EQ(messageWith([](RegressionRows& rows) { rows.offset = {1}; }), "offset.length = 1: expected 2");
  CHECK_EQ(messageWith([](RegressionRows& rows) { rows.ridge.pop_back(); }), "ridge.length = 2: expected 3");
  CHECK_EQ(messageWith([](RegressionRows& rows) { rows.matrix = MatrixInput{.rows = 0, .columns = 3}; }),
           "x.rows = 0: expected at least one");
  const std::vector<int> offsets = {0, 1, 2}, beyond = {0, 3};
  const std::vector<double> values = {1, 1};
  const SparseView places{
      .by = Lines::rows, .rows = 2, .columns = 3, .offsets = offsets, .indices = beyond, .values = values};
  CHECK(check::contains(messageWith([&](RegressionRows& rows) { rows.matrix = places; }), "x.indices[1] = 3"));
}

TEST(sumsOfCallbacks) {
  // f_i = (x_0 - i)^2 / 2
  std::vector<double> x(1), numbers(5), out(1);
  const auto mean = [&](std::initializer_list<double> count, bool derivative) {
    const auto rows = static_cast<std::size_t>(*count.begin());
    double value = 0, slope = 0;
    for (std::size_t k = 0; k < rows; ++k) {
      value += 0.5 * std::pow(x[0] - numbers[k], 2) / static_cast<double>(rows);
      slope += (x[0] - numbers[k]) / static_cast<double>(rows);
    }
    if (derivative) out[0] = slope;
    return value;
  };
  SumFunctions functions{
      .value = {{x, numbers}, {}, [&](std::initializer_list<double> count) { return mean(count, false); }},
      .gradient =
          VectorFunction{{x, numbers}, {out}, [&](std::initializer_list<double> count) { return mean(count, true); }},
      .hessianProduct = {},
      .losses = {}};
  const CallbackSource source(5, 1, functions);
  const auto sum = source.inDouble(Cpu());
  const std::vector<double> at1 = {1};
  std::vector<double> g(1);
  const std::vector<std::int32_t> list = {4, 0};
  const RowSet rows = RowSet::list(list);
  CHECK_EQ(sum->value(rows, at1.data()), 2.5);
  CHECK_EQ(sum->gradient(rows, nullptr, at1.data(), g.data()), 2.5);
  CHECK_EQ(g[0], -1.0);
  CHECK(!sum->facts().hessianProducts);
  CHECK_EQ(check::messageOf([&] { sum->normOfRows(rows, at1.data(), g.data()); }),
           "problem: callbacks give no gradients of single rows");
  CHECK(check::contains(check::messageOf([&] { source.inSingle(Cpu()); }), "precision = 'float32'"));
}
