// When a regression's Hessian at one point stands in for that at another: the rules, the same on host and device.
#pragma once

#include <algorithm>
#include <optional>

namespace nonconvex::kept_hessian {

/// The least ratio of the weights here to those there for which the Hessian there, times that, is a useful lower bound.
inline constexpr double leastShare = 0.5;

/// The multiple of A^T W A at the point of an earlier Hessian that stands in for the one here: that with which the
/// weights W have the same mean. None where they differ by more than `accuracy`, relative to their sum. The less a
/// Hessian costs beside a pass over the data (`costInPasses`), the nearer it has to be, as the steps that it may cost
/// are passes. `now` and `then` are the sums of the weights, `change(factor)` that of |now_i - factor then_i|.
template <class Change>
std::optional<double> laggedMultiple(double accuracy, double costInPasses, double now, double then, Change&& change) {
  if (!(then > 0)) return std::nullopt;
  const double factor = now / then;
  const double dear = std::min(1.0, costInPasses);
  if (!(change(factor) <= dear * dear * accuracy * now)) return std::nullopt;
  return factor;
}

}  // namespace nonconvex::kept_hessian
