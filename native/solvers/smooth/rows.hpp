// How the rows of a batch are drawn.
#pragma once

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>
#include <vector>

#include "sketching/permutations.hpp"
#include "solvers/smooth/context.hpp"
#include "solvers/smooth/coreset.hpp"
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
    if (whole_) return;
    list_.reserve(static_cast<std::size_t>(at.all.count));
    if (byLosses()) kept_.assign(static_cast<std::size_t>(at.all.count), 1);
    if (sampler_ == RowSampler::coreset) {
      coreset_.emplace(at);
      list_.resize(static_cast<std::size_t>(batch_));
      weights_.resize(list_.size());
    }
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
      case RowSampler::coreset:
        return ofClusters(at);
      default:
        return inTurn(at);
    }
  }

  /// Weights of the rows that were drawn, of whose gradients the sum is taken; null: the mean.
  const T* weights() const { return weights_.empty() ? nullptr : weights_.data(); }

  void visit(Archive& archive) {
    archive.visit(epoch_);
    archive.visit(next_);
    archive.visit(kept_);
    archive.visit(weights_);
    if (coreset_) archive.visit(list_);
  }
  /// After a state was read: the order that it was in.
  void restore(SumContext<T>& at) {
    if (whole_ || epoch_ == 0) return;
    const std::int64_t next = next_;
    if (sampler_ == RowSampler::shuffle || byLosses()) order(at);
    next_ = next;
  }

 private:
  struct Tuning {
    static constexpr double easy =
        0.35667494393873245;  ///< published: -log(0.7), tau of KAKURENBO (Nguyen et al. 2023)
  };

  bool byLosses() const { return sampler_ == RowSampler::dropEasy || sampler_ == RowSampler::largestLoss; }

  RowSet inTurn(SumContext<T>& at) {
    if (epoch_ == 0 || next_ >= static_cast<std::int64_t>(list_.size())) {
      ++epoch_;
      if (byLosses()) mark(at);
      order(at);
      next_ = 0;
    }
    const auto count = std::min<std::int64_t>(batch_, static_cast<std::int64_t>(list_.size()) - next_);
    const RowSet drawn = RowSet::list({list_.data() + next_, static_cast<std::size_t>(count)});
    next_ += count;
    return drawn;
  }

  /// The order of an epoch, two draws of 32 bits from a block of the generator.
  void order(SumContext<T>& at) {
    list_.clear();
    for (int k = 0; k < at.all.count; ++k) {
      if (kept_.empty() || kept_[static_cast<std::size_t>(k)] != 0) list_.push_back(at.all[k]);
    }
    const Random random = at.random(Draw::order);
    const auto first = static_cast<std::uint64_t>(epoch_) << 32;
    Random::Block block{};
    std::uint64_t draws = 0;
    shuffle(list_, [&](std::uint64_t i) {
      const std::uint64_t half = draws++ % 2;
      if (half == 0) block = random.block(first + draws / 2);
      const std::uint64_t high = block[2 * half], low = block[2 * half + 1];
      return (high * (i + 1) + ((low * (i + 1)) >> 32)) >> 32;
    });
  }

  /// Marks the rows of an epoch: all in the first and the last one, else those that are not learned yet, or whose
  /// losses are the largest.
  void mark(SumContext<T>& at) {
    const auto count = static_cast<std::size_t>(at.all.count);
    kept_.assign(count, 1);
    const bool last = static_cast<double>(at.rowsSeen) >= (at.settings.maxEpochs - 1) * at.all.count;
    if (epoch_ == 1 || last) return;
    losses_.resize(count);
    at.sum.lossOfRows(at.all, at.here, losses_.data());
    at.rowsSeen += at.all.count;
    if (sampler_ == RowSampler::largestLoss) {
      // A row that cannot be fitted would be picked for ever, so the share grows to all rows.
      const double share = 0.25 + 0.75 * at.done();
      ordered_ = losses_;
      const auto from = std::min(count - 1, static_cast<std::size_t>((1 - share) * static_cast<double>(count)));
      std::nth_element(ordered_.begin(), ordered_.begin() + static_cast<std::ptrdiff_t>(from), ordered_.end());
      for (std::size_t k = 0; k < count; ++k) kept_[k] = losses_[k] >= ordered_[from] ? 1 : 0;
      return;
    }
    std::size_t left = 0;
    for (std::size_t k = 0; k < count; ++k) {
      kept_[k] = losses_[k] < Tuning::easy ? 0 : 1;
      left += losses_[k] < Tuning::easy ? 0 : 1;
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

  /// Rows that stand for those of a pool drawn at random, for some steps.
  RowSet ofClusters(SumContext<T>& at) {
    if (at.step % Coreset<T>::Tuning::kept == 0) {
      const int size = std::min(at.all.count, Coreset<T>::Tuning::poolOver * batch_);
      const auto first = static_cast<std::uint64_t>(at.step) << 32;
      pool_.resize(static_cast<std::size_t>(at.all.count));
      for (int k = 0; k < at.all.count; ++k) pool_[static_cast<std::size_t>(k)] = at.all[k];
      sample(pool_, size, at.random(Draw::rows), first);
      coreset_->choose(at, pool_, batch_, list_, weights_);
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
  std::vector<double> losses_, ordered_;
  std::optional<Coreset<T>> coreset_;
  std::vector<int> pool_;
  std::vector<T> weights_;  // weights of the coreset's rows
  std::int64_t epoch_ = 0;
  std::int64_t next_ = 0;
};

}  // namespace nonconvex
