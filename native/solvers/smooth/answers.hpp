// The seventh list: sets that x is in, and what the answer is of the points.
#pragma once

#include <algorithm>
#include <cmath>
#include <vector>

#include "solvers/smooth/context.hpp"

namespace nonconvex {

/// The whole space, a box, a ball about 0 or the simplex; with an l1 penalty its prox.
template <class T>
class ChosenSet final : public Feasible<T> {
 public:
  ChosenSet(const MinimizeSumProblem& problem, std::span<const double> scales, double l1)
      : kind_(problem.set), radius_(problem.radius), l1_(l1) {
    for (std::size_t j = 0; j < problem.lower.size(); ++j) {
      const double scale = scales.empty() ? 1 : scales[j];
      lower_.push_back(static_cast<T>(problem.lower[j] * scale));
      upper_.push_back(static_cast<T>(problem.upper[j] * scale));
    }
    n_ = static_cast<int>(problem.start.size());
    sorted_.reserve(kind_ == SumSet::simplex ? problem.start.size() : 0);
  }

  bool everywhere() const override { return kind_ == SumSet::none && l1_ == 0; }
  void project(T* x, double eta) const override {
    if (l1_ > 0) {
      const T most = static_cast<T>(l1_ * eta);
      for (int i = 0; i < n_; ++i) x[i] = x[i] > most ? x[i] - most : (x[i] < -most ? x[i] + most : T(0));
    }
    switch (kind_) {
      case SumSet::none:
        return;
      case SumSet::box:
        for (int i = 0; i < n_; ++i) x[i] = std::clamp(x[i], lower_[at_(i)], upper_[at_(i)]);
        return;
      case SumSet::ball: {
        const double norm = std::sqrt(sweeps::squares(n_, x));
        if (norm > radius_) sweeps::scale(n_, radius_ / norm, x);
        return;
      }
      case SumSet::simplex:
        toSimplex(x);
    }
  }

 private:
  static std::size_t at_(int i) { return static_cast<std::size_t>(i); }

  /// The nearest point with entries >= 0 of sum 1: all fall by one number, those that would be negative to 0.
  void toSimplex(T* x) const {
    sorted_.assign(x, x + n_);
    std::sort(sorted_.begin(), sorted_.end(), std::greater<>());
    double sum = 0, fall = 0;
    for (int k = 0; k < n_; ++k) {
      sum += sorted_[at_(k)];
      const double level = (sum - 1) / (k + 1);
      if (sorted_[at_(k)] > level) fall = level;
    }
    for (int i = 0; i < n_; ++i) x[i] = std::max(T(0), static_cast<T>(x[i] - fall));
  }

  SumSet kind_;
  double radius_, l1_;
  int n_ = 0;
  std::vector<T> lower_, upper_;
  mutable std::vector<T> sorted_;
};

/// The last point.
template <class T>
class LastPoint final : public Averaging<T> {
 public:
  static constexpr std::string_view name = "last";
  static constexpr auto fields() { return AveragingSettings::fields(); }

  explicit LastPoint(SumContext<T>&) {}
};

/// mean := mean + 9 / (t + 8) (x - mean): O. Shamir, T. Zhang, "Stochastic gradient descent for non-smooth
/// optimization", ICML 2013.
template <class T>
class PolynomialMean final : public Averaging<T> {
 public:
  static constexpr std::string_view name = "polynomial";
  static constexpr auto fields() { return AveragingSettings::fields(); }

  explicit PolynomialMean(SumContext<T>& at) : mean_(copyOf(at.origin)) {}
  void add(SumContext<T>& at, const Coupling<T>& coupling) override {
    const double t = static_cast<double>(at.step + 1);
    sweeps::towards(at.n, std::min(1.0, 9 / (t + 8)), coupling.averaged(), mean_.data());
  }
  const T* answer(const Coupling<T>&) const override { return mean_.data(); }
  void visit(Archive& archive) override { archive.visit(mean_); }

 private:
  std::vector<T> mean_;
};

/// The mean with the method's weights, alpha r.
template <class T>
class WeightedMean final : public Averaging<T> {
 public:
  static constexpr std::string_view name = "weights";
  static constexpr auto fields() { return FieldTuple{}; }

  explicit WeightedMean(SumContext<T>& at) : mean_(copyOf(at.origin)) {}
  void add(SumContext<T>& at, const Coupling<T>& coupling) override {
    const double weight = at.alpha * at.radius;
    sum_ += weight;
    if (sum_ > 0) sweeps::towards(at.n, weight / sum_, coupling.averaged(), mean_.data());
  }
  const T* answer(const Coupling<T>&) const override { return mean_.data(); }
  void visit(Archive& archive) override {
    archive.visit(mean_);
    archive.visit(sum_);
  }

 private:
  std::vector<T> mean_;
  double sum_ = 0;
};

/// The mean over the last block of steps that is complete, or over the steps so far of the first one.
template <class T>
class BlockMean final : public Averaging<T> {
 public:
  static constexpr std::string_view name = "blocks";
  static constexpr auto fields() { return FieldTuple{}; }

  explicit BlockMean(SumContext<T>& at) : mean_(copyOf(at.origin)), whole_(mean_) {}
  void add(SumContext<T>& at, const Coupling<T>& coupling) override {
    if (at.alpha < 0) {
      if (count_ > 0) whole_ = mean_;
      blocks_ += count_ > 0 ? 1 : 0;
      count_ = 0;
    }
    ++count_;
    sweeps::towards(at.n, 1 / static_cast<double>(count_), coupling.averaged(), mean_.data());
  }
  const T* answer(const Coupling<T>&) const override { return blocks_ > 0 ? whole_.data() : mean_.data(); }
  void visit(Archive& archive) override {
    archive.visit(mean_);
    archive.visit(whole_);
    archive.visit(count_);
    archive.visit(blocks_);
  }

 private:
  std::vector<T> mean_, whole_;
  std::int64_t count_ = 0, blocks_ = 0;
};

template <class T>
using Averagings = TypeList<LastPoint<T>, PolynomialMean<T>, WeightedMean<T>, BlockMean<T>>;

}  // namespace nonconvex
