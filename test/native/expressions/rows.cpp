// Sums over rows as FiniteSum has them: batches, weights, norms of rows, either precision, any number of threads,
// memory.
#include <algorithm>
#include <cmath>
#include <memory>
#include <numeric>
#include <string>
#include <vector>

#include "check.hpp"
#include "core/random.hpp"
#include "expressions/rows/row_model.hpp"
#include "expressions/rows/row_operations.hpp"
#include "linalg/cpu.hpp"

using namespace nonconvex;

namespace {

constexpr int inputs = 6, hidden = 5, classes = 3, words = 7;

/// Cross-entropy of a network of two layers whose second one has embeddings beside it, and a ridge on its weights. If
/// `shared`, the first layer's weights are exponentials of variables.
std::shared_ptr<const RowModel> network(bool shared) {
  const int first = hidden * inputs, n = first + hidden + classes * hidden + words * classes;
  const int known = n + (shared ? first : 0);
  Graph row(known);
  const int W1 = shared ? row.variables(n, first) : row.variables(0, first);
  const int b1 = row.variables(first, hidden);
  const int W2 = row.variables(first + hidden, classes * hidden);
  const int E = row.variables(first + hidden + classes * hidden, words * classes);
  const int x = row.rowColumn(0, inputs), y = row.rowColumn(1, 1), word = row.rowColumn(2, 1);
  const int h = row.unary(Op::tanh, row.binary(Op::add, row.rowMatvec(W1, x, hidden, inputs, false, 1), b1));
  const int t = row.binary(Op::add, row.rowMatvec(W2, h, classes, hidden, false, 1), row.lookup(E, word, classes));
  const int loss = row.binary(Op::subtract, row.logsumexp(t, classes), row.lookup(t, y, 1));
  Graph outer(n + 1);
  const int ridge = outer.norm2Squared(outer.variables(first + hidden, classes * hidden), classes * hidden);
  outer.minimize(outer.binary(Op::add, outer.variables(n, 1), outer.binary(Op::multiply, outer.constant(0.1), ridge)));
  Graph sharedGraph(n);
  sharedGraph.equalZero(sharedGraph.unary(Op::exp, sharedGraph.variables(0, first)));
  std::vector<RowFormula> formulas;
  formulas.push_back({std::move(row), {loss}});
  return std::make_shared<const RowModel>(n, outer, shared ? &sharedGraph : nullptr, std::move(formulas),
                                          std::vector<RowClosing>{{RowClosing::Kind::mean, 0, 0, 0, 1}},
                                          std::vector<SumBlock>{{"x", 0, n, 1}});
}

std::shared_ptr<const RowTable> table(int rows, int words_ = words) {
  const Random random(3);
  RowColumn x, y, word;
  x.name = "x", x.width = inputs;
  y.name = "y", word.name = "word";
  for (int i = 0; i < rows; ++i) {
    for (int j = 0; j < inputs; ++j) {
      const bool absent = j == 2 && i % 10 != 0;  // most rows of counts lack a word
      x.doubles.push_back(absent ? 0 : random.normal(static_cast<std::uint64_t>(i * inputs + j)));
    }
    y.doubles.push_back(i % classes);
    word.doubles.push_back(i * 5 % words_);
  }
  return std::make_shared<const RowTable>(rows, std::vector<RowColumn>{x, y, word});
}

template <class T>
std::vector<T> point(int n) {
  const Random random(4);
  std::vector<T> x(at(n));
  for (std::size_t j = 0; j < x.size(); ++j) x[j] = static_cast<T>(0.3 * random.normal(j));
  return x;
}

template <class T>
double distance(const std::vector<T>& a, const std::vector<T>& b) {
  double most = 0;
  for (std::size_t k = 0; k < a.size(); ++k) most = std::max(most, std::abs(static_cast<double>(a[k] - b[k])));
  return most;
}

constexpr int rows = 1000;

}  // namespace

TEST(mean_gradient_is_that_of_its_rows) {
  for (const bool shared : {false, true}) {
    RowSum<double> sum({network(shared), {table(rows)}, {}});
    const std::vector<double> x = point<double>(sum.variables());
    std::vector<int> list(300);
    for (std::size_t k = 0; k < list.size(); ++k) list[k] = static_cast<int>(k * 37 % rows);
    const RowSet set = RowSet::list(list);
    std::vector<double> g(x.size()), one(x.size()), total(x.size()), weights(list.size()), losses(list.size()),
        norms(list.size());
    sum.lossOfRows(set, x.data(), losses.data());
    sum.normOfRows(set, x.data(), norms.data());
    double mean = 0;
    for (std::size_t k = 0; k < list.size(); ++k) {
      const int i = static_cast<int>(k);
      const double loss = sum.gradient(set.part(i, 1), nullptr, x.data(), one.data());
      CHECK_NEAR(loss, losses[k], 1e-13);
      mean += loss / static_cast<double>(list.size());
      CHECK_NEAR(std::sqrt(std::inner_product(one.begin(), one.end(), one.begin(), 0.0)), norms[k], 1e-12);
      weights[k] = std::sin(i);
      for (std::size_t j = 0; j < x.size(); ++j) total[j] += weights[k] * one[j];
    }
    CHECK_NEAR(sum.value(set, x.data()), mean, 1e-13);
    CHECK_NEAR(sum.gradient(set, weights.data(), x.data(), g.data()), mean, 1e-13);
    CHECK(distance(g, total) < 1e-11);
  }
}

TEST(hessian_products_are_derivatives_of_the_gradient) {
  for (const bool shared : {false, true}) {
    RowSum<double> sum({network(shared), {table(rows)}, {}});
    const RowSet all = RowSet::range(0, rows);
    const std::vector<double> x = point<double>(sum.variables());
    std::vector<double> v(x.size()), plus = x, minus = x, product(x.size()), gPlus(x.size()), gMinus(x.size());
    constexpr double step = 1e-5;
    for (std::size_t j = 0; j < x.size(); ++j) {
      v[j] = std::cos(static_cast<double>(j));
      plus[j] += step * v[j];
      minus[j] -= step * v[j];
    }
    sum.hessianProduct(all, x.data(), v.data(), product.data());
    sum.addRestProduct(x.data(), v.data(), product.data());
    sum.gradient(all, nullptr, plus.data(), gPlus.data());
    sum.addRest(plus.data(), gPlus.data());
    sum.gradient(all, nullptr, minus.data(), gMinus.data());
    sum.addRest(minus.data(), gMinus.data());
    for (std::size_t j = 0; j < x.size(); ++j) CHECK_NEAR(product[j], (gPlus[j] - gMinus[j]) / (2 * step), 1e-8);
  }
}

TEST(single_precision_agrees_with_double) {
  const auto model = network(true);
  RowSum<double> wide({model, {table(rows)}, {}});
  RowSum<float> narrow({model, {table(rows)}, {}});
  const RowSet all = RowSet::range(0, rows);
  const std::vector<float> x = point<float>(wide.variables());
  const std::vector<double> wideX(x.begin(), x.end());
  std::vector<double> g(wideX.size()), product(wideX.size());
  std::vector<float> narrowG(x.size()), narrowProduct(x.size());
  CHECK_NEAR(wide.gradient(all, nullptr, wideX.data(), g.data()),
             narrow.gradient(all, nullptr, x.data(), narrowG.data()), 1e-6);
  wide.hessianProduct(all, wideX.data(), wideX.data(), product.data());
  narrow.hessianProduct(all, x.data(), x.data(), narrowProduct.data());
  for (std::size_t j = 0; j < x.size(); ++j) {
    CHECK_NEAR(g[j], static_cast<double>(narrowG[j]), 1e-6);
    CHECK_NEAR(product[j], static_cast<double>(narrowProduct[j]), 1e-6);
  }
}

TEST(any_number_of_threads_gives_the_same_bits) {
  const auto model = network(true);
  constexpr int many = 5000;
  WorkerPool pool(3);
  const Cpu threaded(&pool);
  RowSum<float> one({model, {table(many)}, {}}), four({model, {table(many)}, {}});
  four.runOn(threaded);
  const std::vector<float> x = point<float>(one.variables());
  std::vector<float> a(x.size()), b(x.size());
  for (int k = 0; k < 5; ++k) {
    const RowSet set = RowSet::range(k, many - 10 * k);
    const double f = one.gradient(set, nullptr, x.data(), a.data());
    CHECK(f == four.gradient(set, nullptr, x.data(), b.data()));
    CHECK(a == b);
    one.hessianProduct(set, x.data(), x.data(), a.data());
    four.hessianProduct(set, x.data(), x.data(), b.data());
    CHECK(a == b);
  }
}

TEST(scales_of_columns_are_those_of_the_variables_that_they_multiply) {
  RowSum<double> sum({network(false), {table(rows)}, {}});
  std::vector<double> s(at(sum.variables()));
  sum.typicalFactors(s);
  const auto data = table(rows);
  for (int j = 0; j < inputs; ++j) {
    double squares = 0;
    for (int i = 0; i < rows; ++i) squares += std::pow(data->column(0).doubles[at(i * inputs + j)], 2);
    squares /= j == 2 ? rows / 10 : rows;
    for (int k = 0; k < hidden; ++k) CHECK_NEAR(s[at(k * inputs + j)], std::sqrt(squares), 1e-12);
  }
  CHECK_EQ(s.back(), 1);
}

TEST(rows_of_any_width_are_gathered) {
  for (const int width : {1, 7, 16, 21, 40}) {
    std::vector<float> data(static_cast<std::size_t>(9 * width)), out(static_cast<std::size_t>(4 * width));
    std::iota(data.begin(), data.end(), 0.0f);
    const int rows[] = {8, 0, 5, 5};
    gatherRows(data.data(), width, rows, 4, out.data());
    for (int k = 0; k < 4 * width; ++k) {
      CHECK(out[static_cast<std::size_t>(k)] == static_cast<float>(rows[k / width] * width + k % width));
    }
  }
}

TEST(indices_out_of_range_are_named) {
  std::string message;
  try {
    RowSum<double>({network(false), {table(rows, words + 1)}, {}});
  } catch (const Error& error) {
    message = error.what();
  }
  CHECK_EQ(message, "word[3] = 7: expected an integer in [0, 6]");
}
