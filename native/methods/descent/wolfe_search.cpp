#include "methods/descent/wolfe_search.hpp"

#include <algorithm>
#include <cmath>

#include "core/numbers.hpp"

namespace nonconvex {
namespace {

/// g . (trial - point)
double slopeTo(const NlpPoint& point, std::span<const double> g, const NlpPoint& trial) {
  double slope = 0;
  for (std::size_t j = 0; j < g.size(); ++j) slope += g[j] * (trial.x[j] - point.x[j]);
  return slope;
}

}  // namespace

double wolfeSearch(const DescentSetting& of, const NlpPoint& point, std::span<const double> direction, double first,
                   const WolfeRule& rule, NlpPoint& trial) {
  constexpr int mostTrials = 60;
  ScaledNlp& model = of.model;
  const double rounding = 10 * machineEpsilon * std::max(1.0, std::abs(point.f));  // last digits of f that say nothing
  const double slope = dot(point.g, direction);
  if (!(slope < 0)) return 0;
  double low = 0, high = infinity;
  double t = std::min(first, rule.longest);
  for (int k = 0; k < mostTrials; ++k) {
    addScaled(point.x, t, direction, trial.x);
    const bool cut = of.project(point, trial);
    const double ahead = cut ? slopeTo(point, point.g, trial) : t * slope;
    const bool defined = model.evaluateValues(trial);
    const bool falls = defined && trial.f <= point.f + rule.decrease * ahead;
    const bool even = defined && trial.f <= point.f + rounding;
    if (!falls && !even) {
      high = t;
    } else if (!model.evaluateDerivatives(trial)) {
      high = t;
    } else {
      const double slopeThere = cut ? slopeTo(point, trial.g, trial) / t : dot(trial.g, direction);
      if (!falls && !(slopeThere <= (2 * rule.decrease - 1) * ahead / t)) {
        high = t;
      } else if (cut || slopeThere >= rule.curvature * slope || rule.curvature == infinity || t >= rule.longest) {
        return t;
      } else {
        low = t;
      }
    }
    // A step that leaves the domain is cut by more than one that is too long.
    t = high == infinity ? std::min(2 * t, rule.longest) : defined ? (low + high) / 2 : low + (high - low) / 8;
    if (high < infinity && !(high - low > machineEpsilon * high)) break;
  }
  if (low == 0) return 0;
  addScaled(point.x, low, direction, trial.x);  // falls, though it is not flat enough
  of.project(point, trial);
  return model.evaluateValues(trial) && model.evaluateDerivatives(trial) ? low : 0;
}

}  // namespace nonconvex
