// The first list: how the gradient is estimated.
#pragma once

#include <algorithm>
#include <cmath>
#include <vector>

#include "solvers/smooth/rows.hpp"

namespace nonconvex {

template <class T>
struct PieceInput {
  SumContext<T>& at;
  Clipping<T>& clipping;
  bool privateSteps = false;  ///< rows and noise are to be secret
};

/// All rows, in order.
template <class T>
class FullEstimator final : public Estimator<T> {
 public:
  static constexpr std::string_view name = "full";
  static constexpr auto fields() { return FieldTuple{}; }

  explicit FullEstimator(const PieceInput<T>&) {}
  void draw(SumContext<T>& at) override { at.rows = at.all; }
  void estimate(SumContext<T>& at, const T* x, T* g) override { at.loss = at.gradient(at.rows, nullptr, x, g); }
};

/// A batch of rows. Without rows, which Poisson's batches may be, the gradient is that of what the sum adds.
template <class T>
class BatchEstimator final : public Estimator<T> {
 public:
  static constexpr std::string_view name = "batch";
  static constexpr auto fields() { return BatchSettings::fields(); }

  explicit BatchEstimator(const PieceInput<T>& in)
      : clipping_(in.clipping),
        private_(in.privateSteps),
        rows_(in.at,
              in.privateSteps && in.at.settings.sampler == RowSampler::automatic ? RowSampler::poisson
                                                                                 : in.at.settings.sampler,
              in.at.settings.batchSize == 0 ? Tuning::usualBatch : in.at.settings.batchSize,
              in.privateSteps && !in.at.settings.insecureNoise) {}

  void draw(SumContext<T>& at) override { at.rows = rows_.draw(at); }
  void estimate(SumContext<T>& at, const T* x, T* g) override {
    // How many rows are drawn in secret is to decide nothing, such as when the solve ends: the expected number counts.
    const std::int64_t expected = at.rowsSeen + rows_.batch();
    const T* const weights =
        at.rows.count == 0 || rows_.weights() != nullptr ? rows_.weights() : clipping_.weights(at, x);
    if (at.rows.count == 0) {
      std::fill(g, g + at.n, T(0));
      at.loss = unknown;
      if (at.sum.hasRest()) at.sum.addRest(x, g);
    } else {
      at.loss = at.gradient(at.rows, weights, x, g);
    }
    if (private_) at.rowsSeen = expected;
  }
  void visit(Archive& archive) override { rows_.visit(archive); }
  void restore(SumContext<T>& at) override { rows_.restore(at); }

 private:
  struct Tuning {
    static constexpr int usualBatch = 64;  ///< measured: rows of a batch
  };
  Clipping<T>& clipping_;
  const bool private_;
  Rows<T> rows_;
};

/// The gradient over all rows now and then, and what it has changed by since on batches: C. Fang et al., "SPIDER",
/// NeurIPS 2018.
template <class T>
class SpiderEstimator final : public Estimator<T> {
 public:
  static constexpr std::string_view name = "spider";
  static constexpr auto fields() { return appendedFields(BatchSettings::fields(), RefreshSettings::fields()); }

  explicit SpiderEstimator(const PieceInput<T>& in)
      : rows_(in.at, in.at.settings.sampler == RowSampler::automatic ? RowSampler::replacement : in.at.settings.sampler,
              in.at.settings.batchSize == 0 ? rootOf(in.at.all.count) : in.at.settings.batchSize, false),
        every_(in.at.settings.refresh == 0 ? rootOf(in.at.all.count) : in.at.settings.refresh),
        before_(zeros(in.at)),
        v_(zeros(in.at)),
        change_(zeros(in.at)) {}

  void draw(SumContext<T>& at) override { at.rows = at.step % every_ == 0 ? at.all : rows_.draw(at); }
  void estimate(SumContext<T>& at, const T* x, T* g) override {
    if (at.step % every_ == 0) {
      at.loss = at.gradient(at.all, nullptr, x, v_.data());
    } else {
      at.loss = at.gradient(at.rows, nullptr, x, change_.data());
      sweeps::combine(at.n, 1, v_.data(), 1, change_.data(), v_.data());
      at.gradient(at.rows, nullptr, before_.data(), change_.data());
      sweeps::combine(at.n, 1, v_.data(), -1, change_.data(), v_.data());
    }
    std::copy_n(x, at.n, before_.data());
    std::copy(v_.begin(), v_.end(), g);
  }
  void visit(Archive& archive) override {
    rows_.visit(archive);
    archive.visit(before_);
    archive.visit(v_);
  }
  void restore(SumContext<T>& at) override { rows_.restore(at); }

 private:
  static int rootOf(int count) { return std::max(1, static_cast<int>(std::lround(std::sqrt(count)))); }

  Rows<T> rows_;
  int every_;
  std::vector<T> before_, v_, change_;
};

/// g_B(x) - g_B(y) + g(y), y the point where the gradient over all rows was taken last: R. Johnson, T. Zhang,
/// "Accelerating stochastic gradient descent using predictive variance reduction", NeurIPS 2013.
template <class T>
class SvrgEstimator final : public Estimator<T> {
 public:
  static constexpr std::string_view name = "svrg";
  static constexpr auto fields() { return appendedFields(BatchSettings::fields(), RefreshSettings::fields()); }

  explicit SvrgEstimator(const PieceInput<T>& in)
      : rows_(in.at, in.at.settings.sampler,
              in.at.settings.batchSize == 0 ? Tuning::usualBatch : in.at.settings.batchSize, false),
        every_(in.at.settings.refresh == 0 ? std::max(1, in.at.all.count / rows_.batch()) : in.at.settings.refresh),
        anchor_(zeros(in.at)),
        whole_(zeros(in.at)),
        g_(zeros(in.at)) {}

  void draw(SumContext<T>& at) override { at.rows = at.step % every_ == 0 ? at.all : rows_.draw(at); }
  void estimate(SumContext<T>& at, const T* x, T* g) override {
    if (at.step % every_ == 0) {
      at.loss = at.gradient(at.all, nullptr, x, whole_.data());
      std::copy_n(x, at.n, anchor_.data());
      std::copy(whole_.begin(), whole_.end(), g);
      return;
    }
    at.gradient(at.rows, nullptr, anchor_.data(), g_.data());
    at.loss = at.gradient(at.rows, nullptr, x, g);
    sweeps::combine(at.n, 1, g, -1, g_.data(), g);
    sweeps::combine(at.n, 1, g, 1, whole_.data(), g);
  }
  void visit(Archive& archive) override {
    rows_.visit(archive);
    archive.visit(anchor_);
    archive.visit(whole_);
  }
  void restore(SumContext<T>& at) override { rows_.restore(at); }

 private:
  struct Tuning {
    static constexpr int usualBatch = 64;  ///< measured: rows of a batch
  };
  Rows<T> rows_;
  int every_;
  std::vector<T> anchor_, whole_, g_;
};

/// (f_B(x + h z) - f_B(x - h z)) / (2 h) z for signs z, of which the mean is the gradient but for terms of h^2: values
/// alone. Y. Nesterov, V. Spokoiny, "Random gradient-free minimization of convex functions", Found. Comput. Math. 2017.
template <class T>
class TwoPointEstimator final : public Estimator<T> {
 public:
  static constexpr std::string_view name = "twoPoint";
  static constexpr auto fields() { return appendedFields(BatchSettings::fields(), PerturbationSettings::fields()); }

  explicit TwoPointEstimator(const PieceInput<T>& in)
      : rows_(in.at, in.at.settings.sampler,
              in.at.settings.batchSize == 0 ? Tuning::usualBatch : in.at.settings.batchSize, false),
        h_(in.at.settings.perturbation),
        z_(zeros(in.at)),
        near_(zeros(in.at)) {}

  void draw(SumContext<T>& at) override { at.rows = rows_.draw(at); }
  void estimate(SumContext<T>& at, const T* x, T* g) override {
    signs(at);
    if (std::isnan(h_)) h_ = usualStep(at.origin);
    sweeps::combine(at.n, 1, x, h_, z_.data(), near_.data());
    const double above = at.value(at.rows, near_.data());
    sweeps::combine(at.n, 1, x, -h_, z_.data(), near_.data());
    const double below = at.value(at.rows, near_.data());
    at.loss = 0.5 * (above + below);
    sweeps::combine(at.n, (above - below) / (2 * h_), z_.data(), 0, z_.data(), g);
  }
  void visit(Archive& archive) override { rows_.visit(archive); }
  void restore(SumContext<T>& at) override { rows_.restore(at); }

 private:
  struct Tuning {
    static constexpr int usualBatch = 64;  ///< measured: rows of a batch
  };

  static double usualStep(std::span<const T> origin) {
    double most = 0;
    for (const T each : origin) most = std::max(most, std::abs(static_cast<double>(each)));
    return 1e-5 * (1 + most);
  }
  void signs(const SumContext<T>& at) {
    const Random random = at.random(Draw::signs);
    const std::uint64_t first = static_cast<std::uint64_t>(at.step) << 24;  // first of 2^31 signs, 128 a block
    Random::Block bits{};
    for (std::uint64_t i = 0; i < z_.size(); ++i) {
      if (i % 128 == 0) bits = random.block(first + i / 128);
      z_[i] = (bits[i % 128 / 32] >> (i % 32) & 1U) != 0 ? T(1) : T(-1);
    }
  }

  Rows<T> rows_;
  double h_;
  std::vector<T> z_, near_;
};

template <class T>
using Estimators =
    TypeList<FullEstimator<T>, BatchEstimator<T>, SpiderEstimator<T>, SvrgEstimator<T>, TwoPointEstimator<T>>;

}  // namespace nonconvex
