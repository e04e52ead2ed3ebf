// Directions without curvature, as exact as numbers are.
#pragma once

#include <span>

#include "methods/nlp/scaled_nlp.hpp"

namespace nonconvex {

/// d := the direction nearest to d in which f has no curvature and rows of constraints do not change, of those for
/// which that is nearly so. A direction that is a difference of points is known to fewer digits than there are, and
/// along that f turns round sooner or later.
void flatten(ScaledNlp& model, const NlpPoint& point, std::span<double> d);

}  // namespace nonconvex
