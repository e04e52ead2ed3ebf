// The fourth list: directions out of the gradients so far.
#pragma once

#include <cmath>
#include <vector>

#include "solvers/smooth/context.hpp"

namespace nonconvex {

inline double momentumOf(const MinimizeSumSettings& settings) {
  return std::isnan(settings.momentum) ? 0.9 : settings.momentum;
}

template <class T>
class NoMomentum final : public Momentum<T> {
 public:
  static constexpr std::string_view name = "none";
  static constexpr auto fields() { return FieldTuple{}; }

  explicit NoMomentum(SumContext<T>&) {}
  const T* apply(SumContext<T>&, const T* g) override { return g; }
};

/// m := b m + (1 - b) g, without a correction for its beginning, which geometries make where they need it.
template <class T>
class AverageMomentum final : public Momentum<T> {
 public:
  static constexpr std::string_view name = "average";
  static constexpr auto fields() { return MomentumSettings::fields(); }

  explicit AverageMomentum(SumContext<T>& at) : share_(momentumOf(at.settings)), m_(zeros(at)) {}
  const T* apply(SumContext<T>& at, const T* g) override {
    if (share_ == 0) return g;
    sweeps::average(at.n, share_, g, m_.data());
    at.momentumBias = 1 - std::pow(share_, static_cast<double>(at.step + 1));
    return m_.data();
  }
  void visit(Archive& archive) override { archive.visit(m_); }

 private:
  double share_;
  std::vector<T> m_;
};

/// b m + (1 - b) g of an m that forgets by 0.99: X. Chen et al., "Symbolic discovery of optimization algorithms",
/// NeurIPS 2023.
template <class T>
class MixedMomentum final : public Momentum<T> {
 public:
  static constexpr std::string_view name = "mixed";
  static constexpr auto fields() { return appendedFields(MomentumSettings::fields(), MemorySettings::fields()); }

  explicit MixedMomentum(SumContext<T>& at)
      : share_(momentumOf(at.settings)),
        memory_(std::isnan(at.settings.beta2) ? 0.99 : at.settings.beta2),
        m_(zeros(at)),
        mixed_(zeros(at)) {}
  const T* apply(SumContext<T>& at, const T* g) override {
    sweeps::combine(at.n, share_, m_.data(), 1 - share_, g, mixed_.data());
    sweeps::average(at.n, memory_, g, m_.data());
    return mixed_.data();
  }
  void visit(Archive& archive) override { archive.visit(m_); }

 private:
  double share_, memory_;
  std::vector<T> m_, mixed_;
};

/// The velocity D := b (D - eta g) / (1 + eta mu), given as -D: the step is in it. Q. Zhang, A. Cutkosky, "Random
/// scaling and momentum for non-smooth non-convex optimization", ICML 2024.
template <class T>
class VelocityMomentum final : public Momentum<T> {
 public:
  static constexpr std::string_view name = "velocity";
  static constexpr auto fields() { return appendedFields(MomentumSettings::fields(), DecaySettings::fields()); }

  explicit VelocityMomentum(SumContext<T>& at) : share_(momentumOf(at.settings)), v_(zeros(at)) {}
  const T* apply(SumContext<T>& at, const T* g) override {
    // Without momentum it is the gradient's step, which the formula, whose b is a limit there, would lose.
    const double b = share_ == 0 ? 1 : share_, keep = share_ / (1 + at.scheduled * at.settings.decay);
    sweeps::combine(at.n, keep, v_.data(), b * at.scheduled / (1 + at.scheduled * at.settings.decay), g, v_.data());
    return v_.data();
  }
  void visit(Archive& archive) override { archive.visit(v_); }

 private:
  double share_;
  std::vector<T> v_;
};

template <class T>
using Momenta = TypeList<NoMomentum<T>, AverageMomentum<T>, MixedMomentum<T>, VelocityMomentum<T>>;

}  // namespace nonconvex
