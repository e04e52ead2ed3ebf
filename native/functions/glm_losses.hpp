// Losses of generalised linear models, row by row.
#pragma once

#include <string_view>

#include "core/fields.hpp"

namespace nonconvex {

/// Negative log-likelihoods of a response y in t = a^T x + offset, up to constants:
///   logistic  log(1 + exp(t)) - y t, 0 <= y <= 1     squared  (t - y)^2 / 2
///   poisson   exp(t) - y t, y >= 0                   gamma    t + y exp(-t), y > 0: the logarithmic link
enum class GlmFamily { logistic, squared, poisson, gamma };

template <>
struct EnumNames<GlmFamily> {
  static constexpr std::string_view names[] = {"logistic", "squared", "poisson", "gamma"};
};

/// Of `count` rows: the sum of weight * loss, and its first and second derivatives in each t. Without overflow.
double glmLosses(GlmFamily family, int count, const double* t, const double* y, const double* weights, double* first,
                 double* second);

}  // namespace nonconvex
