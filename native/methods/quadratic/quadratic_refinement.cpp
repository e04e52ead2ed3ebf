#include "methods/quadratic/quadratic_refinement.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/numbers.hpp"
#include "methods/quadratic/least_multipliers.hpp"

namespace nonconvex {

bool QuadraticRefinement::refine() {
  before_ = method_.best();
  const bool shorter = shorten(), closed = closesGap();
  return (shorter || closed) && method_.meets();
}

/// Looks for smaller multipliers where these decide about the rounding of the gradient or of the gap.
bool QuadraticRefinement::shorten() {
  const QuadraticErrors before = method_.best().errors();
  const double notable = Tuning::notable * method_.tolerance();
  const bool cancels = before.gap > notable && before.gapTerms > Tuning::manyTerms * (1 + std::abs(before.objective));
  if (before.gradient <= notable && !cancels) return false;
  const double most = cancels ? Tuning::other : Tuning::shorter;
  QuadraticPoint from;
  method_.scaled().scale(method_.best().point(), from);
  const std::vector<ActiveSide> active = method_.polish().activeAt(method_.best().point());
  if (!(method_.polish().shortening(from, active) <= most)) return false;
  const std::optional<QuadraticPoint> least =
      leastMultipliers(la_, method_.scaled().program, from.x, active, method_.tolerance());
  if (!least) return false;
  QuadraticPoint trial;
  method_.scaled().unscale(*least, trial);
  method_.best().offerBoth(trial);
  method_.polish().run(*least, active, method_.best(), 1);
  return method_.best().worst() < before.worst();
}

bool QuadraticRefinement::closesGap() {
  const QuadraticErrors& before = method_.best().errors();
  const double rounded = 4 * machineEpsilon * std::abs(before.objective);
  const double gap = std::abs(preciseGap(method_.scaled().given, method_.best().point()));
  if (gap <= std::max(Tuning::notable * method_.tolerance(), rounded)) return false;
  QuadraticPoint trial = method_.best().point();
  const double left = std::abs(closeGap(method_.scaled().given, trial));
  const QuadraticErrors after = errorsOf(method_.scaled().given, trial);
  const auto spoils = [&](double error, double last) {
    return error > std::max(Tuning::rounds * last, Tuning::allowed * method_.tolerance());
  };
  if (left > Tuning::closes * gap || spoils(after.violation, before.violation) ||
      spoils(after.gradient, before.gradient)) {
    return false;
  }
  method_.best().replace(trial);
  return true;
}

void QuadraticRefinement::takeBack() {
  if (before_) method_.best() = std::move(*std::exchange(before_, std::nullopt));
}

}  // namespace nonconvex
