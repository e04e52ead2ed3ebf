// Sums whose rows are spread over ranks, which are threads here: what each is told is what one process with the rows of
// one rank after the other's computes.
#include "problems/sums/joint_sum.hpp"

#include <cmath>
#include <cstdint>

#include "check.hpp"
#include "problems/glm_data.hpp"
#include "problems/sums/callback_sum.hpp"
#include "problems/sums/regression_sum.hpp"
#include "thread_ranks.hpp"

using namespace glm;

namespace {

constexpr int rowCount = 1300, columns = 9;

/// The rows [begin, end) of data, with weights as they are given.
std::shared_ptr<const FiniteSumSource> part(const Data& data, int begin, int end, bool normalised = false) {
  const GlmData::Rows& all = data.rows;
  const auto of = [&](const std::vector<double>& values) {
    return values.empty() ? values : std::vector<double>(values.begin() + begin, values.begin() + end);
  };
  RegressionRows rows{
      .family = all.family,
      .matrix = MatrixInput{.f64 = data.numbers.data() + at(begin * columns), .rows = end - begin, .columns = columns},
      .y = of(all.y),
      .weights = of(all.weights),
      .offset = of(all.offset),
      .ridge = all.ridge,
      .intercept = false};
  double total = 0;
  for (const double weight : rows.weights) total += weight;
  for (double& weight : rows.weights) weight = normalised ? weight / total : weight;
  return std::make_shared<RegressionSource>(std::move(rows));
}

struct Found {
  std::vector<double> numbers;
  void add(std::span<const double> more) { numbers.insert(numbers.end(), more.begin(), more.end()); }
};

/// All that a method asks.
template <class T>
Found ask(const FiniteSumSource& source) {
  Found found;
  const auto sum = source.open<T>(Cpu());
  std::vector<T> x(at(columns)), v(x.size()), out(x.size());
  for (std::size_t j = 0; j < x.size(); ++j) {
    x[j] = static_cast<T>(0.2 * std::sin(1 + 1.7 * static_cast<double>(j)));
    v[j] = static_cast<T>(std::cos(static_cast<double>(j)));
  }
  std::vector<std::int32_t> few;
  for (int k = 0; k < 50; ++k) few.push_back((k * 37 + k * k) % rowCount);
  const std::int32_t one[] = {rowCount - 1};
  std::vector<T> weights(few.size());
  for (std::size_t k = 0; k < few.size(); ++k) weights[k] = static_cast<T>(0.01 * static_cast<double>(k + 1));
  const auto keep = [&](double value) {
    found.add({&value, 1});
    const std::vector<double> numbers(out.begin(), out.end());
    found.add(numbers);
  };
  std::vector<double> rows(few.size()), scales(at(columns));
  for (const RowSet set : {RowSet::range(0, rowCount), RowSet::range(600, 300), RowSet::list(few), RowSet::list(one)}) {
    keep(sum->value(set, x.data()));
    keep(sum->gradient(set, nullptr, x.data(), out.data()));
    sum->hessianProduct(set, x.data(), v.data(), out.data());
    keep(0);
  }
  keep(sum->gradient(RowSet::list(few), weights.data(), x.data(), out.data()));
  keep(sum->addRest(x.data(), out.data()));
  sum->lossOfRows(RowSet::list(few), x.data(), rows.data());
  found.add(rows);
  sum->normOfRows(RowSet::list(few), x.data(), rows.data());
  found.add(rows);
  sum->typicalFactors(scales);
  found.add(scales);
  const double count = sum->rows();
  found.add({&count, 1});
  return found;
}

/// Borders between the ranks' rows: the last one has most, and of four the first has none but some.
int borderOf(int rank, int size) { return rank == 0 ? 0 : std::max(1, rowCount * rank * rank / (size * size)); }

template <class T>
void compare(const Case& c, int size, double tolerance) {
  Data data(c);
  // A column of which all ranks but the last have zeros.
  for (int i = 0; i < borderOf(size - 1, size); ++i) data.numbers[at(i * columns + 3)] = 0;
  const Found expected = ask<T>(*part(data, 0, rowCount, true));
  std::vector<Found> found(at(size));
  ThreadRanks(size).run([&](const std::shared_ptr<Ranks>& ranks) {
    const int rank = ranks->rank();
    Monitor wishes;
    JointSolve joint(std::make_shared<Ranks::Turn>(ranks), wishes, 1);
    const int end = rank + 1 == size ? rowCount : borderOf(rank + 1, size);
    found[at(rank)] = ask<T>(*jointSource(part(data, borderOf(rank, size), end), ranks));
    joint.end({});
  });
  for (const Found& each : found) {
    CHECK_EQ(each.numbers.size(), expected.numbers.size());
    for (std::size_t k = 0; k < each.numbers.size(); ++k) {
      CHECK_NEAR(each.numbers[k], expected.numbers[k], tolerance * (1 + std::abs(expected.numbers[k])));
    }
    CHECK(check::sameBits(each.numbers.data(), found[0].numbers.data(), each.numbers.size()));
    if (size == 1) CHECK(check::sameBits(each.numbers.data(), expected.numbers.data(), each.numbers.size()));
  }
}

TEST(whatRanksAreToldOfASumIsWhatOneProcessComputes) {
  for (const int size : {1, 2, 4}) {
    for (const GlmFamily family : {GlmFamily::logistic, GlmFamily::poisson}) {
      const Case c{family, Form::dense, rowCount, columns, 1, true, true, 0.1};
      compare<double>(c, size, 1e-13);
      compare<float>(c, size, 2e-5);
    }
  }
}

TEST(countsOfRowsThatNoIntHoldsAreRefused) {
  ThreadRanks(2).run([](const std::shared_ptr<Ranks>& ranks) {
    Monitor wishes;
    JointSolve joint(std::make_shared<Ranks::Turn>(ranks), wishes, 1);
    const auto source = std::make_shared<CallbackSource>(2'000'000'000, 1, SumFunctions{});
    CHECK_EQ(check::messageOf([&] { jointSource(source, ranks); }),
             "4000000000 rows of all ranks: up to 2147483647 are possible");
    joint.end({});
  });
}

}  // namespace
