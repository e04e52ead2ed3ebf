// The second list: what gradients go through before anybody goes by them.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "solvers/smooth/context.hpp"
#include "solvers/smooth/entropy.hpp"

namespace nonconvex {

/// Shortens g to a norm.
template <class T>
void shorten(SumContext<T>& at, T* g, double most) {
  const double norm = std::sqrt(at.gradientSquares(g));
  if (norm <= most) return;
  sweeps::scale(at.n, most / norm, g);
  at.squaresKnown = false;
}

/// Nothing, or clipping where `clipNorm` is given; where `gradientPenalty` is, the piece of that name in its place.
template <class T>
class NoClipping final : public Clipping<T> {
 public:
  static constexpr std::string_view name = "none";
  static constexpr auto fields() { return appendedFields(ClipSettings::fields(), GradientPenaltySettings::fields()); }

  explicit NoClipping(SumContext<T>& at) : most_(at.settings.clipNorm) {}
  void apply(SumContext<T>& at, T* g) override {
    if (!std::isnan(most_)) shorten(at, g, most_);
  }

 private:
  double most_;
};

/// The gradient of f + lambda / 2 ||g||^2, g + lambda H g by H g = (g(x + e g) - g(x)) / e: J. Geiping, M. Goldblum, P.
/// Pope, M. Moeller, T. Goldstein, "Stochastic training is not necessary for generalization", ICLR 2022. After it
/// clipping where `clipNorm` is given.
template <class T>
class GradientPenalty final : public Clipping<T> {
 public:
  static constexpr std::string_view name = "gradientPenalty";
  static constexpr auto fields() { return NoClipping<T>::fields(); }

  explicit GradientPenalty(SumContext<T>& at) : most_(at.settings.clipNorm), near_(zeros(at)), g_(zeros(at)) {}
  void apply(SumContext<T>& at, T* g) override {
    const double norm = std::sqrt(at.gradientSquares(g));
    if (norm > 0 && at.rows.count > 0) {
      const double size = std::sqrt(sweeps::squares(at.n, at.place));
      const double e = std::sqrt(static_cast<double>(std::numeric_limits<T>::epsilon())) * (1 + size) / norm;
      sweeps::combine(at.n, 1, at.place, e, g, near_.data());
      at.gradient(at.rows, nullptr, near_.data(), g_.data());
      const double by = at.settings.gradientPenalty / e;
      sweeps::combine(at.n, 1 - by, g, by, g_.data(), g);
      at.squaresKnown = false;
    }
    if (!std::isnan(most_)) shorten(at, g, most_);
  }

 private:
  double most_;
  std::vector<T> near_, g_;
};

/// clip(g, l) = g min(1, l / ||g||)
template <class T>
class ClipNorm final : public Clipping<T> {
 public:
  static constexpr std::string_view name = "clipNorm";
  static constexpr auto fields() { return ClipSettings::fields(); }

  explicit ClipNorm(SumContext<T>& at) : most_(std::isnan(at.settings.clipNorm) ? 1 : at.settings.clipNorm) {}
  void apply(SumContext<T>& at, T* g) override { shorten(at, g, most_); }

 private:
  double most_;
};

/// clip(g, B / alpha), alpha the weight of the step: E. Gorbunov, M. Danilova, A. Gasnikov, "Stochastic optimization
/// with heavy-tailed noise via accelerated gradient clipping", NeurIPS 2020.
template <class T>
class ClipGrowing final : public Clipping<T> {
 public:
  static constexpr std::string_view name = "clipGrowing";
  static constexpr auto fields() { return ClipSettings::fields(); }

  explicit ClipGrowing(SumContext<T>& at) : most_(std::isnan(at.settings.clipNorm) ? 1 : at.settings.clipNorm) {}
  void apply(SumContext<T>& at, T* g) override { shorten(at, g, most_ / at.alpha); }

 private:
  double most_;
};

/// (sum_i g_i min(1, C / ||g_i||) + sigma C z) / B, z normal, B the size of batches that is asked for: M. Abadi et al.,
/// "Deep learning with differential privacy", CCS 2016. B does not depend on the data, but where it is all rows.
template <class T>
class ClipRows final : public Clipping<T> {
 public:
  static constexpr std::string_view name = "clipRows";
  static constexpr auto fields() { return PrivacySettings::fields(); }

  explicit ClipRows(SumContext<T>& at)
      : batch_(batchOf(at)),
        deviation_(at.settings.noise * at.settings.clip / batch_),
        entropy_(!at.settings.insecureNoise),
        terms_{{{"noise", at.settings.noise},
                {"batchSize", batch_},
                {"rows", static_cast<double>(at.all.count)},
                {"insecureNoise", at.settings.insecureNoise ? 1.0 : 0.0}}} {
    constexpr double least = std::numeric_limits<T>::min() / std::numeric_limits<T>::epsilon();
    require(deviation_ == 0 || deviation_ >= least, "clip", at.settings.clip,
            "expected noise * clip / batchSize of at least " + show(least) + ", below which noise has too few digits");
    norms_.reserve(static_cast<std::size_t>(at.all.count));
    weights_.reserve(norms_.capacity());
    rows_.reserve(norms_.capacity());
  }

  /// Rows whose gradient is no number are left out: clipped they would be none, either.
  const T* weights(SumContext<T>& at, const T* x) override {
    norms_.resize(static_cast<std::size_t>(at.rows.count));
    at.sum.normOfRows(at.rows, x, norms_.data());
    weights_.clear();
    rows_.clear();
    for (std::size_t k = 0; k < norms_.size(); ++k) {
      if (!std::isfinite(norms_[k])) continue;
      rows_.push_back(at.rows[static_cast<int>(k)]);
      weights_.push_back(roundedDown(std::min(1.0, at.settings.clip / norms_[k]) / batch_));
    }
    at.rows = RowSet::list(rows_);
    return weights_.data();
  }
  void apply(SumContext<T>& at, T* g) override {
    if (deviation_ == 0) return;
    entropy_.addNormal(at.random(Draw::noise), static_cast<std::uint64_t>(at.step) << 32, deviation_, at.n, g);
    at.squaresKnown = false;
  }
  /// The certificate takes all steps for such as the last ones, so a run goes on with the same noise and rate.
  void visit(Archive& archive) override {
    for (const auto& [term, value] : terms_) {
      double found = value;
      archive.visit(found);
      require(found == value, "warmStart.state: " + std::string(term), found,
              "expected " + show(value) + ", that of this solve, as the certificate is of the steps of both");
    }
  }

 private:
  static double batchOf(const SumContext<T>& at) {
    const int asked = at.settings.batchSize;
    if (asked == std::numeric_limits<int>::max()) return at.all.count;
    return asked == 0 ? 64 : asked;
  }
  static T roundedDown(double value) {
    const T rounded = static_cast<T>(value);
    return rounded > value ? std::nextafter(rounded, T(0)) : rounded;
  }

  const double batch_, deviation_;
  Entropy entropy_;
  const std::array<std::pair<std::string_view, double>, 4> terms_;
  std::vector<double> norms_;
  std::vector<T> weights_;
  std::vector<int> rows_;
};

template <class T>
using Clippings = TypeList<NoClipping<T>, GradientPenalty<T>, ClipNorm<T>, ClipGrowing<T>, ClipRows<T>>;

}  // namespace nonconvex
