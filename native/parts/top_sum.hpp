// The sum of the k largest of n numbers while they change one at a time: O(1) to ask, O(log n) to change.
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <limits>
#include <numeric>
#include <vector>

namespace nonconvex {

/// Two tournaments, by place: one for the least of the k largest, one for the greatest of the rest. Unlike heaps they
/// change along one path without a branch that depends on the numbers, and neighbours share most of it.
class TopSum {
 public:
  /// 1 <= k <= n.
  TopSum(int n, int k)
      : n_(static_cast<std::size_t>(n)), k_(static_cast<std::size_t>(k)), leaves_(std::bit_ceil(n_)), order_(n_) {
    top_.resize(2 * leaves_);
    rest_.resize(2 * leaves_);
  }

  /// Begins anew with f(0), ..., f(n - 1).
  template <class F>
  void assign(F&& f) {
    double* values = rest_.data() + leaves_;
    for (std::size_t i = 0; i < n_; ++i) values[i] = f(static_cast<int>(i));
    std::iota(order_.begin(), order_.end(), 0);
    std::nth_element(order_.begin(), order_.begin() + static_cast<std::ptrdiff_t>(k_ - 1), order_.end(),
                     [&](int i, int j) { return values[i] > values[j]; });
    std::fill(values + n_, values + leaves_, -infinity);
    std::fill(top_.begin(), top_.end(), infinity);
    for (std::size_t p = 0; p < k_; ++p) {
      const auto i = static_cast<std::size_t>(order_[p]);
      top_[leaves_ + i] = values[i];
      values[i] = -infinity;
    }
    for (std::size_t p = leaves_ - 1; p > 0; --p) {
      top_[p] = Least::of(top_[2 * p], top_[2 * p + 1]);
      rest_[p] = Greatest::of(rest_[2 * p], rest_[2 * p + 1]);
    }
    addUp();
  }

  /// Multiplies all numbers by a factor >= 0.
  void scale(double factor) {
    if (factor == 0) return assign([](int) { return 0.0; });  // it would make infinite leaves no numbers
    for (double& value : top_) value *= factor;
    for (double& value : rest_) value *= factor;
    addUp();
  }

  double sum() const { return sum_; }

  struct Others {
    double sum;      ///< of the k - 1 largest
    double largest;  ///< the k-th largest; 0 if there is none
  };
  /// Of all numbers but number i.
  Others others(int i) const {
    const double value = top_[leaf(i)];
    const double least = top_[root];
    return value == infinity ? Others{sum_ - least, least} : Others{sum_ - value, std::max(rest_[root], 0.0)};
  }

  void change(int i, double value) {
    const std::size_t p = leaf(i);
    if (top_[p] == infinity) {
      put<Greatest>(rest_, p, value);
      if (!(value > top_[root])) return;
    } else {
      sum_ += value - top_[p];
      put<Least>(top_, p, value);
      if (!(rest_[root] > value)) return;
    }
    const double least = top_[root];
    const double greatest = rest_[root];
    if (!(greatest > least)) return;
    const std::size_t falls = winner(top_);
    const std::size_t rises = winner(rest_);
    sum_ += greatest - least;
    put<Least>(top_, falls, infinity);
    put<Least>(top_, rises, greatest);
    put<Greatest>(rest_, rises, -infinity);
    put<Greatest>(rest_, falls, least);
  }

 private:
  // Node p has the children 2 p and 2 p + 1. Whoever is not in a tournament has a leaf that never wins.
  static constexpr std::size_t root = 1;
  static constexpr double infinity = std::numeric_limits<double>::infinity();
  struct Least {
    static double of(double a, double b) { return a < b ? a : b; }
  };
  struct Greatest {
    static double of(double a, double b) { return a > b ? a : b; }
  };

  std::size_t leaf(int i) const { return leaves_ + static_cast<std::size_t>(i); }
  template <class Rule>
  static void put(std::vector<double>& tree, std::size_t p, double value) {
    constexpr int unseen = 3;  // levels: few changes go further, and those cost a branch that is hard to predict
    double* node = tree.data();
    for (int level = 0; p > root; p /= 2, ++level) {
      if (level >= unseen && node[p] == value) return;
      node[p] = value;
      value = Rule::of(value, node[p ^ 1]);
    }
    node[root] = value;
  }
  std::size_t winner(const std::vector<double>& tree) const {
    std::size_t p = root;
    while (p < leaves_) p = tree[2 * p] == tree[p] ? 2 * p : 2 * p + 1;
    return p;
  }
  void addUp() {
    sum_ = 0;
    for (std::size_t i = 0; i < n_; ++i) {
      const double value = top_[leaves_ + i];
      if (value != infinity) sum_ += value;
    }
  }

  std::size_t n_, k_, leaves_;
  double sum_ = 0;
  std::vector<double> top_, rest_;
  std::vector<int> order_;  // scratch of `assign`
};

}  // namespace nonconvex
