// Steps along directions of negative curvature.
#pragma once

#include <algorithm>
#include <cmath>
#include <span>

#include "linalg/cpu.hpp"
#include "linalg/vectors.hpp"
#include "methods/globalization/merit_function.hpp"
#include "methods/kkt/kkt_system.hpp"
#include "methods/line_search/armijo.hpp"

namespace nonconvex {

/// Looks for a step along a direction of norm 1 in which a function curves down, forwards or backwards: a long one if
/// it can be, as nothing tells how far it goes down. The first is as long as x, 1 at least, each next one half as long.
/// `accepted(t)` tries the step t; returns the length of the first that it accepts, 0 if there is none down to 1e-8 of
/// the longest.
template <class Accepted>
double searchNegativeCurvature(std::span<const double> x, Accepted&& accepted) {
  constexpr int mostTrials = 27;  // 2^-26 is the last power above 1e-8
  const double longest = std::max(1.0, std::sqrt(norm2Squared(x)));
  return backtrack({longest, mostTrials}, [&](double alpha) { return accepted(alpha) || accepted(-alpha); });
}

/// Looks for a step from the point along the eigenvector of H of the least eigenvalue on the null space of J, by the
/// factors that `system` has, with which the merit function falls as the curvature promises. Returns its length, 0 if
/// there is none, and leaves the new point with its derivatives in `trial`.
double negativeCurvatureStep(const Cpu& la, ScaledNlp& model, KktSystem& system, MeritFunction& merit,
                             double sufficientDecrease, const NlpPoint& point, NlpPoint& trial);

}  // namespace nonconvex
