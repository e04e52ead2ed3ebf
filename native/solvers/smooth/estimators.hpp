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
  Guard<T>& guard;
  bool privateSteps = false;  ///< rows and noise are to be secret
};

/// All rows, in order.
template <class T>
class FullEstimator final : public Estimator<T> {
 public:
  static constexpr std::string_view name = "full";
  static constexpr auto fields() { return std::tuple{}; }

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
      : guard_(in.guard),
        rows_(in.at,
              in.privateSteps && in.at.settings.sampler == RowSampler::automatic ? RowSampler::poisson
                                                                                 : in.at.settings.sampler,
              in.at.settings.batchSize == 0 ? usual : in.at.settings.batchSize,
              in.privateSteps && !in.at.settings.insecureNoise) {}

  void draw(SumContext<T>& at) override { at.rows = rows_.draw(at); }
  void estimate(SumContext<T>& at, const T* x, T* g) override {
    if (at.rows.count == 0) {
      std::fill(g, g + at.n, T(0));
      at.loss = unknown;
      if (at.sum.hasRest()) at.sum.addRest(x, g);
      return;
    }
    at.loss = at.gradient(at.rows, guard_.weights(at, x), x, g);
  }
  void visit(Archive& archive) override { rows_.visit(archive); }
  void restore(SumContext<T>& at) override { rows_.restore(at); }

 private:
  static constexpr int usual = 64;
  Guard<T>& guard_;
  Rows<T> rows_;
};

/// The gradient over all rows now and then, and what it has changed by since on batches: C. Fang et al., "SPIDER",
/// NeurIPS 2018.
template <class T>
class SpiderEstimator final : public Estimator<T> {
 public:
  static constexpr std::string_view name = "spider";
  static constexpr auto fields() { return std::tuple_cat(BatchSettings::fields(), RefreshSettings::fields()); }

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

template <class T>
using Estimators = TypeList<FullEstimator<T>, BatchEstimator<T>, SpiderEstimator<T>>;

}  // namespace nonconvex
