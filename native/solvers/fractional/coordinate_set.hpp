// The coordinates that a sweep goes through.
#pragma once

#include <algorithm>
#include <vector>

namespace nonconvex {

/// Between full sweeps only the coordinates are gone through that are not zero or have moved in the last full one; the
/// next full sweep checks what these have found.
class CoordinateSet {
 public:
  /// All coordinates but those that stay where they are.
  explicit CoordinateSet(const std::vector<bool>& fixed) : moved_(fixed.size()) {
    for (std::size_t i = 0; i < fixed.size(); ++i) {
      if (!fixed[i]) order_.push_back(static_cast<int>(i));
    }
    active_.reserve(order_.size());
  }

  bool full() const { return full_; }
  const std::vector<int>& all() const { return order_; }
  /// The coordinates of the next sweep.
  std::vector<int>& coordinates() { return full_ ? order_ : active_; }

  void beginSweep() { std::fill(moved_.begin(), moved_.end(), false); }
  void noteMoved(std::size_t i) { moved_[i] = true; }
  void noteAllMoved() { std::fill(moved_.begin(), moved_.end(), true); }

  /// Makes the set, from now on, those that are not zero or have moved, unless they are nearly all.
  void shrinkTo(const std::vector<double>& x) {
    active_.clear();
    for (const int i : order_) {
      const auto k = static_cast<std::size_t>(i);
      if (x[k] != 0 || moved_[k]) active_.push_back(i);
    }
    full_ = active_.size() > order_.size() * 3 / 4;
    activeSweeps_ = 0;
  }
  void takeAll() { full_ = true; }
  /// After a full sweep; the first one says little about which coordinates count.
  bool mayShrink() { return ++fullSweeps_ >= 2; }
  /// After a sweep through some: whether it is time for a full one, since the `residual` is small or there were many.
  void endActiveSweep(double residual, double smallEnough) {
    full_ = ++activeSweeps_ >= Tuning::mostActiveSweeps || residual <= smallEnough;
  }

 private:
  struct Tuning {
    static constexpr int mostActiveSweeps = 20;  ///< measured: sweeps over the working set in a row
  };

  std::vector<int> order_, active_;
  std::vector<char> moved_;
  bool full_ = true;
  int fullSweeps_ = 0, activeSweeps_ = 0;
};

}  // namespace nonconvex
