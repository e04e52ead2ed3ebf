// Families of generalised linear models: a view of the losses in functions/.
#pragma once

#include <string_view>

#include "core/fields.hpp"
#include "functions/losses.hpp"

namespace nonconvex {

/// Negative log-likelihoods of a response y in t = a^T x + offset, up to constants:
///   logistic  log(1 + exp(t)) - y t, 0 <= y <= 1     squared  (t - y)^2 / 2
///   poisson   exp(t) - y t, y >= 0                   gamma    t + y exp(-t), y > 0: the logarithmic link
enum class GlmFamily { logistic, squared, poisson, gamma };

using GlmLosses = TypeList<losses::Logistic, losses::Squared, losses::Poisson, losses::Gamma>;

constexpr auto names(GlmFamily) { return namesOf(GlmLosses{}); }

/// f.operator()<Loss>() with the struct of this family.
template <class F>
NONCONVEX_ALWAYS_INLINE decltype(auto) visitLoss(GlmFamily family, F&& f) {
  return visit(GlmLosses{}, static_cast<int>(family), f);
}

/// The derivative of the loss where the model predicts the response `mu`.
NONCONVEX_HD inline double derivativeAtMean(GlmFamily family, double mu, double y) {
  return visitLoss(family, [&]<class Loss>() { return Loss::derivativeAtMean(mu, y); });
}

}  // namespace nonconvex
