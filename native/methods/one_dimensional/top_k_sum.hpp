// The sum of the k largest of n numbers while they change one at a time: O(log n) to ask or change, mostly O(1).
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <utility>
#include <vector>

#include "core/numbers.hpp"

namespace nonconvex {

/// The k largest are in a tournament for the least of them. The rest are compared in blocks for their greatest only
/// when that is asked for: as long as they stay below the k largest, a change of one of them is two stores.
class TopSum {
 public:
  /// 1 <= k <= n.
  TopSum(int n, int k)
      : n_(static_cast<std::size_t>(n)),
        leaves_(std::bit_ceil(static_cast<std::size_t>(k))),
        member_(static_cast<std::size_t>(k)),
        top_(2 * leaves_, infinity),
        blocks_((n_ + block - 1) / block),
        rest_(blocks_ * block, -infinity),
        blockLeaves_(std::bit_ceil(blocks_)),
        greatest_(2 * blockLeaves_, -infinity),
        place_(n_),
        stale_(blocks_),
        pending_(blocks_ + 1),
        scratch_(n_) {}

  /// Begins anew with f(0), ..., f(n - 1).
  template <class F>
  void assign(F&& f) {
    for (std::size_t i = 0; i < n_; ++i) rest_[i] = f(static_cast<int>(i));
    std::copy_n(rest_.begin(), n_, scratch_.begin());
    const auto kth = scratch_.begin() + static_cast<std::ptrdiff_t>(member_.size() - 1);
    std::nth_element(scratch_.begin(), kth, scratch_.end(), std::greater<>());
    const double least = *kth;
    std::size_t equal = member_.size() - static_cast<std::size_t>(std::count_if(
                                             scratch_.begin(), kth, [&](double value) { return value > least; }));
    const auto last = static_cast<std::int32_t>(member_.size());
    std::int32_t slot = 0;
    for (std::size_t i = 0; i < n_; ++i) {
      const double value = rest_[i];
      const bool same = value == least;
      if (slot == last || !(value > least || (same && equal > 0))) {
        place_[i] = none;
        continue;
      }
      if (same) --equal;
      place_[i] = slot;
      top_[leaves_ + static_cast<std::size_t>(slot)] = value;
      member_[static_cast<std::size_t>(slot++)] = static_cast<std::int32_t>(i);
      rest_[i] = -infinity;
    }
    for (std::size_t p = leaves_ - 1; p > 0; --p) top_[p] = std::min(top_[2 * p], top_[2 * p + 1]);
    for (std::size_t b = 0; b < blocks_; ++b) greatest_[blockLeaves_ + b] = greatestOf(b);
    for (std::size_t p = blockLeaves_ - 1; p > 0; --p) greatest_[p] = std::max(greatest_[2 * p], greatest_[2 * p + 1]);
    std::fill(stale_.begin(), stale_.end(), std::uint8_t{0});
    pendingCount_ = 0;
    addUp();
  }

  /// Multiplies all numbers by a factor >= 0.
  void scale(double factor) {
    if (factor == 0) return assign([](int) { return 0.0; });  // it would make infinite leaves no numbers
    for (double& value : top_) value *= factor;
    for (double& value : rest_) value *= factor;
    for (double& value : greatest_) value *= factor;
    addUp();
  }

  double sum() const { return sum_; }

  struct Others {
    double sum;      ///< sum of the k - 1 largest
    double largest;  ///< the k-th largest; 0 of fewer numbers
  };
  /// Sums of all numbers but number i.
  Others others(int i) {
    const std::int32_t slot = place_[static_cast<std::size_t>(i)];
    if (slot == none) return {sum_ - top_[root], top_[root]};
    return {sum_ - top_[leaf(slot)], std::max(greatestOfRest(), 0.0)};
  }

  /// Number i := value. Returns true if that changes the sum.
  bool change(int i, double value) {
    const auto at = static_cast<std::size_t>(i);
    const std::int32_t slot = place_[at];
    if (slot == none) {
      setRest(at, value);
      if (!(value > top_[root])) return false;
      replace(leastSlot(), at);
    } else {
      sum_ += value - top_[leaf(slot)];
      put(leaf(slot), value);
      const double greatest = greatestOfRest();
      if (greatest > value) replace(slot, whereRestIs(greatest));
    }
    return true;
  }

 private:
  /// definition: the first node of a tournament; node p has the children 2 p and 2 p + 1. An empty leaf never wins, nor
  /// does in `rest_` one of the k largest.
  static constexpr std::size_t root = 1;
  struct Tuning {
    static constexpr std::size_t block = 8;  ///< measured: numbers that are compared one by one
  };
  static constexpr std::size_t block = Tuning::block;
  static constexpr std::int32_t none = -1;  // definition: mark of the numbers of `rest_`

  std::size_t leaf(std::int32_t slot) const { return leaves_ + static_cast<std::size_t>(slot); }

  /// Number i of the rest becomes one of the k largest instead of the one in `slot`.
  void replace(std::int32_t slot, std::size_t i) {
    const std::size_t p = leaf(slot);
    const double rises = rest_[i];
    const double falls = top_[p];
    std::int32_t& member = member_[static_cast<std::size_t>(slot)];
    const auto before = static_cast<std::size_t>(std::exchange(member, static_cast<std::int32_t>(i)));
    place_[before] = none;
    place_[i] = slot;
    sum_ += rises - falls;
    put(p, rises);
    setRest(i, -infinity);
    setRest(before, falls);
  }

  void put(std::size_t p, double value) {
    constexpr int unseen = 3;  // levels: few changes go further, and those cost a branch that is hard to predict
    for (int level = 0; p > root; p /= 2, ++level) {
      if (level >= unseen && top_[p] == value) return;
      top_[p] = value;
      value = std::min(value, top_[p ^ 1]);
    }
    top_[root] = value;
  }
  std::int32_t leastSlot() const {
    std::size_t p = root;
    while (p < leaves_) p = top_[2 * p] == top_[p] ? 2 * p : 2 * p + 1;
    return static_cast<std::int32_t>(p - leaves_);
  }

  void setRest(std::size_t i, double value) {
    const std::size_t b = i / block;
    rest_[i] = value;
    pending_[pendingCount_] = static_cast<std::int32_t>(b);
    pendingCount_ += std::size_t{1} - stale_[b];
    stale_[b] = 1;
  }
  double greatestOf(std::size_t b) const {
    const double* v = rest_.data() + b * block;
    return std::max(std::max(std::max(v[0], v[4]), std::max(v[1], v[5])),
                    std::max(std::max(v[2], v[6]), std::max(v[3], v[7])));
  }
  double greatestOfRest() {
    while (pendingCount_ > 0) {
      const auto b = static_cast<std::size_t>(pending_[--pendingCount_]);
      stale_[b] = 0;
      double value = greatestOf(b);
      std::size_t p = blockLeaves_ + b;
      for (; p > root && greatest_[p] != value; p /= 2) {
        greatest_[p] = value;
        value = std::max(value, greatest_[p ^ 1]);
      }
      if (p == root) greatest_[root] = value;
    }
    return greatest_[root];
  }
  /// Place of the greatest number of the rest.
  std::size_t whereRestIs(double greatest) const {
    std::size_t p = root;
    while (p < blockLeaves_) p = greatest_[2 * p] == greatest ? 2 * p : 2 * p + 1;
    const double* v = rest_.data() + (p - blockLeaves_) * block;
    return static_cast<std::size_t>(std::find(v, v + block - 1, greatest) - rest_.data());
  }

  void addUp() {
    sum_ = 0;
    for (std::size_t p = leaves_; p < leaves_ + member_.size(); ++p) sum_ += top_[p];
  }

  std::size_t n_, leaves_;
  double sum_ = 0;
  std::vector<std::int32_t> member_;  // the number that each slot holds
  std::vector<double> top_;           // a tournament of slots
  std::size_t blocks_;
  std::vector<double> rest_;
  std::size_t blockLeaves_;
  std::vector<double> greatest_;     // a tournament of blocks, but for those that are stale
  std::vector<std::int32_t> place_;  // the slot of each number, or none
  std::vector<std::uint8_t> stale_;
  std::vector<std::int32_t> pending_;  // the stale blocks
  std::size_t pendingCount_ = 0;
  std::vector<double> scratch_;  // workspace of `assign`
};

}  // namespace nonconvex
