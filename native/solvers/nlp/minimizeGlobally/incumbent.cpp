#include "solvers/nlp/minimizeGlobally/incumbent.hpp"

#include <algorithm>
#include <cmath>

#include "core/index.hpp"
#include "core/run.hpp"
#include "solvers/nlp/interior_point_method.hpp"

namespace nonconvex {

PointSearch::PointSearch(const Cpu& la, std::shared_ptr<Program> nlp, std::span<const char> integer,
                         std::span<const Interval> constraints)
    : la_(la), nlp_(std::move(nlp)), integer_(integer), constraints_(constraints), c_(constraints.size()) {}

std::optional<GlobalPoint> PointSearch::check(std::span<const double> x, std::span<const Interval> bounds) {
  GlobalPoint point;
  for (std::size_t j = 0; j < at(nlp_->variables()); ++j) {
    const double entry = integer_[j] ? std::round(x[j]) : x[j];
    if (!std::isfinite(entry)) return std::nullopt;
    point.x.push_back(std::clamp(entry, bounds[j].low, bounds[j].high));
  }
  nlp_->moveTo(point.x);
  point.objective = nlp_->objective();
  if (!std::isfinite(point.objective)) return std::nullopt;
  nlp_->constraintValues(c_);
  for (std::size_t i = 0; i < c_.size(); ++i) {
    const Interval sides = constraints_[i];
    if (!std::isfinite(c_[i])) return std::nullopt;
    const double violation = std::max({0.0, sides.low - c_[i], c_[i] - sides.high});
    const double side = sides.low - c_[i] > 0 ? sides.low : sides.high;
    if (!(violation <= Tuning::feasible * std::max(1.0, std::isinf(side) ? 0.0 : std::abs(side)))) return std::nullopt;
    point.feasibility = std::max(point.feasibility, violation);
  }
  return point;
}

std::optional<GlobalPoint> PointSearch::descend(std::span<const double> x, std::span<const Interval> box) {
  ++solves_;
  NlpProblem local;
  GivenBounds& bounds = local.bounds;
  for (std::size_t j = 0; j < at(nlp_->variables()); ++j) {
    const double start = std::clamp(integer_[j] ? std::round(x[j]) : x[j], box[j].low, box[j].high);
    if (!std::isfinite(start)) return std::nullopt;
    local.start.push_back(start);
    bounds.lower.push_back(integer_[j] ? start : box[j].low);
    bounds.upper.push_back(integer_[j] ? start : box[j].high);
  }
  for (const Interval sides : constraints_) {
    bounds.constraintLower.push_back(sides.low);
    bounds.constraintUpper.push_back(sides.high);
  }
  NlpSettings settings;
  settings.tolerance = Tuning::tolerance;
  settings.maxIterations = Tuning::iterations;
  settings.restarts = 0;
  local.nlp = std::make_shared<BoundedNlp>(nlp_, std::exchange(bounds, {}));
  const Cpu serial = la_.serial();
  Monitor monitor = la_.childMonitor();
  const Cpu watched = serial.watchedBy(monitor);
  InteriorPointMethod method(watched, local, settings);
  unbounded_ = iterate(method, settings, monitor).status == Status::unbounded || unbounded_;
  la_.checkpoint();
  NlpSolution found = method.solution();
  auto point = check(found.x, box);
  if (point && found.multipliers.size() == constraints_.size()) {
    for (const double y : found.multipliers) point->multipliers.push_back(-y);
  }
  facts_ = {std::move(found.multipliers), std::move(found.lowerMultipliers), std::move(found.upperMultipliers),
            found.inertia, found.polished};
  return point;
}

}  // namespace nonconvex
