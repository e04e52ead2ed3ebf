#include "solvers/discrete/learnDag/variance_search.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace nonconvex {

double ConcaveLineSearch::boundOf(const Point& a, const Point& b) const {
  const double width = b.lambda - a.lambda;
  const double slope = width > 0 ? (b.value() - a.value()) / width : 0;
  const double least = slope > 0 ? std::clamp(c_ / slope, a.lambda, b.lambda) : b.lambda;
  return a.value() + slope * (least - a.lambda) - c_ * std::log(least);
}

double ConcaveLineSearch::bound() const {
  if (!wanted_.empty() || points_.empty()) return -infinity;
  double least = infinity;
  for (std::size_t k = 0; k + 1 < points_.size(); ++k) least = std::min(least, boundOf(points_[k], points_[k + 1]));
  return points_.size() == 1 ? boundOf(points_[0], points_[0]) : least;
}

double ConcaveLineSearch::next(double goal) {
  constexpr double none = std::numeric_limits<double>::quiet_NaN();
  if (!wanted_.empty()) return wanted_.back();
  double least = goal, lambda = none;
  for (std::size_t k = 0; k + 1 < points_.size(); ++k) {
    const Point &a = points_[k], &b = points_[k + 1];
    const double bound = boundOf(a, b);
    if (bound >= least) continue;
    const double meet = (b.level - a.level) / (a.slope - b.slope);
    const double middle = 0.5 * (a.lambda + b.lambda);
    const double cut = meet > a.lambda && meet < b.lambda ? meet : middle;
    if (!(cut > a.lambda && cut < b.lambda)) continue;
    least = bound;
    lambda = cut;
  }
  return lambda;
}

void ConcaveLineSearch::add(const Point& point) {
  if (!wanted_.empty()) wanted_.pop_back();
  const auto place = std::lower_bound(points_.begin(), points_.end(), point.lambda,
                                      [](const Point& each, double lambda) { return each.lambda < lambda; });
  points_.insert(place, point);
}

}  // namespace nonconvex
