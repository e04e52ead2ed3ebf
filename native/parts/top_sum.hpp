// The sum of the k largest of n numbers while they change one at a time: O(1) to ask, O(log n) to change.
#pragma once

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <utility>
#include <vector>

namespace nonconvex {

class TopSum {
 public:
  /// 1 <= k <= n.
  TopSum(int n, int k)
      : k_(k), values_(static_cast<std::size_t>(n)), heap_(static_cast<std::size_t>(n)), place_(heap_.size()) {
    std::iota(heap_.begin(), heap_.end(), 0);
    std::iota(place_.begin(), place_.end(), 0);
  }

  /// Begins anew with f(0), ..., f(n - 1).
  template <class F>
  void assign(F&& f) {
    const int n = size();
    for (int i = 0; i < n; ++i) values_[at(i)] = f(i);
    std::nth_element(heap_.begin(), heap_.begin() + (k_ - 1), heap_.end(),
                     [&](int i, int j) { return values_[at(i)] > values_[at(j)]; });
    for (int p = 0; p < n; ++p) place_[at(heap_[at(p)])] = p;
    for (int p = k_ / 2 - 1; p >= 0; --p) down<true>(p);
    for (int p = (n - k_) / 2 - 1; p >= 0; --p) down<false>(p);
    sum_ = 0;
    for (int p = 0; p < k_; ++p) sum_ += values_[at(heap_[at(p)])];
  }

  /// Multiplies all numbers by a factor >= 0.
  void scale(double factor) {
    for (double& value : values_) value *= factor;
    sum_ = 0;
    for (int p = 0; p < k_; ++p) sum_ += values_[at(heap_[at(p)])];
  }

  double sum() const { return sum_; }

  struct Others {
    double sum;      ///< of the k - 1 largest
    double largest;  ///< the k-th largest; 0 if there is none
  };
  /// Of all numbers but number i.
  Others others(int i) const {
    const double least = values_[at(heap_[0])];
    if (place_[at(i)] >= k_) return {sum_ - least, least};
    return {sum_ - values_[at(i)], size() > k_ ? values_[at(heap_[at(k_)])] : 0};
  }

  void change(int i, double value) {
    const int p = place_[at(i)];
    const bool top = p < k_;
    const double old = std::exchange(values_[at(i)], value);
    if (top) {
      sum_ += value - old;
      value > old ? down<true>(p) : up<true>(p);
    } else {
      value < old ? down<false>(p - k_) : up<false>(p - k_);
    }
    if (size() == k_) return;
    const int least = heap_[0];
    const int greatest = heap_[at(k_)];
    if (values_[at(greatest)] <= values_[at(least)]) return;
    sum_ += values_[at(greatest)] - values_[at(least)];
    put(0, greatest);
    put(k_, least);
    down<true>(0);
    down<false>(0);
  }

 private:
  static std::size_t at(int i) { return static_cast<std::size_t>(i); }
  int size() const { return static_cast<int>(heap_.size()); }
  void put(int place, int i) {
    heap_[at(place)] = i;
    place_[at(i)] = place;
  }

  // Two heaps in one array: the k largest with the least of them on top, then the rest with the greatest on top.
  template <bool Top>
  bool before(int i, int j) const {
    return Top ? values_[at(i)] < values_[at(j)] : values_[at(i)] > values_[at(j)];
  }
  template <bool Top>
  void up(int p) {
    const int base = Top ? 0 : k_;
    const int i = heap_[at(base + p)];
    for (; p > 0; p = (p - 1) / 2) {
      const int parent = heap_[at(base + (p - 1) / 2)];
      if (!before<Top>(i, parent)) break;
      put(base + p, parent);
    }
    put(base + p, i);
  }
  template <bool Top>
  void down(int p) {
    const int base = Top ? 0 : k_;
    const int count = Top ? k_ : size() - k_;
    const int i = heap_[at(base + p)];
    for (int child = 2 * p + 1; child < count; child = 2 * p + 1) {
      if (child + 1 < count && before<Top>(heap_[at(base + child + 1)], heap_[at(base + child)])) ++child;
      if (!before<Top>(heap_[at(base + child)], i)) break;
      put(base + p, heap_[at(base + child)]);
      p = child;
    }
    put(base + p, i);
  }

  int k_;
  double sum_ = 0;
  std::vector<double> values_;
  std::vector<int> heap_;
  std::vector<int> place_;
};

}  // namespace nonconvex
