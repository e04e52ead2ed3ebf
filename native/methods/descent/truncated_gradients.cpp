#include <algorithm>
#include <cmath>

#include "core/numbers.hpp"
#include "methods/descent/ball_problem.hpp"
#include "methods/krylov/pcg.hpp"

namespace nonconvex {
namespace {

class TruncatedGradients final : public BallProblem {
 public:
  explicit TruncatedGradients(ScaledNlp& model)
      : products_(model), r_(static_cast<std::size_t>(model.n())), direction_(r_.size()) {}

  bool moveTo(const NlpPoint& point) override { return products_.moveTo(point); }
  void multiply(std::span<const double> v, std::span<double> out) override { products_.multiply(v, out); }
  std::int64_t products() const override { return products_.count(); }

  double minimize(const NlpPoint& point, double radius, Vector& s) override {
    const double norm = std::sqrt(norm2Squared(point.g));
    const double target = std::min(0.5, std::sqrt(norm)) * norm;
    std::fill(s.begin(), s.end(), 0.0);
    for (std::size_t i = 0; i < r_.size(); ++i) r_[i] = -point.g[i];
    direction_.restart();
    double squared = norm * norm, lower = 0;
    for (std::size_t k = 0; k < 2 * s.size() + 10; ++k) {
      direction_.turn(r_, squared);
      const double curvature = direction_.setImage([&](In p, Out out) { products_.multiply(p, out); });
      if (!(curvature > 0) || leaves(s, radius)) {
        const double t = toBorder(s, radius);
        lower += t * squared - t * t * curvature / 2;
        axpy(t, direction_.p(), s);
        return lower;
      }
      lower += direction_.length() * squared / 2;
      direction_.move(s, r_);
      squared = norm2Squared(r_);
      if (std::sqrt(squared) <= target) return lower;
    }
    return lower;
  }

 private:
  /// Returns true if the next point is not within the ball.
  bool leaves(const Vector& s, double radius) const {
    const double alpha = direction_.length();
    return norm2Squared(s) + 2 * alpha * dot(s, direction_.p()) + alpha * alpha * norm2Squared(direction_.p()) >=
           square(radius);
  }
  /// The t >= 0 with ||s + t p|| = radius.
  double toBorder(const Vector& s, double radius) const {
    const double a = norm2Squared(direction_.p()), b = dot(s, direction_.p()), c = norm2Squared(s) - square(radius);
    const double root = std::sqrt(std::max(0.0, b * b - a * c));
    return b > 0 ? -c / (b + root) : (root - b) / a;
  }

  HessianProducts products_;
  Vector r_;  // -(g + H s)
  ConjugateDirection direction_;
};

}  // namespace

std::unique_ptr<BallProblem> truncatedGradients(ScaledNlp& model) {
  return std::make_unique<TruncatedGradients>(model);
}

}  // namespace nonconvex
