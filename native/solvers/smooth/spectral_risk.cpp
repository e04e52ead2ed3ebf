#include "solvers/smooth/spectral_risk.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/index.hpp"

namespace nonconvex {

std::vector<double> spectrumOf(RiskKind kind, int n, double level, double power) {
  std::vector<double> sigma(at(n));
  // The share of the weight of the least i losses of n.
  const auto below = [&](double share) {
    switch (kind) {
      case RiskKind::cvar:
      case RiskKind::superquantile:
        return std::max(0.0, share - level) / (1 - level);
      case RiskKind::extremile:
        return std::pow(share, power);
      case RiskKind::exponential:
        return std::expm1(power * share) / std::expm1(power);
      default:
        return share;
    }
  };
  for (int i = 0; i < n; ++i) sigma[at(i)] = below(static_cast<double>(i + 1) / n) - below(static_cast<double>(i) / n);
  return sigma;
}

SmoothedRisk::SmoothedRisk(std::vector<double> sigma, double nu)
    : sigma_(std::move(sigma)),
      nu_(nu),
      losses_(sigma_.size()),
      order_(sigma_.size()),
      place_(sigma_.size()),
      q_(sigma_.size(), 1.0 / static_cast<double>(sigma_.size())) {
  std::iota(order_.begin(), order_.end(), 0);
  std::iota(place_.begin(), place_.end(), 0);
  isotonic_.reserve(sigma_.size());
}

void SmoothedRisk::begin(std::span<const double> losses) {
  std::copy(losses.begin(), losses.end(), losses_.begin());
  std::stable_sort(order_.begin(), order_.end(), [&](int a, int b) { return losses_[at(a)] < losses_[at(b)]; });
  for (std::size_t k = 0; k < order_.size(); ++k) place_[at(order_[k])] = static_cast<int>(k);
}

void SmoothedRisk::change(int row, double loss) {
  losses_[at(row)] = loss;
  const auto swapWith = [&](int k, int other) {
    std::swap(order_[at(k)], order_[at(other)]);
    place_[at(order_[at(k)])] = k;
    place_[at(order_[at(other)])] = other;
  };
  int k = place_[at(row)];
  for (; k > 0 && losses_[at(order_[at(k - 1)])] > loss; --k) swapWith(k, k - 1);
  for (; at(k + 1) < order_.size() && losses_[at(order_[at(k + 1)])] < loss; ++k) swapWith(k, k + 1);
}

void SmoothedRisk::weigh() {
  const auto n = static_cast<double>(sigma_.size());
  const auto shifted = [&](std::size_t k) { return losses_[at(order_[k])] - nu_ * (n * sigma_[k] - 1); };
  for (const auto& pool : isotonic_.fit(order_.size(), shifted)) {
    const double c = pool.mean();
    for (std::size_t k = pool.begin; k < pool.end; ++k) {
      const int row = order_[k];
      q_[at(row)] = 1 / n + (losses_[at(row)] - c) / (nu_ * n);
    }
  }
}

double SmoothedRisk::value() const {
  const auto n = static_cast<double>(sigma_.size());
  double linear = 0, squares = 0;
  for (std::size_t i = 0; i < q_.size(); ++i) {
    linear += q_[i] * losses_[i];
    squares += (q_[i] - 1 / n) * (q_[i] - 1 / n);
  }
  return linear - nu_ * n / 2 * squares;
}

double SmoothedRisk::plain() const {
  double sum = 0;
  for (std::size_t k = 0; k < sigma_.size(); ++k) sum += sigma_[k] * losses_[at(order_[k])];
  return sum;
}

}  // namespace nonconvex
