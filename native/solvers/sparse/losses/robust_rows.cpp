#include "solvers/sparse/losses/robust_rows.hpp"

#include <algorithm>
#include <cmath>

#include "core/numbers.hpp"

namespace nonconvex {
namespace {

struct RobustTuning {
  /// measured: share of the curvature with which a quadratic is above Huber's loss that rows beyond delta have at
  /// first.
  static constexpr double firstOfHuber = 1e-2;
  /// measured: the same for the envelope of the loss of quantiles.
  static constexpr double firstOfQuantile = 1e-3;
  static constexpr double nearKink = 1e-6;  ///< rounding: share of delta within which a residual may be on either side
};

double shareOf(double first, double stretch) { return std::min(1.0, first * stretch); }

/// sum of s v (o - y): the conjugates of functions of t - y have s v y, and more for some.
double linearPart(const SparseData& data, std::span<const double> slopes, double share) {
  double sum = 0;
  for (std::size_t i = 0; i < slopes.size(); ++i) {
    sum += share * slopes[i] * ((data.offset.empty() ? 0 : data.offset[i]) - data.y[i]);
  }
  return sum;
}

/// The largest share of slopes that leaves each within its bounds, which are given for a weight of 1.
double shareWithin(const SparseData& data, std::span<const double> slopes, double low, double high) {
  double share = 1;
  for (std::size_t i = 0; i < slopes.size(); ++i) {
    const double end = (slopes[i] < 0 ? low : high) * data.weights[i];
    if (std::abs(slopes[i]) > std::abs(end)) share = std::min(share, end / slopes[i]);
  }
  return share;
}

}  // namespace

double HuberRows::evaluate(std::span<const double> t, std::span<double> first, std::span<double> second) const {
  double sum = 0;
  for (std::size_t i = 0; i < t.size(); ++i) {
    const double w = data_.weights[i], y = data_.y[i];
    sum += w * loss_.value(t[i], y);
    first[i] = w * loss_.derivative(t[i], y);
    second[i] = w * loss_.curvature(t[i], y);
  }
  return sum;
}

void HuberRows::curvatures(std::span<const double> t, std::span<const double> second, double stretch,
                           std::span<double> h) const {
  for (std::size_t i = 0; i < h.size(); ++i) {
    const double r = std::abs(t[i] - data_.y[i]);
    h[i] = r <= loss_.delta ? second[i]
                            : data_.weights[i] * shareOf(RobustTuning::firstOfHuber, stretch) * loss_.delta / r;
  }
}

void HuberRows::leastCurvatures(std::span<const double> t, std::span<const double> second, std::span<double> h) const {
  for (std::size_t i = 0; i < h.size(); ++i) {
    h[i] = std::abs(t[i] - data_.y[i]) < loss_.delta * (1 - RobustTuning::nearKink) ? second[i] : 0;
  }
}

double HuberRows::dualValue(std::span<const double> slopes, double share) const {
  double squares = 0;
  for (std::size_t i = 0; i < slopes.size(); ++i) {
    if (data_.weights[i] > 0) squares += square(share * slopes[i]) / data_.weights[i];
  }
  return linearPart(data_, slopes, share) - squares / 2;
}

double HuberRows::feasibleShare(std::span<const double> slopes) const {
  return shareWithin(data_, slopes, -loss_.delta, loss_.delta);
}

/// The first width is that of the responses.
QuantileRows::QuantileRows(const SparseData& data) : data_(data), level_(data.level), u_(data.y.size(), 0.0) {
  double mean = 0, spread = 0;
  for (std::size_t i = 0; i < u_.size(); ++i) mean += data.weights[i] * data.y[i];
  for (std::size_t i = 0; i < u_.size(); ++i) spread += data.weights[i] * std::abs(data.y[i] - mean);
  if (spread > 0) width_ = spread;
  leastWidth_ = machineEpsilon * std::max(width_, std::abs(mean));
}

double QuantileRows::evaluate(std::span<const double> t, std::span<double> first, std::span<double> second) const {
  double sum = 0;
  for (std::size_t i = 0; i < t.size(); ++i) {
    const double w = data_.weights[i], free = multiplier(i, t[i]), v = std::clamp(free, level_ - 1, level_);
    sum += w * (v * (data_.y[i] - t[i]) - width_ / 2 * square(v - u_[i]));
    first[i] = -w * v;
    second[i] = v == free ? w / width_ : 0;
  }
  return sum;
}

/// A quadratic is above the envelope, which is Huber's function with delta = 1/2 around level - 1/2, with the curvature
/// 1/2 over the distance from there.
void QuantileRows::curvatures(std::span<const double> t, std::span<const double> second, double stretch,
                              std::span<double> h) const {
  for (std::size_t i = 0; i < h.size(); ++i) {
    const double distance = std::abs(multiplier(i, t[i]) - (level_ - 0.5));
    h[i] = second[i] > 0 ? second[i]
                         : data_.weights[i] * shareOf(RobustTuning::firstOfQuantile, stretch) / (2 * width_ * distance);
  }
}

double QuantileRows::dualValue(std::span<const double> slopes, double share) const {
  return linearPart(data_, slopes, share);
}

double QuantileRows::feasibleShare(std::span<const double> slopes) const {
  return shareWithin(data_, slopes, -level_, 1 - level_);
}

double QuantileRows::exact(std::span<const double> t) const {
  double sum = 0;
  for (std::size_t i = 0; i < t.size(); ++i) {
    const double r = data_.y[i] - t[i];
    sum += data_.weights[i] * (r > 0 ? level_ : level_ - 1) * r;
  }
  return sum;
}

void QuantileRows::update(std::span<const double> t) {
  for (std::size_t i = 0; i < t.size(); ++i) u_[i] = std::clamp(multiplier(i, t[i]), level_ - 1, level_);
}

}  // namespace nonconvex
