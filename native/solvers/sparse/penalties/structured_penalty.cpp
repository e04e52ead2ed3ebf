#include "solvers/sparse/penalties/structured_penalty.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "core/index.hpp"
#include "core/numbers.hpp"
#include "methods/one_dimensional/bisection.hpp"
#include "methods/one_dimensional/total_variation.hpp"
#include "solvers/sparse/penalties/sorted_l1.hpp"

namespace nonconvex {
namespace {

/// The x with a share of `tail` of the normal distribution above it, tail < 1/2.
double normalQuantile(double tail) {
  return bisect({0, 40}, 80, [&](double x) { return std::erfc(x / std::numbers::sqrt2) / 2 > tail; }).low;
}

/// Weights of p sorted coefficients: those that are given, or those of the procedure of Benjamini and Hochberg.
std::vector<double> sortedWeights(int p, const SparseProblem& problem, const SparseSettings& settings) {
  std::vector<double> weights = problem.sortedWeights;
  if (weights.empty()) {
    for (int k = 1; k <= p; ++k) weights.push_back(normalQuantile(settings.q * k / (2.0 * p)));
  }
  require(static_cast<int>(weights.size()) == p, "penalty.weights.length", weights.size(),
          "expected as many numbers as x has columns: " + show(p));
  for (std::size_t k = 0; k < weights.size(); ++k) {
    const bool falls = k == 0 ? weights[k] > 0 : weights[k] >= 0 && weights[k] <= weights[k - 1];
    if (!falls || !std::isfinite(weights[k])) {
      require(false, "penalty.weights[" + show(k) + "]", weights[k],
              "expected finite numbers >= 0 that do not rise, the first above 0");
    }
  }
  return weights;
}

/// sum_k w_k |b|_(k)
class SlopePenalty final : public StructuredPenalty {
 public:
  explicit SlopePenalty(std::vector<double> weights) : norm_(std::move(weights)) {}

  bool mayLeaveOut() const override { return true; }
  double value(std::span<const double> b) override { return norm_.value(b); }
  void prox(std::span<const double> v, double weight, std::span<double> out) override { norm_.prox(v, weight, out); }
  double dualNorm(std::span<const double> g) override { return norm_.dualNorm(g); }

  /// Sizes that are the same to rounding are one group.
  void pattern(std::span<const double> b, Pattern& to) override {
    constexpr double same = 1e-12;  // relative
    const std::span<const int> order = norm_.sort(b);
    to.group.assign(b.size(), -1);
    to.sign.assign(b.size(), 1);
    to.values.clear();
    to.slopes.clear();
    for (std::size_t k = 0; k < b.size(); ++k) {
      const auto j = at(order[k]);
      const double size = std::abs(b[j]);
      if (size == 0) break;
      if (to.values.empty() || size < to.values.back() * (1 - same)) {
        to.values.push_back(size);
        to.slopes.push_back(0);
      }
      to.group[j] = to.groups() - 1;
      to.sign[j] = b[j] < 0 ? -1 : 1;
      to.slopes.back() += norm_.weights()[k];
    }
  }

  /// The strong rule for SLOPE: gradients grow by no more than lambda falls, times the weight.
  ///
  /// J. Larsson, M. Bogdan, J. Wallin, "The strong screening rule for SLOPE", NeurIPS 2020.
  void screen(std::span<const double> g, double before, double lambda, std::span<char> keep) override {
    const std::span<const int> order = norm_.sort(g);
    double sum = 0;
    std::size_t begin = 0;
    for (std::size_t k = 0; k < g.size(); ++k) {
      const double w = norm_.weights()[k];
      sum += std::abs(g[at(order[k])]) + (before - lambda) * w - lambda * w;
      if (sum < 0) continue;
      for (; begin <= k; ++begin) keep[at(order[begin])] = 1;
      sum = 0;
    }
  }

 private:
  SortedL1 norm_;
};

/// alpha sum_j |b_j| + (1 - alpha) sum_j |b_{j+1} - b_j|
class FusedPenalty final : public StructuredPenalty {
 public:
  explicit FusedPenalty(double alpha) : alpha_(alpha) {}

  bool mayLeaveOut() const override { return false; }
  double value(std::span<const double> b) override {
    double sum = 0;
    for (std::size_t j = 0; j < b.size(); ++j) {
      sum += alpha_ * std::abs(b[j]) + (j > 0 ? (1 - alpha_) * std::abs(b[j] - b[j - 1]) : 0);
    }
    return sum;
  }
  /// Differences first, then sizes: the order is exact (Friedman and others, Annals of Applied Statistics 1, 2007).
  void prox(std::span<const double> v, double weight, std::span<double> out) override {
    variation_.denoise(v, weight * (1 - alpha_), out);
    for (double& u : out) {
      const double size = std::abs(u) - weight * alpha_;
      u = size > 0 ? std::copysign(size, u) : 0;
    }
  }
  double dualNorm(std::span<const double> g) override { return variation_.dualNorm(g, alpha_); }

  /// Neighbours that are the same are one group.
  void pattern(std::span<const double> b, Pattern& to) override {
    to.group.assign(b.size(), -1);
    to.sign.assign(b.size(), 1);
    to.values.clear();
    to.slopes.clear();
    for (std::size_t j = 0; j < b.size(); ++j) {
      const bool jumps = j > 0 && b[j] != b[j - 1];
      const double up = jumps ? std::copysign(1 - alpha_, b[j] - b[j - 1]) : 0;
      if (jumps && to.group[j - 1] >= 0) to.slopes.back() -= up;
      if (b[j] == 0) continue;
      if (j == 0 || jumps) {
        to.values.push_back(b[j]);
        to.slopes.push_back(up);
      }
      to.group[j] = to.groups() - 1;
      to.slopes.back() += std::copysign(alpha_, b[j]);
    }
  }
  void screen(std::span<const double> /*g*/, double /*before*/, double /*lambda*/, std::span<char> keep) override {
    std::fill(keep.begin(), keep.end(), char{1});
  }

 private:
  double alpha_;
  TotalVariation variation_;
};

}  // namespace

std::unique_ptr<StructuredPenalty> makeStructuredPenalty(const SparseData& data, const SparseProblem& problem,
                                                         const SparseSettings& settings) {
  const std::string kind(nameOf(settings.penalty));
  require(!data.bounded, "lowerBounds, upperBounds", "given", "expected none for " + kind);
  for (std::size_t j = 0; j < data.factor.size(); ++j) {
    if (data.factor[j] != 1) {
      require(false, "penaltyFactor[" + show(j) + "]", data.factor[j], "expected 1 for " + kind);
    }
  }
  if (settings.penalty == SparsePenalty::slope) {
    return std::make_unique<SlopePenalty>(sortedWeights(data.p(), problem, settings));
  }
  require(settings.alpha > 0, "alpha", settings.alpha, "expected more than 0 for fused");
  return std::make_unique<FusedPenalty>(settings.alpha);
}

}  // namespace nonconvex
