#include <algorithm>
#include <cmath>

#include "core/numbers.hpp"
#include "core/random.hpp"
#include "methods/descent/ball_problem.hpp"
#include "methods/kkt/kkt_solver.hpp"

namespace nonconvex {
namespace {

/// s = -(H + lambda I)^{-1} g with the least lambda >= 0 for which H + lambda I is positive semidefinite and ||s|| <=
/// radius. lambda by Newton's method for 1 / ||s|| = 1 / radius, kept in an interval.
class MoreSorensen final : public BallProblem {
 public:
  MoreSorensen(const Cpu& la, ScaledNlp& model) : la_(la), model_(model), H_(model.hessianValues()) {
    for (Vector* v : {&w_, &Hs_, &u_}) v->resize(static_cast<std::size_t>(model.n()));
  }

  bool moveTo(const NlpPoint& point) override {
    if (!model_.hessian(point, 1, {}, H_)) return false;
    if (!solver_) solver_ = factoredKkt(model_.hessianPattern(), model_.jacobianPattern(), H_, {}, la_);
    solver_->load(H_, {});
    size_ = sizeOfHessian();
    leastShift_ = 0;
    return true;
  }
  void multiply(std::span<const double> v, std::span<double> out) override { model_.hessianProduct(H_, v, out); }
  int factorizations() const override { return solver_ ? solver_->factorizations() : 0; }

  double minimize(const NlpPoint& point, double radius, Vector& s) override {
    constexpr double near = 0.1;  // relative, of ||s|| to the radius
    constexpr int most = 50;
    const double norm = std::sqrt(norm2Squared(point.g));
    double low = leastShift_, high = norm / radius + size_;
    double lambda = low;
    for (int k = 0; k < most; ++k) {
      la_.checkpoint();
      if (!solve(point, lambda, s)) {
        low = leastShift_ = std::max(low, lambda);
        lambda = between(low, high);
        continue;
      }
      const double length = std::sqrt(norm2Squared(s));
      if (length <= radius) {
        if (lambda == 0) break;
        if (length >= (1 - near) * radius || toBorder(radius, lambda, s) || k + 1 == most) break;
        high = lambda;
      } else {
        if (length <= (1 + near) * radius) break;
        low = std::max(low, lambda);
      }
      std::copy(s.begin(), s.end(), w_.begin());
      solver_->solve(w_);
      const double next = lambda + square(length) / dot(s, w_) * (length - radius) / radius;
      lambda = next > low && next < high ? next : between(low, high);
    }
    return lower(point, radius, s);
  }

 private:
  /// Frobenius' norm, which no eigenvalue is above.
  double sizeOfHessian() const {
    const SparsePattern& pattern = model_.hessianPattern();
    double squared = 0;
    for (int j = 0; j < pattern.lines; ++j) {
      const auto begin = static_cast<std::size_t>(pattern.offsets[static_cast<std::size_t>(j)]);
      const std::span<const int> rows = pattern.line(j);
      for (std::size_t k = 0; k < rows.size(); ++k) squared += (rows[k] == j ? 1 : 2) * square(H_[begin + k]);
    }
    return std::sqrt(squared);
  }

  static double between(double low, double high) { return std::max(std::sqrt(low * high), low + 0.01 * (high - low)); }

  /// s := -(H + lambda I)^{-1} g; false where H + lambda I is not positive definite.
  bool solve(const NlpPoint& point, double lambda, Vector& s) {
    if (solver_->factor({.primal = lambda}).positive != model_.n()) return false;
    for (std::size_t i = 0; i < s.size(); ++i) s[i] = -point.g[i];
    solver_->solve(s);
    return finite(s);
  }

  /// Goes on along the eigenvector of the least eigenvalue of H + lambda I until ||s|| = radius, if that is nearly a
  /// minimum, as where g has no part in the space of that eigenvalue.
  bool toBorder(double radius, double lambda, Vector& s) {
    constexpr int iterations = 3;
    constexpr double enough = 0.1;  // share of the model's least value
    for (std::size_t i = 0; i < u_.size(); ++i) u_[i] = random_.uniform(i) - 0.5;
    for (int k = 0; k < iterations; ++k) {
      solver_->solve(u_);
      const double norm = std::sqrt(norm2Squared(u_));
      if (!(norm > 0) || !std::isfinite(norm)) return false;
      for (double& value : u_) value /= norm;
    }
    if (dot(s, u_) < 0) {
      for (double& value : u_) value = -value;
    }
    const double along = dot(s, u_), room = square(radius) - norm2Squared(s);
    const double t = room / (along + std::sqrt(square(along) + room));
    const double ofU = curvature(u_) + lambda, ofS = curvature(s) + lambda * norm2Squared(s);
    if (!(square(t) * ofU <= enough * (ofS + lambda * square(radius)))) return false;
    axpy(t, u_, s);
    return true;
  }

  /// v . H v
  double curvature(const Vector& v) {
    model_.hessianProduct(H_, v, Hs_);
    return dot(v, Hs_);
  }

  double lower(const NlpPoint& point, double radius, Vector& s) {
    const double length = std::sqrt(norm2Squared(s));
    if (length > 1.1 * radius) {
      for (double& value : s) value *= radius / length;
    }
    return -(dot(point.g, s) + curvature(s) / 2);
  }

  const Cpu& la_;
  ScaledNlp& model_;
  std::unique_ptr<KktSolver> solver_;
  const Random random_{0, 11};
  Vector H_;
  Vector w_, Hs_, u_;
  double size_ = 0;
  double leastShift_ = 0;  // least lambda at this point: below it H + lambda I is not positive definite
};

}  // namespace

std::unique_ptr<BallProblem> moreSorensen(const Cpu& la, ScaledNlp& model) {
  return std::make_unique<MoreSorensen>(la, model);
}

}  // namespace nonconvex
