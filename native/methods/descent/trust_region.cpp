// Truncated conjugate gradients in a ball: T. Steihaug, "The conjugate gradient method and trust regions in large scale
// optimization", SIAM J. Numer. Anal. 20, 1983; radii as in Nocedal and Wright 2006, algorithm 4.1.
#include <algorithm>
#include <cmath>

#include "core/numbers.hpp"
#include "methods/descent/descent.hpp"

namespace nonconvex {
namespace {

class TrustRegion final : public Descent {
 public:
  TrustRegion(const Cpu& la, ScaledNlp& model) : la_(la), model_(model), products_(model) {
    for (Vector* v : {&s_, &r_, &p_, &Hp_}) v->resize(static_cast<std::size_t>(model.n()));
  }

  bool step(const NlpPoint& point, NlpPoint& trial) override {
    constexpr double accepted = 0.1, good = 0.75, bad = 0.25;
    if (!products_.moveTo(point)) return false;
    const double norm = std::sqrt(norm2Squared(point.g));
    if (radius_ == 0) radius_ = std::max(1.0, 0.1 * std::sqrt(norm2Squared(point.x)));
    while (radius_ > machineEpsilon * (1 + normInf(point.x))) {
      la_.checkpoint();
      const double promised = minimizeModel(point, norm);
      addScaled(point.x, 1, s_, trial.x);
      const double length = std::sqrt(norm2Squared(s_));
      const double share = model_.evaluateValues(trial) ? shareOf(promised, point, trial) : -1;
      if (share < bad) radius_ = length / 4;
      if (share > good && length > 0.99 * radius_) radius_ *= 2;
      if (share > accepted && model_.evaluateDerivatives(trial)) return true;
      if (!(promised > 0)) return false;
    }
    return false;
  }
  void forget() override { radius_ = 0; }
  std::int64_t products() const override { return products_.count(); }

 private:
  /// The decrease of f over that of the model. Where rounding hides both, a gradient that is no larger will do.
  double shareOf(double promised, const NlpPoint& point, NlpPoint& trial) {
    const double rounding = 10 * machineEpsilon * std::max(1.0, std::abs(point.f));
    if (promised > rounding) return (point.f - trial.f) / promised;
    if (trial.f > point.f + rounding || !model_.evaluateDerivatives(trial)) return -1;
    return norm2Squared(trial.g) < norm2Squared(point.g) ? 1 : -1;
  }

  /// Sets s to a minimum of the quadratic model in the ball, as far as is worth it; returns by how much it is lower.
  double minimizeModel(const NlpPoint& point, double norm) {
    const double target = std::min(0.5, std::sqrt(norm)) * norm;
    std::fill(s_.begin(), s_.end(), 0.0);
    r_ = point.g;
    addScaled(s_, -1, r_, p_);
    double squared = norm * norm, promised = 0;
    for (int k = 0; k < 2 * model_.n() + 10; ++k) {
      products_.multiply(p_, Hp_);
      const double curvature = dot(p_, Hp_);
      const double alpha = squared / curvature;
      if (!(curvature > 0) || leaves(alpha)) {
        const double t = toBorder();
        promised += t * squared - t * t * curvature / 2;
        axpy(t, p_, s_);
        return promised;
      }
      promised += alpha * squared / 2;
      axpy(alpha, p_, s_);
      axpy(alpha, Hp_, r_);
      const double next = norm2Squared(r_);
      if (std::sqrt(next) <= target) return promised;
      const double beta = next / squared;
      for (std::size_t i = 0; i < p_.size(); ++i) p_[i] = beta * p_[i] - r_[i];
      squared = next;
    }
    return promised;
  }

  bool leaves(double alpha) const {
    return norm2Squared(s_) + 2 * alpha * dot(s_, p_) + alpha * alpha * norm2Squared(p_) >= square(radius_);
  }
  /// The t >= 0 with ||s + t p|| = radius.
  double toBorder() const {
    const double a = norm2Squared(p_), b = dot(s_, p_), c = norm2Squared(s_) - square(radius_);
    const double root = std::sqrt(std::max(0.0, b * b - a * c));
    return b > 0 ? -c / (b + root) : (root - b) / a;
  }

  const Cpu& la_;
  ScaledNlp& model_;
  HessianProducts products_;
  double radius_ = 0;  // 0: not known yet
  Vector s_, r_, p_, Hp_;
};

}  // namespace

std::unique_ptr<Descent> trustRegionDescent(const Cpu& la, ScaledNlp& model) {
  return std::make_unique<TrustRegion>(la, model);
}

}  // namespace nonconvex
