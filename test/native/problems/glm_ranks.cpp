// Generalised linear models whose rows are spread over ranks, which are threads here: what each of them is told is what
// one process with all rows computes.
#include <cmath>

#include "check.hpp"
#include "problems/glm_data.hpp"
#include "thread_ranks.hpp"

using namespace nonconvex;
using namespace glm;

namespace {

struct Found {
  double value = NAN, typical = NAN;
  std::vector<double> gradient, hessian, product;
  bool lagged = false, bounded = false;
};

/// All that a solver asks, at two points.
Found ask(GlmObjective& objective) {
  Found found;
  const auto n = at(objective.variables());
  std::vector<double> x(n), v(n);
  for (std::size_t j = 0; j < n; ++j) {
    x[j] = 0.1 * std::sin(static_cast<double>(j));
    v[j] = std::cos(static_cast<double>(j));
  }
  found.gradient.resize(n);
  found.product.resize(n);
  objective.moveTo(x);
  found.typical = objective.typicalGradient();
  found.hessian.resize(objective.hessianPattern().nonzeros());
  objective.hessian(1, found.hessian);
  for (double& each : x) each *= 1.1;
  objective.moveTo(x);
  found.value = objective.value();
  objective.gradient(found.gradient);
  objective.hessianProduct(2, v, found.product);
  found.lagged = objective.useLaggedHessian(0.5);
  found.bounded = objective.useHessianLowerBound();
  return found;
}

/// The whole matrix of the lower triangle's values.
std::vector<double> square(const SparsePattern& pattern, const std::vector<double>& values) {
  std::vector<double> all(at(pattern.lines) * at(pattern.lines));
  for (int j = 0; j < pattern.lines; ++j) {
    for (int k = pattern.offsets[at(j)]; k < pattern.offsets[at(j) + 1]; ++k) {
      all[at(j) * at(pattern.lines) + at(pattern.indices[at(k)])] = values[at(k)];
    }
  }
  return all;
}

double difference(const std::vector<double>& a, const std::vector<double>& b) {
  double most = a.size() == b.size() ? 0 : INFINITY;
  for (std::size_t k = 0; k < std::min(a.size(), b.size()); ++k) most = std::max(most, std::abs(a[k] - b[k]));
  return most;
}

void compare(const Case& c, int size) {
  Data data(c);
  // As JavaScript gives weights of all rows.
  Data normalised = data;
  double total = 0;
  for (const double weight : data.rows.weights) total += weight;
  for (double& weight : normalised.rows.weights) weight /= total;
  const auto alone = normalised.objective(c.form);
  const Found expected = ask(*alone);
  const auto wanted = square(alone->hessianPattern(), expected.hessian);
  std::vector<Found> found(at(size));
  std::vector<double> bytes(at(size));
  ThreadRanks(size).run([&](const std::shared_ptr<Ranks>& ranks) {
    const int rank = ranks->rank();
    // Ranks with few rows and with many; the last has none but one where there are four.
    const int begin = c.rows * rank * rank / (size * size), end = c.rows * (rank + 1) * (rank + 1) / (size * size);
    Monitor wishes;
    JointSolve joint(std::make_shared<Ranks::Turn>(ranks), wishes, 1);
    const auto objective = part(data, c.form, begin, end, ranks);
    Found& mine = found[at(rank)];
    mine = ask(*objective);
    mine.hessian = square(objective->hessianPattern(), mine.hessian);
    joint.end({});
    bytes[at(rank)] = ranks->bytes();
  });
  for (const Found& each : found) {
    CHECK(std::abs(each.value - expected.value) <= 1e-13 * std::abs(expected.value));
    CHECK(std::abs(each.typical - expected.typical) <= 1e-12 * std::abs(expected.typical));
    CHECK(difference(each.gradient, expected.gradient) <= 1e-13);
    CHECK(difference(each.product, expected.product) <= 1e-12);
    CHECK(difference(each.hessian, wanted) <= 1e-12);
    CHECK(each.lagged == expected.lagged);
    CHECK(each.bounded == expected.bounded);
    // The same bits on all ranks.
    CHECK(each.value == found[0].value && each.gradient == found[0].gradient && each.hessian == found[0].hessian);
    if (size == 1) {
      CHECK(each.value == expected.value && each.gradient == expected.gradient && each.product == expected.product);
    }
  }
  // A value, gradients, a product and a Hessian, each once, and some numbers beside them; heads of 64 bytes.
  const double n = c.columns, hessian = 4 * n * (n + 1), vectors = 3 * 8 * n;
  CHECK(bytes[0] >= hessian + vectors && bytes[0] <= hessian + vectors + 18 * 64 + 14 * 8);
}

TEST(whatRanksAreToldIsWhatOneProcessComputes) {
  for (const int size : {1, 2, 4}) {
    for (const GlmFamily family : {GlmFamily::logistic, GlmFamily::poisson}) {
      compare({family, Form::dense, 3000, 20, 1, true, true, 0.1}, size);
      compare({family, Form::sparse, 3000, 40, 0.2, true, false, 0.1}, size);
      compare({family, Form::sparse, 500, 60, 0.02, false, false, 0.1}, size);
    }
  }
}

TEST(moreColumnsThanAllPairsOfAreRefusedByName) {
  ThreadRanks(2).run([](const std::shared_ptr<Ranks>& ranks) {
    const Data data({GlmFamily::logistic, Form::sparse, 10, 5000, 0.001, false, false, 0.1});
    Monitor wishes;
    JointSolve joint(std::make_shared<Ranks::Turn>(ranks), wishes, 1);
    const auto objective = part(data, Form::sparse, 5 * ranks->rank(), 5 * ranks->rank() + 5, ranks);
    std::string said;
    try {
      objective->hessianPattern();
    } catch (const Error& error) {
      said = error.what();
    }
    CHECK(said == "x has 5000 columns: over ranks up to 4096 are possible");
    joint.end({});
  });
}

}  // namespace
