// Lists of coefficients in a pool that grows and is used again.
#include "expressions/coefficient_lists.hpp"

#include <map>
#include <utility>
#include <vector>

#include "check.hpp"
#include "core/random.hpp"

using namespace nonconvex;

TEST(listsAreThoseOfAMap) {
  constexpr int nodes = 3, rounds = 40, most = 2000;
  const Random random(1);
  CoefficientLists lists(nodes);
  std::vector<std::map<std::pair<int, int>, double>> expected(nodes);
  std::vector<Coefficient> taken;
  std::uint64_t draws = 0;
  for (int round = 0; round < rounds; ++round) {
    for (int k = 0; k < most; ++k) {
      const int node = static_cast<int>(random.below(draws++, nodes));
      const int row = static_cast<int>(random.below(draws++, 50)), entry = static_cast<int>(random.below(draws++, 500));
      const double value = static_cast<double>(random.below(draws++, 100));  // whole numbers add up exactly
      lists.add(node, {row, entry, value});
      expected[static_cast<std::size_t>(node)][{row, entry}] += value;
    }
    const int node = round % nodes;
    lists.take(node, taken);
    auto& of = expected[static_cast<std::size_t>(node)];
    CHECK_EQ(taken.size(), of.size());
    std::size_t k = 0;
    for (const auto& [place, value] : of) {
      CHECK(taken[k].row == place.first && taken[k].entry == place.second && taken[k].value == value);
      ++k;
    }
    CHECK(lists.empty(node));
    of.clear();
  }
}
