// Philox4x32-10 against a plain second implementation, itself held to the published known answers, and the
// distributions.
#include "core/random.hpp"

#include <algorithm>
#include <numeric>

#include "check.hpp"

using namespace nonconvex;

namespace {

using Block = Random::Block;

/// Salmon et al., SC 2011, figure 2 and section 3.3, word by word.
Block philox(Block counter, std::array<std::uint32_t, 2> key) {
  for (int round = 0; round < 10; ++round) {
    if (round > 0) key = {key[0] + 0x9E3779B9U, key[1] + 0xBB67AE85U};
    const std::uint64_t left = std::uint64_t{counter[0]} * 0xD2511F53U;
    const std::uint64_t right = std::uint64_t{counter[2]} * 0xCD9E8D57U;
    const auto high = [](std::uint64_t product) { return static_cast<std::uint32_t>(product >> 32); };
    const auto low = [](std::uint64_t product) { return static_cast<std::uint32_t>(product & 0xFFFFFFFFU); };
    counter = {high(right) ^ counter[1] ^ key[0], low(right), high(left) ^ counter[3] ^ key[1], low(left)};
  }
  return counter;
}

double correlation(const std::vector<double>& a, const std::vector<double>& b) {
  const double n = static_cast<double>(a.size());
  const double meanA = std::accumulate(a.begin(), a.end(), 0.0) / n;
  const double meanB = std::accumulate(b.begin(), b.end(), 0.0) / n;
  double ab = 0, aa = 0, bb = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    ab += (a[i] - meanA) * (b[i] - meanB);
    aa += (a[i] - meanA) * (a[i] - meanA);
    bb += (b[i] - meanB) * (b[i] - meanB);
  }
  return ab / std::sqrt(aa * bb);
}

constexpr int draws = 200000;

template <class F>
std::vector<double> sample(F&& f) {
  std::vector<double> values(draws);
  for (int i = 0; i < draws; ++i) values[static_cast<std::size_t>(i)] = f(static_cast<std::uint64_t>(i));
  return values;
}

double moment(const std::vector<double>& values, double about, int power) {
  double s = 0;
  for (const double value : values) s += std::pow(value - about, power);
  return s / static_cast<double>(values.size());
}

}  // namespace

TEST(knownAnswers) {  // kat_vectors of Random123
  constexpr std::uint32_t ones = 0xFFFFFFFFU;
  CHECK((philox({0, 0, 0, 0}, {0, 0}) == Block{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  CHECK((philox({ones, ones, ones, ones}, {ones, ones}) == Block{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  CHECK((philox({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}) ==
         Block{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
  CHECK((Random(0).block(0) == Block{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
}

TEST(seedIsTheKeyAndIndexAndStreamTheCounter) {
  const std::uint64_t seeds[] = {0, 1, 9007199254740991ULL, 0xFFFFFFFFFFFFFFFFULL, 0x299f31d0a4093822ULL};
  const std::uint64_t indices[] = {0, 1, 0xFFFFFFFFULL, 0x100000000ULL, 0x85a308d3243f6a88ULL};
  for (const std::uint64_t seed : seeds) {
    for (const std::uint64_t index : indices) {
      for (const std::uint32_t stream : {0U, 1U, 0x13198a2eU}) {
        const std::array<std::uint32_t, 2> key = {static_cast<std::uint32_t>(seed),
                                                  static_cast<std::uint32_t>(seed >> 32)};
        const Block counter = {static_cast<std::uint32_t>(index), static_cast<std::uint32_t>(index >> 32), stream, 0};
        CHECK(Random(seed, stream).block(index) == philox(counter, key));
      }
    }
  }
}

TEST(uniformMoments) {
  const Random random(7);
  const auto u = sample([&](std::uint64_t i) { return random.uniform(i); });
  const double error = 5 / std::sqrt(static_cast<double>(draws));
  CHECK_NEAR(moment(u, 0, 1), 0.5, error * std::sqrt(1.0 / 12));
  CHECK_NEAR(moment(u, 0.5, 2), 1.0 / 12, error * std::sqrt(1.0 / 180));
  CHECK(*std::min_element(u.begin(), u.end()) > 0);
  CHECK(*std::max_element(u.begin(), u.end()) < 1);
  std::array<int, 16> counts{};
  for (const double value : u) ++counts[static_cast<std::size_t>(value * 16)];
  double chiSquare = 0;
  for (const int count : counts) chiSquare += std::pow(count - draws / 16.0, 2) / (draws / 16.0);
  CHECK(chiSquare < 45);  // 15 degrees of freedom: 1 in 10,000
}

TEST(normalMoments) {
  const Random random(11, 3);
  const auto z = sample([&](std::uint64_t i) { return random.normal(i); });
  const double error = 5 / std::sqrt(static_cast<double>(draws));
  CHECK_NEAR(moment(z, 0, 1), 0, error);
  CHECK_NEAR(moment(z, 0, 2), 1, error * std::sqrt(2));
  CHECK_NEAR(moment(z, 0, 3), 0, error * std::sqrt(15));
  CHECK_NEAR(moment(z, 0, 4), 3, error * std::sqrt(96));
  CHECK(std::all_of(z.begin(), z.end(), [](double value) { return std::isfinite(value); }));
  std::vector<double> even, odd;  // the two halves of one Box-Muller pair
  for (std::size_t i = 0; i < z.size(); i += 2) {
    even.push_back(z[i]);
    odd.push_back(z[i + 1]);
  }
  CHECK_NEAR(correlation(even, odd), 0, error * std::sqrt(2));
}

TEST(belowIsUniformAndInRange) {
  const Random random(5);
  for (const std::uint32_t n : {1U, 2U, 3U, 10U, 1000U}) {
    std::vector<int> counts(n);
    for (std::uint64_t i = 0; i < 50000; ++i) {
      const std::uint32_t value = random.below(i, n);
      CHECK(value < n);
      if (value < n) ++counts[value];
    }
    double chiSquare = 0;
    for (const int count : counts) chiSquare += std::pow(count - 50000.0 / n, 2) / (50000.0 / n);
    CHECK(chiSquare <= n - 1 + 5 * std::sqrt(2.0 * n) + 3);
  }
  CHECK(random.below(3, 0xFFFFFFFFU) < 0xFFFFFFFFU);
}

TEST(streamsSeedsAndPurposesAreIndependent) {
  const double error = 5 / std::sqrt(static_cast<double>(draws));
  const auto of = [&](std::uint64_t seed, std::uint32_t stream) {
    return sample([&](std::uint64_t i) { return Random(seed, stream).uniform(i); });
  };
  const auto base = of(1, 0);
  CHECK_NEAR(correlation(base, of(1, 1)), 0, error);
  CHECK_NEAR(correlation(base, of(2, 0)), 0, error);
  const Random random(1);
  CHECK_NEAR(correlation(base, sample([&](std::uint64_t i) { return random.normal(i); })), 0, error);
  CHECK_NEAR(correlation(base, sample([&](std::uint64_t i) { return random.below(i, 1000); })), 0, error);
  CHECK_NEAR(correlation(base, sample([&](std::uint64_t i) { return random.uniform(i + 1); })), 0, error);
}
