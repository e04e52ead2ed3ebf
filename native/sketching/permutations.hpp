// Random orders, and draws without repetition: R. Durstenfeld, "Algorithm 235: random permutation", CACM 7, 1964.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

#include "core/random.hpp"

namespace nonconvex {

/// Puts the numbers in random order. `draw(i)` returns a number from 0 to i; it is called with the last place first.
template <std::invocable<std::size_t> Draw>
void shuffle(std::span<int> numbers, Draw&& draw) {
  for (std::size_t i = numbers.size(); i-- > 1;) std::swap(numbers[i], numbers[draw(i)]);
}
inline void shuffle(std::span<int> numbers, const Random& random) {
  shuffle(numbers, [&](std::size_t i) { return random.below(i, static_cast<std::uint32_t>(i + 1)); });
}

/// 0, ..., size - 1 in random order.
inline std::vector<int> randomPermutation(int size, const Random& random) {
  std::vector<int> order(static_cast<std::size_t>(size));
  std::iota(order.begin(), order.end(), 0);
  shuffle(order, random);
  return order;
}

/// Leaves `count` of the numbers, drawn without repetition by the draws of index `first` and later ones.
inline void sample(std::vector<int>& numbers, int count, const Random& random, std::uint64_t first = 0) {
  const auto size = static_cast<std::uint32_t>(numbers.size());
  for (std::uint32_t k = 0; k < static_cast<std::uint32_t>(count); ++k) {
    std::swap(numbers[k], numbers[k + random.below(first + k, size - k)]);
  }
  numbers.resize(static_cast<std::size_t>(count));
}

}  // namespace nonconvex
