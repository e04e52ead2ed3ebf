// Losses of rows that grow like |t - y|: Huber's and that of quantiles.
#pragma once

#include <algorithm>
#include <span>
#include <vector>

#include "functions/losses.hpp"
#include "solvers/sparse/losses/loss.hpp"

namespace nonconvex {

/// Huber's loss. Its second derivative is 1 or 0; a quadratic model of rows where it is 0 has a small share of the
/// curvature delta / |t - y|, with which it would be above the loss, and all of it where steps fail.
class HuberRows final : public RowsLoss {
 public:
  explicit HuberRows(const SparseData& data) : data_(data), loss_{data.huberDelta} {}

  double evaluate(std::span<const double> t, std::span<double> first, std::span<double> second) const override;
  void curvatures(std::span<const double> t, std::span<const double> second, double stretch,
                  std::span<double> h) const override;
  void leastCurvatures(std::span<const double> t, std::span<const double> second, std::span<double> h) const override;
  double dualValue(std::span<const double> slopes, double share) const override;
  double feasibleShare(std::span<const double> slopes) const override;
  bool kinked() const override { return true; }
  double perfect() const override { return 0; }

 private:
  const SparseData& data_;
  losses::Huber loss_;
};

/// The loss of the quantile of level q: q r where r = y - t > 0, else (q - 1) r. Its envelope is
/// max_{q - 1 <= v <= q} v r - width (v - u)^2 / 2, u the multipliers.
class QuantileRows final : public RowsLoss, public LossEnvelope {
 public:
  explicit QuantileRows(const SparseData& data);

  double evaluate(std::span<const double> t, std::span<double> first, std::span<double> second) const override;
  void curvatures(std::span<const double> t, std::span<const double> second, double stretch,
                  std::span<double> h) const override;
  double dualValue(std::span<const double> slopes, double share) const override;
  double feasibleShare(std::span<const double> slopes) const override;
  bool kinked() const override { return true; }
  /// The loss is linear but for its kinks.
  void leastCurvatures(std::span<const double> /*t*/, std::span<const double> /*second*/,
                       std::span<double> h) const override {
    std::ranges::fill(h, 0.0);
  }
  double perfect() const override { return 0; }
  LossEnvelope* envelope() override { return this; }

  double exact(std::span<const double> t) const override;
  void update(std::span<const double> t) override;
  void scale(double factor) override { width_ = std::max(leastWidth_, factor * width_); }

 private:
  /// The multiplier that would be without bounds.
  double multiplier(std::size_t i, double t) const { return u_[i] + (data_.y[i] - t) / width_; }

  const SparseData& data_;
  double level_, width_ = 1, leastWidth_ = 0;
  std::vector<double> u_;
};

}  // namespace nonconvex
