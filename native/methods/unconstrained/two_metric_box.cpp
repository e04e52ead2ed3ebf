#include "methods/unconstrained/two_metric_box.hpp"

#include <algorithm>
#include <cmath>

#include "core/index.hpp"
#include "core/numbers.hpp"

namespace nonconvex {
namespace {

Vector boundsOr(In values, int n, double otherwise) {
  if (values.empty()) return Vector(at(n), otherwise);
  return {values.begin(), values.end()};
}

/// Returns true if this room between x and a bound is small.
bool isNear(double room, double x) {
  constexpr double near = 1e-3;
  return room <= near * std::max(1.0, std::abs(x));
}

}  // namespace

TwoMetricBox::TwoMetricBox(int n, In lower, In upper)
    : lower_(boundsOr(lower, n, -infinity)), upper_(boundsOr(upper, n, infinity)), kinds_(lower_.size()) {}

bool TwoMetricBox::project(Out x) const {
  bool moved = false;
  for (std::size_t j = 0; j < x.size(); ++j) {
    const double end = inside(j, x[j]);
    moved = moved || end != x[j];
    x[j] = end;
  }
  return moved;
}

bool TwoMetricBox::project(const SmoothPoint& from, Out end) const {
  constexpr double left = 0.1;  // share of the way
  bool moved = project(end);
  for (std::size_t j = 0; j < end.size(); ++j) {
    if (from.g[j] == 0) continue;
    const double bound = from.g[j] > 0 ? lower_[j] : upper_[j];
    const double room = std::abs(from.x[j] - bound);
    if (end[j] == bound || !isNear(room, from.x[j]) || std::abs(end[j] - bound) > left * room) continue;
    end[j] = bound;
    moved = true;
  }
  return moved;
}

void TwoMetricBox::classify(const SmoothPoint& at, Out kinds) const {
  const double longest = residual(at);  // way that a step along -g has inside the box
  for (std::size_t j = 0; j < kinds.size(); ++j) {
    const double g = at.g[j];
    const double bound = g > 0 ? lower_[j] : upper_[j];
    const double room = std::abs(at.x[j] - bound);
    kinds[j] = -1;
    if (lower_[j] == upper_[j] || (g != 0 && room == 0)) {
      kinds[j] = 0;
    } else if (g != 0 && room <= longest && isNear(room, at.x[j])) {
      kinds[j] = std::abs(g) / room;
    }
  }
}

In TwoMetricBox::freeGradient(const SmoothPoint& from, Out work) {
  classify(from, kinds_);
  for (std::size_t j = 0; j < work.size(); ++j) work[j] = kinds_[j] < 0 ? from.g[j] : 0;
  return work;
}

void TwoMetricBox::keepOnFace(const SmoothPoint& from, Out direction) const {
  for (std::size_t j = 0; j < direction.size(); ++j) {
    if (kinds_[j] >= 0) direction[j] = kinds_[j] == 0 ? 0 : -from.g[j] / kinds_[j];
  }
}

void TwoMetricBox::keepMoved(In step, Out change) const {
  for (std::size_t j = 0; j < change.size(); ++j) {
    if (step[j] == 0) change[j] = 0;
  }
}

double TwoMetricBox::residual(const SmoothPoint& at) const {
  double longest = 0;
  for (std::size_t j = 0; j < at.x.size(); ++j) {
    longest = std::max(longest, std::abs(inside(j, at.x[j] - at.g[j]) - at.x[j]));
  }
  return longest;
}

std::optional<int> TwoMetricBox::contradiction() const {
  for (std::size_t j = 0; j < lower_.size(); ++j) {
    if (lower_[j] > upper_[j]) return static_cast<int>(j);
  }
  return std::nullopt;
}

}  // namespace nonconvex
