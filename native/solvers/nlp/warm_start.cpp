#include "solvers/nlp/warm_start.hpp"

#include <algorithm>
#include <limits>
#include <string>

#include "core/error.hpp"
#include "core/index.hpp"
#include "core/numbers.hpp"

namespace nonconvex {
namespace {

void requireMultipliers(const Vector& values, int n, const char* name) {
  if (values.empty()) return;
  require(sizeOf(values) == n, std::string(name) + ".length", values.size(), "expected " + show(n));
  for (std::size_t j = 0; j < values.size(); ++j) {
    if (values[j] >= 0 && values[j] < infinity) continue;
    require(false, std::string(name) + "[" + show(j) + "]", values[j], "expected a finite number that is not negative");
  }
}

}  // namespace

WarmStart::WarmStart(const NlpStart& problem)
    : x_(problem.start),
      multipliers_(problem.multipliers),
      lower_(problem.lowerMultipliers),
      upper_(problem.upperMultipliers) {
  requireMultipliers(lower_, sizeOf(x_), "lowerMultipliers");
  requireMultipliers(upper_, sizeOf(x_), "upperMultipliers");
}

bool WarmStart::place(BarrierNlp& nlp, BarrierPoint& point, bool relaxed) const {
  if (!nlp.beginAt(x_, point, 0)) return false;
  for (std::size_t k = 0; !relaxed && k < nlp.size(); ++k) {
    const bool variable = k < x_.size();
    const double value = variable ? point.v[k] : point.at.c[at(nlp.rowOf(k))];
    if (!nlp.fixed(k)) point.v[k] = std::max(nlp.givenLower()[k], std::min(value, nlp.givenUpper()[k]));
  }
  if (!nlp.evaluateValues(point)) return false;
  setMultipliers(nlp, point);
  return nlp.evaluateDerivatives(point);
}

bool WarmStart::moveInside(BarrierNlp& nlp, BarrierPoint& point) const {
  constexpr double cut = 10;
  if (!nlp.beginAt(x_, point, Tuning::mu)) return false;
  setMultipliers(nlp, point);
  nlp.updateLagrangian(point);
  nlp.cutMultipliers(point, Tuning::mu, cut);
  return true;
}

/// Sets y and the multipliers of all bounds; a slack has those of its row, the parts of y.
void WarmStart::setMultipliers(const BarrierNlp& nlp, BarrierPoint& point) const {
  if (!multipliers_.empty()) nlp.model().setMultipliers(multipliers_, point.at);
  const double scale = nlp.model().objectiveScale();
  for (std::size_t k = 0; k < nlp.size(); ++k) {
    const bool variable = k < x_.size();
    const double y = variable ? 0 : point.at.lambda[at(nlp.rowOf(k))];
    const double below = variable ? (lower_.empty() ? 0 : scale * lower_[k]) : std::max(0.0, -y);
    const double above = variable ? (upper_.empty() ? 0 : scale * upper_[k]) : std::max(0.0, y);
    point.zL[k] = nlp.lower()[k] > -infinity ? below : 0;
    point.zU[k] = nlp.upper()[k] < infinity ? above : 0;
  }
}

}  // namespace nonconvex
