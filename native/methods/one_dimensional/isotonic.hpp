// Isotonic regression by pooling adjacent violators: M. Ayer and others, "An empirical distribution function for
// sampling with incomplete information", Annals of Mathematical Statistics 26(4), 1955.
#pragma once

#include <concepts>
#include <cstddef>
#include <span>
#include <vector>

namespace nonconvex {

/// The rising numbers c that make sum_k (c_k - v_k)^2 least, as pools of neighbours that share one number, their mean.
class IsotonicRegression {
 public:
  /// The places from `begin` to before `end`.
  struct Pool {
    std::size_t begin, end;
    double sum;  ///< sum of their v

    double size() const { return static_cast<double>(end - begin); }
    double mean() const { return sum / size(); }
  };

  /// Makes room for `count` numbers, so that fits of no more allocate nothing.
  void reserve(std::size_t count) { pools_.reserve(count); }

  /// Fits v_k = value(k), k = 0, ..., count - 1; the pools are valid until the next fit.
  template <std::invocable<std::size_t> Value>
  std::span<const Pool> fit(std::size_t count, Value&& value) {
    pools_.clear();
    for (std::size_t k = 0; k < count; ++k) {
      Pool pool{k, k + 1, value(k)};
      // The mean of the pool before is not below that of this one.
      while (!pools_.empty() && pools_.back().sum * pool.size() >= pool.sum * pools_.back().size()) {
        pool.begin = pools_.back().begin;
        pool.sum += pools_.back().sum;
        pools_.pop_back();
      }
      pools_.push_back(pool);
    }
    return pools_;
  }

 private:
  std::vector<Pool> pools_;
};

}  // namespace nonconvex
