#include "solvers/sparse/losses/multinomial_rows.hpp"

#include <algorithm>
#include <cmath>

#include "core/index.hpp"
#include "core/numbers.hpp"
#include "functions/losses.hpp"
#include "linalg/vector_math.hpp"

namespace nonconvex {

struct MultinomialRows::Tuning {
  static constexpr std::size_t rowsAtOnce = 1 << 16;  ///< safeguard: rows between looks at whether the solve is to end
  static constexpr double leastShare = 1e-10;         ///< rounding: least curvature of a row beside its weight
};

MultinomialRows::MultinomialRows(const SparseData& data)
    : data_(data), most_(data.weights.size()), total_(data.weights.size()) {}

double MultinomialRows::evaluate(std::span<const double> t, std::span<double> first, std::span<double> second) const {
  const std::vector<double>&weights = data_.weights, &y = data_.y;
  const std::size_t n = weights.size();
  std::copy_n(t.begin(), n, most_.begin());
  std::fill(total_.begin(), total_.end(), 0.0);
  for (std::size_t k = n; k < t.size(); k += n) {
    data_.checkpoint();
    for (std::size_t i = 0; i < n; ++i) most_[i] = std::max(most_[i], t[k + i]);
  }
  double sum = 0;
  for (std::size_t k = 0; k < t.size(); k += n) {
    data_.checkpoint();
    for (std::size_t i = 0; i < n; ++i) {
      const double above = t[k + i] - most_[i];
      second[k + i] = vectorExp(above);
      total_[i] += second[k + i];
      sum -= weights[i] * y[k + i] * above;
    }
  }
  for (std::size_t i = 0; i < n; ++i) {
    if (i % Tuning::rowsAtOnce == 0) data_.checkpoint();
    sum += weights[i] * std::log(total_[i]);
  }
  for (std::size_t k = 0; k < t.size(); k += n) {
    data_.checkpoint();
    for (std::size_t i = 0; i < n; ++i) {
      const double p = second[k + i] / total_[i];
      first[k + i] = weights[i] * (p - y[k + i]);
      second[k + i] = weights[i] * p * (1 - p);
    }
  }
  return sum;
}

void MultinomialRows::curvatures(std::span<const double> /*t*/, std::span<const double> second, double stretch,
                                 std::span<double> h) const {
  const std::vector<double>& weights = data_.weights;
  const std::size_t n = weights.size();
  for (std::size_t i = 0; i < n; ++i) {
    double trace = 0;
    for (std::size_t k = 0; k < second.size(); k += n) trace += second[k + i];
    const double now = std::clamp(trace, Tuning::leastShare * weights[i], weights[i] / 2);
    for (std::size_t k = 0; k < h.size(); k += n) h[k + i] = stretch * now;
    if (i % Tuning::rowsAtOnce == 0) data_.checkpoint();
  }
}

double MultinomialRows::dualValue(std::span<const double> slopes, double share) const {
  const std::size_t n = data_.weights.size();
  double sum = 0;
  for (std::size_t i = 0; i < slopes.size(); ++i) {
    if (i % n == 0) data_.checkpoint();
    const double w = data_.weights[i % n];
    if (w == 0) continue;
    const double p = data_.y[i] + share * slopes[i] / w;
    if (p < -losses::domainSlack) return -infinity;
    sum -= w * losses::xLogX(p);
    if (!data_.offset.empty()) sum += share * slopes[i] * data_.offset[i];
  }
  return sum;
}

double MultinomialRows::perfect() const {
  double sum = 0;
  for (std::size_t i = 0; i < data_.y.size(); ++i) {
    sum -= data_.weights[i % data_.weights.size()] * losses::xLogX(data_.y[i]);
  }
  return sum;
}

/// The probabilities, times the weights, are the derivatives and the shares of the classes together.
void MultinomialRows::multiplyHessian(std::span<const double> first, std::span<const double> /*second*/,
                                      std::span<double> v) const {
  const std::vector<double>&weights = data_.weights, &y = data_.y;
  const std::size_t n = weights.size();
  const auto weighted = [&](std::size_t k, std::size_t i) { return first[k + i] + weights[i] * y[k + i]; };
  std::vector<double>& mean = total_;
  std::fill(mean.begin(), mean.end(), 0.0);
  for (std::size_t k = 0; k < v.size(); k += n) {
    data_.checkpoint();
    for (std::size_t i = 0; i < n; ++i) mean[i] += weighted(k, i) * v[k + i];
  }
  for (std::size_t i = 0; i < n; ++i) mean[i] = weights[i] > 0 ? mean[i] / weights[i] : 0;
  for (std::size_t k = 0; k < v.size(); k += n) {
    data_.checkpoint();
    for (std::size_t i = 0; i < n; ++i) v[k + i] = weighted(k, i) * (v[k + i] - mean[i]);
  }
}

void MultinomialRows::secondDerivatives(std::span<const double> first, std::span<const double> second, int k, int l,
                                        std::span<double> h) const {
  const std::vector<double>&weights = data_.weights, &y = data_.y;
  const std::size_t n = weights.size(), ofK = n * at(k), ofL = n * at(l);
  for (std::size_t i = 0; i < n; ++i) {
    if (k == l) {
      h[i] = second[ofK + i];
      continue;
    }
    const double p = first[ofK + i] + weights[i] * y[ofK + i], q = first[ofL + i] + weights[i] * y[ofL + i];
    h[i] = weights[i] > 0 ? -p * q / weights[i] : 0;
  }
}

}  // namespace nonconvex
