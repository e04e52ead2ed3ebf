// Compiled with sanitizers itself: what it tests stands in headers.
#include "methods/one_dimensional/top_k_sum.hpp"

#include <algorithm>
#include <cmath>
#include <functional>

#include "check.hpp"
#include "core/random.hpp"

using namespace nonconvex;

namespace {

struct Expected {
  double sum, othersSum, othersLargest;
};

Expected bySorting(std::vector<double> values, int k, int i) {
  const auto sumOf = [](std::vector<double> v, int count) {
    std::sort(v.begin(), v.end(), std::greater<>());
    double sum = 0;
    for (int j = 0; j < count; ++j) sum += v[static_cast<std::size_t>(j)];
    return sum;
  };
  const double sum = sumOf(values, k);
  values.erase(values.begin() + i);
  std::sort(values.begin(), values.end(), std::greater<>());
  const bool enough = static_cast<int>(values.size()) >= k;
  return {sum, sumOf(values, k - 1), enough ? values[static_cast<std::size_t>(k) - 1] : 0};
}

}  // namespace

TEST(sumsFollowChangesAsSortingDoes) {
  const Random random(3);
  std::uint64_t draw = 0;
  for (const int n : {1, 2, 3, 7, 50}) {
    for (const int k : {1, 2, 3, n / 2, n - 1, n}) {
      if (k < 1 || k > n) continue;
      std::vector<double> values(static_cast<std::size_t>(n));
      // Few distinct numbers, so that there are ties.
      for (double& v : values) v = random.below(draw++, 9);
      TopSum top(n, k);
      top.assign([&](int i) { return values[static_cast<std::size_t>(i)]; });
      for (int step = 0; step < 300; ++step) {
        const int i = static_cast<int>(random.below(draw++, static_cast<std::uint32_t>(n)));
        const Expected expected = bySorting(values, k, i);
        CHECK_NEAR(top.sum(), expected.sum, 1e-12);
        CHECK_NEAR(top.others(i).sum, expected.othersSum, 1e-12);
        CHECK_NEAR(top.others(i).largest, expected.othersLargest, 0);
        const double next = step % 3 == 0 ? 0 : step % 3 == 1 ? random.below(draw++, 9) : 10 * random.uniform(draw++);
        values[static_cast<std::size_t>(i)] = next;
        top.change(i, next);
        if (step % 50 == 7) {
          top.scale(0.5);
          for (double& v : values) v *= 0.5;
        }
        if (step == 150) top.assign([&](int j) { return values[static_cast<std::size_t>(j)]; });
      }
    }
  }
}
