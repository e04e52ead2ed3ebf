#include "methods/globalization/unbounded_test.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/error.hpp"
#include "core/numbers.hpp"
#include "methods/globalization/flat_direction.hpp"

namespace nonconvex {

void UnboundedTest::begin(const NlpPoint& start, double infeasibility) {
  constexpr double far = 1e12;
  if (inBox()) {
    low_ = -infinity;
    far_ = infinity;
    return;
  }
  restart(start.x);
  low_ = unscaled(-far * std::max({1.0, std::abs(start.f), 0.01 * normInf(start.g)}));
  far_ = Tuning::usualSize;
  near_.reserve(start.x.size());
  note(start, infeasibility);
}

void UnboundedTest::restart(std::span<const double> x) {
  milestone_.assign(x.begin(), x.end());
  before_ = milestone_;
  size_ = std::max(1.0, normInf(x));
}

/// Returns true if every variable has two bounds, so that f, which is continuous, has a minimum.
bool UnboundedTest::inBox() const {
  const NlpBounds bounds = box_.empty() ? model_.nlp().variableBounds() : box_;
  constexpr double none = 1e19;
  if (bounds.lower.empty() || bounds.upper.empty()) return false;
  const auto finite = [](double bound) { return std::abs(bound) < none; };
  return std::all_of(bounds.lower.begin(), bounds.lower.end(), finite) &&
         std::all_of(bounds.upper.begin(), bounds.upper.end(), finite);
}

bool UnboundedTest::suspects(const NlpPoint& point, double infeasibility) {
  constexpr double growth = 10;
  if (far_ == infinity) return false;
  const double size = std::max(1.0, normInf(point.x));
  if (size > growth * size_) {
    std::swap(before_, milestone_);
    milestone_ = point.x;
    size_ = size;
  } else if (growth * size < size_) {
    restart(point.x);
  }
  if (unscaled(point.f) < low_ || size > far_) return true;
  note(point, infeasibility);
  return false;
}

void UnboundedTest::note(const NlpPoint& point, double infeasibility) {
  constexpr double feasible = 1e-6;
  if (!(infeasibility <= feasible)) return;
  least_ = std::min(least_, unscaled(point.f));
  if (near_.empty()) near_ = point.x;
}

bool UnboundedTest::confirms(const NlpPoint& point, bool feasibleSeen) {
  constexpr double wider = 1e6;
  suspected_ = unscaled(point.f);
  farthest_ = normInf(point.x);
  fall_ = feasibleSeen && suspected_ <= least_ ? look(point) : Fall::ends;
  if (fall_ != Fall::ends) return true;
  low_ = wider * std::min(low_, suspected_);
  if (normInf(point.x) > far_) far_ = Tuning::widestSize;
  return false;
}

bool UnboundedTest::confirms(std::span<const double> x, std::span<const double> direction) {
  FallingRay ray(la_, model_, box_);
  suspected_ = 0;
  direction_.assign(direction.begin(), direction.end());
  fall_ = ray.follow(x, direction);
  proof_ = ray.proof();
  return fall_ == Fall::forEver && proof_.known();
}

bool UnboundedTest::isLost(const NlpPoint& point) const { return normInf(point.x) > Tuning::widestSize; }

/// Follows f along the growth of x over its last decades and all of its way, with and without entries that grow much
/// less than others, from the point and, as rounding hides less there, from a feasible one that is near.
Fall UnboundedTest::look(const NlpPoint& point) {
  constexpr double small = 1e-6;  // share of the largest growth
  const std::vector<Vector> directions = growths(point.x);
  FallingRay ray(la_, model_, box_);
  for (const Vector& grown : directions) {
    for (const double least : {0.0, small}) {
      direction_ = grown;
      for (double& d : direction_) d = std::abs(d) < least ? 0 : d;
      flatten(model_, point, direction_);
      for (const Vector* const begin : {&point.x, &std::as_const(near_)}) {
        if (begin->empty()) continue;
        const Fall found = ray.follow(*begin, direction_);
        if (found != Fall::ends) {
          proof_ = ray.proof();
          return found;
        }
      }
    }
  }
  return Fall::ends;
}

/// The directions in which x has grown, each of the norm 1.
std::vector<Vector> UnboundedTest::growths(std::span<const double> x) const {
  std::vector<Vector> found;
  for (const Vector* const from : {&before_, &milestone_, &near_}) {
    if (from->empty()) continue;
    Vector d(x.size());
    addScaled(x, -1, *from, d);
    const double largest = normInf(d);
    if (!(largest > 0)) continue;
    for (double& entry : d) entry /= largest;
    found.push_back(std::move(d));
  }
  return found;
}

bool UnboundedTest::nearlyFeasible(const NlpPoint& point, std::span<const double> residuals) const {
  for (int i = 0; i < model_.m(); ++i) {
    const double terms = std::max(1.0, model_.largestTerm(point, i));
    if (std::abs(residuals[static_cast<std::size_t>(i)]) > Tuning::share * terms) return false;
  }
  return true;
}

std::string UnboundedTest::addTo(std::string text) const {
  if (std::isnan(suspected_)) return text;
  return (text.empty() ? text : text + " ") + finding();
}

/// The finding, in words that also hold for a maximisation, which is a minimisation of -f here.
std::string UnboundedTest::finding() const {
  const std::string advice = "If a solution was expected, a bound or a constraint is missing, or a sign is wrong.";
  switch (fall_) {
    case Fall::forEver:
      return "The objective has no bound along feasible points where " + growth() + ". " + advice;
    case Fall::towardsInfimum:
      return "The objective gets better by less and less along feasible points where " + growth() +
             ", towards a value that it does not attain. " + advice;
    case Fall::ends:
      return "On the way the objective has gone as far as " + show(std::abs(suspected_)) + " in size and x as far as " +
             show(farthest_) +
             ", and no direction was found along which it has no bound. Try bounds on what x may be, or other units.";
  }
  return {};
}

/// The variables that grow most along the last direction, and where to.
std::string UnboundedTest::growth() const {
  constexpr std::size_t most = 3;
  constexpr double small = 1e-3;  // share of the largest growth
  std::vector<int> growing;
  for (std::size_t j = 0; j < direction_.size(); ++j) {
    if (std::abs(direction_[j]) > small) growing.push_back(static_cast<int>(j));
  }
  const std::size_t named = std::min(most, growing.size());
  std::string text;
  for (std::size_t k = 0; k < named; ++k) {
    const int j = growing[k];
    text += (k == 0                    ? ""
             : k + 1 == growing.size() ? " and "
                                       : ", ") +
            std::string("x[") + show(j) + "] goes to " +
            (direction_[static_cast<std::size_t>(j)] > 0 ? "Infinity" : "-Infinity");
  }
  return text + (growing.size() > named ? " and " + show(growing.size() - named) + " more go far" : "");
}

}  // namespace nonconvex
