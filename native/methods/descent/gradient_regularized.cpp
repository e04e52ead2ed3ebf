// Newton's method with lambda I, lambda = ||g|| / gamma, added to the Hessian: N. Doikov, K. Mishchenko, Yu. Nesterov,
// "Super-universal regularized Newton method", SIAM J. Optim. 34, 2024.
#include <algorithm>
#include <cmath>

#include "core/numbers.hpp"
#include "methods/descent/descent.hpp"
#include "methods/kkt/kkt_solver.hpp"

namespace nonconvex {
namespace {

class GradientRegularized final : public Descent {
 public:
  explicit GradientRegularized(const DescentSetting& of)
      : of_(of), model_(of.model), H_(model_.hessianValues()), s_(static_cast<std::size_t>(model_.n())) {}

  bool step(const NlpPoint& point, NlpPoint& trial) override {
    constexpr double least = 1e-9, most = 1e300;
    if (!model_.hessian(point, 1, {}, H_)) return false;
    if (!solver_) solver_ = factoredKkt(model_.hessianPattern(), model_.jacobianPattern(), H_, {}, of_.la);
    solver_->load(H_, {});
    const double norm = std::sqrt(norm2Squared(point.g));
    while (true) {
      of_.la.checkpoint();
      const double lambda = norm / gamma_;
      if (solve(point, lambda) && accepts(point, lambda, trial)) {
        gamma_ = std::min(2 * gamma_, most);
        return true;
      }
      if (gamma_ <= least) return false;
      gamma_ = std::max(least, gamma_ / 2);
      if (normInf(s_) <= machineEpsilon * normInf(point.x)) return false;
    }
  }
  int factorizations() const override { return solver_ ? solver_->factorizations() : 0; }

 private:
  /// s := -(H + lambda I)^{-1} g; false where H + lambda I is not positive definite.
  bool solve(const NlpPoint& point, double lambda) {
    const Inertia inertia = solver_->factor({.primal = lambda});
    if (inertia.positive != model_.n()) {
      std::fill(s_.begin(), s_.end(), infinity);
      return false;
    }
    for (std::size_t i = 0; i < s_.size(); ++i) s_[i] = -point.g[i];
    solver_->solve(s_);
    return finite(s_);
  }

  /// f - f+ >= ||g+||^2 / (8 lambda); where rounding hides the decrease, a gradient that is half as long.
  bool accepts(const NlpPoint& point, double lambda, NlpPoint& trial) {
    addScaled(point.x, 1, s_, trial.x);
    of_.project(point, trial);
    if (!model_.evaluateValues(trial)) return false;
    const double rounding = 10 * machineEpsilon * std::max(1.0, std::abs(point.f));
    if (trial.f > point.f + rounding || !model_.evaluateDerivatives(trial)) return false;
    if (point.f - trial.f >= norm2Squared(trial.g) / (8 * lambda)) return true;
    return std::abs(point.f - trial.f) <= rounding && 4 * norm2Squared(trial.g) <= norm2Squared(point.g);
  }

  const DescentSetting of_;
  ScaledNlp& model_;
  std::unique_ptr<KktSolver> solver_;
  Vector H_;
  Vector s_;
  double gamma_ = 1;
};

}  // namespace

std::unique_ptr<Descent> gradientRegularizedDescent(const DescentSetting& of) {
  return std::make_unique<GradientRegularized>(of);
}

}  // namespace nonconvex
