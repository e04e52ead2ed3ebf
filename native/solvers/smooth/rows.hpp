// How the rows of a batch are drawn.
#pragma once

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "solvers/smooth/context.hpp"
#include "solvers/smooth/entropy.hpp"

namespace nonconvex {

/// The sampler of a solve. What it draws depends on seed, epoch and step alone, unless batches are to be private.
template <class T>
class Rows {
 public:
  Rows(const SumContext<T>& at, RowSampler sampler, int batch, bool secret)
      : sampler_(sampler), batch_(std::min(batch, at.all.count)), entropy_(secret) {
    if (sampler_ == RowSampler::automatic) sampler_ = RowSampler::shuffle;
    whole_ = batch_ >= at.all.count && sampler_ != RowSampler::poisson && sampler_ != RowSampler::replacement;
    if (!whole_) list_.reserve(static_cast<std::size_t>(at.all.count));
    if (sampler_ == RowSampler::dropEasy) kept_.assign(static_cast<std::size_t>(at.all.count), 1);
  }

  bool whole() const { return whole_; }
  int batch() const { return batch_; }

  RowSet draw(SumContext<T>& at) {
    if (whole_) return at.all;
    switch (sampler_) {
      case RowSampler::replacement:
        return independent(at);
      case RowSampler::poisson:
        return byChance(at);
      default:
        return inTurn(at);
    }
  }

  void visit(Archive& archive) {
    archive.visit(epoch_);
    archive.visit(next_);
    archive.visit(kept_);
  }
  /// After a state was read: the order that it was in.
  void restore(SumContext<T>& at) {
    if (whole_ || epoch_ == 0) return;
    const std::int64_t next = next_;
    if (sampler_ == RowSampler::shuffle || sampler_ == RowSampler::dropEasy) order(at);
    next_ = next;
  }

 private:
  RowSet inTurn(SumContext<T>& at) {
    if (epoch_ == 0 || next_ >= static_cast<std::int64_t>(list_.size())) {
      ++epoch_;
      if (sampler_ == RowSampler::dropEasy) mark(at);
      order(at);
      next_ = 0;
    }
    const auto count = std::min<std::int64_t>(batch_, static_cast<std::int64_t>(list_.size()) - next_);
    const RowSet drawn = RowSet::list({list_.data() + next_, static_cast<std::size_t>(count)});
    next_ += count;
    return drawn;
  }

  /// The order of an epoch: Fisher's and Yates' shuffle, two draws of 32 bits from a block of the generator.
  void order(SumContext<T>& at) {
    list_.clear();
    for (int k = 0; k < at.all.count; ++k) {
      if (kept_.empty() || kept_[static_cast<std::size_t>(k)] != 0) list_.push_back(at.all[k]);
    }
    const auto size = static_cast<std::uint64_t>(list_.size());
    const Random random = at.random(Draw::order);
    const auto first = static_cast<std::uint64_t>(epoch_) << 32;
    Random::Block block{};
    for (std::uint64_t i = size; i-- > 1;) {
      const std::uint64_t draw = size - 1 - i;
      if (draw % 2 == 0) block = random.block(first + draw / 2);
      const std::uint64_t high = block[2 * (draw % 2)], low = block[2 * (draw % 2) + 1];
      const std::uint64_t other = (high * (i + 1) + ((low * (i + 1)) >> 32)) >> 32;
      std::swap(list_[i], list_[other]);
    }
  }

  /// Marks the rows of an epoch: all in the first and the last one, else those that are not learned yet.
  void mark(SumContext<T>& at) {
    static constexpr double easy = 0.35667494393873245;  // -log(0.7)
    const auto count = static_cast<std::size_t>(at.all.count);
    kept_.assign(count, 1);
    const bool last = static_cast<double>(at.rowsSeen) >= (at.settings.maxEpochs - 1) * at.all.count;
    if (epoch_ == 1 || last) return;
    losses_.resize(count);
    at.sum.lossOfRows(at.all, at.here, losses_.data());
    at.rowsSeen += at.all.count;
    std::size_t left = 0;
    for (std::size_t k = 0; k < count; ++k) {
      kept_[k] = losses_[k] < easy ? 0 : 1;
      left += losses_[k] < easy ? 0 : 1;
    }
    if (left == 0) kept_.assign(count, 1);
  }

  RowSet independent(SumContext<T>& at) {
    list_.clear();
    const Random random = at.random(Draw::rows);
    const auto first = static_cast<std::uint64_t>(at.step) << 32;
    for (int k = 0; k < batch_; ++k) {
      const auto row = random.below(first + static_cast<std::uint64_t>(k), static_cast<std::uint32_t>(at.all.count));
      list_.push_back(at.all[static_cast<int>(row)]);
    }
    return RowSet::list(list_);
  }

  /// Every row with probability q: from one to the next by geometric steps.
  RowSet byChance(SumContext<T>& at) {
    list_.clear();
    const double q = static_cast<double>(batch_) / at.all.count;
    const auto first = static_cast<std::uint64_t>(at.step) << 32;
    if (q >= 1) return at.all;
    const double perGap = 1 / std::log1p(-q);
    double row = -1;
    for (std::uint64_t k = 0;; ++k) {
      row += 1 + std::floor(std::log(entropy_.uniform(at.random(Draw::rows), first + k)) * perGap);
      if (row >= at.all.count) break;
      list_.push_back(at.all[static_cast<int>(row)]);
    }
    return RowSet::list(list_);
  }

  RowSampler sampler_;
  int batch_;
  bool whole_ = false;
  Entropy entropy_;
  std::vector<int> list_;
  std::vector<double> kept_;  // 0 or 1, of `dropEasy`
  std::vector<double> losses_;
  std::int64_t epoch_ = 0;
  std::int64_t next_ = 0;
};

}  // namespace nonconvex
