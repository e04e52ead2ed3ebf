// The order of numbers by size.
#pragma once

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <span>
#include <vector>

namespace nonconvex {

/// The places of the numbers, that of the largest first; equal numbers in the order of their places.
inline std::vector<int> fallingOrder(std::span<const double> numbers) {
  std::vector<int> order(numbers.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](int i, int j) {
    return numbers[static_cast<std::size_t>(i)] > numbers[static_cast<std::size_t>(j)];
  });
  return order;
}

}  // namespace nonconvex
