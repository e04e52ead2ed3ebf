// How far a minimiser is at least, from a look at some rows at the start.
#pragma once

#include <algorithm>
#include <cmath>
#include <vector>

#include "sketching/permutations.hpp"
#include "solvers/smooth/context.hpp"

namespace nonconvex {

/// A length that steps may go by before they know better, and the gradient at the start that it was found with.
///
/// Where f is convex and f(x_0 - r g / ||g||) <= f(x_0) - 0.45 r ||g||, a minimiser is at least 0.45 r away, as
/// f(x_0) - f* <= ||g|| ||x_0 - x*||. The largest such r, but for a factor of two, is found on a sample of rows. What
/// the gradient on the sample has by chance, as two halves of it tell, is taken off.
template <class T>
class FirstDistance {
 public:
  explicit FirstDistance(SumContext<T>& at)
      : at_(at), least_(1e-6 * (1 + std::sqrt(sweeps::squares(at.n, at.origin.data())))) {
    // Deep networks do not make a first step good that is long.
    if (!at.sum.facts().convex || !at.sum.facts().gradients) return;
    draw();
    const RowSet all = RowSet::list(rows_);
    const int half = std::max(1, all.count / 2);
    std::vector<T> other(zeros(at));
    gradient_ = zeros(at);
    near_ = zeros(at);
    at.gradient(all.part(0, half), nullptr, at.origin.data(), gradient_.data());
    at.gradient(all.part(all.count - half, half), nullptr, at.origin.data(), other.data());
    double apart = 0;
    for (int i = 0; i < at.n; ++i) {
      const double difference = static_cast<double>(gradient_[nonconvex::at(i)]) - other[nonconvex::at(i)];
      apart += difference * difference / 4;
    }
    sweeps::combine(at.n, 0.5, gradient_.data(), 0.5, other.data(), gradient_.data());
    norm_ = std::sqrt(sweeps::squares(at.n, gradient_.data()));
    if (!std::isfinite(norm_) || norm_ == 0) return;
    // A mean over all rows also has errors: as an estimate of what more rows would give.
    const double part = std::min(1.0, static_cast<double>(all.count) / at.all.count);
    const double squares = std::max(norm_ * norm_ - (1 - part) * apart, part * apart);
    found_ = Tuning::share * Tuning::decrease * longest(all) * std::min(1.0, std::sqrt(squares) / norm_);
  }

  double radius() const { return std::max(least_, found_); }
  /// The part of a variable in it, by its part of the gradient.
  double radiusOf(int begin, int size) const {
    if (norm_ == 0 || !std::isfinite(norm_)) return least_;
    return std::max(least_, found_ * std::sqrt(sweeps::squares(size, gradient_.data() + begin)) / norm_);
  }

 private:
  struct Tuning {
    /// measured: share of the slope by which the function has to fall. The best point of a quadratic, which
    /// is tried first, has a half.
    static constexpr double decrease = 0.45;
    /// measured: share of the bound that is tried, which costs three doublings where the bound is the
    /// distance.
    static constexpr double share = 0.1;
    static constexpr int most = 20;  ///< safeguard: doublings of a radius
  };

  /// An eighth of the rows, so that the look costs less than an epoch, if that are some but not too many.
  /// Even, for two halves.
  static int sampleOf(int rows) {
    const int some = std::min(rows, std::clamp(rows / 8, 16, 512));
    return some > 1 ? some - some % 2 : some;
  }

  void draw() {
    rows_.resize(nonconvex::at(at_.all.count));
    for (int k = 0; k < at_.all.count; ++k) rows_[nonconvex::at(k)] = at_.all[k];
    sample(rows_, sampleOf(at_.all.count), at_.random(Draw::start));
  }

  double valueAt(RowSet rows, double r) {
    sweeps::combine(at_.n, 1, at_.origin.data(), -r / norm_, gradient_.data(), near_.data());
    return at_.value(rows, near_.data());
  }

  /// The largest r at which there is that decrease, but for a factor of two.
  double longest(RowSet rows) {
    const double value = at_.value(rows, at_.origin.data());
    const auto holds = [&](double r) {
      const double here = valueAt(rows, r);
      return here <= value - Tuning::decrease * r * norm_;
    };
    double r = std::clamp(guess(rows), least_, 1e12 * least_);
    if (holds(r)) {
      for (int k = 0; k < Tuning::most && holds(2 * r); ++k) r *= 2;
      return r;
    }
    while (r > least_ && !holds(r /= 2)) {
    }
    return r;
  }
  /// ||g|| over the curvature along g, by a difference of gradients.
  double guess(RowSet rows) {
    const double step = 1e3 * least_;
    std::vector<T> there(zeros(at_));
    sweeps::combine(at_.n, 1, at_.origin.data(), -step / norm_, gradient_.data(), near_.data());
    at_.gradient(rows, nullptr, near_.data(), there.data());
    double curvature = 0;
    for (int i = 0; i < at_.n; ++i) {
      curvature += (static_cast<double>(gradient_[nonconvex::at(i)]) - there[nonconvex::at(i)]) *
                   gradient_[nonconvex::at(i)] / norm_ / step;
    }
    return curvature > 0 ? norm_ / curvature : 1e6 * least_;
  }

  SumContext<T>& at_;
  const double least_;
  std::vector<int> rows_;
  std::vector<T> gradient_, near_;
  double norm_ = 0, found_ = 0;
};

}  // namespace nonconvex
