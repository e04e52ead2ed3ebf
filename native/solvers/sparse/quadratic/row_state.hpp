// The state of sweeps that go by the rows of x.
#pragma once

#include <algorithm>
#include <memory>
#include <span>
#include <vector>

#include "core/index.hpp"
#include "linalg/cpu.hpp"
#include "methods/acceleration/anderson.hpp"

namespace nonconvex {

/// Coefficients, with capacity for more, and behind them H^1/2 X times their change, for each response; with Anderson's
/// extrapolation of both.
class RowState {
 public:
  explicit RowState(const Cpu& la) : la_(la) {}

  /// Starts at coefficients with these gradients; rows are n K numbers, and there are `most` coefficients at most.
  void start(std::span<const double> b, std::span<const double> q, std::size_t rows, std::size_t most) {
    base_.assign(q.begin(), q.end());
    start_.assign(b.begin(), b.end());
    if (capacity_ < b.size() || state_.empty()) reserve(b.size(), rows, most);
    anderson_->reset();
    sweeps_ = 0;
    std::fill(std::ranges::copy(b, state_.begin()).out, state_.end(), 0.0);
  }
  std::span<double> values() { return std::span(state_).first(start_.size()); }
  std::span<double> product() { return std::span(state_).subspan(capacity_); }
  std::span<const double> product() const { return std::span(state_).subspan(capacity_); }
  /// The product that belongs to a state, which may be one before an extrapolation.
  std::span<const double> productOf(std::span<const double> state) const { return state.subspan(capacity_); }
  /// Gradients and coefficients at the start.
  const std::vector<double>& base() const { return base_; }
  const std::vector<double>& startOf() const { return start_; }

  /// Remembers the coefficients before a sweep.
  void remember() { std::copy_n(state_.begin(), capacity_, last_.begin()); }
  /// Extrapolates behind a sweep, unless `objective` of a state says that it is no better.
  template <class Objective>
  void extrapolate(Objective&& objective) {
    anderson_->advance({last_.data(), static_cast<int>(last_.size())},
                       {state_.data(), static_cast<int>(state_.size())});
    const std::span<const double> plain = anderson_->image();
    if (++sweeps_ >= Tuning::soonest && !(objective(std::span<const double>(state_)) <= objective(plain))) {
      std::ranges::copy(plain, state_.begin());
      anderson_->reset();
    }
  }

 private:
  struct Tuning {
    static constexpr int memory = 5;                ///< measured: sweeps that an extrapolation remembers
    static constexpr int soonest = 3;               ///< safeguard: sweep before which an extrapolation is not compared
    static constexpr std::size_t moreColumns = 64;  ///< measured: coefficients that capacity grows by beside a quarter
  };

  void reserve(std::size_t size, std::size_t rows, std::size_t most) {
    capacity_ = std::min(most, size + size / 4 + Tuning::moreColumns);
    state_.resize(capacity_ + rows);
    last_.resize(capacity_);
    const int head = static_cast<int>(capacity_), all = static_cast<int>(state_.size());
    anderson_ = std::make_unique<Anderson<Cpu>>(la_, Tuning::memory, head, all);
  }

  const Cpu& la_;
  std::vector<double> base_, start_, state_, last_;
  std::size_t capacity_ = 0;
  int sweeps_ = 0;
  std::unique_ptr<Anderson<Cpu>> anderson_;
};

}  // namespace nonconvex
