#include <algorithm>
#include <cmath>

#include "core/numbers.hpp"
#include "methods/descent/ball_problem.hpp"

namespace nonconvex {
namespace {

class TruncatedGradients final : public BallProblem {
 public:
  explicit TruncatedGradients(ScaledNlp& model) : products_(model) {
    for (Vector* v : {&r_, &p_, &Hp_}) v->resize(static_cast<std::size_t>(model.n()));
  }

  bool moveTo(const NlpPoint& point) override { return products_.moveTo(point); }
  void multiply(std::span<const double> v, std::span<double> out) override { products_.multiply(v, out); }
  std::int64_t products() const override { return products_.count(); }

  double minimize(const NlpPoint& point, double radius, Vector& s) override {
    const double norm = std::sqrt(norm2Squared(point.g));
    const double target = std::min(0.5, std::sqrt(norm)) * norm;
    std::fill(s.begin(), s.end(), 0.0);
    r_ = point.g;
    addScaled(s, -1, r_, p_);
    double squared = norm * norm, lower = 0;
    for (std::size_t k = 0; k < 2 * s.size() + 10; ++k) {
      products_.multiply(p_, Hp_);
      const double curvature = dot(p_, Hp_);
      const double alpha = squared / curvature;
      if (!(curvature > 0) || leaves(s, alpha, radius)) {
        const double t = toBorder(s, radius);
        lower += t * squared - t * t * curvature / 2;
        axpy(t, p_, s);
        return lower;
      }
      lower += alpha * squared / 2;
      axpy(alpha, p_, s);
      axpy(alpha, Hp_, r_);
      const double next = norm2Squared(r_);
      if (std::sqrt(next) <= target) return lower;
      const double beta = next / squared;
      for (std::size_t i = 0; i < p_.size(); ++i) p_[i] = beta * p_[i] - r_[i];
      squared = next;
    }
    return lower;
  }

 private:
  bool leaves(const Vector& s, double alpha, double radius) const {
    return norm2Squared(s) + 2 * alpha * dot(s, p_) + alpha * alpha * norm2Squared(p_) >= square(radius);
  }
  /// The t >= 0 with ||s + t p|| = radius.
  double toBorder(const Vector& s, double radius) const {
    const double a = norm2Squared(p_), b = dot(s, p_), c = norm2Squared(s) - square(radius);
    const double root = std::sqrt(std::max(0.0, b * b - a * c));
    return b > 0 ? -c / (b + root) : (root - b) / a;
  }

  HessianProducts products_;
  Vector r_, p_, Hp_;
};

}  // namespace

std::unique_ptr<BallProblem> truncatedGradients(ScaledNlp& model) {
  return std::make_unique<TruncatedGradients>(model);
}

}  // namespace nonconvex
