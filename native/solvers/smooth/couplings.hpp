// The third list: at which point a gradient is taken, and what a step moves.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "solvers/smooth/context.hpp"

namespace nonconvex {

/// A method with one point: x := x - eta d.
template <class T>
class PlainCoupling final : public Coupling<T> {
 public:
  static constexpr std::string_view name = "plain";
  static constexpr auto fields() { return DecaySettings::fields(); }

  explicit PlainCoupling(SumContext<T>& at) : x_(copyOf(at.origin)) {}
  const T* place(SumContext<T>&) override { return x_.data(); }
  void move(SumContext<T>& at, const T*, const T* d, const Feasible<T>& set, Geometry<T>&) override {
    const double keep = 1 - at.scheduled * at.settings.decay;
    at.move(keep, d, x_.data(), [&](std::size_t b) { return at.etas[b]; });
    set.project(x_.data(), at.etas.front());
  }
  const T* current() const override { return x_.data(); }
  void visit(Archive& archive) override { archive.visit(x_); }

 private:
  std::vector<T> x_;
};

/// Accelerated: p = (1 - 1/alpha) y + w / alpha; y = p - eta g, w = w - eta alpha g, alpha = max(1, 1/2 sum r / r), r
/// the largest distance of w from the start. The answer averages y with weights alpha r. I. Kreisler, M. Ivgi, O.
/// Hinder, Y. Carmon, "Accelerated parameter-free stochastic optimization", COLT 2024.
template <class T>
class TriangleCoupling final : public Coupling<T> {
 public:
  static constexpr std::string_view name = "triangle";
  static constexpr auto fields() { return FieldTuple{}; }

  explicit TriangleCoupling(SumContext<T>& at) : y_(copyOf(at.origin)), w_(y_), p_(y_) {}
  const T* place(SumContext<T>& at) override {
    sum_ += at.radius;
    at.alpha = std::max(1.0, 0.5 * sum_ / at.radius);
    sweeps::combine(at.n, 1 - 1 / at.alpha, y_.data(), 1 / at.alpha, w_.data(), p_.data());
    return p_.data();
  }
  void move(SumContext<T>& at, const T*, const T* d, const Feasible<T>& set, Geometry<T>&) override {
    at.eachVariable([&](int begin, int size, std::size_t b) {
      at.distances[b] = sweeps::moveTwo(size, at.etas[b], at.alpha, d + begin, p_.data() + begin, y_.data() + begin,
                                        w_.data() + begin, at.origin.data() + begin);
    });
    if (set.everywhere()) return;
    set.project(y_.data(), at.etas.front());
    set.project(w_.data(), at.etas.front());
  }
  const T* current() const override { return y_.data(); }
  void visit(Archive& archive) override {
    archive.visit(y_);
    archive.visit(w_);
    archive.visit(sum_);
  }

 private:
  std::vector<T> y_, w_, p_;
  double sum_ = 0;
};

/// Similar triangles: p = (A y + alpha z) / (A + alpha), z := z - alpha g(p), y := (A y + alpha z) / (A + alpha), alpha
/// = (k + 2) / 2 times the step size.
template <class T>
class SimilarTriangles final : public Coupling<T> {
 public:
  static constexpr std::string_view name = "similarTriangles";
  static constexpr auto fields() { return FieldTuple{}; }

  explicit SimilarTriangles(SumContext<T>& at) : y_(copyOf(at.origin)), z_(y_), p_(y_) {}
  const T* place(SumContext<T>& at) override {
    at.alpha = 0.5 * static_cast<double>(at.step + 2) * at.scheduled;
    const double all = sum_ + at.alpha;
    const double share = all > 0 ? at.alpha / all : 1;
    sweeps::combine(at.n, 1 - share, y_.data(), share, z_.data(), p_.data());
    return p_.data();
  }
  void move(SumContext<T>& at, const T*, const T* d, const Feasible<T>& set, Geometry<T>&) override {
    at.move(1, d, z_.data(), [&](std::size_t) { return at.alpha; });
    set.project(z_.data(), at.alpha);
    sum_ += at.alpha;
    if (sum_ > 0) sweeps::towards(at.n, at.alpha / sum_, z_.data(), y_.data());
  }
  const T* current() const override { return y_.data(); }
  void visit(Archive& archive) override {
    archive.visit(y_);
    archive.visit(z_);
    archive.visit(sum_);
  }

 private:
  std::vector<T> y_, z_, p_;
  double sum_ = 0;
};

/// Quasar-convex acceleration: p = tau x + (1 - tau) z, x = p - g / L, z = z - gamma (2 k + 3) / (4 L) g, where a
/// search finds a tau between 0 and 1. O. Hinder, A. Sidford, N. Sohoni, "Near-optimal methods for minimizing
/// star-convex functions and beyond", COLT 2020; Q. Fu, D. Xu, A. C. Wilson, "Accelerated stochastic optimization
/// methods under quasar-convexity", ICML 2023. `noisy`: x = p, z = z - eta (2 k + 3) / gamma g.
template <class T>
class SearchedCoupling : public Coupling<T> {
 public:
  static constexpr std::string_view name = "searched";
  static constexpr auto fields() { return QuasarSettings::fields(); }

  explicit SearchedCoupling(SumContext<T>& at, bool noisy = false)
      : noisy_(noisy), x_(copyOf(at.origin)), z_(x_), p_(x_), between_(zeros(at)), g_(zeros(at)) {}
  const T* place(SumContext<T>& at) override {
    const double tau = search(at);
    sweeps::combine(at.n, tau, x_.data(), 1 - tau, z_.data(), p_.data());
    return p_.data();
  }
  void move(SumContext<T>& at, const T*, const T* d, const Feasible<T>& set, Geometry<T>&) override {
    const double k = static_cast<double>(at.step), gamma = at.settings.quasarConvexity, eta = at.etas.front();
    if (noisy_) {
      x_ = p_;
    } else {
      sweeps::combine(at.n, 1, p_.data(), -eta, d, x_.data());
      set.project(x_.data(), eta);
    }
    const double far = noisy_ ? eta * (2 * k + 3) / gamma : gamma * (2 * k + 3) / 4 * eta;
    at.move(1, d, z_.data(), [&](std::size_t) { return far; });
    set.project(z_.data(), far);
  }
  const T* current() const override { return x_.data(); }
  void visit(Archive& archive) override {
    archive.visit(x_);
    archive.visit(z_);
  }

 private:
  struct Along {
    double value, slope;
  };
  /// phi(t) = f(t x + (1 - t) z) and its derivative.
  Along along(SumContext<T>& at, double t) {
    sweeps::combine(at.n, t, x_.data(), 1 - t, z_.data(), between_.data());
    const double value = at.gradient(at.rows, nullptr, between_.data(), g_.data());
    return {value, sweeps::dot(at.n, g_.data(), x_.data()) - sweeps::dot(at.n, g_.data(), z_.data())};
  }
  /// 1 where phi falls at 1, 0 where phi(0) <= phi(1), else a t with c phi(t) + t phi'(t) <= c phi(1), between such as
  /// are above and not above phi(1).
  double search(SumContext<T>& at) {
    if (at.step == 0) return 1;
    const double k = static_cast<double>(at.step);
    const double c = at.settings.quasarConvexity * (k + 1) * (k + 1) / (2 * k + 3);
    const Along end = along(at, 1);
    if (end.slope <= 0) return 1;
    if (along(at, 0).value <= end.value) return 0;
    double low = 0, high = 1;
    for (int i = 0; i < 60; ++i) {
      const double t = 0.5 * (low + high);
      const Along here = along(at, t);
      if (c * here.value + t * here.slope <= c * end.value) return t;
      (here.value <= end.value ? high : low) = t;
    }
    return 0.5 * (low + high);
  }

  bool noisy_;
  std::vector<T> x_, z_, p_, between_, g_;
};

template <class T>
class SearchedNoisy final : public SearchedCoupling<T> {
 public:
  static constexpr std::string_view name = "searchedNoisy";
  explicit SearchedNoisy(SumContext<T>& at) : SearchedCoupling<T>(at, true) {}
};

/// Optimistic: w := w - eta m / sqrt(v), x = w - eta (b m + (1 - b) h) / sqrt(v), h the next gradient as the last six
/// foretell it: that combination of them, of weights with sum 1, whose changes nearly cancel.
template <class T>
class LookAhead final : public Coupling<T> {
 public:
  static constexpr std::string_view name = "lookAhead";
  static constexpr auto fields() { return MomentumSettings::fields(); }

  explicit LookAhead(SumContext<T>& at)
      : share_(std::isnan(at.settings.momentum) ? 0.9 : at.settings.momentum),
        w_(copyOf(at.origin)),
        x_(w_),
        h_(zeros(at)),
        mixed_(zeros(at)) {
    for (std::vector<T>& each : gradients_) each = zeros(at);
  }
  const T* place(SumContext<T>& at) override {
    at.prediction = h_.data();
    return x_.data();
  }
  void move(SumContext<T>& at, const T* g, const T* d, const Feasible<T>& set, Geometry<T>& geometry) override {
    const double eta = at.etas.front();
    at.move(1, d, w_.data(), [&](std::size_t) { return eta; });
    set.project(w_.data(), eta);
    foretell(at, g);
    sweeps::combine(at.n, share_, at.momentum, 1 - share_, h_.data(), mixed_.data());
    const T* ahead = geometry.direction(at, mixed_.data());
    sweeps::combine(at.n, 1, w_.data(), -eta, ahead, x_.data());
    set.project(x_.data(), eta);
  }
  const T* current() const override { return w_.data(); }
  void visit(Archive& archive) override {
    for (std::vector<T>* each : {&w_, &x_, &h_}) archive.visit(*each);
    for (std::vector<T>& each : gradients_) archive.visit(each);
  }

 private:
  struct Tuning {
    static constexpr int changes = 5;  ///< published: k of Scieur et al., changes of the gradient that are combined
  };
  static constexpr int changes = Tuning::changes;
  using Small = std::array<std::array<double, changes>, changes>;

  std::vector<T>& gradient(std::int64_t step) { return gradients_[static_cast<std::size_t>(step % (changes + 1))]; }

  void foretell(SumContext<T>& at, const T* g) {
    std::copy_n(g, at.n, gradient(at.step).data());
    const int known = static_cast<int>(std::min<std::int64_t>(at.step, changes));
    if (known == 0) {
      std::copy_n(g, at.n, h_.data());
      return;
    }
    Small gram{};
    double trace = 0;
    for (int a = 0; a < known; ++a) {
      for (int b = 0; b <= a; ++b) {
        const auto product = [&](int i, int j) {
          return sweeps::dot(at.n, gradient(at.step - i).data(), gradient(at.step - j).data());
        };
        gram[at_(a)][at_(b)] = gram[at_(b)][at_(a)] =
            product(a, b) - product(a + 1, b) - product(a, b + 1) + product(a + 1, b + 1);
      }
      trace += gram[at_(a)][at_(a)];
    }
    const std::array<double, changes> weights = combination(gram, known, 1e-8 * trace);
    std::fill(h_.begin(), h_.end(), T(0));
    for (int a = 0; a < known; ++a) {
      sweeps::combine(at.n, 1, h_.data(), weights[at_(a)], gradient(at.step - a).data(), h_.data());
    }
  }

  /// The weights of sum 1 with the least c^T (G + ridge I) c.
  static std::array<double, changes> combination(Small gram, int size, double ridge) {
    std::array<double, changes> x{};
    x.fill(1);
    for (int i = 0; i < size; ++i) gram[at_(i)][at_(i)] += ridge > 0 ? ridge : 1;
    for (int j = 0; j < size; ++j) {  // elimination: positive definite, so no pivots
      for (int i = j + 1; i < size; ++i) {
        const double factor = gram[at_(i)][at_(j)] / gram[at_(j)][at_(j)];
        for (int k = j; k < size; ++k) gram[at_(i)][at_(k)] -= factor * gram[at_(j)][at_(k)];
        x[at_(i)] -= factor * x[at_(j)];
      }
    }
    double sum = 0;
    for (int i = size - 1; i >= 0; --i) {
      for (int k = i + 1; k < size; ++k) x[at_(i)] -= gram[at_(i)][at_(k)] * x[at_(k)];
      x[at_(i)] /= gram[at_(i)][at_(i)];
      sum += x[at_(i)];
    }
    for (int i = 0; i < size; ++i) x[at_(i)] /= sum;
    return x;
  }
  static std::size_t at_(int i) { return static_cast<std::size_t>(i); }

  double share_;
  std::vector<T> w_, x_, h_, mixed_;
  std::array<std::vector<T>, changes + 1> gradients_;
};

/// Online to non-convex: w = x + s D with s uniform in (0, 1), x := x + D, D := what of D - eta g is within delta / T,
/// which begins at 0 every T steps. A. Cutkosky, H. Mehta, F. Orabona, "Optimal stochastic non-smooth non-convex
/// optimization through online-to-non-convex conversion", ICML 2023.
template <class T>
class BetweenCoupling final : public Coupling<T> {
 public:
  static constexpr std::string_view name = "between";
  static constexpr auto fields() { return appendedFields(RestartSettings::fields(), LowerBoundSettings::fields()); }

  explicit BetweenCoupling(SumContext<T>& at)
      : every_(at.settings.restart),
        radius_(std::isnan(at.settings.radius) ? 0.1 : at.settings.radius),
        x_(copyOf(at.origin)),
        w_(x_),
        D_(zeros(at)) {}
  const T* place(SumContext<T>& at) override {
    if (every_ == 0) choose(at);
    if (at.step % every_ == 0) std::fill(D_.begin(), D_.end(), T(0));
    at.alpha = at.step % every_ == 0 ? -1 : 1;  // an average begins
    const double s = at.random(Draw::factors).uniform(static_cast<std::uint64_t>(at.step));
    sweeps::combine(at.n, 1, x_.data(), s, D_.data(), w_.data());
    return w_.data();
  }
  void move(SumContext<T>& at, const T*, const T* d, const Feasible<T>& set, Geometry<T>&) override {
    at.move(1, D_.data(), x_.data(), [&](std::size_t) { return -1.0; });
    set.project(x_.data(), 1);
    const double steps = static_cast<double>(every_);
    const double eta = std::isnan(at.settings.stepSize) ? radius_ / (2 * std::pow(steps, 1.5)) : at.etas.front();
    sweeps::combine(at.n, 1, D_.data(), -eta, d, D_.data());
    const double norm = std::sqrt(sweeps::squares(at.n, D_.data())), most = radius_ / steps;
    if (norm > most) sweeps::scale(at.n, most / norm, D_.data());
  }
  const T* current() const override { return x_.data(); }
  const T* averaged() const override { return w_.data(); }
  void visit(Archive& archive) override {
    archive.visit(x_);
    archive.visit(D_);
    archive.visit(every_);
  }

 private:
  void choose(SumContext<T>& at) {
    const double start = at.value(at.rows, x_.data()) - at.settings.lowerBound;
    const double steps =
        std::isfinite(at.settings.maxEpochs) ? at.settings.maxEpochs * at.all.count / std::max(1, at.rows.count) : 1e6;
    const double T_ = std::pow(radius_ * steps / std::max(start, 1e-12), 2.0 / 3);
    every_ = static_cast<std::int64_t>(std::clamp(T_, 1.0, std::max(1.0, steps)));
  }

  std::int64_t every_;
  double radius_;
  std::vector<T> x_, w_, D_;
};

/// Blocks of x in turn: x_J := prox(x_J - g_J / L_J). X. Cai, C. Song, S. Wright, J. Diakonikolas, "Cyclic block
/// coordinate descent with variance reduction for composite nonconvex optimization", ICML 2023.
template <class T>
class BlocksCoupling final : public Coupling<T> {
 public:
  static constexpr std::string_view name = "blocks";
  static constexpr auto fields() { return PenaltySettings::fields(); }

  explicit BlocksCoupling(SumContext<T>& at) : x_(copyOf(at.origin)) {
    int count = at.settings.coordinateBlocks;
    if (count == 0 && at.blocks.size() > 1) {
      for (const SumBlock& block : at.blocks) begins_.push_back(block.offset);
    } else {
      count = std::clamp(count == 0 ? 10 : count, 1, std::max(1, at.n));
      for (int k = 0; k < count; ++k) {
        begins_.push_back(static_cast<int>(static_cast<std::int64_t>(at.n) * k / count));
      }
    }
    begins_.push_back(at.n);
  }
  const T* place(SumContext<T>& at) override {
    const auto part = static_cast<std::size_t>(at.step) % (begins_.size() - 1);
    at.first = begins_[part];
    at.length = begins_[part + 1] - at.first;
    return x_.data();
  }
  void move(SumContext<T>& at, const T*, const T* d, const Feasible<T>& set, Geometry<T>&) override {
    const double eta = at.etas.front();
    before_.assign(x_.begin(), x_.end());
    for (int i = at.first; i < at.first + at.length; ++i) {
      x_[static_cast<std::size_t>(i)] -= static_cast<T>(eta) * d[i];
    }
    if (!set.everywhere()) {
      set.project(x_.data(), eta);
      std::copy(before_.begin(), before_.begin() + at.first, x_.begin());
      std::copy(before_.begin() + at.first + at.length, before_.end(), x_.begin() + at.first + at.length);
    }
    if (at.goesByDistance) at.measure(x_.data());
  }
  const T* current() const override { return x_.data(); }
  void visit(Archive& archive) override { archive.visit(x_); }

 private:
  std::vector<int> begins_;
  std::vector<T> x_, before_;
};

template <class T>
using Couplings = TypeList<PlainCoupling<T>, TriangleCoupling<T>, SimilarTriangles<T>, SearchedCoupling<T>,
                           SearchedNoisy<T>, LookAhead<T>, BetweenCoupling<T>, BlocksCoupling<T>>;

}  // namespace nonconvex
