// Steps by a quadratic model in a ball, whose radius follows how well the model foretells f: J. Nocedal, S. J. Wright,
// "Numerical Optimization", 2006, algorithm 4.1.
#include <algorithm>
#include <cmath>

#include "core/numbers.hpp"
#include "methods/descent/ball_problem.hpp"

namespace nonconvex {
namespace {

class TrustRegion final : public Descent {
 public:
  TrustRegion(const DescentSetting& of, std::unique_ptr<BallProblem> ball)
      : of_(of), model_(of.model), ball_(std::move(ball)) {
    for (Vector* v : {&s_, &cut_, &product_}) v->resize(static_cast<std::size_t>(model_.n()));
  }

  bool step(const NlpPoint& point, NlpPoint& trial) override {
    constexpr double accepted = 0.1, good = 0.75, bad = 0.25;
    if (!ball_->moveTo(point)) return false;
    if (radius_ == 0) radius_ = std::max(1.0, 0.1 * std::sqrt(norm2Squared(point.x)));
    while (radius_ > machineEpsilon * (1 + normInf(point.x))) {
      of_.la.checkpoint();
      double promised = ball_->minimize(point, radius_, s_);
      const double whole = std::sqrt(norm2Squared(s_));
      addScaled(point.x, 1, s_, trial.x);
      const bool cut = of_.project(point, trial);
      if (cut) promised = stayInBox(point, trial);
      derived_ = false;
      const double share = model_.evaluateValues(trial) ? shareOf(promised, point, trial) : -1;
      if (share < bad) radius_ = std::sqrt(norm2Squared(s_)) / 4;
      if (share > good && whole > 0.99 * radius_) radius_ *= 2;
      if (share > accepted && (derived_ || model_.evaluateDerivatives(trial))) return true;
      if (!(promised > 0) && !cut) return false;
    }
    return false;
  }
  void forget() override { radius_ = 0; }
  int factorizations() const override { return ball_->factorizations(); }
  std::int64_t products() const override { return ball_->products(); }

 private:
  /// Halves a step that leaves the box until the model at the nearest point of the box is as much lower as the slope on
  /// the way promises (C.-J. Lin, J. J. Moré, "Newton's method for large bound-constrained optimization problems", SIAM
  /// J. Optim. 9, 1999, section 2). Sets s to the way there; returns by how much the model is lower.
  double stayInBox(const NlpPoint& point, NlpPoint& trial) {
    constexpr double enough = 0.01, least = 1e-6;
    double t = 1;
    while (true) {
      addScaled(trial.x, -1, point.x, cut_);
      ball_->multiply(cut_, product_);
      const double slope = dot(point.g, cut_);
      const double lower = -(slope + dot(cut_, product_) / 2);
      if (lower >= -enough * slope || t <= least) {
        s_ = cut_;
        return lower;
      }
      t /= 2;
      addScaled(point.x, t, s_, trial.x);
      of_.project(point, trial);
    }
  }

  /// The decrease of f over that of the model. Where rounding hides both, a gradient that is no larger will do.
  double shareOf(double promised, const NlpPoint& point, NlpPoint& trial) {
    const double rounding = 10 * machineEpsilon * std::max(1.0, std::abs(point.f));
    if (promised > rounding) return (point.f - trial.f) / promised;
    if (trial.f > point.f + rounding || !model_.evaluateDerivatives(trial)) return -1;
    derived_ = true;
    return norm2Squared(trial.g) < norm2Squared(point.g) ? 1 : -1;
  }

  const DescentSetting of_;
  ScaledNlp& model_;
  std::unique_ptr<BallProblem> ball_;
  double radius_ = 0;     // 0: not known yet
  bool derived_ = false;  // the trial point has its derivatives
  Vector s_, cut_, product_;
};

}  // namespace

std::unique_ptr<Descent> trustRegionDescent(const DescentSetting& of, BallMethod method) {
  return std::make_unique<TrustRegion>(
      of, method == BallMethod::exact ? moreSorensen(of.la, of.model) : truncatedGradients(of.model));
}

}  // namespace nonconvex
