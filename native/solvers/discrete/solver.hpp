// Steepest descent with exact steps.
#pragma once

#include <optional>
#include <vector>

#include "core/random.hpp"
#include "core/run.hpp"
#include "linalg/linalg.hpp"
#include "solvers/discrete/problem.hpp"

namespace nonconvex {

/// minimise f(x) = x^T Q x / 2 + c^T x with Q symmetric and positive definite, by x := x - t g, g = Q x + c, with the
/// t = g^T g / g^T Q g at which f is least along -g (A.-L. Cauchy, 1847), times `relaxation`.
template <class La>
class DiscreteSolver {
 public:
  DiscreteSolver(const La& la, const DiscreteProblem& problem, const DiscreteSettings& settings)
      : la_(la),
        problem_(problem),
        settings_(settings),
        x_(problem.start),
        gradient_(problem.c.size()),
        product_(problem.c.size()) {
    const Random random(settings.seed);
    for (std::size_t i = x_.size(); i < problem.c.size(); ++i) x_.push_back(random.normal(i));
    scale_ = std::max(1.0, la.norm(view(problem.c)));
    updateGradient();
  }

  void start() {}

  std::optional<Status> step() {
    multiply(gradient_, product_);
    const double slope = la_.dot(view(gradient_), view(gradient_));
    const double curvature = la_.dot(view(gradient_), view(product_));
    if (slope == 0) return Status::stalled;
    if (curvature <= 0) return Status::unbounded;
    const double t = settings_.relaxation * slope / curvature;
    for (std::size_t i = 0; i < x_.size(); ++i) x_[i] -= t * gradient_[i];
    updateGradient();
    return std::nullopt;
  }

  Progress progress() const {
    Progress now;
    now.objective = (la_.dot(view(x_), view(gradient_)) + la_.dot(view(x_), view(problem_.c))) / 2;
    now.residual = la_.norm(view(gradient_)) / scale_;
    return now;
  }

  DiscreteSolution solution() const { return {x_, gradient_}; }

 private:
  static Vec<const double> view(const std::vector<double>& v) { return {v.data(), static_cast<int>(v.size())}; }

  /// to := Q from
  void multiply(const std::vector<double>& from, std::vector<double>& to) const {
    const Vec<double> out = {to.data(), static_cast<int>(to.size())};
    la_.gemv(Transpose::no, 1.0, problem_.Q, view(from), 0.0, out);
  }

  void updateGradient() {
    multiply(x_, gradient_);
    for (std::size_t i = 0; i < x_.size(); ++i) gradient_[i] += problem_.c[i];
  }

  const La& la_;
  const DiscreteProblem& problem_;
  DiscreteSettings settings_;
  std::vector<double> x_;
  std::vector<double> gradient_;
  std::vector<double> product_;  ///< Q times the gradient
  double scale_ = 1;             ///< scale of the gradient in the residual
};

}  // namespace nonconvex
