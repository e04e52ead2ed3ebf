// Samples of rows, and what regressions know of their Hessians without computing them.
#include <algorithm>
#include <numeric>

#include "check.hpp"
#include "problems/glm/sample.hpp"
#include "problems/glm_data.hpp"

using namespace glm;

namespace {

double sumOf(const std::vector<double>& values) { return std::accumulate(values.begin(), values.end(), 0.0); }

}  // namespace

TEST(rowsOfOneKind) {
  const std::vector<double> weights(1000, 0.001), y(1000, 3.0);
  const RowSample sample = sampleRows(weights, y, 100);
  CHECK_EQ(sample.rows.size(), 100u);
  CHECK_NEAR(sumOf(sample.weights), 1, 1e-12);
  for (std::size_t k = 0; k < 100; ++k) CHECK_EQ(sample.rows[k] / 10, static_cast<int>(k));  // one of each ten
  CHECK(sampleRows(weights, y, 100).rows == sample.rows);
}

TEST(estimatesHaveNoBias) {
  constexpr std::size_t rows = 500;
  constexpr int rounds = 400;
  const Random random(1);
  double mean = 0, square = 0, truth = 0;
  for (int round = 0; round < rounds; ++round) {
    std::vector<double> weights(rows), y(rows), values(rows);
    truth = 0;
    for (std::size_t i = 0; i < rows; ++i) {
      const std::size_t from = (i * 7 + 31 * at(round)) % rows;  // the round has the same rows in another order
      weights[i] = random.uniform(from) / rows;
      y[i] = random.uniform(rows + from) < 0.05 ? 1 : 0;
      values[i] = 1 + random.normal(2 * rows + from) + 5 * y[i];
      truth += weights[i] * values[i];
    }
    const RowSample sample = sampleRows(weights, y, 60);
    double estimate = 0;
    for (std::size_t k = 0; k < sample.rows.size(); ++k) estimate += sample.weights[k] * values[at(sample.rows[k])];
    mean += estimate / rounds;
    square += estimate * estimate / rounds;
  }
  const double deviation = std::sqrt((square - mean * mean) / rounds);
  CHECK_NEAR(mean, truth, 4 * deviation);
}

TEST(rareClassesAndWeights) {
  std::vector<double> weights(10000, 1e-4), y(10000, 0.0);
  for (std::size_t i = 0; i < y.size(); i += 50) y[i] = 1;
  const RowSample sample = sampleRows(weights, y, 1000);
  int positive = 0;
  for (const int i : sample.rows) positive += y[at(i)] == 1;
  CHECK(positive > 80);  // 20 of the rows if all were alike
  CHECK(std::is_sorted(sample.rows.begin(), sample.rows.end()));
  CHECK(std::adjacent_find(sample.rows.begin(), sample.rows.end()) == sample.rows.end());

  for (std::size_t i = 0; i < weights.size(); ++i) weights[i] = i % 100 == 7 ? 1 : 0;
  for (const int i : sampleRows(weights, y, 500).rows) CHECK_EQ(i % 100, 7);
  CHECK_NEAR(sumOf(sampleRows(weights, y, 500).weights), 100, 1e-9);
  CHECK(sampleRows(std::vector<double>(10, 0.0), std::vector<double>(10, 1.0), 5).rows.empty());
  CHECK_EQ(sampleRows(std::vector<double>{2}, std::vector<double>{1}, 1).rows.size(), 1u);
}

TEST(sizes) {
  const RowWork work{{5e7, 9e7}, 1e3}, inCommon{{5e6, 9e6}, 1e3};
  CHECK_EQ(sampleSize(80000, 10, work, 0), 10000);
  CHECK_EQ(sampleSize(80000, 2000, work, 0), 16000);   // eight to a column
  CHECK_EQ(sampleSize(80000, 5000, work, 0), 0);       // a sample would be half of the rows
  CHECK_EQ(sampleSize(80000, 10, work, 1e8), 0);       // each iteration is dear anyway
  CHECK_EQ(sampleSize(80000, 10, inCommon, 0), 1000);  // the rows together are cheap, as they have much in common
  CHECK_EQ(sampleSize(7, 1, {{7e3, 0}, 1e3}, 0), 0);
}

TEST(samplesAreTheRowsThemselves) {
  for (const Form form : {Form::sparse, Form::dense, Form::dense32}) {
    const int n = 12;
    const Data data({GlmFamily::logistic, form, 4000, n, 0.5, true, true, 0.1});
    const auto whole = data.objective(form);
    const auto sample = whole->sample(0);
    CHECK(sample != nullptr);
    CHECK(whole->sample(1e12) == nullptr);
    const std::vector<double> x(n, 0.2);
    std::vector<double> gradient(n), estimate(n);
    whole->moveTo(x);
    sample->moveTo(x);
    whole->gradient(gradient);
    sample->gradient(estimate);
    CHECK_NEAR(sample->value(), whole->value(), 0.05 * whole->value());
    const double off = 0.05 * sumOf(data.rows.weights);
    for (std::size_t j = 0; j < gradient.size(); ++j) CHECK_NEAR(estimate[j], gradient[j], off);
    CHECK_EQ(sample->hessianPattern().nonzeros(), whole->hessianPattern().nonzeros());
  }
}

TEST(hessiansNearby) {
  const Cpu la;
  for (const Form form : {Form::sparse, Form::dense}) {
    constexpr int n = 40;
    const Data data({GlmFamily::logistic, form, 2000, n, 0.5, true, false, 0.01});
    const auto f = data.objective(form);
    std::vector<double> x(n, 0.05);
    std::vector<double> before(f->hessianPattern().nonzeros()), here(before.size()), found(before.size());
    f->moveTo(x);
    CHECK(!f->useLaggedHessian(0.5) && !f->useHessianLowerBound());
    f->hessian(1, before);
    x.assign(n, 0.08);
    f->moveTo(x);
    CHECK(!f->useLaggedHessian(1e-9));
    CHECK(f->useLaggedHessian(0.2));
    f->hessian(1, found);
    std::vector<double> bound(before.size());
    CHECK(f->useHessianLowerBound());
    f->hessian(1, bound);
    f->hessian(1, here);
    double largest = 0, off = 0, offBefore = 0;
    for (std::size_t k = 0; k < here.size(); ++k) {
      largest = std::max(largest, std::abs(here[k]));
      off = std::max(off, std::abs(here[k] - found[k]));
      offBefore = std::max(offBefore, std::abs(here[k] - before[k]));
    }
    CHECK(off <= 0.2 * largest);
    CHECK(off < offBefore);         // the weights are the same in the mean
    HostMatrix<double> rest(n, n);  // positive semidefinite
    std::size_t k = 0;
    for (int j = 0; j < n; ++j) {
      for (int i = j; i < n; ++i, ++k) rest(i, j) = here[k] - bound[k] + (i == j ? 1e-12 * largest : 0);
    }
    CHECK(la.cholesky(rest));
    x.assign(n, -3);
    f->moveTo(x);
    CHECK(!f->useLaggedHessian(0.1));  // far away
    f->moveTo(std::vector<double>(n, 0.08));
    CHECK(f->useLaggedHessian(0.2));
    f->moveTo(x);  // the lagged Hessian is not used any more
    std::vector<double> there(before.size());
    f->hessian(1, there);
    CHECK(there != found);
    auto alone = data.objective(form);
    alone->moveTo(x);
    alone->hessian(1, here);
    CHECK(there == here);
  }
}
