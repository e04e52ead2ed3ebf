#include "solvers/discrete/certifyNetwork/perturbation.hpp"

#include <algorithm>
#include <cmath>

#include "core/index.hpp"
#include "core/numbers.hpp"

namespace nonconvex {

struct Perturbation::Tuning {
  static constexpr int rounds = 60;             ///< safeguard: steps to the scale at which a vector is on the ball
  static constexpr double onBall = 1e-14;       ///< rounding: relative error of a length
  static constexpr double leastScale = 1e-300;  ///< safeguard: a scale by which numbers are divided
};

Perturbation::Perturbation(const CertifyNetworkProblem& problem, int row)
    : radius_(problem.radius[at(row)]),
      least_(problem.least),
      most_(problem.most),
      box_(problem.norm == CertifyNorm::inf) {
  const int n = problem.x.columns;
  for (int i = 0; i < n; ++i) {
    const double value = problem.x(row, i);
    x_.push_back(value);
    low_.push_back(std::max(-radius_, std::min(0.0, least_ - value)));
    high_.push_back(std::min(radius_, std::max(0.0, most_ - value)));
    if (low_.back() > -radius_ || high_.back() < radius_) limited_ = true;
  }
}

void Perturbation::add(std::span<const double> d, std::span<double> x) const {
  for (std::size_t i = 0; i < x_.size(); ++i) x[i] = d[i] == 0 ? x_[i] : std::clamp(x_[i] + d[i], least_, most_);
}

void Perturbation::nearest(std::span<const double> x, std::span<double> d) const {
  double squares = 0;
  for (std::size_t i = 0; i < d.size(); ++i) {
    d[i] = std::clamp(x[i] - x_[i], low_[i], high_[i]);
    squares += square(d[i]);
  }
  if (box_ || squares <= square(radius_)) return;
  for (double& entry : d) entry *= radius_ / std::sqrt(squares);
}

/// d := g / scale, cut; returns its squared length.
double Perturbation::cut(std::span<const double> g, double scale, std::span<double> d) const {
  double squares = 0;
  for (std::size_t i = 0; i < g.size(); ++i) {
    d[i] = std::clamp(g[i] / scale, low_[i], high_[i]);
    squares += square(d[i]);
  }
  return squares;
}

/// The scale, at least `least`, at which g / scale is as long as the radius, or `least` where it is shorter.
double Perturbation::scaleOnBall(std::span<const double> g, double least, std::span<double> d) const {
  if (cut(g, least, d) <= square(radius_)) return least;
  double squares = 0;
  for (const double entry : g) squares += square(entry);
  double high = std::sqrt(squares) / radius_, low = least;
  if (!limited_) return std::max(high, least);
  // What is cut stays cut for smaller scales: from the largest one, each step solves for the entries that are not cut.
  double scale = high;
  for (int round = 0; round < Tuning::rounds; ++round) {
    double inside = 0, rest = square(radius_), length = 0;
    for (std::size_t i = 0; i < g.size(); ++i) {
      const double value = g[i] / scale, kept = std::clamp(value, low_[i], high_[i]);
      length += square(kept);
      if (kept == value)
        inside += square(g[i]);
      else
        rest -= square(kept);
    }
    (length > square(radius_) ? low : high) = scale;
    if (std::abs(length - square(radius_)) <= Tuning::onBall * square(radius_)) break;
    double next = rest > 0 ? std::sqrt(inside / rest) : infinity;
    if (!(next > low && next < high)) next = std::sqrt(std::max(low, Tuning::leastScale) * high);
    if (next == scale) break;
    scale = next;
  }
  return scale;
}

double Perturbation::support(std::span<const double> g, std::span<double> d) const {
  const auto dotted = [&] {
    double sum = 0;
    for (std::size_t i = 0; i < g.size(); ++i) sum += g[i] * d[i];
    return sum;
  };
  if (radius_ == 0) {
    std::fill(d.begin(), d.end(), 0.0);
    return 0;
  }
  if (box_) {
    for (std::size_t i = 0; i < g.size(); ++i) d[i] = g[i] > 0 ? high_[i] : low_[i];
    return dotted();
  }
  double squares = 0;
  for (const double entry : g) squares += square(entry);
  const double length = std::sqrt(squares);
  if (!(length > Tuning::leastScale)) {
    std::fill(d.begin(), d.end(), 0.0);
    return radius_ * length;
  }
  if (!limited_) {
    for (std::size_t i = 0; i < g.size(); ++i) d[i] = g[i] * (radius_ / length);
    return radius_ * length;
  }
  // For every scale t > 0, max of g.d - t (||d||^2 - radius^2) / 2 over the box is a bound.
  const double least = Tuning::onBall * length / radius_;
  const double scale = scaleOnBall(g, least, d);
  const double lengthOfD = std::sqrt(cut(g, scale, d));
  const double bound = dotted() - scale / 2 * (square(lengthOfD) - square(radius_));
  if (lengthOfD > radius_) {
    for (double& entry : d) entry *= radius_ / lengthOfD;
  }
  return bound;
}

Perturbation::Smoothed Perturbation::smoothed(std::span<const double> g, double softness, std::span<double> d) const {
  const double scale = box_ || radius_ == 0 ? softness : scaleOnBall(g, softness, d);
  cut(g, scale, d);
  return {.scale = scale, .onBall = scale > softness};
}

}  // namespace nonconvex
