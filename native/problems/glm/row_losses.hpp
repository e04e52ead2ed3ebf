// Losses of generalised linear models for many rows at once.
#pragma once

#include "problems/glm/family.hpp"

namespace nonconvex {

/// Returns the sum of weight * loss over `count` rows; first, second := its first and second derivatives in each t.
/// Nothing overflows but what is too large itself; loops are vectorised.
double glmLosses(GlmFamily family, int count, const double* t, const double* y, const double* weights, double* first,
                 double* second);

}  // namespace nonconvex
