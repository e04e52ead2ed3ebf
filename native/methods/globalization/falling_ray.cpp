#include "methods/globalization/falling_ray.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/numbers.hpp"
#include "linalg/cpu.hpp"

namespace nonconvex {

struct FallingRay::Tuning {
  static constexpr double factor = 100;  ///< measured: growth of t from step to step
  /// measured: share of the fall before, where f that falls by less comes to a limit.
  static constexpr double steady = 0.5;
};

FallingRay::FallingRay(const Cpu& la, ScaledNlp& model, NlpBounds box)
    : la_(la), model_(model), feasible_(model, box), begin_(model.makePoint()), point_(model.makePoint()) {}

Fall FallingRay::follow(std::span<const double> x, std::span<const double> d) {
  constexpr double farthest = 1e150;  // largest entry whose square is finite
  constexpr int enough = 4;           // factors, eight decades
  constexpr int mostPoints = 6;       // points that are kept as a proof
  begin_.x.assign(x.begin(), x.end());
  if (!feasible_.reach(begin_) || !model_.evaluateValues(begin_)) return Fall::ends;
  before_ = earlier_ = begin_.x;
  last_ = begin_.f;
  fallen_ = 0;
  points_.clear();
  int steps = 0;
  for (double t = std::max(1.0, normInf(begin_.x)); t < farthest; t *= Tuning::factor, ++steps) {
    const Step made = step(t, d);
    if (steps < mostPoints && (made == Step::falls || made == Step::belowAll)) keep(t);
    if (made == Step::belowAll) return Fall::forEver;
    if (made == Step::rises) return Fall::ends;
    if (made == Step::outOfRange) break;
  }
  if (steps < enough) return Fall::ends;
  return rate_ >= Tuning::steady ? Fall::forEver : Fall::towardsInfimum;
}

void FallingRay::keep(double t) {
  if (points_.empty()) first_ = point_.f;
  points_.insert(points_.end(), point_.x.begin(), point_.x.end());
  farthest_ = t;
}

Proof FallingRay::proof() {
  if (points_.empty()) return {};
  const std::size_t n = begin_.x.size();
  Proof found;
  found.kind = ProofKind::ray;
  found.x.assign(begin_.x.begin(), begin_.x.end());
  const std::span<const double> last = std::span(points_).last(n);
  for (std::size_t j = 0; j < n; ++j) found.direction.push_back((last[j] - found.x[j]) / farthest_);
  if ((feasible_.recedes(found.direction) || beginsAtBounds(found)) && isStraight(found)) return found;
  found.kind = ProofKind::curve;
  found.x.assign(begin_.x.begin(), begin_.x.end());
  found.direction.clear();
  found.points.assign(points_.begin(), points_.end());
  return found;
}

/// Moves entries of x whose direction leads out of the bounds to where the last point has them. Returns true if that
/// gives a feasible point above the points that were followed.
bool FallingRay::beginsAtBounds(Proof& ray) {
  for (std::size_t j = 0; j < ray.x.size(); ++j) {
    if (feasible_.recedes(j, ray.direction[j])) continue;
    ray.x[j] = points_[points_.size() - ray.x.size() + j];
    ray.direction[j] = 0;
  }
  point_.x.assign(ray.x.begin(), ray.x.end());
  return feasible_.reach(point_) && std::ranges::equal(point_.x, ray.x) && model_.evaluateValues(point_) &&
         point_.f > first_;
}

bool FallingRay::isStraight(const Proof& ray) const {
  constexpr double straight = 1e-9;  // share of t: distance from the ray that rounding explains
  const std::size_t n = ray.x.size();
  double t = farthest_;
  for (std::size_t k = points_.size(); k > 0; k -= n, t /= Tuning::factor) {
    for (std::size_t j = 0; j < n; ++j) {
      if (std::abs(ray.x[j] + t * ray.direction[j] - points_[k - n + j]) > straight * t) return false;
    }
  }
  return true;
}

FallingRay::Step FallingRay::step(double t, std::span<const double> d) {
  constexpr double far = 1e40;  // numbers that are not finite from here on are too large, not out of a domain
  constexpr double accuracy = 16 * machineEpsilon;  // relative to the entries of x
  constexpr double clear = 2;                       // times what a few draws of rounding show
  constexpr double growth = 2;  // least growth of x in a step; x that grows less is kept back by constraints
  la_.checkpoint();
  if (!place(t, d)) return feasible_.leftRange() && t > far ? Step::outOfRange : Step::rises;
  if (fallen_ > 0 && normInf(point_.x) < growth * normInf(before_)) return Step::rises;
  model_.evaluateValues(point_);
  if (point_.f == -infinity) return Step::belowAll;
  if (point_.f == infinity) return Step::rises;
  if (std::isnan(point_.f)) return t > far ? Step::outOfRange : Step::rises;
  const double fall = last_ - point_.f;
  const double rounding = clear * feasible_.changeOfObjective(point_, accuracy);
  if (std::abs(fall) <= rounding && fallen_ > 0 && rounding >= Tuning::steady * fallen_) return Step::outOfRange;
  if (!(fall > rounding)) return Step::rises;
  rate_ = fallen_ > 0 ? fall / fallen_ : 1;
  fallen_ = fall;
  last_ = point_.f;
  std::swap(earlier_, before_);
  before_ = point_.x;
  return Step::falls;
}

/// Moves the point to x + t d and back to what is feasible, or else by the factors by which entries have grown last:
/// these follow a curve such as x_2 = x_1^2, which a ray leaves behind. False where there is no feasible point.
bool FallingRay::place(double t, std::span<const double> d) {
  addScaled(begin_.x, t, d, point_.x);
  if (feasible_.reach(point_)) return true;
  if (feasible_.leftRange() || fallen_ == 0) return false;
  for (std::size_t j = 0; j < before_.size(); ++j) {
    const double grown = before_[j] / earlier_[j];
    point_.x[j] = grown > 1 && std::isfinite(grown) ? grown * before_[j] : before_[j];
  }
  return feasible_.reach(point_);
}

}  // namespace nonconvex
